namespace HtiTune.Hosting;

/// <summary>Whether a file system can hold a database that is open: SQLite's write-ahead log needs shared memory and locks that network file systems do not keep.</summary>
internal static class SqliteFile
{
    private static readonly string[] Remote = ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "smbfuse", "afs", "ceph", "lustre", "glusterfs", "fuse.sshfs", "9p", "v9fs", "ncp", "coda"];

    /// <summary>Makes the file's folder, and refuses a network file system.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="InvalidOperationException">The folder is on a network file system; the message says what to do.</exception>
    public static string Prepare(string path) => Prepare(path, Describe);

    internal static string Prepare(string path, Func<string, (string Format, bool IsNetwork)> describe)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        var (format, isNetwork) = describe(folder);
        if (isNetwork || Remote.Contains(format, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(
                $"The database file '{full}' lies on a network file system ({format}), on which SQLite cannot keep it whole. "
                + "Choose a path on a disk of this machine, or PostgreSQL where several machines share studies.");
        }
        return full;
    }

    private static (string Format, bool IsNetwork) Describe(string folder)
    {
        if (OperatingSystem.IsWindows() && folder.StartsWith(@"\\", StringComparison.Ordinal))
        {
            return ("a share", true);
        }
        try
        {
            // Elsewhere than on Windows any folder is described by the file system that it lies on.
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
            return (drive.DriveFormat, drive.DriveType == DriveType.Network);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return ("unknown", false);
        }
    }
}
