using System.Runtime.InteropServices;
using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Tells contexts apart to the last bit.</summary>
internal static class ContextKey
{
    /// <summary>A key that two rows share only if their category and every bit of their conditions are equal.</summary>
    internal static string Of(Contexts contexts, int row) => Of(contexts.CategoryCount > 0 ? contexts.Categories[row] : 0, contexts.Conditions.Row(row));

    /// <summary>The same of a category and conditions.</summary>
    internal static string Of(int category, ReadOnlySpan<float> conditions) => $"{category}:{Convert.ToHexString(MemoryMarshal.AsBytes(conditions))}";

    /// <summary>Rows of each context, in the order in which the contexts first come.</summary>
    internal static int[][] Groups(Contexts contexts) =>
        [.. Enumerable.Range(0, contexts.Count).GroupBy(i => Of(contexts, i)).Select(group => group.ToArray())];
}
