namespace HtiTune.Journal;

// Who has a study open.
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
}
