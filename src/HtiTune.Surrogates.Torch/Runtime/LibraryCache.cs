using System.Security.Cryptography;

namespace HtiTune.Surrogates.Runtime;

/// <summary>Folders of this user that hold repaired copies of native libraries.</summary>
internal static class LibraryCache
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The user's cache folders, best first: $XDG_CACHE_HOME/htitune, then ~/.cache/htitune.</summary>
    internal static IReadOnlyList<string> Folders()
    {
        List<string> folders = [];

        // The XDG base directory specification: a relative path is invalid and is ignored.
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } cache && Path.IsPathRooted(cache))
        {
            folders.Add(Path.Combine(cache, "htitune"));
        }

        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
        {
            folders.Add(Path.Combine(home, ".cache", "htitune"));
        }

        return folders;
    }

    /// <summary>Puts a library into a folder, under a name that holds its content's SHA-256, unless it stands there intact.</summary>
    /// <param name="folder">The folder; created, for its owner only, where missing.</param>
    /// <param name="name">The library's file name.</param>
    /// <param name="image">The content.</param>
    /// <returns>The path, whose content equals <paramref name="image"/>.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    internal static string Store(string folder, string name, byte[] image)
    {
        CreateFolder(folder);
        var hash = Convert.ToHexStringLower(SHA256.HashData(image));
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{hash}{Path.GetExtension(name)}");
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(image))
        {
            return path;
        }

        // Under a temporary name, then renamed: no process ever sees half a library, and one that has the old file mapped keeps it.
        var temporary = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            using (var file = CreateFile(temporary))
            {
                file.Write(image);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return path;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    private static FileStream CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
