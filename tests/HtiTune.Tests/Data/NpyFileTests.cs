using System.Text;
using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class NpyFileTests
{
    private static readonly float[] s_grid = [0.25f, 1.25f, 2.25f, 3.25f, 4.25f, 5.25f];

    [Theory]
    [InlineData("f4.npy")]
    [InlineData("f8.npy")]
    [InlineData("f4-fortran.npy")]
    [InlineData("f4-version-2.npy")]
    [InlineData("f4-version-3.npy")]
    public void ReadsWhatNumPyWrote(string name)
    {
        var array = NpyFile.Read(DataFixture.PathOf(name));
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal(s_grid, array.Values);
    }

    [Theory]
    [InlineData("f4-cube.npy")]
    [InlineData("f8-cube-fortran.npy")]
    public void ReadsThreeAxes(string name)
    {
        var array = NpyFile.Read(DataFixture.PathOf(name));
        Assert.Equal([2, 3, 4], array.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => i - 7.5f), array.Values);
    }

    [Fact]
    public void ReadsVectorScalarAndNoRows()
    {
        var vector = NpyFile.Read(DataFixture.PathOf("f4-vector.npy"));
        Assert.Equal([3], vector.Shape);
        Assert.Equal([0.25f, 1.25f, 2.25f], vector.Values);
        var scalar = NpyFile.Read(DataFixture.PathOf("f4-scalar.npy"));
        Assert.Empty(scalar.Shape);
        Assert.Equal([2.5f], scalar.Values);
        var empty = NpyFile.ReadMatrix(DataFixture.PathOf("f4-no-rows.npy"));
        Assert.Equal((0, 3), (empty.Rows, empty.Columns));
    }

    [Fact]
    public void ReadsAVectorAsOneColumn()
    {
        var matrix = NpyFile.ReadMatrix(DataFixture.PathOf("f4-vector.npy"));
        Assert.Equal((3, 1), (matrix.Rows, matrix.Columns));
        Assert.Equal(1.25f, matrix[1, 0]);
    }

    [Theory]
    [InlineData("f4.npy", new[] { 2, 3 })]
    [InlineData("f4-vector.npy", new[] { 3 })]
    [InlineData("f4-scalar.npy", new int[0])]
    [InlineData("f4-no-rows.npy", new[] { 0, 3 })]
    [InlineData("f4-cube.npy", new[] { 2, 3, 4 })]
    public void WritesTheBytesThatNumPyWrites(string name, int[] shape)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("written.npy");
        NpyFile.Write(path, shape, NpyFile.Read(DataFixture.PathOf(name)).Values);

        // NumPy 1.24 pads with as many spaces more as an appendable axis might grow, so the headers differ in spaces only.
        var (written, recorded) = (Split(path), Split(DataFixture.PathOf(name)));
        Assert.Equal(recorded.Header, written.Header);
        Assert.Equal(recorded.Data, written.Data);
        Assert.Equal(0, (new FileInfo(path).Length - written.Data.Length) % 64);
    }

    [Fact]
    public void ReadsBackWhatItWroteBitForBit()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("array.npy");
        var finite = Gen.Int.Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite);
        Gen.Int[0, 5].Array[0, 4]
            .SelectMany(shape => finite.Array[shape.Aggregate(1, (n, axis) => n * axis)].Select(values => (shape, values)))
            .Sample(array =>
            {
                NpyFile.Write(path, array.shape, array.values);
                var read = NpyFile.Read(path);
                return read.Shape.SequenceEqual(array.shape) && Bits(read.Values).SequenceEqual(Bits(array.values));
            }, iter: 200, threads: 1);
    }

    [Fact]
    public void ReadsBackAMatrixLargerThanTheBuffer()
    {
        using var folder = new TemporaryFolder();
        var matrix = Matrix.Create(20_011, 3, (i, row) => (row[0], row[1], row[2]) = (i, -i, i / 7f));
        NpyFile.Write(folder.File("large.npy"), matrix);
        Assert.True(NpyFile.ReadMatrix(folder.File("large.npy")).SameAs(matrix));
    }

    [Fact]
    public void RefusesToWriteWhatItWouldNotRead()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("bad.npy");
        var notANumber = Assert.Throws<ArgumentException>(() => NpyFile.Write(path, [2, 2], new[] { 1, 2, float.NaN, 4 }));
        Assert.Contains("[1, 0] is NaN", notANumber.Message);
        var tooFew = Assert.Throws<ArgumentException>(() => NpyFile.Write(path, [2, 3], new float[4]));
        Assert.Contains("(2, 3) needs 6 values, not 4", tooFew.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => NpyFile.Write(path, [-1, -4], new float[4]));
        Assert.Contains("at most 32", Assert.Throws<ArgumentException>(() => NpyFile.Write(path, new int[33], [])).Message);
        Assert.Empty(folder.Names);
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);

    private static (string Header, byte[] Data) Split(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var dataAt = 10 + BitConverter.ToUInt16(bytes, 8);
        return (Encoding.Latin1.GetString(bytes, 10, dataAt - 10).TrimEnd(), bytes[dataAt..]);
    }
}
