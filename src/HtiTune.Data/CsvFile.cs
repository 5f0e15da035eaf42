namespace HtiTune.Data;

/// <summary>Tables of numbers in comma-separated files [RFC4180]: a header line, UTF-8, numbers with a decimal point.</summary>
public static class CsvFile
{
    /// <summary>Reads the named columns of a table, or all of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns wanted, in the order wanted; all columns unless given. Other columns may hold anything.</param>
    /// <returns>The columns, every number finite.</returns>
    /// <exception cref="DataFormatException">The file holds something else; the message names file, line, column and expectation.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CsvTable Read(string path, IReadOnlyList<string>? columns = null) => throw new NotImplementedException();

    /// <summary>Writes a table, whole or not at all; numbers in the shortest form that reads back the same.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="table">The table; names neither empty nor repeated, numbers finite.</param>
    /// <exception cref="ArgumentException">A name is empty or repeated, their number is not the matrix's columns, or a number is not finite.</exception>
    public static void Write(string path, CsvTable table) => throw new NotImplementedException();
}
