using System.Text.RegularExpressions;

namespace HtiTune.Data;

/// <summary>Reads sums of hyperparameters, which may be called what no other sum would allow: <c>l2-reg</c> is a name where there is one of it.</summary>
internal static partial class LinearText
{
    private const string Expected = "expected numbers times hyperparameters, added up, as in x + 2*y <= 1";

    /// <summary>What stands on either side of the one comparison of a text; null where there is none, or more than one.</summary>
    internal static (string Left, string Sign, string Right)? Halves(string text) => Comparison().Match(text) is { Success: true } match
        ? (match.Groups["left"].Value, match.Groups["sign"].Value, match.Groups["right"].Value)
        : null;

    /// <summary>The terms of a sum: names with their factors, and numbers by themselves without a name; or what is wrong.</summary>
    /// <param name="sum">The text.</param>
    /// <param name="names">Names that it may hold.</param>
    internal static (IReadOnlyList<(string? Name, double Factor)> Terms, string? Fault) Terms(string sum, IReadOnlyList<string> names)
    {
        var terms = new List<(string? Name, double Factor)>();
        var rest = sum.Trim();
        while (rest.Length > 0)
        {
            var (at, factor) = (rest, 1.0);
            if (Sign(ref rest) is not { } sign)
            {
                return (terms, Wrong(at));
            }

            var name = Name(ref rest);
            if (name is null && !Number(ref rest, ref factor, isDivided: false))
            {
                return (terms, Wrong(rest));
            }

            while (rest is ['*' or '/', ..])
            {
                var isDivided = rest[0] == '/';
                rest = rest[1..].TrimStart();
                if (!Number(ref rest, ref factor, isDivided) && (name is not null || isDivided || (name = Name(ref rest)) is null))
                {
                    return (terms, Wrong(rest));
                }
            }

            terms.Add((name, sign * factor));
        }

        return terms.Count == 0 ? (terms, $"nothing stands on one side; {Expected}") : (terms, null);

        // Between two terms there must be one.
        int? Sign(ref string text)
        {
            if (text[0] is not ('+' or '-'))
            {
                return terms.Count == 0 ? 1 : null;
            }

            var sign = text[0] == '-' ? -1 : 1;
            text = text[1..].TrimStart();
            return sign;
        }

        // The longest that stands there whole.
        string? Name(ref string text)
        {
            var all = text;
            var name = names.Where(one => all.StartsWith(one, StringComparison.Ordinal) && IsEnd(all, one.Length)).MaxBy(one => one.Length);
            text = name is null ? text : text[name.Length..].TrimStart();
            return name;
        }

        static bool IsEnd(string text, int at) => at == text.Length || !char.IsLetterOrDigit(text[at]) && text[at] != '_';

        static bool Number(ref string text, ref double factor, bool isDivided)
        {
            if (Numeral().Match(text) is not { Success: true } match || double.Parse(match.Value, CultureInfo.InvariantCulture) is var number && (!double.IsFinite(number) || isDivided && number == 0))
            {
                return false;
            }

            factor = isDivided ? factor / number : factor * number;
            text = text[match.Length..].TrimStart();
            return true;
        }

        string Wrong(string there)
        {
            var word = Word().Match(there).Value;
            return there.Length == 0 ? $"it ends too early; {Expected}"
                : word.Length > 0 && !names.Contains(word) ? $"'{word}' is no hyperparameter; expected {string.Join(" or ", names)}"
                : $"it goes on with '{there}'; {Expected}";
        }
    }

    /// <summary>Whether a text names some of the names, and nothing else that has letters.</summary>
    internal static bool AreAlone(string text, IReadOnlyList<string> names)
    {
        var rest = text;
        foreach (var name in names.OrderByDescending(name => name.Length))
        {
            rest = Regex.Replace(rest, $@"(?<![\p{{L}}\p{{Nd}}_]){Regex.Escape(name)}(?![\p{{L}}\p{{Nd}}_])", "·");
        }

        return rest.Contains('·', StringComparison.Ordinal) && !AnyNumeral().Replace(rest, "").Any(char.IsLetter);
    }

    [GeneratedRegex("^(?<left>[^<>=]*)(?<sign><=|>=|<|>)(?<right>[^<>=]*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?(?![A-Za-z0-9_.])", RegexOptions.ExplicitCapture)]
    private static partial Regex Numeral();

    [GeneratedRegex(@"[0-9.]+([eE][-+]?[0-9]+)?", RegexOptions.ExplicitCapture)]
    private static partial Regex AnyNumeral();

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_.]*")]
    private static partial Regex Word();
}
