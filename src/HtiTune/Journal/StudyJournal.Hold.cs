namespace HtiTune.Journal;

// Who has a study open, and where else it may lie.
public sealed partial class StudyJournal
{
    /// <summary>Holds a study's folder: no tuner can open it, here or in another process, before what is returned is disposed.</summary>
    /// <param name="folder">The folder; made if need be.</param>
    /// <exception cref="StudyInUseException">A tuner has it open.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static IDisposable Hold(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return StudyFolder.Take(folder, new StudyFiles());
    }

    /// <summary>Whether a tuner, here or in another process, has the study of a folder open.</summary>
    /// <param name="folder">The folder, which may not exist.</param>
    public static bool IsHeld(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            using var probe = new FileStream(StudyFolder.At(folder, StudyFolder.LockName), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// Writes the study into a folder, from which a tuner goes on as one that has made it there: that of a service, for one. Of a study in a folder what other contexts were asked, and
    /// networks, are left out.
    /// </summary>
    /// <param name="folder">The folder; made if need be.</param>
    /// <exception cref="IOException">It holds a study, or cannot be written to.</exception>
    /// <exception cref="DataFormatException">What is kept is not what the journal speaks of.</exception>
    public void CopyTo(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        JournalCopy.Write(this, folder);
    }
}
