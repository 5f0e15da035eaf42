using System.Text;

namespace HtiTune.Data;

/// <summary>Tells what a file is that is not what it should be, by its first bytes.</summary>
internal static class FileKind
{
    private const int Looked = 512;
    private const int Shown = 24;

    private static readonly (byte[] Beginning, string Kind)[] s_known =
    [
        ([0x93, .. "NUMPY"u8], "a .npy array"),
        ([.. "PK"u8, 3, 4], "a zip archive (a .npz file, or what torch.save writes)"),
        ([0x89, .. "HDF"u8], "an HDF5 file"),
        ([0x1F, 0x8B], "packed by gzip"),
        ([.. "PAR1"u8], "a Parquet file"),
        ([.. "%PDF"u8], "a PDF file"),
        ([0x80, 2], "a Python pickle"),
        ([0x80, 3], "a Python pickle"),
        ([0x80, 4], "a Python pickle"),
        ([0x80, 5], "a Python pickle"),
    ];

    /// <summary>What the file is, a clause that follows "the file is"; null where nothing tells.</summary>
    /// <param name="stream">The file; it can seek.</param>
    internal static string? Of(Stream stream)
    {
        var bytes = new byte[Looked];
        stream.Position = 0;
        var read = bytes.AsSpan(0, stream.ReadAtLeast(bytes, Looked, throwOnEndOfStream: false));
        foreach (var (beginning, kind) in s_known)
        {
            if (read.StartsWith(beginning))
            {
                return kind;
            }
        }

        if (read.Length > 9 && read[8] == '{' && BitConverter.ToInt64(read) is > 0 and < 1 << 30)
        {
            return "a .safetensors file";
        }

        return read.Length == 0 ? "empty" : read.IndexOfAnyInRange((byte)0, (byte)8) < 0 ? OfText(Encoding.UTF8.GetString(read).TrimStart('\uFEFF')) : null;
    }

    private static string OfText(string text)
    {
        var start = text.TrimStart();
        if (start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
        {
            return "an HTML page";
        }

        if (start.StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            return "a pointer of Git LFS, and not what it points to";
        }

        var line = new string([.. start.TakeWhile(letter => letter is not ('\n' or '\r'))]);
        var shown = line.Length <= Shown ? line : line[..Shown] + "…";
        return start is ['{' or '[', ..] && !double.TryParse(line, out _) ? $"JSON or the like: {shown}"
            : line.Contains(',') ? $"text, such as CSV: {shown}"
            : $"text: {shown}";
    }
}
