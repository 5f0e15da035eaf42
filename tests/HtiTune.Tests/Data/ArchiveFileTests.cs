using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>.npz and .safetensors files, written here byte by byte from the formats' descriptions.</summary>
public class ArchiveFileTests
{
    [Fact]
    public void An_npz_gives_its_only_array_or_the_one_that_is_named()
    {
        using var folder = new TemporaryFolder();
        Zip(folder.File("one.npz"), ("y", [1, 2, 3]));
        Zip(folder.File("two.npz"), ("y", [1, 2, 3]), ("loss", [4]));
        Assert.Equal([1, 2, 3], NpzFile.Read(folder.File("one.npz")).Values);
        Assert.Equal([4], NpzFile.Read(folder.File("two.npz"), "loss").Values);
        Assert.Contains("its arrays are 'y', 'loss'", Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("two.npz"))).Message, StringComparison.Ordinal);
        Assert.Contains("one named 'z'", Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("two.npz"), "z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_npz_that_is_cut_or_unpacks_to_too_much_is_refused()
    {
        using var folder = new TemporaryFolder();
        Zip(folder.File("a.npz"), ("y", [1, 2, 3]));
        var bytes = File.ReadAllBytes(folder.File("a.npz"));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(folder.File("cut.npz"), bytes[..length]);
            Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("cut.npz")));
        }

        // 200 MB of zeros pack to 200 kB.
        using (var archive = ZipFile.Open(folder.File("bomb.npz"), ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("y.npy").Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++)
            {
                stream.Write(zeros);
            }
        }

        Assert.Contains("larger than 128 MiB", Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("bomb.npz"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F64", 8)]
    [InlineData("F32", 4)]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    public void Safetensors_of_every_precision_are_read(string kind, int size)
    {
        using var folder = new TemporaryFolder();
        float[] values = [1.5f, -2, 0.25f, 8, 0, -0.5f]; // exact in all of them
        var bytes = new byte[size * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var place = bytes.AsSpan(size * i);
            switch (kind)
            {
                case "F64": BinaryPrimitives.WriteDoubleLittleEndian(place, values[i]); break;
                case "F32": BinaryPrimitives.WriteSingleLittleEndian(place, values[i]); break;
                case "F16": BinaryPrimitives.WriteHalfLittleEndian(place, (Half)values[i]); break;
                default: BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16)); break;
            }
        }

        Write(folder.File("a.safetensors"), $$$"""{"__metadata__":{"format":"pt"},"y":{"dtype":"{{{kind}}}","shape":[2,3],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes);
        var array = SafetensorsFile.Read(folder.File("a.safetensors"));
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal(values, array.Values);
    }

    [Theory]
    [InlineData("""{"y":{"dtype":"F32","shape":[1000000000,1000000000],"data_offsets":[0,8]}}""", "bytes within the file")]
    [InlineData("""{"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "bytes 4 to 12 of 8")]
    [InlineData("""{"y":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "bytes -8 to 0")]
    [InlineData("""{"y":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", "the dtype is F8_E4M3; expected F16")]
    [InlineData("""{"y":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "an axis is -2")]
    [InlineData("""{"y":{"dtype":"F32","shape":[2]}}""", "is not whole")]
    [InlineData("""{"y":7}""", "is not the JSON of a .safetensors file")]
    [InlineData("{", "is not the JSON of a .safetensors file")]
    [InlineData("{}", "its tensors are none")]
    public void Safetensors_that_are_wrong_are_refused_with_the_place(string header, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("a.safetensors"), header, new byte[8]);
        Assert.Contains(expected, Assert.Throws<DataFormatException>(() => SafetensorsFile.Read(folder.File("a.safetensors"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused_before_it_is_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.safetensors"), [255, 255, 255, 255, 255, 255, 255, 127, 1, 2]);
        Assert.Contains("the header is said to have", Assert.Throws<DataFormatException>(() => SafetensorsFile.Read(folder.File("a.safetensors"))).Message, StringComparison.Ordinal);
    }

    private static void Zip(string path, params (string Name, float[] Values)[] arrays)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, values) in arrays)
        {
            NpyFile.Write(path + ".npy", [values.Length], values);
            archive.CreateEntryFromFile(path + ".npy", name + ".npy");
            File.Delete(path + ".npy");
        }
    }

    private static void Write(string path, string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. data]);
    }
}
