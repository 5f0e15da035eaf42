using System.Globalization;
using System.Text;

namespace HtiTune.External;

/// <summary>Follows the log of a training while it is written.</summary>
internal sealed class TrainingLog(string path)
{
    /// <summary>A line <c>htitune:progress 0.4</c> tells how far a training has come.</summary>
    internal const string ProgressMark = "htitune:progress";

    private const int TailBytes = 1 << 14;
    private readonly StringBuilder _line = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _at = new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Reads what is new.</summary>
    /// <returns>The last share that it told, 0 to 1; null where none is new.</returns>
    internal double? Follow()
    {
        double? share = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length <= _at)
            {
                return null;
            }

            // A training that prints gigabytes must not hold up its own end.
            stream.Position = Math.Max(_at, stream.Length - (1 << 20));
            var bytes = new byte[stream.Length - stream.Position];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            _at = stream.Position;
            var letters = new char[Encoding.UTF8.GetMaxCharCount(read)];
            var count = _decoder.GetChars(bytes, 0, read, letters, 0);
            foreach (var letter in letters.AsSpan(0, count))
            {
                if (letter is '\n' or '\r')
                {
                    share = ShareOf(_line.ToString()) ?? share;
                    _line.Clear();
                }
                else if (_line.Length < 200)
                {
                    _line.Append(letter);
                }
            }
        }
        catch (IOException)
        {
            // The log is for people; what it tells of progress may be missed.
        }

        return share;
    }

    /// <summary>The share that a line tells, 0 to 1, or a percentage.</summary>
    internal static double? ShareOf(string line)
    {
        var text = line.Trim();
        if (!text.StartsWith(ProgressMark, StringComparison.Ordinal))
        {
            return null;
        }

        text = text[ProgressMark.Length..].Trim();
        var isPercentage = text.EndsWith('%');
        return double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && double.IsFinite(share)
            ? Math.Clamp(isPercentage ? share / 100 : share, 0, 1)
            : null;
    }

    /// <summary>The last lines of a log, without progress; empty where it has none.</summary>
    internal static List<string> Tail(string path, int lines)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - TailBytes);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n').Select(line => Plain(line.TrimEnd('\r')))
            .Where(line => line.Length > 0 && !line.StartsWith(ProgressMark, StringComparison.Ordinal)).TakeLast(lines)];
    }

    // What a program prints must not steer the terminal.
    private static string Plain(string line) => string.Concat(line.Take(500).Select(letter => char.IsControl(letter) && letter != '\t' ? ' ' : letter)).TrimEnd();
}
