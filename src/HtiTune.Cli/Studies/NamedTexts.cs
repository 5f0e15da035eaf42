namespace HtiTune.Cli;

/// <summary>What is typed of several hyperparameters at once: <c>lr=0.003,layers=2</c>.</summary>
internal static class NamedTexts
{
    /// <summary>Names and what stands behind each, in the order in which they are typed; null where that is not the form, or a name comes twice.</summary>
    internal static IReadOnlyList<(string Name, string Text)>? Of(string text)
    {
        var pairs = text.Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)).ToList();
        return pairs.Exists(pair => pair is not [{ Length: > 0 }, { Length: > 0 }]) || pairs.DistinctBy(pair => pair[0]).Count() < pairs.Count
            ? null
            : [.. pairs.Select(pair => (pair[0], pair[1]))];
    }
}
