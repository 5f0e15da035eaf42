// Notation
//   v [n]     one output column;  sd with n − 1 in the denominator
//   q_p       quantile by linear interpolation between order statistics: place p(n − 1), continuous in v
//   SE        standard error by the bootstrap: sd of the functional over 200 resamples of n rows with replacement [Efron 1979]
using HtiTune.Data;

namespace HtiTune.Benchmarks.Continuity;

/// <summary>A number that samples of one output have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Of">Its value for a column, sorted ascending.</param>
internal sealed record Functional(string Name, Func<double[], double> Of)
{
    private const int Resamples = 200;

    /// <summary>The functionals of the table.</summary>
    internal static IReadOnlyList<Functional> All { get; } =
    [
        new("mean", sorted => sorted.Average()),
        new("0.1 quantile", sorted => Quantile(sorted, 0.1)),
        new("median", sorted => Quantile(sorted, 0.5)),
        new("0.9 quantile", sorted => Quantile(sorted, 0.9)),
        new("deviation", Deviation),
    ];

    /// <summary>The quantile at level p.</summary>
    /// <param name="sorted">Values, ascending, at least one.</param>
    /// <param name="p">Level, 0 … 1.</param>
    internal static double Quantile(double[] sorted, double p)
    {
        var place = p * (sorted.Length - 1);
        var below = Math.Min((int)place, Math.Max(0, sorted.Length - 2));
        return sorted.Length == 1 ? sorted[0] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    /// <summary>Standard deviation.</summary>
    internal static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }

    /// <summary>Column of a matrix, ascending.</summary>
    internal static double[] Sorted(Matrix rows, int column)
    {
        var values = Enumerable.Range(0, rows.Rows).Select(i => (double)rows[i, column]).ToArray();
        Array.Sort(values);
        return values;
    }

    /// <summary>SE for a column.</summary>
    /// <param name="column">Values.</param>
    /// <param name="random">Chance.</param>
    internal double StandardError(double[] column, RandomStream random)
    {
        var drawn = new double[column.Length];
        return Deviation([.. Enumerable.Range(0, Resamples).Select(_ =>
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = column[random.NextInt(column.Length)];
            }

            Array.Sort(drawn);
            return Of(drawn);
        })]);
    }
}
