using HtiTune.Surrogates;
using HtiTune.Surrogates.Runtime;
using TorchSharp;

namespace HtiTune.Tests.Surrogates.Runtime;

[Collection(Alone.Name)]
public class TorchRuntimeTests
{
    [Fact]
    public void Torch_computes_after_calls_from_many_threads()
    {
        Parallel.For(0, 16, _ => TorchRuntime.EnsureLoaded());
        using var sum = torch.arange(10, torch.float32).sum();
        Assert.Equal(45f, sum.item<float>());
    }

    [Fact]
    public void TorchSharp_copies_libtorch_nowhere()
    {
        TorchRuntime.EnsureLoaded();
        using var one = torch.ones(1);
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, "cpu")));
    }

    [LinuxFact]
    public void A_missing_package_is_named_with_its_cure()
    {
        using var folder = new TemporaryFolder();
        var wrapper = NativeFolders.Find(NativeFolders.Of(typeof(torch).Assembly), LinuxLoader.Wrapper)!;

        var nothing = Assert.Throws<DllNotFoundException>(() => new LinuxLoader([folder.Path], [], "2.10.0").Load());
        Assert.Contains("libLibTorchSharp.so was not found", nothing.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, nothing.Message, StringComparison.Ordinal);

        File.CreateSymbolicLink(Path.Combine(folder.Path, LinuxLoader.Wrapper), wrapper);
        var libtorch = Assert.Throws<DllNotFoundException>(() => new LinuxLoader([folder.Path], [], "2.10.0").Load());
        Assert.Contains("libc10.so was not found", libtorch.Message, StringComparison.Ordinal);
        Assert.Contains("dotnet add package libtorch-cpu-linux-x64", libtorch.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/libc10.so: version `GLIBC_2.34' not found (required by x)", false, "glibc lacks", typeof(PlatformNotSupportedException))]
    [InlineData("libstdc++.so.6: version `GLIBCXX_3.4.29' not found", false, "a newer libstdc++", typeof(PlatformNotSupportedException))]
    [InlineData("Error relocating libc10.so: __strdup: symbol not found", true, "musl", typeof(PlatformNotSupportedException))]
    [InlineData("libgomp-98b21ff3.so.1: cannot open shared object file", false, "depends on is missing", typeof(DllNotFoundException))]
    [InlineData("/a/libc10.so: invalid ELF header", false, "damaged", typeof(DllNotFoundException))]
    [InlineData("/a/libc10.so: failed to map segment from shared object", false, "noexec", typeof(DllNotFoundException))]
    public void The_loaders_complaint_becomes_cause_and_cure(string said, bool isMusl, string expected, Type type)
    {
        var error = LoadFailure.Refused("/a/libc10.so", said, isMusl);
        Assert.IsType(type, error);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_libtorch_version_is_read_from_TorchSharp() =>
        Assert.Matches(@"^\d+\.\d+\.\d+$", NativeFolders.LibtorchVersion(typeof(torch).Assembly));
}
