namespace HtiTune.External;

/// <summary>Finds the columns that an expression names; they are known only once there are outputs.</summary>
internal static class ExpressionColumns
{
    private const string Category = "category";

    /// <summary>The values of a column [n].</summary>
    /// <param name="node">The part that names it.</param>
    /// <param name="input">Where it is looked for.</param>
    /// <param name="name">Its name; null for its number.</param>
    /// <param name="place">Its number from 0, where it has no name.</param>
    /// <param name="inOutputs">Whether outputs are looked at.</param>
    /// <param name="inContexts">Whether contexts are looked at.</param>
    internal static double[] Find(ExpressionNode node, ExpressionInput input, string? name, int place, bool inOutputs, bool inContexts)
    {
        var samples = input.Samples;
        var width = samples.Conditions.Columns;
        var hasCategory = samples.Contexts.CategoryCount > 0;
        if (name is null)
        {
            var count = inOutputs ? samples.Dimension : width + (hasCategory ? 1 : 0);
            return place >= count ? throw node.Fault($"there is no column {place}; expected 0 to {count - 1}")
                : inOutputs ? TableNode.Of(samples.Outputs, place) : place < width ? TableNode.Of(samples.Conditions, place) : Categories();
        }

        var outputs = inOutputs ? input.Scope.OutputColumns() : null;
        var contexts = inContexts ? input.Scope.ContextColumns : null;
        var (a, b) = (Index(outputs, samples.Dimension), Index(contexts, width + (hasCategory ? 1 : 0)));
        if (a >= 0 && b >= 0)
        {
            throw node.Fault($"both outputs and contexts have a column '{name}'; expected outputs[{name}] or contexts[{name}]");
        }

        if (a >= 0)
        {
            return TableNode.Of(samples.Outputs, a);
        }

        if (b >= 0)
        {
            return b < width ? TableNode.Of(samples.Conditions, b) : Categories();
        }

        if (name == Category && inContexts && hasCategory)
        {
            return Categories();
        }

        string[] known = [.. outputs ?? [], .. contexts ?? [], .. (string[])(inOutputs && inContexts ? ["outputs", "contexts", "lambda"] : [])];
        string[] expected = [.. known, .. inOutputs && outputs is null ? (string[])[ColumnReference.Unnamed] : known.Length > 0 ? [] : ["a number from 0"]];
        throw node.Fault($"there is no column '{name}'; expected {string.Join(", ", expected)}{Nearest.Question(name, known)}");

        double[] Categories() => Array.ConvertAll(samples.Categories.ToArray(), category => (double)category);

        int Index(IReadOnlyList<string>? names, int count)
        {
            for (var i = 0; i < Math.Min(names?.Count ?? 0, count); i++)
            {
                if (names![i] == name)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
