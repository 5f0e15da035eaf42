namespace HtiTune.Surrogates.Coupling;

/// <summary>How far a coupling is from a smooth map: the criterion between ground costs.</summary>
internal static class PairRoughness
{
    private const int Neighbours = 5;
    private const int MostRows = 1000;

    /// <summary>
    /// Residual of predicting each partner by the mean partner of the five nearest sources, as a share of the partners' variance:
    /// near 0 for a smooth map, near 1 where neighbours are sent to unrelated places.
    /// </summary>
    /// <param name="source">Sources [n, D].</param>
    /// <param name="target">Partner of each source [n, D].</param>
    /// <param name="d">D.</param>
    internal static double Of(ReadOnlySpan<float> source, ReadOnlySpan<float> target, int d)
    {
        var n = source.Length / d;
        var k = Math.Min(Neighbours, n - 1);
        if (k < 1)
        {
            return 0;
        }

        var mean = new double[d];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < d; j++)
            {
                mean[j] += target[i * d + j] / (double)n;
            }
        }

        var stride = Math.Max(1, n / MostRows);
        double residual = 0, variance = 0;
        var neighbours = new NearestRows(source, d);
        var near = new PriorityQueue<int, float>();
        for (var i = 0; i < n; i += stride)
        {
            neighbours.Find(i, k, near);
            for (var c = 0; c < d; c++)
            {
                double predicted = 0;
                foreach (var (j, _) in near.UnorderedItems)
                {
                    predicted += target[j * d + c] / (double)k;
                }

                var error = target[i * d + c] - predicted;
                residual += error * error;
                var spread = target[i * d + c] - mean[c];
                variance += spread * spread;
            }
        }

        return variance > 0 ? residual / variance : 0;
    }
}
