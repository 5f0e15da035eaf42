using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace HtiTune.Packages.Tests;

/// <summary>What a registry and a debugger read of the packages.</summary>
[Collection(Packed.Name)]
public class PackageTests(Packed packed)
{
    // Custom debug information "embedded source", by the format of portable symbols.
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Fact]
    public void Every_package_says_what_it_is_whose_and_where_from()
    {
        var packages = Directory.GetFiles(packed.Feed, "*.nupkg");
        Assert.Equal(15, packages.Length);
        Assert.All(packages, path =>
        {
            using var zip = ZipFile.OpenRead(path);
            var metadata = Metadata(zip);
            string? Said(string name) => (string?)metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);
            Assert.Equal("MIT", Said("license"));
            Assert.Equal("https://htitune.example/", Said("projectUrl"));
            Assert.NotNull(zip.GetEntry(Said("readme")!));
            Assert.NotNull(zip.GetEntry("LICENSE.txt"));
            Assert.Contains("hyperparameter-tuning", Said("tags"), StringComparison.Ordinal);
            Assert.InRange(Said("description")!.Length, 20, 200);
            Assert.Equal(packed.Version, Said("version"));
        });
    }

    [Fact]
    public void They_depend_on_each_other_and_on_packages_that_are_pinned()
    {
        var pins = XDocument.Load(Path.Combine(Packed.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(pin => (string)pin.Attribute("Include")!, pin => (string)pin.Attribute("Version")!);
        var ours = Directory.GetFiles(packed.Feed, "*.nupkg").Select(path => Path.GetFileName(path)[..^$".{packed.Version}.nupkg".Length]).ToHashSet();
        foreach (var path in Directory.GetFiles(packed.Feed, "*.nupkg"))
        {
            using var zip = ZipFile.OpenRead(path);
            foreach (var dependency in Metadata(zip).Descendants().Where(element => element.Name.LocalName == "dependency"))
            {
                var (id, version) = ((string)dependency.Attribute("id")!, (string)dependency.Attribute("version")!);
                Assert.Equal(ours.Contains(id) ? packed.Version : pins.GetValueOrDefault(id, $"{id} is not pinned"), version);

                // A library leaves the platform's libtorch to the program.
                Assert.DoesNotContain("libtorch", id, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_library_is_deterministic_and_its_symbols_hold_the_sources()
    {
        foreach (var path in Directory.GetFiles(packed.Feed, "*.snupkg"))
        {
            using var symbols = ZipFile.OpenRead(path);
            using var library = ZipFile.OpenRead(Path.ChangeExtension(path, ".nupkg"));
            var own = symbols.Entries
                .Where(entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal) && entry.Name.StartsWith("htitune", StringComparison.OrdinalIgnoreCase)).ToList();
            Assert.NotEmpty(own);
            foreach (var entry in own)
            {
                using var provider = MetadataReaderProvider.FromPortablePdbStream(Copy(entry));
                var reader = provider.GetMetadataReader();
                var embedded = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Count(info => reader.GetGuid(info.Kind) == s_embeddedSource);
                Assert.InRange(embedded, 1, reader.Documents.Count);
                using var image = new PEReader(Copy(library.GetEntry(Path.ChangeExtension(entry.FullName, ".dll"))!));
                Assert.Contains(image.ReadDebugDirectory(), one => one.Type == DebugDirectoryEntryType.Reproducible);
            }
        }
    }

    private static XElement Metadata(ZipArchive zip)
    {
        using var stream = zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static MemoryStream Copy(ZipArchiveEntry entry)
    {
        var copy = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }
}
