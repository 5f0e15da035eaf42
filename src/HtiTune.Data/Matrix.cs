using System.Runtime.InteropServices;

namespace HtiTune.Data;

/// <summary>
/// A dense matrix of single-precision numbers, row-major and read-only: one row a sample, one column a dimension.
/// </summary>
/// <remarks>Reads are thread-safe. A matrix may have no columns (a network without conditions), and no rows.</remarks>
public sealed class Matrix
{
    private readonly float[] _values;

    /// <summary>Wraps values without copying them; the caller must not change the array afterwards.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="values">Values of shape [rows, columns], row-major.</param>
    /// <exception cref="ArgumentException">The array's length is not rows × columns.</exception>
    public Matrix(int rows, int columns, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"A matrix of {rows} rows and {columns} columns needs {(long)rows * columns} values, not {values.Length}.", nameof(values));
        }

        Rows = rows;
        Columns = columns;
        _values = values;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row-major, shape [Rows, Columns].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The value in a row and a column, both counted from 0.</summary>
    /// <param name="row">Row, 0 to Rows − 1.</param>
    /// <param name="column">Column, 0 to Columns − 1.</param>
    public float this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return _values[row * Columns + column];
        }
    }

    /// <summary>One row, shape [Columns].</summary>
    /// <param name="row">Row, 0 to Rows − 1.</param>
    public ReadOnlySpan<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _values.AsSpan(row * Columns, Columns);
    }

    /// <summary>A matrix without columns: the conditions of a network that has none.</summary>
    /// <param name="rows">Number of rows.</param>
    public static Matrix Empty(int rows) => new(rows, 0, []);

    /// <summary>Fills a new matrix row by row.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="fill">Writes row i, a span of length <paramref name="columns"/>.</param>
    public static Matrix Create(int rows, int columns, Action<int, Span<float>> fill)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var values = new float[checked(rows * columns)];
        for (var i = 0; i < rows; i++)
        {
            fill(i, values.AsSpan(i * columns, columns));
        }

        return new Matrix(rows, columns, values);
    }

    /// <summary>Copies a rectangular array, shape [rows, columns].</summary>
    /// <param name="values">The values.</param>
    public static Matrix From(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Create(values.GetLength(0), values.GetLength(1), (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)values[i, j];
            }
        });
    }

    /// <summary>The chosen rows, in the order given.</summary>
    /// <param name="rows">Row indices, 0 to Rows − 1, repeats allowed.</param>
    public Matrix SelectRows(ReadOnlySpan<int> rows)
    {
        var values = new float[checked(rows.Length * Columns)];
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(values.AsSpan(i * Columns, Columns));
        }

        return new Matrix(rows.Length, Columns, values);
    }

    /// <summary>The columns start … start + count − 1 of every row.</summary>
    /// <param name="start">First column.</param>
    /// <param name="count">Number of columns.</param>
    public Matrix SelectColumns(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Columns, nameof(count));
        return Create(Rows, count, (i, row) => Row(i).Slice(start, count).CopyTo(row));
    }

    /// <summary>Whether another matrix has the same shape and bit-identical values.</summary>
    /// <param name="other">The other matrix.</param>
    public bool SameAs(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Rows == other.Rows && Columns == other.Columns
            && MemoryMarshal.Cast<float, int>(Values).SequenceEqual(MemoryMarshal.Cast<float, int>(other.Values));
    }
}
