using System.Text.RegularExpressions;

namespace HtiTune.Cli;

/// <summary>Runs whose outputs lie in files with λ, or names and values of several hyperparameters, in their names.</summary>
internal static partial class RunFolder
{
    private const string Marker = "{lambda}";

    /// <summary>Reads the files of a folder, in the order of their names.</summary>
    /// <exception cref="CliException">A name says no λ, or could say several.</exception>
    internal static List<EarlierTraining> Read(string folder, StudySpecification study, ImportOptions options)
    {
        CliException.ThrowIf(!study.Space.IsLine && options.Pattern is not null,
            "H001", $"--pattern is of one hyperparameter; expected names such as {StudyPaths.Example(study.Space).Replace(',', '_')}.npy.", Advice.Help.For("import"));

        var pattern = options.Pattern is { } text ? PatternOf(text) : null;
        var runs = new List<EarlierTraining>();
        var named = study.OutputColumns ?? StudySession.KeptColumns(study);
        // Beside arrays a .json file mostly says how they were made.
        ILookup<bool, string> files = Directory.EnumerateFiles(folder).Where(file => ArrayFile.Formats.Contains(Path.GetExtension(file))).ToLookup(file => Path.GetExtension(file) != ".json");
        foreach (var file in files[files.Contains(true)].Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (pattern is not null && !pattern.IsMatch(name))
            {
                runs.Add(new EarlierTraining(Outputs: null) { Place = Path.GetFileName(file), LeftOut = $"with a name that is not of the form {options.Pattern}" });
                continue;
            }

            (Configuration? configuration, Hyperparameter? missing) = study.Space.IsLine
                ? (new Configuration(study.Space.Label, pattern is not null ? Parsed(file, pattern.Match(name).Groups["value"].Value) : LambdaOf(file, name, study.Hyperparameter)), null)
                : study.Space.Assemble(i => RunPlaces.InName(file, name, study.Space[i]));
            CliException.ThrowIf(configuration is null,
                "H003", $"{file}: its name holds no value of {missing!.Name}; expected {missing.Name}= and {missing.Domain} in it.", "rename it, or import a table of runs");

            var (outputs, columns) = ArrayFile.Read(file, study.OutputArray, named);
            named ??= columns;
            runs.Add(new EarlierTraining(configuration, outputs) { Place = Path.GetFileName(file), Columns = columns });
        }

        return runs;
    }

    /// <summary>λ of a file's name: what stands behind the hyperparameter's own name, or else the only number.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="name">Its name without the ending.</param>
    /// <param name="hyperparameter">The hyperparameter.</param>
    internal static double LambdaOf(string file, string name, Data.ContinuousHyperparameter hyperparameter)
    {
        foreach (var own in (string[])[hyperparameter.Name, "lambda"])
        {
            // No letter before the name, or "lr" would be found in "clr"; a sign of its own or none behind it.
            var found = Regex.Matches(
                name, $@"(?<![A-Za-z]){Regex.Escape(own)}(?<between>=|_|-| |\(|:|)(?<value>{NumberForm})(?![0-9=])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            var values = found.Select(match => match.Groups["value"].Value).Distinct().ToList();
            if (values.Count > 1)
            {
                throw Unclear(file, hyperparameter.Name, values);
            }

            if (values.Count == 1)
            {
                var value = Parsed(file, values[0]);
                return found[0].Groups["between"].Value == "-" && hyperparameter.Contains(-value)
                    ? throw Unclear(file, hyperparameter.Name, [values[0], "-" + values[0]])
                    : value;
            }
        }

        // Behind a letter and a point stands a whole number or a fraction.
        var numbers = AnyNumber().Matches(name)
            .SelectMany(match => match.Index > 0 && name[match.Index - 1] is '.' or ',' ? (string[])[match.Value, "0." + match.Value] : [match.Value]).ToList();
        return numbers.Count switch
        {
            0 => throw new CliException("H003", $"{file}: its name holds no number; expected λ in it, e.g. {hyperparameter.Name}=0.5.npy.", $"say where it stands: --pattern \"model_{Marker}_*\""),
            1 => Parsed(file, numbers[0]),
            _ => throw Unclear(file, hyperparameter.Name, numbers),
        };
    }

    private static double Parsed(string file, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new CliException("H003", $"{file}: λ in its name is '{text}'; expected a number with a decimal point, e.g. 0.7 or 1e-3.", "rename it, or import a table of runs");

    private static CliException Unclear(string file, string name, List<string> numbers)
    {
        var stem = Path.GetFileNameWithoutExtension(file);
        var place = stem.IndexOf(numbers[0], StringComparison.Ordinal);
        var pattern = place < 0 ? $"*{name}={Marker}_*" : $"{Free(stem[..place])}{Marker}{Free(stem[(place + numbers[0].Length)..])}";
        return new CliException(
            "H003", $"{file}: several numbers in its name could be {name}: {string.Join(", ", numbers)}; expected '{name}=' before the right one, or one number.", $"say where it stands: --pattern \"{pattern}\"");
    }

    // What changes from file to file is shown as *.
    private static string Free(string text) => AnyNumber().Replace(text, "*");

    private static Regex PatternOf(string text)
    {
        var at = text.IndexOf(Marker, StringComparison.Ordinal);
        CliException.ThrowIf(at < 0 || text.IndexOf(Marker, at + 1, StringComparison.Ordinal) >= 0,
            "H001", $"--pattern is '{text}'; expected a file's name with {Marker} once and * for what does not matter, e.g. \"model_{Marker}_epoch_*\".", Advice.Help.For("import"));

        var ending = ArrayFile.Formats.FirstOrDefault(ending => text.EndsWith(ending, StringComparison.Ordinal));
        text = ending is null ? text : text[..^ending.Length];
        return new Regex(
            $"^{Literal(text[..at])}(?<value>{NumberForm}){Literal(text[(at + Marker.Length)..])}$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

        static string Literal(string part) => Regex.Escape(part).Replace("\\*", ".*", StringComparison.Ordinal);
    }

    // A sign, digits with a point or (to be refused) a comma, an exponent. What goes on as 0p6 or 1.2.3 is read with the rest, and refused.
    internal const string NumberForm = @"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+|p\d+)?";

    // An 'e' counts only between digits; a sign and a leading point only where no letter or digit stands before them.
    [GeneratedRegex(@"(?:(?<![A-Za-z0-9)])[+-])?(?:\d+(?:[.,]\d+)*|(?<![A-Za-z0-9])[.,]\d+)(?:[eE][+-]?\d+|p\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex AnyNumber();
}
