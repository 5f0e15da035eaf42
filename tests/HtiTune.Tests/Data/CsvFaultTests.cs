using System.Text;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>Every fault of a .csv file names the file, line, column and what was expected.</summary>
public class CsvFaultTests
{
    [Theory]
    [InlineData("a,b\n1,2\n3,x\n", "line 3, column 2 ('b')", "the field is 'x'", "a finite number with a decimal point")]
    [InlineData("a,b\n1,2\n3,\n", "line 3, column 2 ('b')", "the field is empty", "a finite number")]
    [InlineData("a,b\nNaN,2\n", "line 2, column 1 ('a')", "the field is 'NaN'", "a finite number")]
    [InlineData("a,b\n1,-Infinity\n", "line 2, column 2 ('b')", "'-Infinity'", "a finite number")]
    [InlineData("a,b\n1,1e309\n", "line 2, column 2 ('b')", "'1e309'", "at most 1.8e308")]
    [InlineData("a,b\n\"1,5\",2\n", "line 2, column 1 ('a')", "'1,5'", "a decimal point")]
    [InlineData("a,b\n\"\n\n1\",\"\n\n\n2\"\n3,x\n", "line 8, column 2 ('b')", "'x'", "a finite number")]
    [InlineData("a,b\n1,2,3\n", "line 2", "the line has 3 fields", "2, as the header has")]
    [InlineData("a,b\n1\n", "line 2", "the line has 1 fields", "2, as the header has")]
    [InlineData("a,b\n1,2\n\n\n3,4\n", "line 3", "the line is empty", "2 fields")]
    [InlineData("", "line 1", "there is no header", "the names of the columns")]
    [InlineData("\na,b\n", "line 1", "there is no header", "the names of the columns")]
    [InlineData("1,2\n3,4\n", "line 1", "only numbers", "in quotes where they are numbers")]
    [InlineData("a;b\n1;2\n", "line 1", "separated by ';'", "fields separated by commas")]
    [InlineData("a\tb\n1\t2\n", "line 1", "separated by 'tab'", "fields separated by commas")]
    [InlineData(",cost\n0,2\n1,3\n", "line 1, column 1", "the name is empty", "index=False")]
    [InlineData("0,1\n5,6\n", "line 1", "only numbers", "header=[\"a\", \"b\"]")]
    [InlineData("a,,c\n1,2,3\n", "line 1, column 2", "the name is empty", "a name for each column")]
    [InlineData("a,b,a\n1,2,3\n", "line 1, column 3", "the name 'a' is that of column 1 too", "names that differ")]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2, column 2", "the file ends within quotes that open here", "closing quotes")]
    [InlineData("a,b\n1,2\"\n", "line 2, column 2", "a quote stands within a field", "quotes around the whole field")]
    [InlineData("a,b\n1,\"2\"x\n", "line 2, column 2", "'x' follows the closing quotes", "a comma or the end of the line")]
    public void NamesLineColumnAndExpectation(string text, string position, string found, string expected) =>
        AssertFault(Encoding.UTF8.GetBytes(text), null, position, found, expected);

    [Fact]
    public void AMissingColumnListsTheAvailableOnes() =>
        AssertFault(
            "date,load,\"the price\"\n1,2,3\n"u8,
            ["load", "price"],
            "line 1",
            "there is no column 'price'",
            "one of 'date', 'load', 'the price'");

    [Fact]
    public void AnAmbiguousColumnIsAnErrorOnlyWhereItIsWanted()
    {
        AssertFault("a,b,a\n1,2,3\n"u8, ["a"], "line 1, column 3", "'a' is that of column 1 too", "names that differ");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("table.csv"), "a,b,a\n1,2,3\n");
        Assert.Equal([2f], CsvFile.Read(folder.File("table.csv"), ["b"]).Matrix.Values.ToArray());
    }

    [Fact]
    public void NamesTheByteThatIsNoText() =>
        AssertFault([.. "a,b\n1,2\n3,"u8, 0xFF, .. "4\n"u8], null, "line 3 (byte 10)", "the text is not UTF-8", "a text file in UTF-8");

    [Fact]
    public void RefusesAnotherEncoding() =>
        AssertFault(
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,b\n")], null, "line 1 (byte 0)", "not UTF-8", "UTF-8");

    [Fact]
    public void RefusesAnEmptyOrRepeatedWish()
    {
        Assert.Throws<ArgumentException>(() => CsvFile.Read("table.csv", []));
        Assert.Contains("'a', 'a'", Assert.Throws<ArgumentException>(() => CsvFile.Read("table.csv", ["a", "a"])).Message);
    }

    private static void AssertFault(ReadOnlySpan<byte> bytes, string[]? columns, string position, string found, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("faulty.csv");
        File.WriteAllBytes(path, bytes.ToArray());
        NpyFaultTests.AssertMessage(Assert.Throws<DataFormatException>(() => CsvFile.Read(path, columns)), path, position, found, expected);
    }
}
