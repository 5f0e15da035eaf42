using System.Runtime.InteropServices;

namespace HtiTune.Data;

/// <summary>
/// A dense matrix of numbers, row-major and read-only: one row a sample, one column a dimension. Every matrix has its numbers in single
/// precision; one that was made of doubles keeps those too.
/// </summary>
/// <remarks>
/// Reads are thread-safe. A matrix may have no columns (a network without conditions), and no rows. A double beyond the range of single
/// precision stands in <see cref="Values"/> as the largest number of its sign, one too small for it as 0.
/// </remarks>
[JsonConverter(typeof(MatrixRows))]
public sealed class Matrix
{
    private readonly float[] _values;

    // The numbers of which _values are roundings; null where none was rounded.
    private readonly double[]? _doubles;

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

    private Matrix(double[] doubles, int rows, int columns)
        : this(rows, columns, Array.ConvertAll(doubles, Narrow)) =>
        _doubles = Enumerable.Range(0, doubles.Length).All(i => doubles[i].Equals(_values[i])) ? null : doubles;

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values in single precision, row-major, shape [Rows, Columns].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Whether it keeps doubles that single precision rounds; else <see cref="Exact"/> is the number of <see cref="Values"/>.</summary>
    public bool HasDoubles => _doubles is not null;

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

    /// <summary>The value in a row and a column, in double precision.</summary>
    /// <param name="row">Row, 0 to Rows − 1.</param>
    /// <param name="column">Column, 0 to Columns − 1.</param>
    public double Exact(int row, int column)
    {
        double single = this[row, column];
        return _doubles is null ? single : _doubles[row * Columns + column];
    }

    /// <summary>Copies one column in double precision.</summary>
    /// <param name="column">Column, 0 to Columns − 1.</param>
    /// <param name="values">Takes the values, [Rows].</param>
    internal void CopyColumn(int column, Span<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
        for (int i = 0, at = column; i < Rows; i++, at += Columns)
        {
            values[i] = _doubles is null ? _values[at] : _doubles[at];
        }
    }

    /// <summary>One row in single precision, shape [Columns].</summary>
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

    /// <summary>Copies a rectangular array, shape [rows, columns]; the doubles are kept.</summary>
    /// <param name="values">The values.</param>
    public static Matrix From(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return FromDoubles(values.GetLength(0), values.GetLength(1), [.. values.Cast<double>()]);
    }

    /// <summary>Wraps doubles without copying them, and keeps them; the caller must not change the array afterwards.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <param name="values">Values of shape [rows, columns], row-major.</param>
    /// <exception cref="ArgumentException">The array's length is not rows × columns.</exception>
    public static Matrix FromDoubles(int rows, int columns, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Matrix(values, rows, columns);
    }

    /// <summary>The chosen rows, in the order given.</summary>
    /// <param name="rows">Row indices, 0 to Rows − 1, repeats allowed.</param>
    public Matrix SelectRows(ReadOnlySpan<int> rows)
    {
        if (_doubles is not null)
        {
            var doubles = new double[checked(rows.Length * Columns)];
            for (var i = 0; i < rows.Length; i++)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rows[i], (uint)Rows, nameof(rows));
                _doubles.AsSpan(rows[i] * Columns, Columns).CopyTo(doubles.AsSpan(i * Columns, Columns));
            }

            return new Matrix(doubles, rows.Length, Columns);
        }

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
        if (_doubles is not null)
        {
            var doubles = new double[Rows * count];
            for (var i = 0; i < Rows; i++)
            {
                _doubles.AsSpan(i * Columns + start, count).CopyTo(doubles.AsSpan(i * count, count));
            }

            return new Matrix(doubles, Rows, count);
        }

        return Create(Rows, count, (i, row) => Row(i).Slice(start, count).CopyTo(row));
    }

    /// <summary>
    /// Whether another matrix has the same shape and bit-identical values. Where only one of them keeps doubles, single precision decides:
    /// a file that was written before doubles were kept holds the same numbers.
    /// </summary>
    /// <param name="other">The other matrix.</param>
    public bool SameAs(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Rows == other.Rows && Columns == other.Columns
            && MemoryMarshal.Cast<float, int>(Values).SequenceEqual(MemoryMarshal.Cast<float, int>(other.Values))
            && (_doubles is null || other._doubles is null
                || MemoryMarshal.Cast<double, long>(_doubles).SequenceEqual(MemoryMarshal.Cast<double, long>(other._doubles)));
    }

    /// <summary>The nearest number of single precision; a finite one stays finite.</summary>
    internal static float Narrow(double value) => double.IsFinite(value) ? (float)Math.Clamp(value, float.MinValue, float.MaxValue) : (float)value;
}
