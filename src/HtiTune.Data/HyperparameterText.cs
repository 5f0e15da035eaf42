namespace HtiTune.Data;

/// <summary>Reads a hyperparameter that is written down.</summary>
internal static class HyperparameterText
{
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
        [] => Hyperparameter.Categorical(name, words[0].Split(',', StringSplitOptions.TrimEntries)),
        ["ordered"] => Hyperparameter.Ordered(name, words[0].Split(',', StringSplitOptions.TrimEntries)),
        _ => throw Fault(text, "expected words, and :ordered or nothing behind them"),
    };

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
}
