using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class CsvTextTests
{
    [Fact]
    public void Fields_are_text_with_their_lines_and_empty_lines_are_left_out()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.csv"), "\uFEFF,name, x \r\n0,\"a, \"\"b\"\"\nc\", 1 \r\n\r\n1,,\r\n");
        var table = CsvText.Read(folder.File("a.csv"));
        Assert.Equal(["", "name", "x"], table.Header);
        Assert.Equal([2, 5], table.Lines.Select(line => line.Line));
        Assert.Equal(["0", "a, \"b\"\nc", "1"], table.Lines[0].Fields);
        Assert.Equal(["1", "", ""], table.Lines[1].Fields);
    }

    [Theory]
    [InlineData("", "line 1: there is no header")]
    [InlineData("a,b\n1\n", "line 2: the line has 1 fields; expected 2")]
    [InlineData("a;b\n1;2\n", "separated by ';'")]
    [InlineData("a\tb\n1\t2\n", "separated by 'tab'")]
    public void What_is_no_such_table_is_refused(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.csv"), text);
        Assert.Contains(expected, Assert.Throws<DataFormatException>(() => CsvText.Read(folder.File("a.csv"))).Message, StringComparison.Ordinal);
    }
}
