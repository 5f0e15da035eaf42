using System.Text;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>Every fault of a .npy file names the file, the place and what was expected.</summary>
public class NpyFaultTests
{
    private const string GoodHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    [Theory]
    [InlineData("f4-big-endian.npy", "byte 20", "'>f4', in big-endian byte order", "'<f4' or '<f8'")]
    [InlineData("record.npy", "byte 20", "the dtype is \"[('a', '<f4')", "'<f4' or '<f8'")]
    [InlineData("f4-nan.npy", "index [1, 1] (byte 140)", "the value is NaN", "a finite number")]
    [InlineData("f8-infinite-fortran.npy", "index [2, 0] (byte 144)", "the value is -", "a finite number")]
    public void NamesFilePlaceAndExpectationInRecordedFiles(string name, string position, string found, string expected) =>
        AssertFault(DataFixture.PathOf(name), position, found, expected);

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "byte 10", "lacks a key", "shape")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', }", "byte 27", "the key 'descr'", "once each")]
    [InlineData("{'color': 1}", "byte 11", "the key 'color'", "descr, fortran_order and shape")]
    [InlineData("{'descr': 5, ", "byte 20", "the dtype is \"5", "'<f4'")]
    [InlineData("{'descr': '<f4", "byte 20", "goes on with", "'<f4'")]
    [InlineData("{'descr' '<f4'}", "byte 19", "goes on with \"'<f4'}\"", "':'")]
    [InlineData("{'descr': '<f4' 'shape': (1,)}", "byte 26", "goes on with", "',' or '}'")]
    [InlineData("{'fortran_order': 0}", "byte 28", "fortran_order is \"0}\"", "True or False")]
    [InlineData("{'shape': 3}", "byte 20", "goes on with \"3}\"", "tuple")]
    [InlineData("{'shape': (-1,)}", "byte 21", "an axis of the shape is \"-1", "a whole number from 0")]
    [InlineData("{'shape': (2.5,)}", "byte 22", "the shape goes on with \".5", "',' or ')'")]
    [InlineData("{'shape': (99999999999,)}", "byte 21", "an axis of the shape is 99999999999", "a whole number from 0")]
    [InlineData("{'shape': (2, ", "byte 24", "its end", "a whole number")]
    [InlineData("[1, 2]", "byte 10", "goes on with \"[1, 2]\"", "'{'")]
    [InlineData("", "byte 10", "its end", "'{'")]
    [InlineData(GoodHeader + " print()", "byte 70", "goes on with \"print()\"", "only spaces")]
    public void NamesTheByteOfAFaultInTheHeader(string header, string position, string found, string expected)
    {
        using var folder = new TemporaryFolder();
        AssertFault(Write(folder, Bytes(header, new byte[24])), position, found, expected);
    }

    [Fact]
    public void RefusesTooManyAxes()
    {
        using var folder = new TemporaryFolder();
        var axes = string.Join(", ", Enumerable.Repeat(1, 33));
        AssertFault(Write(folder, Bytes($"{{'shape': ({axes})}}", [])), "byte 20", "33 axes", "at most 32");
    }

    [Theory]
    [InlineData(0, "byte 0", "the file ends", "\\x93NUMPY")]
    [InlineData(3, "byte 3", "the file ends", "\\x93NUMPY")]
    [InlineData(9, "byte 9", "the file ends", "length of the header")]
    [InlineData(40, "byte 40", "the file ends in its header", "a header of 59 bytes from byte 10 on")]
    [InlineData(69, "byte 69", "the file ends", "93 bytes for 6 values of 4 bytes, shape (2, 3)")]
    [InlineData(92, "byte 92", "the file ends", "93 bytes for 6 values of 4 bytes, shape (2, 3)")]
    public void NamesWhereATruncatedFileEnds(int length, string position, string found, string expected)
    {
        using var folder = new TemporaryFolder();
        AssertFault(Write(folder, Bytes(GoodHeader, new byte[24])[..length]), position, found, expected);
    }

    [Fact]
    public void RefusesTrailingBytes()
    {
        using var folder = new TemporaryFolder();
        AssertFault(Write(folder, Bytes(GoodHeader, new byte[27])), "byte 93", "3 bytes follow the last value", "93 bytes for 6 values");
    }

    [Fact]
    public void RefusesOtherFilesAndVersions()
    {
        using var folder = new TemporaryFolder();
        AssertFault(Write(folder, Encoding.ASCII.GetBytes("a,b\n1,2\n3,4\n")), "byte 0", "the file is text, such as CSV: a,b", "a .npy file");
        var version = Bytes(GoodHeader, new byte[24]);
        version[6] = 4;
        AssertFault(Write(folder, version), "byte 6", "the format version is 4.0", "1.0, 2.0 or 3.0");
    }

    [Theory]
    [InlineData("(46340, 46340)", "byte 128", "the file ends")]
    [InlineData("(65536, 65536, 65536, 65536)", "byte 60", "has 1.84467E+19 values")]
    public void AllocatesNothingForAShapeThatTheFileDoesNotHold(string shape, string position, string found)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, Bytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}".PadRight(118), []));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<DataFormatException>(() => NpyFile.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        AssertMessage(fault, path, position, found, "");
    }

    [Fact]
    public void AllocatesNothingForAHeaderThatTheFileDoesNotHold()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Bytes(GoodHeader, [])[..6], 2, 0, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'{'];
        AssertFault(Write(folder, bytes), "byte 8", "the header is said to have 2147483647 bytes", "at most 65536");
        bytes = [.. Bytes(GoodHeader, [])[..6], 2, 0, 0xFF, 0x7F, 0, 0, (byte)'{'];
        AssertFault(Write(folder, bytes), "byte 13", "the file ends in its header", "a header of 32767 bytes");
    }

    [Fact]
    public void NamesTheShapeThatIsNoMatrix()
    {
        var path = DataFixture.PathOf("f4-cube.npy");
        var fault = Assert.Throws<DataFormatException>(() => NpyFile.ReadMatrix(path));
        AssertMessage(fault, path, "byte 10 (header)", "the shape is (2, 3, 4)", "(rows, columns)");
    }

    [Fact]
    public void ReportsAMissingFileByItsName() =>
        Assert.Contains("missing.npy", Assert.Throws<FileNotFoundException>(() => NpyFile.Read(DataFixture.PathOf("missing.npy"))).Message);

    private static void AssertFault(string path, string position, string found, string expected) =>
        AssertMessage(Assert.Throws<DataFormatException>(() => NpyFile.Read(path)), path, position, found, expected);

    internal static void AssertMessage(DataFormatException fault, string path, string position, string found, string expected)
    {
        Assert.Equal((path, position), (fault.File, fault.Position));
        Assert.Contains(expected, fault.Expected);
        Assert.StartsWith($"{path}, {position}: ", fault.Message);
        Assert.Contains(found, fault.Message);
        Assert.EndsWith($"; expected {fault.Expected}.", fault.Message);
    }

    private static byte[] Bytes(string header, byte[] data) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. data];

    private static string Write(TemporaryFolder folder, byte[] bytes)
    {
        var path = folder.File("faulty.npy");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
