namespace HtiTune.Journal;

/// <summary>The log of a study's folder: a line for each event, and a file for what each training answered.</summary>
internal sealed class FolderLog : IStudyLog, IDisposable
{
    private readonly StudyFolder? _taken;
    private JournalContent? _content;
    private JournalWriter? _writer;

    /// <summary>The log of a folder that is only read.</summary>
    public FolderLog(string folder) => Name = folder;

    /// <summary>The log of a folder that this process has taken; it is let go with the log.</summary>
    public FolderLog(StudyFolder taken) => (Name, _taken) = (taken.Path, taken);

    public string Name { get; }

    /// <summary>The folder, which this process has taken.</summary>
    public StudyFolder Taken => _taken ?? throw new InvalidOperationException($"{Name} is only read; expected a folder that is taken.");

    /// <summary>A last line that is not whole, where there was one when the log was read.</summary>
    public TornLine? Torn => _content?.Torn;

    public IEnumerable<JournalEvent> Read(long after = 0)
    {
        _content = JournalFile.Read(StudyFolder.At(Name, StudyFolder.JournalName));
        return _content.Events.Skip((int)after);
    }

    /// <inheritdoc/>
    /// <remarks>The first events of a study make the file: it appears whole. Behind a last line that is torn, that one is cut off.</remarks>
    public void Append(params ReadOnlySpan<JournalEvent> events)
    {
        if (_writer is null && !File.Exists(Taken.Journal))
        {
            Taken.Files.Write(Taken.Journal, JournalLine.Encode(events, behind: 0));
            return;
        }

        _writer ??= new JournalWriter(Taken.Journal, Taken.Files, _content ?? JournalFile.Read(Taken.Journal));
        _writer.Append(events);
    }

    public byte[] Bytes(string file, string sha256) => StudyFolder.Verified(StudyFolder.At(Name, file), sha256);

    /// <summary>Keeps a matrix in a file; returns its SHA-256.</summary>
    public string Keep(string file, Matrix matrix) => Keep(file, path => Taken.Files.Write(path, matrix));

    /// <summary>Keeps what is written to a file's path; returns its SHA-256.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public string Keep(string file, Action<string> write)
    {
        Write(file, write);
        return StudyFolder.Hash(Taken[file]);
    }

    /// <summary>Writes a file that no event vouches for.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(string file, Action<string> write)
    {
        try
        {
            write(Taken[file]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw JournalWriter.Unwritable(Taken[file], problem);
        }
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _taken?.Dispose();
    }
}
