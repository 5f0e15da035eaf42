namespace HtiTune.Hosting;

/// <summary>Words in a column of text, each between two commas (<c>,a,b,</c>), so that one is found whole.</summary>
internal static class WordColumn
{
    /// <summary>The column of words that have no comma; null: none.</summary>
    public static string? Of(IReadOnlyCollection<string> words) => words.Count == 0 ? null : $",{string.Join(',', words)},";

    /// <summary>The words of a column.</summary>
    public static IReadOnlyList<string> Words(string? column) => column?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>What a column that has a word is like (LIKE).</summary>
    /// <param name="word">The word, as a pattern writes it.</param>
    public static string Pattern(string? word) => $"%,{word},%";
}
