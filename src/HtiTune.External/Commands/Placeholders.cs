using System.Globalization;
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

    private static readonly string[] s_training = [Lambda, Seed, Contexts, Out];

    /// <summary>A number as every language reads it.</summary>
    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A seed that NumPy, PyTorch and C take: 31 bits of the study's.</summary>
    internal static string SeedOf(long seed) => (seed & int.MaxValue).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The hyperparameter's own name in a command that stands before any study: the one placeholder that is none of the others; null where there is none.
    /// </summary>
    /// <exception cref="FormatException">There are several, or it looks like a slip of another.</exception>
    internal static string? OwnName(IReadOnlyList<string> words)
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

        return names.Count == 0 ? null : names.Count == 1 && Nearest.To(names.Min!, s_training) is null ? names.Min : throw Unknown(names.Min!, s_training);
    }

    /// <summary>Checks the placeholders of a training command; the hyperparameter may be called by its name.</summary>
    /// <exception cref="FormatException">One is unknown, or what must be there is missing.</exception>
    internal static void Check(IReadOnlyList<string> words, string? hyperparameter)
    {
        var allowed = Allowed(hyperparameter);
        var used = new HashSet<string>();
        foreach (var word in words)
        {
            Fill(word, name =>
            {
                used.Add(name);
                return allowed.Contains(name) ? "" : throw Unknown(name, allowed);
            });
        }

        // A command that reads them from its environment may do without.
        var isShell = words[0].EndsWith("sh", StringComparison.Ordinal) || words.Any(word => word.Contains("HTITUNE_", StringComparison.Ordinal));
        if (!isShell && !used.Contains(Lambda) && (hyperparameter is null || !used.Contains(hyperparameter)))
        {
            throw new FormatException("the command does not use {lambda}: every training would be the same; expected e.g. --lambda {lambda}");
        }

        if (!isShell && !used.Contains(Out))
        {
            throw new FormatException("the command does not use {out}: it would not know where to write its outputs; expected e.g. --out {out}");
        }
    }

    /// <summary>The placeholders that a training command may use.</summary>
    internal static string[] Allowed(string? hyperparameter) => hyperparameter is null ? s_training : [.. s_training.Prepend(hyperparameter).Distinct()];

    /// <summary>The fault of a placeholder that is not known.</summary>
    internal static FormatException Unknown(string name, IReadOnlyList<string> allowed) => new(
        $"{{{name}}} in the command is unknown; expected {string.Join(", ", allowed.Select(one => $"{{{one}}}"))}{Nearest.Question(name, allowed)} ({{{{ and }}}} are braces)");

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
