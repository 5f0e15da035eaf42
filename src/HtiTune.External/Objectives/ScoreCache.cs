using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HtiTune.External;

/// <summary>
/// What a scoring command has said, by the content of what it was given: its words, the files among them (so that a changed script is asked anew) and the
/// outputs. It lies on the disk beside the study, so that a study that is resumed, or another preference, does not pay again.
/// </summary>
internal sealed class ScoreCache
{
    // A file among the words that is larger is data, and is told apart by its size and time.
    private const long LargestHashed = 1 << 24;
    private readonly string _file;
    private readonly byte[] _command;
    private Dictionary<string, double>? _known;

    /// <param name="folder">Where it lies.</param>
    /// <param name="words">The command's words, placeholders not filled.</param>
    /// <param name="workingDirectory">Where the command runs.</param>
    internal ScoreCache(string folder, IReadOnlyList<string> words, string workingDirectory)
    {
        _file = Path.Combine(folder, "known.txt");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var word in words)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(word + "\0"));
            var file = new FileInfo(Path.GetFullPath(word.Length == 0 ? "." : word, workingDirectory));
            hash.AppendData(ContentOf(file));
        }

        _command = hash.GetHashAndReset();
    }

    // A device or a pipe has no length, and may have no end.
    private static byte[] ContentOf(FileInfo file)
    {
        try
        {
            return !file.Exists || file.Length == 0 ? []
                : file.Length <= LargestHashed ? File.ReadAllBytes(file.FullName)
                : Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The key of outputs.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="lambda">Their λ where the command is told it; else null.</param>
    internal string Key(Matrix outputs, double? lambda)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_command);
        hash.AppendData(BitConverter.GetBytes(outputs.Rows));
        hash.AppendData(BitConverter.GetBytes(outputs.Columns));
        hash.AppendData(MemoryMarshal.AsBytes(outputs.Values));
        if (outputs.HasDoubles)
        {
            for (var i = 0; i < outputs.Rows; i++)
            {
                for (var j = 0; j < outputs.Columns; j++)
                {
                    hash.AppendData(BitConverter.GetBytes(outputs.Exact(i, j)));
                }
            }
        }

        hash.AppendData(BitConverter.GetBytes(lambda ?? double.NaN));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>What was said; null where nothing was.</summary>
    internal double? Find(string key)
    {
        _known ??= Load();
        return _known.TryGetValue(key, out var value) ? value : null;
    }

    /// <summary>Keeps what was said; a disk that is full costs the keeping, not the value.</summary>
    internal void Add(IEnumerable<(string Key, double Value)> said)
    {
        _known ??= Load();
        var lines = new StringBuilder();
        foreach (var (key, value) in said)
        {
            _known[key] = value;
            lines.Append(key).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            File.AppendAllText(_file, lines.ToString());
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is asked again in another process.
        }
    }

    // A line that a killed process left half written is no line.
    private Dictionary<string, double> Load()
    {
        var known = new Dictionary<string, double>();
        if (!File.Exists(_file))
        {
            return known;
        }

        using var reader = new StreamReader(new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [{ Length: 32 } key, var number] && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                known[key] = value;
            }
        }

        return known;
    }
}
