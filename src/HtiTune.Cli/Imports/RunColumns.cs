namespace HtiTune.Cli;

/// <summary>Which column of a table of runs holds what, by the names that other tools give them.</summary>
/// <param name="Places">Place of each hyperparameter; −1 of one that is active only under a condition and has no column.</param>
/// <param name="Value">Place of the value.</param>
/// <param name="State">Place of the state; −1 without.</param>
/// <param name="Others">Places of other hyperparameters that the tool tuned.</param>
internal sealed record RunColumns(IReadOnlyList<int> Places, int Value, int State, IReadOnlyList<int> Others)
{
    private const string Help = "name the columns with --lambda-column and --value-column";

    // Optuna and its dashboard, Ray, W&B, MLflow: what stands before a hyperparameter's name.
    private static readonly string[] s_prefixes = ["params_", "Param ", "config/", "config.", "params."];

    // Of several objectives: Optuna, its dashboard.
    private static readonly string[] s_several = ["values_", "Objective "];

    /// <summary>Finds the columns.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="header">The columns' names.</param>
    /// <param name="study">The study: its hyperparameters' names and its objective.</param>
    /// <param name="options">What the user says of the columns.</param>
    /// <exception cref="CliException">A column is missing, ambiguous, or must be chosen.</exception>
    internal static RunColumns Of(string file, IReadOnlyList<string> header, StudySpecification study, ImportOptions options)
    {
        var names = header.ToList();
        var given = RunPlaces.Columns(study.Space, options.LambdaColumn);
        int[] places = [.. study.Space.Select(one => given.TryGetValue(one.Name, out var own) ? Required(file, names, own) : PlaceOf(file, names, one, study.Space.IsLine))];
        var value = options.ValueColumn is { } chosen ? Required(file, names, chosen) : ValueOf(file, names, study);
        if (Array.IndexOf(places, value) is >= 0 and var same)
        {
            throw new CliException("H003", $"{file}: {(study.Space.IsLine ? "λ" : study.Space[same].Name)} and the value are both the column '{names[value]}'; expected two.", Help);
        }

        var prefix = s_prefixes.FirstOrDefault(prefix => places.Any(place => place >= 0 && names[place].StartsWith(prefix, StringComparison.Ordinal)));
        return new RunColumns(
            places,
            value,
            options.StateColumn is { } state ? Required(file, names, state) : RunStates.Columns.Select(column => names.IndexOf(column)).FirstOrDefault(place => place >= 0 && !places.Contains(place) && place != value, -1),
            prefix is null ? [] : [.. Enumerable.Range(0, names.Count).Where(i => !places.Contains(i) && names[i].StartsWith(prefix, StringComparison.Ordinal))]);
    }

    /// <summary>The name of the column that the study's objective takes the mean of; null where it is another objective or names it by number.</summary>
    internal static string? OwnColumn(StudySpecification study) =>
        study.Objective.StartsWith("column:", StringComparison.Ordinal) && study.Objective["column:".Length..].Trim() is var own && !own.All(char.IsAsciiDigit) ? own : null;

    private static int PlaceOf(string file, List<string> names, Hyperparameter one, bool isOnly) =>
        First(file, names, [.. s_prefixes.Select(prefix => prefix + one.Name), one.Name]) ?? (one.Condition is not null ? -1 : throw new CliException(
            "H003",
            $"{file}, line 1: there is no column of {one.Name}; expected {string.Join(", ", s_prefixes.Select(prefix => $"'{prefix}{one.Name}'"))} or '{one.Name}', and there are {Shown(names)}{Likely(one.Name, names)}.",
            $"name it with --lambda-column{(isOnly ? "" : $" {one.Name}=COLUMN")}"));

    private static int ValueOf(string file, List<string> names, StudySpecification study)
    {
        string[] candidates = OwnColumn(study) is { } own ? ["value", "Value", own, $"metrics.{own}"] : ["value", "Value"];
        if (First(file, names, candidates) is { } place)
        {
            return place;
        }

        var several = names.Where(name => s_several.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList();
        if (several.Count > 0)
        {
            throw new CliException(
                "H003",
                $"{file}: the runs have several objectives, {string.Join(", ", several.Select(name => $"'{name}'"))}; expected one.",
                $"choose by --value-column '{several[0]}'; the others can be imported into studies of their own");
        }

        var metrics = names.Where(name => name.StartsWith("metrics.", StringComparison.Ordinal)).ToList();
        return metrics.Count == 1 ? names.IndexOf(metrics[0]) : names.Contains("cost") ? Required(file, names, "cost") : throw new CliException(
            "H003", $"{file}, line 1: there is no column 'value'; expected the one that holds what is optimised, of {Shown(names)}.", "name it with --value-column");
    }

    private static int? First(string file, List<string> names, IEnumerable<string> candidates) =>
        candidates.FirstOrDefault(names.Contains) is { } found ? Required(file, names, found) : null;

    private static int Required(string file, List<string> names, string name)
    {
        var place = names.IndexOf(name);
        return place < 0
            ? throw new CliException("H003", $"{file}, line 1: there is no column '{name}'; expected one of {Shown(names)}{Nearest.Question(name, names)}.", Help)
            : names.IndexOf(name, place + 1) is var second && second >= 0
                ? throw new DataFormatException(file, $"line 1, column {second + 1}", $"the name '{name}' is that of column {place + 1} too", "names that differ")
                : place;
    }

    private static string Likely(string name, List<string> names) => names.Find(one => s_prefixes.Any(prefix =>
        one.StartsWith(prefix, StringComparison.Ordinal) && Nearest.To(name, [one[prefix.Length..]]) is not null)) is { } near ? $"; did you mean '{near}'?" : Nearest.Question(name, names);

    private static string Shown(List<string> names)
    {
        const int Most = 20;
        var shown = string.Join(", ", names.Take(Most).Select(name => $"'{name}'"));
        return names.Count > Most ? $"{shown} and {names.Count - Most} more" : shown;
    }
}
