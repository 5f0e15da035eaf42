using System.Text;

namespace HtiTune.Hosting;

/// <summary>
/// The checksum of a stored event, the last property of its data as in a line of a journal's file: over the study, the number, the time, the kind and the data. Rows of
/// versions before that have none, and are taken as they are.
/// </summary>
internal static class EventSeal
{
    /// <summary>Puts the checksum behind an event's data.</summary>
    public static StudyEvent Seal(StudyEvent row) => row with { Data = LineChecksum.With(row.Data, Checksum(row)) };

    /// <summary>Events for those who look at them: their data without the checksum, whether it holds or not.</summary>
    public static IReadOnlyList<StudyEvent> Open(IReadOnlyList<StudyEvent> rows) => [.. rows.Select(row => Take(row).Event)];

    /// <summary>Events from which a study's state is to be computed: all that there are behind a number, each as it was written.</summary>
    /// <exception cref="DataFormatException">One is damaged or missing; the message names the study, the event's number and what was expected.</exception>
    public static IReadOnlyList<StudyEvent> OpenWhole(StudyRow study, long after, IReadOnlyList<StudyEvent> rows)
    {
        var events = new List<StudyEvent>(rows.Count);
        foreach (var row in rows)
        {
            after++;
            if (row.Sequence != after)
            {
                throw Damage(study.Id, after, $"it is missing, and event {row.Sequence} follows", "every event of the study");
            }

            var (read, checksum) = Take(row);
            events.Add(read);
            if (checksum is not null && checksum != Checksum(read))
            {
                throw Damage(study.Id, after, $"the checksum of its row ({row.Kind}) does not hold", "the row as HtiTune wrote it, as a backup has it");
            }
        }

        return after >= study.LastSequence ? events : throw Damage(study.Id, after + 1, "it is missing", $"events up to {study.LastSequence}");
    }

    private static DataFormatException Damage(Guid study, long sequence, string found, string expected) => new($"study {study}", $"event {sequence}", found, expected);

    /// <summary>Takes the checksum out of an event's data; null where it has none.</summary>
    private static (StudyEvent Event, string? Checksum) Take(StudyEvent row)
    {
        var (data, checksum) = LineChecksum.Split(row.Data);
        return (row with { Data = data }, checksum);
    }

    private static string Checksum(StudyEvent row) =>
        LineChecksum.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{row.StudyId:N} {row.Sequence} {row.Time!.Value.ToUnixTimeMilliseconds()} {row.Kind} {row.Data}")));
}
