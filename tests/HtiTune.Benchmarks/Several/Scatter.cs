using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>What a training scatters by: a smooth function of the row, another for each training.</summary>
internal static class Scatter
{
    private const int Waves = 6;

    /// <summary>The outputs of a training that scatters.</summary>
    /// <param name="outputs">Without scatter [n, D].</param>
    /// <param name="deviations">By how much each output scatters [D].</param>
    /// <param name="chance">Chance.</param>
    internal static Matrix On(Matrix outputs, double[] deviations, RandomStream chance)
    {
        var (n, columns) = (outputs.Rows, outputs.Columns);
        double[] waves = [.. Enumerable.Range(0, Waves * columns).Select(_ => chance.NextNormal() / Math.Sqrt(Waves / 2.0))];
        return Matrix.Create(n, columns, (i, row) =>
        {
            for (var j = 0; j < columns; j++)
            {
                row[j] = outputs[i, j] + (float)(deviations[j] * Enumerable.Range(0, Waves).Sum(w => waves[w * columns + j] * Math.Cos(Math.PI * w * (i + 0.5) / n)));
            }
        });
    }

    /// <summary>The deviation of each output over some places, in the mean over rows.</summary>
    /// <param name="outputs">The outputs at the places, [n, D] each.</param>
    internal static double[] Deviations(Matrix[] outputs) =>
        [.. Enumerable.Range(0, outputs[0].Columns).Select(j => Math.Sqrt(Enumerable.Range(0, outputs[0].Rows).Average(i => Variance([.. outputs.Select(y => (double)y[i, j])]))))];

    private static double Variance(double[] values) => Math.Max(0, values.Average(v => v * v) - Math.Pow(values.Average(), 2));
}
