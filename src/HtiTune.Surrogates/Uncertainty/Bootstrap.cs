using HtiTune.Data;

namespace HtiTune.Surrogates.Uncertainty;

/// <summary>Standard errors by resampling rows with replacement [Efron1979].</summary>
internal static class Bootstrap
{
    private const int Resamples = 64;

    /// <summary>Standard errors of several functionals at once.</summary>
    /// <param name="rows">n.</param>
    /// <param name="values">The functionals of the rows that are given.</param>
    /// <param name="random">Chance.</param>
    internal static double[] StandardErrors(int rows, Func<int[], double[]> values, RandomStream random)
    {
        var drawn = new int[rows];
        double[]? mean = null, square = null;
        for (var round = 1; round <= Resamples; round++)
        {
            for (var i = 0; i < rows; i++)
            {
                drawn[i] = random.NextInt(rows);
            }

            var got = values(drawn);
            mean ??= new double[got.Length];
            square ??= new double[got.Length];
            for (var f = 0; f < got.Length; f++)
            {
                // Welford's update.
                var step = got[f] - mean[f];
                mean[f] += step / round;
                square[f] += step * (got[f] - mean[f]);
            }
        }

        return Array.ConvertAll(square!, s => Math.Sqrt(s / (Resamples - 1)));
    }
}
