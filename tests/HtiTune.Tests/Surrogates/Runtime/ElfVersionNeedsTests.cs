using HtiTune.Surrogates.Runtime;
using TorchSharp;

namespace HtiTune.Tests.Surrogates.Runtime;

public class ElfVersionNeedsTests
{
    private const string C = "libc.so.6", Cpp = "libstdc++.so.6";
    private const string Guard = "_ZSt21ios_base_library_initv";
    private const string Wait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";

    private static readonly byte[] Small = SyntheticElf.Write(
        [(C, "GLIBC_2.34", 7), (Cpp, "GLIBCXX_3.4.11", 4), (Cpp, "GLIBCXX_3.4.32", 5), (Cpp, "GLIBCXX_3.4.30", 9)],
        [("malloc", 7), (Guard, 5), (Wait, 9), ("_ZSt4cout", 4)]);

    [Fact]
    public void Reads_every_needed_version_with_its_library_and_symbols()
    {
        var elf = ElfVersionNeeds.Parse(Small);
        Assert.Equal(
            [(C, "GLIBC_2.34", 7), (Cpp, "GLIBCXX_3.4.11", 4), (Cpp, "GLIBCXX_3.4.32", 5), (Cpp, "GLIBCXX_3.4.30", 9)],
            elf.Needs.Select(n => (n.Library, n.Version, (int)n.Index)));
        Assert.DoesNotContain(elf.Needs, n => n.IsWeak);
        Assert.Equal([Guard], elf.SymbolsOf(elf.Needs[2]));
    }

    [Fact]
    public void Weakens_exactly_one_entry()
    {
        var weak = OlderStandardLibrary.Tolerate(Small, "GLIBCXX_3.4.32")!;
        Assert.Equal([2], Enumerable.Range(0, Small.Length).Where(i => weak[i] != Small[i]).Select(i => weak[i] - Small[i]));
        Assert.Equal(["GLIBCXX_3.4.32"], ElfVersionNeeds.Parse(weak).Needs.Where(n => n.IsWeak).Select(n => n.Version));
    }

    [Fact]
    public void A_symbol_that_an_older_version_defines_moves_there()
    {
        var weak = ElfVersionNeeds.Parse(OlderStandardLibrary.Tolerate(Small, "GLIBCXX_3.4.30")!);
        Assert.Equal(["_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "_ZSt4cout"], weak.SymbolsOf(weak.Needs[1]));
        Assert.Empty(weak.SymbolsOf(weak.Needs[3]));
        Assert.True(weak.Needs[3].IsWeak);
    }

    [Theory]
    [InlineData("GLIBC_2.34")]
    [InlineData("GLIBCXX_3.4.11")]
    [InlineData("GLIBCXX_3.4.99")]
    public void A_version_whose_symbols_are_not_known_replaceable_is_kept(string version) =>
        Assert.Null(OlderStandardLibrary.Tolerate(Small, version));

    [Fact]
    public void A_damaged_file_is_an_error_at_every_length()
    {
        Assert.Throws<BadImageFormatException>(() => ElfVersionNeeds.Parse([1, 2, 3]));
        for (var length = 0; length < Small.Length; length += 5)
        {
            Assert.Throws<BadImageFormatException>(() => ElfVersionNeeds.Parse(Small[..length]));
        }
    }

    [LinuxFact]
    public void The_shipped_library_changes_in_one_flag_alone()
    {
        var shipped = File.ReadAllBytes(NativeFolders.Find(NativeFolders.Of(typeof(torch).Assembly), LinuxLoader.Wrapper)!);
        var elf = ElfVersionNeeds.Parse(shipped);
        var need = Assert.Single(elf.Needs, n => n.Version == "GLIBCXX_3.4.32");
        Assert.Equal(("libstdc++.so.6", Guard), (need.Library, Assert.Single(elf.SymbolsOf(need))));

        var repaired = OlderStandardLibrary.Tolerate(shipped, "GLIBCXX_3.4.32")!;
        Assert.Equal([need.FlagsOffset], Enumerable.Range(0, shipped.Length).Where(i => repaired[i] != shipped[i]));
        Assert.Equal(2, repaired[need.FlagsOffset]);
    }
}
