using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class AtomicFileTests
{
    [Fact]
    public void AFailedWriteLeavesTheOldFileUntouched()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("figures.bin");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the new"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["figures.bin"], folder.Names);
    }

    [Fact]
    public void TheOldFileStandsUntilTheNewOneIsWhole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("figures.bin");
        File.WriteAllText(path, "old");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Equal(2, folder.Names.Length);
        });
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["figures.bin"], folder.Names);
    }

    [Fact]
    public void TwoWritersOfOneFileDoNotMix()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("figures.bin");
        AtomicFile.Write(path, outer =>
        {
            outer.Write("outer"u8);
            AtomicFile.Write(path, inner => inner.Write("inner"u8));
            Assert.Equal("inner", File.ReadAllText(path));
        });
        Assert.Equal("outer", File.ReadAllText(path));
        Assert.Equal(["figures.bin"], folder.Names);
    }

    [Fact]
    public void AMissingFolderIsAnErrorAndNotCreated()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(Path.Combine("missing", "figures.bin"));
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(path, stream => stream.Write("new"u8)));
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }
}
