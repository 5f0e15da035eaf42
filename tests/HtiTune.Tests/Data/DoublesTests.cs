using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>Doubles that a file holds are read and written as doubles, in every format; other kinds of numbers are read too.</summary>
public class DoublesTests
{
    private static readonly double[] s_values = [0.1, 1e9 + 0.0025, -1e-60, 1e290, 1e-5, double.MaxValue];

    [Fact]
    public void A_matrix_of_doubles_keeps_them_beside_their_roundings()
    {
        var matrix = Matrix.FromDoubles(3, 2, [.. s_values]);
        Assert.True(matrix.HasDoubles);
        Assert.Equal(s_values, Doubles(matrix));
        Assert.Equal([0.1f, 1e9f, -0f, float.MaxValue, 1e-5f, float.MaxValue], matrix.Values.ToArray());
        Assert.Equal([1e-5, double.MaxValue, 0.1, 1e9 + 0.0025], Doubles(matrix.SelectRows([2, 0])));
        Assert.Equal([1e9 + 0.0025, 1e290, double.MaxValue], Doubles(matrix.SelectColumns(1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Exact(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.SelectRows([3]));
    }

    [Fact]
    public void Numbers_that_single_precision_holds_are_kept_once()
    {
        var matrix = Matrix.From(new[,] { { 0.5, -3 }, { 1 << 20, 0 } });
        Assert.False(matrix.HasDoubles);
        Assert.Equal(-3, matrix.Exact(0, 1));
    }

    [Fact]
    public void What_is_not_finite_stays_so()
    {
        var matrix = Matrix.FromDoubles(1, 3, [double.NaN, double.PositiveInfinity, double.NegativeInfinity]);
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity], matrix.Values.ToArray());
        Assert.Throws<ArgumentException>(() => new Samples(matrix, Contexts.None(1)));
    }

    [Fact]
    public void Matrices_are_the_same_by_their_doubles_where_both_have_them()
    {
        var (a, b) = (Matrix.FromDoubles(1, 1, [0.1]), Matrix.FromDoubles(1, 1, [Math.BitIncrement(0.1)]));
        Assert.False(a.SameAs(b));
        Assert.True(a.SameAs(Matrix.FromDoubles(1, 1, [0.1])));
        Assert.True(a.SameAs(new Matrix(1, 1, [0.1f])) && new Matrix(1, 1, [0.1f]).SameAs(b));
    }

    [Fact]
    public void Npy_files_and_blobs_keep_doubles()
    {
        using var folder = new TemporaryFolder();
        var matrix = Matrix.FromDoubles(3, 2, [.. s_values]);
        NpyFile.Write(folder.File("a.npy"), matrix);
        Assert.Equal(s_values, Doubles(NpyFile.ReadMatrix(folder.File("a.npy"))));
        Assert.Equal(s_values, Doubles(NpyFile.FromBytes(NpyFile.ToBytes(matrix), "a")));
        Assert.Equal(NpyFile.ToBytes(matrix), File.ReadAllBytes(folder.File("a.npy")));
        Assert.Throws<ArgumentException>(() => NpyFile.Write(folder.File("b.npy"), Matrix.FromDoubles(1, 2, [0.1, double.NaN])));
    }

    [Fact]
    public void Csv_files_keep_doubles()
    {
        using var folder = new TemporaryFolder();
        CsvFile.Write(folder.File("a.csv"), new CsvTable(["a", "b"], Matrix.FromDoubles(3, 2, [.. s_values])));
        Assert.Equal(s_values, Doubles(CsvFile.Read(folder.File("a.csv")).Matrix));
        CsvFile.Write(folder.File("b.csv"), new CsvTable(["a"], new Matrix(1, 1, [0.1f])));
        Assert.Equal("a\n0.1\n", File.ReadAllText(folder.File("b.csv")));
    }

    [Fact]
    public void Safetensors_keep_doubles()
    {
        using var folder = new TemporaryFolder();
        var header = Encoding.UTF8.GetBytes("""{"y":{"dtype":"F64","shape":[6],"data_offsets":[0,48]}}""");
        var bytes = new byte[8 + header.Length + 48];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        for (var i = 0; i < 6; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 + header.Length + 8 * i), s_values[i]);
        }

        File.WriteAllBytes(folder.File("a.safetensors"), bytes);
        Assert.Equal(s_values, Doubles(SafetensorsFile.Read(folder.File("a.safetensors")).ToMatrix()));
    }

    [Theory]
    [InlineData("<f2", "003C00C0FF7B", 1, -2, 65504)]
    [InlineData("|b1", "010001", 1, 0, 1)]
    [InlineData("|i1", "01FF80", 1, -1, -128)]
    [InlineData("|u1", "01FF80", 1, 255, 128)]
    [InlineData("<i1", "01FF80", 1, -1, -128)]
    [InlineData("<i2", "0100FFFF0080", 1, -1, -32768)]
    [InlineData("<u2", "0100FFFF0080", 1, 65535, 32768)]
    [InlineData("<i4", "01000000FFFFFFFF00000080", 1, -1, -2147483648.0)]
    [InlineData("<u4", "01000000FFFFFFFF00000080", 1, 4294967295.0, 2147483648.0)]
    [InlineData("<i8", "0100000000000000FFFFFFFFFFFFFFFF0100000000002000", 1, -1, 9007199254740992.0)]
    [InlineData("<u8", "0100000000000000FFFFFFFFFFFFFFFF0000000000000080", 1, 18446744073709551615.0, 9223372036854775808.0)]
    public void Npy_files_of_every_kind_of_number_are_read(string kind, string data, double a, double b, double c)
    {
        using var folder = new TemporaryFolder();
        foreach (var (shape, rows, columns) in new[] { ("(3,)", 3, 1), ("(1, 3)", 1, 3) })
        {
            var npy = Npy(kind, shape, Convert.FromHexString(data));
            File.WriteAllBytes(folder.File("a.npy"), npy);
            var matrix = NpyFile.ReadMatrix(folder.File("a.npy"));
            Assert.Equal((rows, columns), (matrix.Rows, matrix.Columns));
            Assert.Equal([a, b, c], Doubles(matrix));
            using (var archive = ZipFile.Open(folder.File("a.npz"), ZipArchiveMode.Create))
            {
                using var entry = archive.CreateEntry("y.npy").Open();
                entry.Write(npy);
            }

            Assert.Equal([a, b, c], Doubles(NpzFile.Read(folder.File("a.npz")).ToMatrix()));
            File.Delete(folder.File("a.npz"));
        }
    }

    [Theory]
    [InlineData("<c16", "complex numbers")]
    [InlineData("|O", "Python objects, pickled")]
    [InlineData("<U3", "texts")]
    [InlineData(">i8", "big-endian")]
    [InlineData("<f16", "the dtype is '<f16'")]
    public void Other_kinds_are_named_with_the_way_out(string kind, string found)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.npy"), Npy(kind, "(1,)", new byte[16]));
        var message = Assert.Throws<DataFormatException>(() => NpyFile.Read(folder.File("a.npy"))).Message;
        Assert.Contains(found, message, StringComparison.Ordinal);
        Assert.Contains(".astype('<f8')", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cost\n0.5\n", "text: cost")]
    [InlineData("\uFEFFcost,loss\n0.5,1\n", "text, such as CSV: cost,loss")]
    [InlineData("  <!DOCTYPE html><p>404", "an HTML page")]
    [InlineData("{\"value\": 0.5}", "JSON or the like: {\"value\": 0.5}")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS")]
    [InlineData("PK\u0003\u0004.........", "a zip archive")]
    public void A_file_that_is_something_else_is_called_by_its_kind(string content, string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.npy"), content);
        Assert.Contains($"the file is {kind}", Assert.Throws<DataFormatException>(() => NpyFile.Read(folder.File("a.npy"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 4, 0x95, 0 }, "a Python pickle")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8 }, "packed by gzip")]
    [InlineData(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y' }, "a .npy array")]
    public void Archives_say_what_stands_in_their_place(byte[] content, string kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.npz"), content);
        Assert.Contains($"the file is {kind}", Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("a.npz"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_packed_in_another_way_is_told_from_a_broken_one()
    {
        using var folder = new TemporaryFolder();
        using (var archive = ZipFile.Open(folder.File("a.npz"), ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("y.npy", CompressionLevel.NoCompression).Open();
            entry.Write(Npy("<f4", "(1,)", new byte[4]));
        }

        // Method 14, LZMA, in the local header and in the directory.
        var bytes = File.ReadAllBytes(folder.File("a.npz"));
        bytes[8] = 14;
        bytes[bytes.AsSpan().IndexOf("PK\x01\x02"u8) + 10] = 14;
        File.WriteAllBytes(folder.File("a.npz"), bytes);
        Assert.Contains("LZMA", Assert.Throws<DataFormatException>(() => NpzFile.Read(folder.File("a.npz"))).Message, StringComparison.Ordinal);
    }

    private static double[] Doubles(Matrix matrix) =>
        [.. Enumerable.Range(0, matrix.Rows * matrix.Columns).Select(i => matrix.Exact(i / matrix.Columns, i % matrix.Columns))];

    private static byte[] Npy(string kind, string shape, byte[] data)
    {
        var header = $"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
