namespace HtiTune.Data;

/// <summary>Reads sums of hyperparameters, which may be called what no other sum would allow: <c>l2-reg</c> is a name where there is one of it.</summary>
internal static class LinearText
{
    private const string Expected = "expected numbers times hyperparameters, added up, as in x + 2*y <= 1";

    /// <summary>What stands on either side of the one comparison of a text; null where there is none, or more than one.</summary>
    internal static (string Left, string Sign, string Right)? Halves(string text)
    {
        var at = text.AsSpan().IndexOfAny('<', '>', '=');
        var end = at + 1 < text.Length && text[at + 1] == '=' ? at + 2 : at + 1;
        return at >= 0 && text[at] != '=' && text.AsSpan(end).IndexOfAny('<', '>', '=') < 0 ? (text[..at], text[at..end], text[end..]) : null;
    }

    /// <summary>How many characters a text begins with that are a number without a sign, such as 0.5, .5 and 1e-3; 0 where it begins with none that ends there.</summary>
    internal static int NumeralLength(ReadOnlySpan<char> text)
    {
        var whole = Digits(text);
        var length = whole < text.Length && text[whole] == '.' ? whole + 1 + Digits(text[(whole + 1)..]) : whole;
        if (length == 0 || length == 1 && whole == 0)
        {
            return 0;
        }

        if (length < text.Length && text[length] is 'e' or 'E')
        {
            var sign = length + 1 < text.Length && text[length + 1] is '+' or '-' ? 2 : 1;
            length += Digits(text[(length + sign)..]) is > 0 and var power ? sign + power : 0;
        }

        return IsEnd(text, length) ? length : 0;

        static int Digits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
    }

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

        string? Name(ref string text)
        {
            var name = NameAt(text, names);
            text = name is null ? text : text[name.Length..].TrimStart();
            return name;
        }

        static bool Number(ref string text, ref double factor, bool isDivided)
        {
            var length = NumeralLength(text);
            if (length == 0 || double.Parse(text[..length], CultureInfo.InvariantCulture) is var number && (!double.IsFinite(number) || isDivided && number == 0))
            {
                return false;
            }

            factor = isDivided ? factor / number : factor * number;
            text = text[length..].TrimStart();
            return true;
        }

        string Wrong(string there)
        {
            var word = there.Length > 0 && char.IsLetter(there[0]) ? string.Concat(there.TakeWhile(IsOfWord)) : "";
            return there.Length == 0 ? $"it ends too early; {Expected}"
                : word.Length > 0 && !names.Contains(word) ? $"'{word}' is no hyperparameter; expected {string.Join(" or ", names)}"
                : $"it goes on with '{there}'; {Expected}";
        }
    }

    /// <summary>Whether a text names some of the names, and nothing else that has letters.</summary>
    internal static bool AreAlone(string text, IReadOnlyList<string> names)
    {
        var isNamed = false;
        for (var at = 0; at < text.Length;)
        {
            var rest = text[at..];
            if (NameAt(rest, names) is { } name)
            {
                (isNamed, at) = (true, at + name.Length);
            }
            else if (char.IsLetter(text[at]))
            {
                return false;
            }
            else
            {
                at += Math.Max(1, NumeralLength(rest));
            }
        }

        return isNamed;
    }

    // The longest that stands there whole.
    private static string? NameAt(string text, IReadOnlyList<string> names) =>
        names.Where(one => text.StartsWith(one, StringComparison.Ordinal) && IsEnd(text, one.Length)).MaxBy(one => one.Length);

    private static bool IsEnd(ReadOnlySpan<char> text, int at) => at == text.Length || !char.IsLetterOrDigit(text[at]) && text[at] != '_';

    private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter is '_' or '.';
}
