using System.IO.Compression;

namespace HtiTune.Data;

/// <summary>Arrays in NumPy's <c>.npz</c> files, archives of <c>.npy</c> files: read only.</summary>
public static class NpzFile
{
    // What an archive declares is not what it costs to hold: a few bytes may unpack to gigabytes.
    private const long UnpackedLimit = 128L << 20;
    private const int EntryLimit = 10_000;
    private const string Ending = ".npy";

    /// <summary>Reads an array.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The array's name, as given to <c>numpy.savez</c>; may be left out where there is one only.</param>
    /// <returns>The array, of 128 MiB at most, in C order; doubles are kept beside single precision where it rounds them.</returns>
    /// <exception cref="DataFormatException">The file holds something else, or not this array; the message names those it holds.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static NpyArray Read(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var entries = archive.Entries.Count <= EntryLimit
                ? archive.Entries.Where(entry => entry.FullName.EndsWith(Ending, StringComparison.Ordinal)).ToList()
                : throw new DataFormatException(path, "directory", $"there are {archive.Entries.Count} entries", $"at most {EntryLimit}");
            var names = entries.Count == 0 ? "none" : string.Join(", ", entries.Take(20).Select(entry => $"'{NameOf(entry)}'"));
            var entry = name is null
                ? entries.Count == 1 ? entries[0] : throw new DataFormatException(path, "directory", $"its arrays are {names}", "one array, or the name of the one that is meant")
                : entries.Find(entry => NameOf(entry) == name) ?? throw new DataFormatException(path, "directory", $"its arrays are {names}", $"one named '{name}'");
            return NpyFile.Read($"{path}, array '{NameOf(entry)}'", Unpacked(path, entry)).Array;
        }
        catch (InvalidDataException problem)
        {
            stream.Position = 0;
            var isZip = stream.ReadByte() == 'P' && stream.ReadByte() == 'K';
            throw new DataFormatException(
                path, "the archive", !isZip && FileKind.Of(stream) is { } kind ? $"the file is {kind}" : "it is no whole .npz file", "a zip archive of .npy files, as numpy.savez writes", problem);
        }
        catch (Exception problem) when (problem is ArgumentException or IOException and not FileNotFoundException or OverflowException or NotSupportedException)
        {
            throw new DataFormatException(path, "the archive", "it cannot be unpacked", "a zip archive of .npy files, as numpy.savez writes", problem);
        }
    }

    private static Stream Opened(string path, ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException problem) when (entry.CompressedLength > 0)
        {
            throw new DataFormatException(
                path, $"array '{NameOf(entry)}'", "it is packed by a method that is not read (such as LZMA or BZIP2), or damaged", "stored or deflated, as numpy.savez and numpy.savez_compressed write", problem);
        }
    }

    private static string NameOf(ZipArchiveEntry entry) => entry.FullName[..^Ending.Length];

    private static MemoryStream Unpacked(string path, ZipArchiveEntry entry)
    {
        using var packed = Opened(path, entry);
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = packed.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > UnpackedLimit)
            {
                throw new DataFormatException(path, $"array '{NameOf(entry)}'", $"it is larger than {UnpackedLimit >> 20} MiB", "less; write a .npy file instead");
            }
        }

        content.Position = 0;
        return content;
    }
}
