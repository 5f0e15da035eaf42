using HtiTune.Data;

namespace HtiTune.Surrogates.Uncertainty;

/// <summary>A functional of one output column, of those by which the error model is learned: level, spread and tails.</summary>
/// <param name="Column">The column.</param>
/// <param name="Of">Its value for the column, sorted ascending.</param>
internal sealed record PanelFunctional(int Column, Func<double[], double> Of)
{
    private static readonly Func<double[], double>[] s_kinds =
        [sorted => sorted.Average(), Deviation, sorted => OrderStatistics.Quantile(sorted, 0.1), sorted => OrderStatistics.Quantile(sorted, 0.5), sorted => OrderStatistics.Quantile(sorted, 0.9)];

    /// <summary>All functionals of D columns.</summary>
    internal static PanelFunctional[] All(int dimension) =>
        [.. Enumerable.Range(0, dimension).SelectMany(column => s_kinds.Select(kind => new PanelFunctional(column, kind)))];

    /// <summary>The values of a panel for some outputs.</summary>
    /// <param name="panel">The functionals.</param>
    /// <param name="outputs">Outputs [n, D].</param>
    internal static double[] Values(PanelFunctional[] panel, Matrix outputs)
    {
        var columns = Enumerable.Range(0, outputs.Columns).Select(column =>
        {
            var values = new double[outputs.Rows];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = outputs[i, column];
            }

            Array.Sort(values);
            return values;
        }).ToArray();
        return Array.ConvertAll(panel, functional => functional.Of(columns[functional.Column]));
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Length - 1));
    }
}
