namespace HtiTune.Journal;

/// <summary>
/// Where a study's events are kept, in order and each under a checksum, with what its trainings answered: a study's folder, or a service's database. <see cref="StudyJournal"/>
/// makes sense of them, wherever they are kept.
/// </summary>
public interface IStudyLog
{
    /// <summary>What messages call it: the study's folder, or the study's name in a store.</summary>
    string Name { get; }

    /// <summary>The events, in the order in which they happened; each is as it was written.</summary>
    /// <param name="after">Only events whose <see cref="JournalEvent.Sequence"/> is above this.</param>
    /// <returns>Events with ascending numbers, the study's header first. A database keeps others beside them, so that there are holes, and several as one, which then have one number.</returns>
    /// <exception cref="DataFormatException">An event is damaged or missing; the message names the log and the event's place.</exception>
    IEnumerable<JournalEvent> Read(long after = 0);

    /// <summary>
    /// Appends events, all or none; the log numbers them, and tells them from here on. A folder has them on the disk when this returns. A database has them when the step that they are part
    /// of is committed, in one transaction with the rest of it; where it is not, they have not happened, and the log is to be opened anew.
    /// </summary>
    /// <param name="events">The events; what belongs together, such as how a training ended and its value, is given at once.</param>
    /// <exception cref="ArgumentException">The log does not keep events of such a kind.</exception>
    /// <exception cref="IOException">They could not be written; the log is as it was.</exception>
    void Append(params ReadOnlySpan<JournalEvent> events);

    /// <summary>What is kept beside the events: what a training answered, or contexts.</summary>
    /// <param name="file">As an event names it: a file, or in a database the SHA-256 itself.</param>
    /// <param name="sha256">SHA-256 of the bytes, hexadecimal, as the event tells it.</param>
    /// <exception cref="DataFormatException">The bytes are other than the event says, or a database has none.</exception>
    /// <exception cref="FileNotFoundException">A folder has none.</exception>
    byte[] Bytes(string file, string sha256);
}
