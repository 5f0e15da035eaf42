namespace HtiTune.External;

/// <summary>What is typed of several hyperparameters at once: <c>lr=0.003,layers=2</c>.</summary>
internal static class NamedTexts
{
    /// <summary>Names and what stands behind each, in the order in which they are typed; null where that is not the form, or a name comes twice.</summary>
    /// <param name="text">What is typed.</param>
    /// <param name="options">Whether blanks about names and values count; they do not where a person types.</param>
    internal static IReadOnlyList<(string Name, string Text)>? Of(string text, StringSplitOptions options = StringSplitOptions.TrimEntries)
    {
        var pairs = text.Split(',', options).Select(part => part.Split('=', 2, options)).ToList();
        return pairs.Exists(pair => pair is not [{ Length: > 0 }, { Length: > 0 }]) || pairs.DistinctBy(pair => pair[0]).Count() < pairs.Count
            ? null
            : [.. pairs.Select(pair => (pair[0], pair[1]))];
    }
}
