using System.Diagnostics;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>A disk of some megabytes in memory, which can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Size = "192m";
    private const string Filling = "filling";

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Makes one; null where this user may not mount.</summary>
    public static SmallDisk? Make()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("htitune-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={Size},mode=0777", "tmpfs", folder))
        {
            return new SmallDisk(folder);
        }

        Directory.Delete(folder);
        return null;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        try
        {
            using var file = File.Create(Path.Combine(Folder, Filling));
            var block = new byte[1 << 16];
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: false);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Path.Combine(Folder, Filling));

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
