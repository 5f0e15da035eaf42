using System.Text;

namespace HtiTune.External;

/// <summary>Follows the log of a training while it is written.</summary>
internal sealed class TrainingLog(string path)
{
    /// <summary>A line <c>htitune:progress 0.4</c> tells how far a training has come.</summary>
    internal const string ProgressMark = "htitune:progress";

    /// <summary>A line <c>htitune:value 12 0.53</c> tells what a training measured at a step.</summary>
    internal const string ValueMark = "htitune:value";

    private const int TailBytes = 1 << 14;
    private readonly StringBuilder _line = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _at = new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Reads what is new.</summary>
    /// <param name="progress">Takes the last share that is told there, 0 to 1, and all intermediate values.</param>
    internal void Follow(IProgress<double> progress)
    {
        double? share = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length <= _at)
            {
                return;
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
                    var line = _line.ToString();
                    _line.Clear();
                    share = ShareOf(line) ?? share;
                    if (ValueOf(line) is { } value)
                    {
                        progress.Report(value.Step, value.Value);
                    }
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

        if (share is { } last)
        {
            progress.Report(last);
        }
    }

    /// <summary>The intermediate value that a line tells; null for another line.</summary>
    internal static IntermediateValue? ValueOf(string line) =>
        line.AsSpan().TrimStart().StartsWith(ValueMark, StringComparison.Ordinal)
        && line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [ValueMark, var step, var value]
        && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var measured) && double.IsFinite(measured)
            ? new IntermediateValue(at, measured)
            : null;

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
        return [.. reader.ReadToEnd().Split('\n').Select(line => Plain(Shown(line.TrimEnd('\r'))))
            .Where(line => line.Length > 0 && !line.StartsWith(ProgressMark, StringComparison.Ordinal) && ValueOf(line) is null).TakeLast(lines)];
    }

    // A bar of progress is written over and over: what a terminal would show of it.
    private static string Shown(string line) => line[(line.LastIndexOf('\r') + 1)..];

    // What a program prints must not steer the terminal.
    private static string Plain(string line) => string.Concat(line.Take(500).Select(letter => char.IsControl(letter) && letter != '\t' ? ' ' : letter)).TrimEnd();
}
