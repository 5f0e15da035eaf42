namespace HtiTune.External;

/// <summary>Makes objectives of their texts: each kind is known by its beginning; all else is an expression.</summary>
internal static class ObjectiveText
{
    /// <summary>The kinds: what a text begins with, and what makes the objective of the rest.</summary>
    private static readonly (string Beginning, Func<string, ObjectiveScope, IObjective> Make)[] s_kinds =
    [
        ("column:", (text, scope) => new ColumnObjective(text, scope)),
        ("command:", (text, scope) => new CommandObjective(text, scope)),
    ];

    /// <summary>Makes an objective.</summary>
    /// <param name="text">Its text, e.g. <c>column:cost</c>.</param>
    /// <param name="scope">What it may name.</param>
    /// <exception cref="FormatException">The text is not understood; the message says where and what is expected.</exception>
    internal static IObjective Parse(string text, ObjectiveScope scope)
    {
        foreach (var (beginning, make) in s_kinds)
        {
            if (text.StartsWith(beginning, StringComparison.Ordinal))
            {
                return make(text[beginning.Length..].Trim(), scope);
            }
        }

        // No expression holds a colon after its first word.
        var word = text.TakeWhile(char.IsLetter).Count();
        if (word > 0 && word < text.Length && text[word] == ':')
        {
            var kinds = s_kinds.Select(kind => kind.Beginning);
            throw new FormatException(
                $"the objective '{text}', character 1: there is no kind '{text[..(word + 1)]}'; expected {string.Join(" or ", kinds)}, or an expression, e.g. mean(cost){Nearest.Question(text[..(word + 1)], kinds)}");
        }

        return new ExpressionObjective(text, scope);
    }
}
