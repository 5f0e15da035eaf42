using System.Text;
using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class CsvFileTests
{
    [Theory]
    [InlineData("load,price\n1,2\n-3.5,4e-3\n")]
    [InlineData("load,price\r\n1,2\r\n-3.5,4e-3\r\n")]
    [InlineData("\"load\",\"price\"\n\"1\",2\n-3.5,\"4e-3\"")]
    [InlineData("\uFEFFload, price\n 1 ,+2\n-3.5,.004\n\n\n")]
    public void ReadsPlainQuotedAndPaddedFields(string text)
    {
        var table = Read(text);
        Assert.Equal(["load", "price"], table.Header);
        Assert.Equal((2, 2), (table.Matrix.Rows, table.Matrix.Columns));
        Assert.Equal([1f, 2f, -3.5f, 0.004f], table.Matrix.Values.ToArray());
    }

    [Fact]
    public void ReadsOnlyTheColumnsWantedInTheOrderWanted()
    {
        var table = Read("date,load,\"note, free\",price\n2020-01-01,1,\"a \"\"b\"\",\nc\",2\n2020-01-02,3,,4\n", ["price", "load"]);
        Assert.Equal(["price", "load"], table.Header);
        Assert.Equal([2f, 1f, 4f, 3f], table.Matrix.Values.ToArray());
    }

    [Fact]
    public void ReadsAHeaderOfNumbersWhenItsColumnsAreNamed() => Assert.Equal([4f], Read("0,1\n3,4\n", ["1"]).Matrix.Values.ToArray());

    [Fact]
    public void ReadsATableWithoutRows() => Assert.Equal((0, 2), (Read("a,b\n").Matrix.Rows, Read("a,b").Matrix.Columns));

    [Fact]
    public void ReadsAStreamThatComesByteByByte()
    {
        using var text = new StreamReader(new Trickle("a,\"b\"\r\n1,\"2\n\"\"\"\n"u8.ToArray()), Encoding.UTF8);
        var reader = new CsvReader("trickle", text);
        var record = new List<CsvField>();
        Assert.True(reader.Read(record));
        Assert.Equal([new CsvField("a", false, 1), new CsvField("b", true, 1)], record);
        Assert.True(reader.Read(record));
        Assert.Equal([new CsvField("1", false, 2), new CsvField("2\n\"", true, 2)], record);
        Assert.False(reader.Read(record));
    }

    [Fact]
    public void ReadsBackWhatItWroteBitForBit()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("table.csv");
        var finite = Gen.Int.Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite);
        var name = Gen.OneOf(Gen.String[Gen.Char["#ab,\"\n\r; .1é\t"], 1, 6], Gen.Int.Select(i => $"{i}"))
            .Where(text => !string.IsNullOrWhiteSpace(text));
        Gen.Select(name.Array[1, 4].Where(names => names.Distinct().Count() == names.Length), Gen.Int[0, 6])
            .SelectMany((names, rows) => finite.Array[names.Length * rows].Select(
                values => new CsvTable(names, new Matrix(rows, names.Length, values))))
            .Sample(table =>
            {
                CsvFile.Write(path, table);
                var read = CsvFile.Read(path);
                return read.Header.SequenceEqual(table.Header) && read.Matrix.SameAs(table.Matrix);
            }, iter: 300, threads: 1);
    }

    [Fact]
    public void WritesPlainText()
    {
        using var folder = new TemporaryFolder();
        CsvFile.Write(folder.File("table.csv"), new CsvTable(["load", "a,b", "0.5"], Matrix.From(new[,] { { 0.1, -2, 1e20 } })));
        Assert.Equal("load,\"a,b\",\"0.5\"\n0.1,-2,1E+20\n", File.ReadAllText(folder.File("table.csv")));
    }

    [Fact]
    public void RefusesToWriteWhatItWouldNotRead()
    {
        using var folder = new TemporaryFolder();
        AssertRefused(["a"], new[,] { { 1.0, 2 } }, "1 names for 2 columns");
        AssertRefused(["a", "a"], new[,] { { 1.0, 2 } }, "'a', 'a'");
        AssertRefused(["a", " "], new[,] { { 1.0, 2 } }, "'a', ' '");
        AssertRefused(["a", "b"], new[,] { { 1, double.NaN } }, "row 0, column 1 is NaN");
        AssertRefused([], new double[0, 0], "0 names for 0 columns");

        void AssertRefused(string[] header, double[,] values, string message)
        {
            var path = folder.File("table.csv");
            var table = new CsvTable(header, Matrix.From(values));
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => CsvFile.Write(path, table)).Message);
            Assert.Empty(folder.Names);
        }
    }

    private static CsvTable Read(string text, string[]? columns = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("table.csv"), text);
        return CsvFile.Read(folder.File("table.csv"), columns);
    }

    /// <summary>A stream that gives one byte a read, as a slow network does.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }

    [Theory]
    [InlineData("# loss,acc\n1,2\n", "loss")]
    [InlineData("\"# loss\",acc\n1,2\n", "# loss")]
    [InlineData("#loss,acc\n1,2\n", "#loss")]
    public void The_mark_of_numpy_savetxt_before_the_names_is_none_of_them(string text, string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("table.csv"), text);
        Assert.Equal([name, "acc"], CsvFile.Read(folder.File("table.csv")).Header);
        Assert.Equal(1, CsvFile.Read(folder.File("table.csv"), [name]).Matrix.Exact(0, 0));
        Assert.Equal([name, "acc"], CsvFile.NamesOf(folder.File("table.csv")));
    }
}
