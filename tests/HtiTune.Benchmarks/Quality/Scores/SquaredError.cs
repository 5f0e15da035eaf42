using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Scores;

/// <summary>Mean squared error over rows and output columns.</summary>
internal static class SquaredError
{
    /// <summary>Σ (predicted − actual)² / (n D) over the first D columns.</summary>
    /// <param name="predicted">Rows [n, ≥ D].</param>
    /// <param name="actual">Rows [n, ≥ D].</param>
    /// <param name="outputs">D.</param>
    internal static double Mean(Matrix predicted, Matrix actual, int outputs) => Mean(predicted, (i, k) => actual[i, k], outputs);

    /// <summary>The same, with the actual values given one at a time in double precision.</summary>
    /// <param name="predicted">Rows [n, ≥ D].</param>
    /// <param name="actual">The actual value in a row and a column.</param>
    /// <param name="outputs">D.</param>
    internal static double Mean(Matrix predicted, Func<int, int, double> actual, int outputs)
    {
        var sum = 0.0;
        for (var i = 0; i < predicted.Rows; i++)
        {
            for (var k = 0; k < outputs; k++)
            {
                var difference = predicted[i, k] - actual(i, k);
                sum += difference * difference;
            }
        }

        return sum / ((double)predicted.Rows * outputs);
    }
}
