namespace HtiTune.Cli;

/// <summary>Makes objectives of their texts: each kind is known by its beginning.</summary>
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

        throw new FormatException($"the objective '{text}' is not understood; expected {string.Join(" or ", s_kinds.Select(kind => kind.Beginning + "…"))}, e.g. column:cost");
    }
}
