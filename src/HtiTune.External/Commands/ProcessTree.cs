using System.Text;

namespace HtiTune.External;

/// <summary>Ends a training with everything that it started.</summary>
/// <remarks>
/// Its processes form a session and a group. What has left the group, as a daemon does, is found on Linux by the mark that it
/// inherited in its environment.
/// </remarks>
internal static class ProcessTree
{
    /// <summary>Environment variable that holds the study's folder: the mark of its trainings.</summary>
    internal const string StudyMark = "HTITUNE_STUDY";

    /// <summary>Environment variable that holds the folder of one attempt of a training.</summary>
    internal const string AttemptMark = "HTITUNE_ATTEMPT";

    /// <summary>Sends a signal to the group of a leader.</summary>
    internal static void Signal(int leader, int signal) => _ = NativeMethods.Signal(-leader, signal);

    /// <summary>Kills what is left of a group, and what has left it.</summary>
    internal static void KillRest(int leader, string attempt)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Signal(leader, NativeMethods.Kill);
        KillMarked(AttemptMark, attempt);
    }

    /// <summary>Kills every process that carries a mark; those of a study outlive it only where <c>htitune</c> itself was killed.</summary>
    /// <returns>How many there were.</returns>
    internal static int KillMarked(string variable, string value)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var killed = new HashSet<int>();

        // What forks while it is looked for is found the next time round.
        for (var round = 0; round < 5; round++)
        {
            var found = Marked(variable, value).Where(killed.Add).ToList();
            if (found.Count == 0)
            {
                break;
            }

            found.ForEach(process => _ = NativeMethods.Signal(process, NativeMethods.Kill));
        }

        return killed.Count;
    }

    private static IEnumerable<int> Marked(string variable, string value)
    {
        byte[] inner = [0, .. Encoding.UTF8.GetBytes($"{variable}={value}\0")];
        var mark = Encoding.UTF8.GetBytes($"{variable}={value}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && process != Environment.ProcessId
                && Environs(folder) is { } environment
                && (environment.AsSpan().StartsWith(mark) || environment.AsSpan().IndexOf(inner) >= 0))
            {
                yield return process;
            }
        }
    }

    private static byte[]? Environs(string folder)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ"));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended, or is another user's.
        }
    }
}
