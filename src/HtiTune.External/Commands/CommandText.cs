using System.Text;

namespace HtiTune.External;

/// <summary>Splits a command as a shell would, quotes and backslashes included, and does nothing else of what a shell does.</summary>
internal static class CommandText
{
    // Outside quotes these mean something to a shell. Here they would silently become arguments.
    private const string Signs = "|&;<>`$";

    private static readonly string[] s_interpreters = ["python", "pypy", "sh", "bash", "dash", "zsh", "Rscript", "julia", "node", "perl", "ruby"];

    /// <summary>Splits a command into the program and its arguments.</summary>
    /// <exception cref="FormatException">A quote is not closed, or a sign of a shell stands outside quotes.</exception>
    internal static List<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case ' ' or '\t' or '\n' or '\r':
                    if (isWord)
                    {
                        words.Add(word.ToString());
                        word.Clear();
                        isWord = false;
                    }

                    continue;
                case '\'' or '"':
                    var quote = text[i];
                    var from = i;
                    for (i++; i < text.Length && text[i] != quote; i++)
                    {
                        if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\')
                        {
                            i++;
                        }

                        word.Append(text[i]);
                    }

                    if (i >= text.Length)
                    {
                        throw new FormatException($"the quote at character {from + 1} of the command is not closed; expected another {quote}");
                    }

                    break;
                case '\\' when !OperatingSystem.IsWindows() && i + 1 < text.Length:
                    word.Append(text[++i]);
                    break;
                case var sign when Signs.Contains(sign):
                    throw new FormatException(
                        $"the command holds '{sign}', and no shell reads it; expected a program and its arguments, or quotes around it, or [\"sh\", \"-c\", \"…\"]");
                default:
                    word.Append(text[i]);
                    break;
            }

            isWord = true;
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>A command as it could be typed at a prompt.</summary>
    internal static string Show(IEnumerable<string> words) => string.Join(' ', words.Select(word =>
        word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || "-_./=:,+@%".Contains(letter)) ? word : $"'{word.Replace("'", "'\\''")}'"));

    /// <summary>The file that a program's name stands for, or null where there is none that can be run.</summary>
    internal static string? Find(string program, string workingDirectory)
    {
        if (program.Contains('/') || OperatingSystem.IsWindows() && program.Contains('\\'))
        {
            return Runnable(Path.GetFullPath(program, workingDirectory));
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0).Select(folder => Runnable(Path.Combine(folder, program))).FirstOrDefault(found => found is not null);
    }

    private static string? Runnable(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return ((string[])["", ".exe", ".cmd", ".bat"]).Select(ending => path + ending).FirstOrDefault(File.Exists);
        }

        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0 ? path : null;
    }

    /// <summary>The script that an interpreter is told to run and that is not there, as it is written; null where there is none such.</summary>
    /// <param name="words">The program and its arguments, placeholders not filled.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    internal static string? MissingScript(IReadOnlyList<string> words, string workingDirectory)
    {
        var program = words.Count == 0 ? "" : Path.GetFileNameWithoutExtension(words[0]);
        var name = program.TrimEnd("0123456789.".ToCharArray());
        if (!s_interpreters.Contains(name))
        {
            return null;
        }

        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i];
            if (!word.StartsWith('-'))
            {
                return word.Length > 0 && !word.Contains('{') && !File.Exists(Path.GetFullPath(word, workingDirectory)) && !Directory.Exists(Path.GetFullPath(word, workingDirectory)) ? word : null;
            }

            if (name is not ("python" or "pypy") || !(word.StartsWith("-u", StringComparison.Ordinal) || word is "-O" or "-OO" or "-B" or "-E" or "-I" or "-s" or "-S" or "-q" or "-v"))
            {
                return null; // What other options mean, as -m or -c, is not known here.
            }
        }

        return null;
    }
}
