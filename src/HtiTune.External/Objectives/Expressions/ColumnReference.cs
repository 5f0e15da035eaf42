namespace HtiTune.External;

/// <summary>A column that an expression names.</summary>
/// <param name="Position">Where in the text, from 0.</param>
/// <param name="Name">Its name; null for its number.</param>
/// <param name="Place">Its number from 0, where it has no name.</param>
/// <param name="InOutputs">Whether outputs are looked at.</param>
/// <param name="InContexts">Whether contexts are looked at.</param>
internal sealed record ColumnReference(int Position, string? Name, int Place, bool InOutputs, bool InContexts)
{
    /// <summary>What else may be written where outputs have no names.</summary>
    internal const string Unnamed = "outputs[0], outputs[1], … or \"outputs\": { \"columns\": [names] } in the study, as the outputs have no names";
}

/// <summary>What is known of the columns before the first training.</summary>
/// <param name="Outputs">Names of the outputs' columns, empty where they have none; null while only a training can tell.</param>
/// <param name="OutputCount">Number of the outputs' columns; null while only a training can tell.</param>
/// <param name="Contexts">Names of the contexts' columns, empty where they have none; null where the file cannot be read.</param>
/// <param name="ContextCount">Number of the contexts' columns; null where the file cannot be read.</param>
/// <param name="HasCategory">Whether the contexts have a category.</param>
internal sealed record KnownColumns(IReadOnlyList<string>? Outputs, int? OutputCount, IReadOnlyList<string>? Contexts, int? ContextCount, bool HasCategory)
{
    private static readonly string[] s_words = ["outputs", "contexts", "lambda"];

    /// <summary>What is wrong with a column that an expression names; null where nothing is, or nothing can be known yet.</summary>
    internal string? FaultOf(ColumnReference reference)
    {
        if (reference.Name is not { } name)
        {
            return (reference.InOutputs ? OutputCount : ContextCount) is { } count && reference.Place >= count
                ? count == 0 ? "the contexts have no columns" : $"there is no column {reference.Place}; expected 0 to {count - 1}"
                : null;
        }

        if (reference.InOutputs && Outputs is null || reference.InContexts && Contexts is null || reference.InContexts && HasCategory && name == "category")
        {
            return null;
        }

        var (outputs, contexts) = (reference.InOutputs ? Outputs! : [], reference.InContexts ? Contexts! : []);
        var (a, b) = (outputs.Contains(name), contexts.Contains(name));
        if (a && b)
        {
            return $"both outputs and contexts have a column '{name}'; expected outputs[{name}] or contexts[{name}]";
        }

        if (a || b)
        {
            return null;
        }

        string[] known = [.. outputs, .. contexts, .. reference is { InOutputs: true, InContexts: true } ? s_words : []];
        string[] expected = [.. known, .. reference.InOutputs && outputs.Count == 0 ? (string[])[ColumnReference.Unnamed] : []];
        return $"there is no column '{name}'; expected {string.Join(", ", expected)}{Nearest.Question(name, known)}";
    }
}
