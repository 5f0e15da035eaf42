namespace HtiTune.Data;

// x   a value of column j
// z   its standardized value
// μ, σ   the column's mean and deviation, shape [d] each:  μ = Σ x / n,  σ² = Σ (x − μ)² / n,  σ = 1 where the column is constant
//
//   z = (x − μ) / σ,   x = μ + σ z

/// <summary>Brings each column to mean 0 and deviation 1, and back.</summary>
/// <remarks>Immutable and thread-safe. Arithmetic is in double precision, values are stored in single.</remarks>
public sealed class Standardizer
{
    private readonly double[] _means;
    private readonly double[] _deviations;

    /// <summary>A standardizer of given figures (as loaded from a file).</summary>
    /// <param name="means">Mean of each column, shape [d], finite.</param>
    /// <param name="deviations">Deviation of each column, shape [d], finite and above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a figure is out of its range.</exception>
    public Standardizer(IEnumerable<double> means, IEnumerable<double> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        _means = [.. means];
        _deviations = [.. deviations];
        if (_means.Length != _deviations.Length)
        {
            throw new ArgumentException(
                $"{_means.Length} means but {_deviations.Length} deviations; expected one each a column.", nameof(deviations));
        }

        for (var j = 0; j < _means.Length; j++)
        {
            if (!double.IsFinite(_means[j]))
            {
                throw new ArgumentException($"The mean of column {j} is {_means[j]}; expected a finite number.", nameof(means));
            }

            if (!double.IsFinite(_deviations[j]) || _deviations[j] <= 0)
            {
                throw new ArgumentException(
                    $"The deviation of column {j} is {_deviations[j]}; expected a finite number above 0.", nameof(deviations));
            }
        }
    }

    /// <summary>Number of columns d.</summary>
    public int Columns => _means.Length;

    /// <summary>Mean μ of each column, shape [d].</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Deviation σ of each column, shape [d]; 1 where the column is constant.</summary>
    public ReadOnlySpan<double> Deviations => _deviations;

    /// <summary>The standardizer of a matrix's columns.</summary>
    /// <param name="values">Values, shape [n, d], n ≥ 1, all finite.</param>
    /// <exception cref="ArgumentException">There is no row, or a value is not finite.</exception>
    public static Standardizer Of(Matrix values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Rows == 0)
        {
            throw new ArgumentException("There is no row to take means of; expected at least one.", nameof(values));
        }

        Check.Finite(values, "value", nameof(values));
        var means = new double[values.Columns];
        var deviations = new double[values.Columns];
        for (var j = 0; j < values.Columns; j++)
        {
            (means[j], deviations[j]) = Figures(values, j);
        }

        return new Standardizer(means, deviations);
    }

    /// <summary>z = (x − μ) / σ for one row.</summary>
    /// <param name="row">x, shape [d].</param>
    /// <param name="result">Takes z, shape [d]; may be the same span.</param>
    public void Apply(ReadOnlySpan<float> row, Span<float> result)
    {
        RequireLength(row.Length, nameof(row));
        RequireLength(result.Length, nameof(result));
        for (var j = 0; j < row.Length; j++)
        {
            result[j] = (float)((row[j] - _means[j]) / _deviations[j]);
        }
    }

    /// <summary>z = (x − μ) / σ for every row.</summary>
    /// <param name="values">x, shape [n, d].</param>
    /// <returns>z, shape [n, d].</returns>
    public Matrix Apply(Matrix values)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireLength(values.Columns, nameof(values));
        return Matrix.Create(values.Rows, values.Columns, (i, row) => Apply(values.Row(i), row));
    }

    /// <summary>x = μ + σ z for one row.</summary>
    /// <param name="row">z, shape [d].</param>
    /// <param name="result">Takes x, shape [d]; may be the same span.</param>
    public void Undo(ReadOnlySpan<float> row, Span<float> result)
    {
        RequireLength(row.Length, nameof(row));
        RequireLength(result.Length, nameof(result));
        for (var j = 0; j < row.Length; j++)
        {
            result[j] = (float)(_means[j] + _deviations[j] * row[j]);
        }
    }

    /// <summary>x = μ + σ z for every row.</summary>
    /// <param name="values">z, shape [n, d].</param>
    /// <returns>x, shape [n, d].</returns>
    public Matrix Undo(Matrix values)
    {
        ArgumentNullException.ThrowIfNull(values);
        RequireLength(values.Columns, nameof(values));
        return Matrix.Create(values.Rows, values.Columns, (i, row) => Undo(values.Row(i), row));
    }

    private static (double Mean, double Deviation) Figures(Matrix values, int column)
    {
        var (sum, least, greatest) = (0.0, double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < values.Rows; i++)
        {
            double x = values[i, column];
            sum += x;
            least = Math.Min(least, x);
            greatest = Math.Max(greatest, x);
        }

        // A constant column is told by its values, not by σ = 0: the rounding of μ would leave a tiny σ to divide by.
        if (least == greatest)
        {
            return (least, 1);
        }

        var mean = sum / values.Rows;
        var squares = 0.0;
        for (var i = 0; i < values.Rows; i++)
        {
            var d = values[i, column] - mean;
            squares += d * d;
        }

        return (mean, Math.Sqrt(squares / values.Rows));
    }

    private void RequireLength(int length, string parameter)
    {
        if (length != Columns)
        {
            throw new ArgumentException($"{length} columns; expected {Columns}, as were standardized.", parameter);
        }
    }
}
