namespace HtiTune.Data;

/// <summary>Reads a hyperparameter that is written down.</summary>
internal static class HyperparameterText
{
    private static readonly char[] s_opening = ['(', '[', '{'], s_closing = [')', ']', '}'];
    private static readonly string[] s_between = ["to", ":", "-", "…"];

    private const string Expected = "expected name=from..to, name=from..to:log, name=from..to:int or name=word,word";

    public static Hyperparameter Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (body, condition) = Halves(text.Trim(), " if ");
        var (name, domain) = Halves(body, "=");
        if (domain is null || name.Trim().Length == 0)
        {
            throw Fault(text, Expected);
        }

        var words = domain.Split(':', StringSplitOptions.TrimEntries);
        var hyperparameter = words[0].Contains("..", StringComparison.Ordinal) ? Range(text, name.Trim(), words) : Words(text, name.Trim(), words);
        return condition is null ? hyperparameter : Conditioned(text, hyperparameter, condition);
    }

    /// <summary>A value as it is written: a number where it is one and is written as numbers are, else a word; a choice may be <c>01</c>.</summary>
    public static HyperparameterValue Value(string text) =>
        NumberOf(text) is { } number && number.ToString("R", CultureInfo.InvariantCulture) == text ? number : text;

    /// <summary>The finite number that a text means; null where it means none.</summary>
    public static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static Hyperparameter Range(string text, string name, string[] words)
    {
        var (from, to) = Halves(words[0], "..");
        var (isInteger, step, scale) = (false, (long?)null, (Scale?)null);
        foreach (var word in words[1..])
        {
            if (word == "int")
            {
                isInteger = true;
            }
            else if (word.StartsWith("step=", StringComparison.Ordinal))
            {
                step = Whole(text, word[5..]);
            }
            else if (word.StartsWith("int", StringComparison.Ordinal))
            {
                throw Fault(text, $"'{word}' is no scale; expected :int, or :int:step=16 for every sixteenth");
            }
            else
            {
                scale = scale is null ? Scale.Parse(word) : throw Fault(text, "expected one scale");
            }
        }

        if (step is not null && !isInteger)
        {
            throw Fault(text, $"expected :int with a step, as in {name}={words[0]}:int:step={step}");
        }

        return isInteger
            ? Hyperparameter.Integer(name, Whole(text, from), Whole(text, to!), step ?? 1, scale)
            : Hyperparameter.Continuous(name, Number(text, from), Number(text, to!), scale);
    }

    private static CategoricalHyperparameter Words(string text, string name, string[] words) => words[1..] switch
    {
        _ when Foreign(text) is { } meant => throw Fault(text, meant),
        [] => Hyperparameter.Categorical(name, words[0].Split(',', StringSplitOptions.TrimEntries)),
        ["ordered"] => Hyperparameter.Ordered(name, words[0].Split(',', StringSplitOptions.TrimEntries)),
        _ => throw Fault(text, "expected words, and :ordered or nothing behind them"),
    };

    /// <summary>What is expected where a range or choices are written as elsewhere, e.g. <c>loguniform(1e-5, 1)</c>, <c>[0, 1]</c> or <c>0:1</c>; null where they are not.</summary>
    public static string? Foreign(string text)
    {
        var (name, domain) = Halves(text.Trim(), "=");
        if (domain is null)
        {
            return null;
        }

        if (TwoEnds(domain.Trim()) is var (from, to))
        {
            return $"expected {name}={from}..{to}, as a range is written";
        }

        var (open, close) = (domain.IndexOfAny(s_opening), domain.IndexOfAny(s_closing));
        string[] parts = open >= 0 && close > open && domain.AsSpan(close + 1).IsWhiteSpace() && domain.LastIndexOfAny(s_opening) == open
            ? domain[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries)
            : [];
        if (parts.Length > 1)
        {
            var word = domain[..open];
            bool Is(string kind) => word.Contains(kind, StringComparison.OrdinalIgnoreCase);
            return parts.Length > 2 || NumberOf(parts[0]) is null || NumberOf(parts[1]) is null || Is("choice") || Is("categor")
                ? $"expected {name}={string.Join(",", parts.Select(part => part.Trim('\'', '"')))}, as words are written"
                : $"expected {name}={parts[0]}..{parts[1]}{(Is("log") ? ":log" : Is("int") ? ":int" : "")}, as a range is written";
        }

        return domain.Split(',').FirstOrDefault(part => part.Count(letter => letter is '(' or '[' or '{') != part.Count(letter => letter is ')' or ']' or '}')) is { } half
            ? $"'{half.Trim()}' has half of a bracket; expected words without commas in them"
            : null;
    }

    private static Hyperparameter Conditioned(string text, Hyperparameter hyperparameter, string condition)
    {
        var (parent, values) = Halves(condition, "=");
        return values is null
            ? throw Fault(text, "expected ' if parent=value' in the end")
            : hyperparameter.OnlyIf(parent.Trim(), [.. values.Split(',', StringSplitOptions.TrimEntries).Select(Value)]);
    }

    private static (string First, string? Second) Halves(string text, string at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var place ? (text[..place], text[(place + at.Length)..]) : (text, null);

    private static double Number(string text, string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(text, $"'{word}' is no number; {Expected}");

    private static long Whole(string text, string word) => long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw Fault(text, $"'{word}' is no whole number; {Expected}");

    private static ArgumentException Fault(string text, string what) => new($"The hyperparameter '{text}' is not understood: {what}.", nameof(text));

    // Two numbers with a sign of their own at most, and between them what elsewhere stands for "to".
    private static (string From, string To)? TwoEnds(string domain)
    {
        var start = domain is ['+' or '-', ..] ? 1 : 0;
        for (var at = start + 1; at < domain.Length; at++)
        {
            var between = s_between.FirstOrDefault(word => domain.AsSpan(at).StartsWith(word, StringComparison.Ordinal));
            if (between is not null && NumberOf(domain[..at].TrimEnd()) is not null && NumberOf(domain[(at + between.Length)..].TrimStart()) is not null)
            {
                return (domain[..at].TrimEnd(), domain[(at + between.Length)..].TrimStart());
            }
        }

        return null;
    }
}
