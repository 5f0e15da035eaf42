using System.Security.Cryptography;
using HtiTune.Surrogates.Runtime;

namespace HtiTune.Tests.Surrogates.Runtime;

public class LibraryCacheTests
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))];

    [Fact]
    public void The_name_holds_the_contents_hash()
    {
        using var folder = new TemporaryFolder();
        var path = LibraryCache.Store(Path.Combine(folder.Path, "a", "b"), "libX.so", Image);
        Assert.Equal($"libX-{Convert.ToHexStringLower(SHA256.HashData(Image))}.so", Path.GetFileName(path));
        Assert.Equal(Image, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_corrupted_or_truncated_file_is_replaced_and_an_intact_one_is_kept()
    {
        using var folder = new TemporaryFolder();
        var path = LibraryCache.Store(folder.Path, "libX.so", Image);
        foreach (var damaged in new[] { Image[..^1], [], [.. Image[..^1], (byte)(Image[^1] + 1)] })
        {
            File.WriteAllBytes(path, damaged);
            Assert.Equal(path, LibraryCache.Store(folder.Path, "libX.so", Image));
            Assert.Equal(Image, File.ReadAllBytes(path));
        }

        var written = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, written);
        LibraryCache.Store(folder.Path, "libX.so", Image);
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Concurrent_writers_leave_one_intact_file()
    {
        using var folder = new TemporaryFolder();
        Parallel.For(0, 16, _ => Assert.Equal(Image, File.ReadAllBytes(LibraryCache.Store(folder.Path, "libX.so", Image))));
        Assert.Single(Directory.GetFiles(folder.Path));
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("htitune-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
