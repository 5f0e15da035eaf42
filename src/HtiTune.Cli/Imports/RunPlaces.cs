using System.Text.RegularExpressions;
using HtiTune.External;

namespace HtiTune.Cli;

/// <summary>From texts of an export, or of a file's name, to a configuration of a search space.</summary>
internal static class RunPlaces
{
    /// <summary>The value that a text means for a hyperparameter; null where it means none.</summary>
    /// <param name="one">The hyperparameter.</param>
    /// <param name="text">The text. Tools that keep a column as numbers write the word 64 as 64.0.</param>
    internal static HyperparameterValue? ValueOf(Hyperparameter one, string text)
    {
        text = text.Trim();
        if (one is not CategoricalHyperparameter words)
        {
            return RunTable.Number(text) is { } number && double.IsFinite(number) ? (HyperparameterValue?)number : null;
        }

        return words.Choices.FirstOrDefault(choice => choice == text)
            ?? words.Choices.FirstOrDefault(choice => HyperparameterText.NumberOf(choice) is { } number && HyperparameterText.NumberOf(text) == number)
            ?? (words.Choices.Where(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : text);
    }

    /// <summary>The value of a hyperparameter in a file's name, behind its own name: <c>lr=0.1_layers=3_act=relu</c>; null where there is none.</summary>
    /// <exception cref="CliException">There are several, or it is not one that the hyperparameter can have.</exception>
    internal static HyperparameterValue? InName(string file, string name, Hyperparameter one)
    {
        var form = one is CategoricalHyperparameter words ? string.Join('|', words.Choices.OrderByDescending(choice => choice.Length).Select(Regex.Escape)) : RunFolder.NumberForm;
        var matches = Regex.Matches(
            name, $@"(?<![A-Za-z]){Regex.Escape(one.Name)}(?<between>=|_|-| |\(|:|)(?<value>{form})(?![A-Za-z0-9=])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        var found = matches.Select(match => match.Groups["value"].Value).Distinct().ToList();
        if (found is [var text] && ValueOf(one, text) is { IsNumber: true } number && matches[0].Groups["between"].Value == "-" && one.Allows(-number.Number))
        {
            found.Add("-" + text);
        }

        return found switch
        {
            [] => (HyperparameterValue?)null,
            [var only] => ValueOf(one, only) ?? throw new CliException(
                "H003", $"{file}: {one.Name} in its name is '{only}'; expected {one.Domain}, with a decimal point.", "rename it, or import a table of runs"),
            _ => throw new CliException("H003", $"{file}: several values in its name could be {one.Name}: {string.Join(", ", found)}; expected '{one.Name}=' and a value once.", "rename it, or import a table of runs"),
        };
    }

    /// <summary>Columns that are named for hyperparameters: of one by its column alone, of several as <c>lr=rate,layers=depth</c>.</summary>
    /// <exception cref="CliException">The text is of another form, or names what is not tuned.</exception>
    internal static Dictionary<string, string> Columns(SearchSpace space, string? text)
    {
        if (text is null || space.IsLine)
        {
            return text is null ? [] : new() { [space.Line.Name] = text };
        }

        return NamedTexts.Of(text) is { } columns && columns.All(pair => space.Any(one => one.Name == pair.Name))
            ? columns.ToDictionary(pair => pair.Name, pair => pair.Text)
            : throw new CliException(
                "H001", $"--lambda-column is '{text}'; expected hyperparameters with their columns, e.g. {string.Join(",", space.Take(2).Select(one => $"{one.Name}=column"))}, of {space.Label}.", Advice.Help.For("import"));
    }

    /// <summary>λ of one hyperparameter to the last bit, or names and values.</summary>
    internal static string Shown(Configuration? configuration, Hyperparameter one) =>
        configuration is not null && configuration.TryGet(one.Name, out var value) ? value.IsNumber ? value.Number.ToString("R", CultureInfo.InvariantCulture) : value.Word : "";
}
