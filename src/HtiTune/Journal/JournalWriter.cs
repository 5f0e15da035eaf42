namespace HtiTune.Journal;

/// <summary>Appends lines to a journal: each is on the disk when <see cref="Append"/> returns, and none is half there when it throws.</summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly string _path;
    private readonly StudyFiles _files;
    private readonly Stream _stream;
    private long _length;
    private long _sequence;

    /// <summary>Opens the file behind the lines that are whole, and cuts off what follows them.</summary>
    public JournalWriter(string path, StudyFiles files, JournalContent content)
    {
        _path = path;
        _files = files;
        _length = content.Length;
        _sequence = content.Events.Count;
        try
        {
            _stream = files.OpenJournal(path);
            try
            {
                Cut();
                if (!content.EndsLine)
                {
                    Write([(byte)'\n']);
                }
            }
            catch
            {
                _stream.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, problem);
        }
    }

    /// <summary>Writes events to the disk, in one go.</summary>
    /// <exception cref="IOException">They could not be written; the file holds the lines that it held.</exception>
    public void Append(params ReadOnlySpan<JournalEvent> events)
    {
        try
        {
            Write(JournalLine.Encode(events, _sequence));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(_path, problem);
        }

        _sequence += events.Length;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The error for a file that cannot be written.</summary>
    public static IOException Unwritable(string path, Exception problem) => new(
        $"{path} could not be written: {problem.Message.TrimEnd('.')}; expected a folder that this process may write to, with room on its disk. "
        + "What was on the disk is as it was.", problem);

    private void Write(byte[] bytes)
    {
        // An earlier write may have failed half way, and the cut after it too.
        Cut();
        try
        {
            _stream.Position = _length;
            _stream.Write(bytes);
            _files.Flush(_stream);
        }
        catch
        {
            TryCut();
            throw;
        }

        _length += bytes.Length;
    }

    private void Cut()
    {
        if (_stream.Length != _length)
        {
            _stream.SetLength(_length);
            _files.Flush(_stream);
        }
    }

    private void TryCut()
    {
        try
        {
            Cut();
        }
        catch (IOException)
        {
            // The next write or the next reader cuts it.
        }
    }
}
