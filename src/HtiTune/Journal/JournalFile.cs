namespace HtiTune.Journal;

/// <summary>A last line that was not written to its end, by a process that was killed or on a disk that was full.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Bytes">Its length.</param>
public sealed record TornLine(int Line, long Bytes);

/// <summary>What a journal's file holds.</summary>
/// <param name="Events">The events of all whole lines.</param>
/// <param name="Length">Their length in bytes.</param>
/// <param name="EndsLine">Whether the last of them has its end of line.</param>
/// <param name="Torn">What follows them, if anything.</param>
internal sealed record JournalContent(IReadOnlyList<JournalEvent> Events, long Length, bool EndsLine, TornLine? Torn);

/// <summary>Reads a journal: what a killed process leaves is tolerated at the end, and nowhere else.</summary>
internal static class JournalFile
{
    public static JournalContent Read(string path)
    {
        byte[] bytes;

        // The tuner that writes it may be at work.
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }

        var events = new List<JournalEvent>();
        string? name = null;
        var start = 0;
        while (start < bytes.Length)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            var endsLine = length >= 0;
            length = endsLine ? length : bytes.Length - start;
            var line = bytes.AsMemory(start, length);
            var number = events.Count + 1;
            if (number == 1 && JournalLine.SchemaOf(line) is { } schema && schema > StudyJournal.Schema)
            {
                throw new DataFormatException(
                    path, "line 1", $"the journal has schema {schema}, of a newer version of HtiTune", $"schema {StudyJournal.Schema} or older");
            }

            var next = start + length + (endsLine ? 1 : 0);
            if (JournalLine.Decode(line.Span, out var isWhole, out var found) is not { } entry)
            {
                if (number > 1 && !isWhole && next == bytes.Length)
                {
                    return new JournalContent(events, start, true, new TornLine(number, bytes.Length - start));
                }

                throw new DataFormatException(path, $"line {number}", found!, "a line as HtiTune wrote it");
            }

            if (entry.Sequence != number)
            {
                throw new DataFormatException(path, $"line {number}", $"its sequence number is {entry.Sequence}", $"{number}: lines are missing or out of order");
            }

            if (entry is StudyCreated != (number == 1))
            {
                throw new DataFormatException(
                    path, $"line {number}", $"the event is {entry.GetType().Name}", number == 1 ? "the study's header" : "one header, in line 1");
            }

            // A number alone is of the only hyperparameter, or of the first of several, all others of which are not active.
            name ??= events is [StudyCreated header, ..] ? header.Space is [var first, ..] ? Data.Hyperparameter.Parse(first).Name : header.Hyperparameter : null;
            events.Add(name is null ? entry : entry.Named(name));
            start = next;
            if (!endsLine)
            {
                return new JournalContent(events, start, false, null);
            }
        }

        return events.Count > 0
            ? new JournalContent(events, start, true, null)
            : throw new DataFormatException(path, "line 1", "the file is empty", "the study's header");
    }
}
