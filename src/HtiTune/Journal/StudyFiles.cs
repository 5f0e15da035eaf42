namespace HtiTune.Journal;

/// <summary>How a study's folder is written: the place where tests put a full disk.</summary>
internal class StudyFiles
{
    /// <summary>Held as long as a tuner has the study open; the system lets go of it when the process ends, however it ends.</summary>
    public virtual Stream OpenLock(string path) => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Without a buffer: what a failed write left in one would be written later.</summary>
    public virtual Stream OpenJournal(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    /// <summary>Waits until the disk has what was written.</summary>
    public virtual void Flush(Stream stream) => ((FileStream)stream).Flush(flushToDisk: true);

    /// <summary>Writes a file whole or not at all.</summary>
    public virtual void Write(string path, byte[] content) => AtomicFile.Write(path, stream => stream.Write(content));

    /// <summary>Writes a matrix whole or not at all.</summary>
    public virtual void Write(string path, Matrix matrix) => NpyFile.Write(path, matrix);

    /// <summary>Lets a network be written to a temporary name, and renames that once it is on the disk.</summary>
    public virtual void Write(string path, Action<string> write)
    {
        var temporary = path + ".tmp";
        try
        {
            write(temporary);
            using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
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
}
