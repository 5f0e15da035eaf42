using System.Text;

namespace HtiTune.External;

/// <summary>The placeholders of a command, <c>{lambda}</c> and others. They are filled into single arguments, so that no value can become two.</summary>
internal static class Placeholders
{
    internal const string Lambda = "lambda";
    internal const string Seed = "seed";
    internal const string Contexts = "contexts";
    internal const string Out = "out";
    internal const string Outputs = "outputs";
    internal const string List = "list";

    private static readonly string[] s_training = [Lambda, Seed, Contexts, Out];

    // More are no longer read by eye, and the exponent is the lesser evil.
    private const int MostDigits = 32;

    /// <summary>
    /// A number as every language and every parser of a command line reads it: the shortest that reads back the same, with a decimal point and
    /// without an exponent where that takes at most 32 digits. Python's argparse takes -0.00001 for a number and -1E-05 for an option.
    /// </summary>
    internal static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var at = text.IndexOf('E', StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        // d.ddd E p: the point moves p places.
        var power = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var (sign, digits) = (value < 0 ? "-" : "", text[(value < 0 ? 1 : 0)..at].Replace(".", "", StringComparison.Ordinal));
        var count = power < 0 ? digits.Length - power : Math.Max(digits.Length, power + 1);
        return count > MostDigits ? text
            : power < 0 ? $"{sign}0.{new string('0', -power - 1)}{digits}"
            : digits.Length <= power + 1 ? $"{sign}{digits.PadRight(power + 1, '0')}"
            : $"{sign}{digits[..(power + 1)]}.{digits[(power + 1)..]}";
    }

    /// <summary>A seed that NumPy, PyTorch and C take: 31 bits of the study's.</summary>
    internal static string SeedOf(long seed) => (seed & int.MaxValue).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The hyperparameters' own names in a command that stands before any study: the placeholders that are none of the others.
    /// </summary>
    /// <exception cref="FormatException">One looks like a slip of another.</exception>
    internal static IReadOnlyList<string> OwnNames(IReadOnlyList<string> words)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            Fill(word, name =>
            {
                if (!s_training.Contains(name))
                {
                    names.Add(name);
                }

                return "";
            });
        }

        return names.FirstOrDefault(name => Nearest.To(name, s_training) is not null) is { } slip ? throw Unknown(slip, s_training) : [.. names];
    }

    /// <summary>Checks the placeholders of a training command; the hyperparameter may be called by its name.</summary>
    /// <exception cref="FormatException">One is unknown, or what must be there is missing.</exception>
    internal static void Check(IReadOnlyList<string> words, string? hyperparameter)
    {
        var used = Used(words, Allowed(hyperparameter));

        // A hyperparameter of such a name is reached by {lambda} alone.
        var isShadowed = hyperparameter is Seed or Contexts or Out;

        var isShell = ReadsEnvironment(words);
        if (!isShell && !used.Contains(Lambda) && isShadowed)
        {
            throw new FormatException(
                $"the command does not use {{lambda}}: every training would be the same, for {{{hyperparameter}}} is {MeaningOf(hyperparameter!)}, though the hyperparameter has that name; expected {{lambda}}, or another name of the hyperparameter");
        }

        if (!isShell && !used.Contains(Lambda) && (hyperparameter is null || !used.Contains(hyperparameter)))
        {
            throw new FormatException("the command does not use {lambda}: every training would be the same; expected e.g. --lambda {lambda}");
        }

        if (!isShell && !used.Contains(Out))
        {
            throw new FormatException("the command does not use {out}: it would not know where to write its outputs; expected e.g. --out {out}");
        }
    }

    /// <summary>Checks the placeholders of a training command; of several hyperparameters each is called by its name, of one or none known see the other overload.</summary>
    /// <exception cref="FormatException">One is unknown, or what must be there is missing.</exception>
    internal static void Check(IReadOnlyList<string> words, IReadOnlyList<string> hyperparameters)
    {
        if (hyperparameters.Count < 2)
        {
            Check(words, hyperparameters is [var only] ? only : null);
            return;
        }

        if (hyperparameters.FirstOrDefault(name => s_training.Contains(name)) is { } taken)
        {
            throw new FormatException($"a hyperparameter is called {taken}, and {{{taken}}} in a command is {(taken == Lambda ? "the value of a single hyperparameter" : MeaningOf(taken))}; expected another name");
        }

        // A hyperparameter must not take the place of what the command is told beside it.
        string[] own = [.. s_training.Append("configuration").Append("study").Append("attempt").Select(TrainingCall.VariableOf)];
        foreach (var group in hyperparameters.GroupBy(TrainingCall.VariableOf).Where(group => group.Count() > 1 || own.Contains(group.Key)))
        {
            throw new FormatException($"the variable {group.Key} would hold {string.Join(" and ", group.Select(name => $"the value of {name}"))}{(own.Contains(group.Key) ? " and what htitune tells by it" : "")}; expected another name");
        }

        string[] allowed = [.. hyperparameters, Seed, Contexts, Out];
        var used = Used(words, allowed);
        List<string> missing = [.. hyperparameters.Append(Out).Where(name => !used.Contains(name))];
        if (!ReadsEnvironment(words) && missing.Count > 0)
        {
            throw new FormatException($"the command does not use {string.Join(", ", missing.Select(name => $"{{{name}}}"))}; expected e.g. {string.Join(" ", missing.Select(name => $"--{name} {{{name}}}"))}");
        }
    }

    // The placeholders that a command uses.
    private static HashSet<string> Used(IReadOnlyList<string> words, string[] allowed)
    {
        var used = new HashSet<string>();
        foreach (var word in words)
        {
            Fill(word, name =>
            {
                used.Add(name);
                return allowed.Contains(name) ? "" : throw Unknown(name, allowed);
            });
        }

        return used;
    }

    // A command that reads its values from the environment may do without placeholders.
    private static bool ReadsEnvironment(IReadOnlyList<string> words) =>
        words[0].EndsWith("sh", StringComparison.Ordinal) || words.Any(word => word.Contains("HTITUNE_", StringComparison.Ordinal));

    /// <summary>The placeholders that a training command may use.</summary>
    internal static string[] Allowed(string? hyperparameter) => hyperparameter is null ? s_training : [.. s_training.Prepend(hyperparameter).Distinct()];

    /// <summary>The fault of a placeholder that is not known.</summary>
    internal static FormatException Unknown(string name, IReadOnlyList<string> allowed) => new(
        $"{{{name}}} in the command is unknown; expected {string.Join(", ", allowed.Select(one => $"{{{one}}}"))}{Nearest.Question(name, allowed)} ({{{{ and }}}} are braces)");

    /// <summary>What a placeholder stands for that has a hyperparameter's name and is not its value; null where it is.</summary>
    internal static string? Shadowed(string hyperparameter) => hyperparameter is Seed or Contexts or Out ? MeaningOf(hyperparameter) : null;

    private static string MeaningOf(string name) => name switch
    {
        Seed => "the seed of all chance",
        Contexts => "the file of contexts",
        _ => "where the outputs go",
    };

    /// <summary>Fills the placeholders of one argument. <c>{{</c> and <c>}}</c> are braces; a brace that opens no name is left as it is.</summary>
    internal static string Fill(string word, Func<string, string> value)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            if (i + 1 < word.Length && word[i] == word[i + 1] && word[i] is '{' or '}')
            {
                filled.Append(word[i++]);
                continue;
            }

            var end = word[i] == '{' ? word.IndexOf('}', i) : -1;
            var name = end < 0 ? "" : word[(i + 1)..end];
            if (name.Length > 0 && name.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '.'))
            {
                filled.Append(value(name));
                i = end;
            }
            else
            {
                filled.Append(word[i]);
            }
        }

        return filled.ToString();
    }
}
