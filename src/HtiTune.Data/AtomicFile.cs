namespace HtiTune.Data;

/// <summary>Writes files whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary name in the same folder, flushes it to the disk, and renames it: a reader sees the old file or the
    /// new one, and a write that fails leaves the old one untouched.
    /// </summary>
    /// <param name="path">The file; replaced if it exists. Its folder must exist.</param>
    /// <param name="write">Writes the content to the stream.</param>
    /// <exception cref="IOException">The folder does not exist or cannot be written to, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, write, static (stream, write) => write(stream));
    }

    /// <summary>The same for content that a closure cannot hold, such as a span.</summary>
    internal static void Write<TContent>(string path, TContent content, Action<Stream, TContent> write)
        where TContent : allows ref struct
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (stream, temporary) = Create(Path.GetFullPath(path));
        try
        {
            using (stream)
            {
                write(stream, content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // CreateNew fails on a name that another writer holds or a killed one left behind: then the next number.
    private static (FileStream Stream, string Name) Create(string path)
    {
        for (var number = 0; ; number++)
        {
            var name = $"{path}.{Environment.ProcessId}-{number}.tmp";
            try
            {
                return (new FileStream(name, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16), name);
            }
            catch (IOException) when (File.Exists(name))
            {
            }
        }
    }
}
