namespace HtiTune.Data;

/// <summary>A table of numbers with named columns.</summary>
/// <param name="Header">Name of each column.</param>
/// <param name="Matrix">The numbers, shape [rows, Header.Count].</param>
public sealed record CsvTable(IReadOnlyList<string> Header, Matrix Matrix);
