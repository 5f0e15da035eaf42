// Notation
//   s      share of an interval that is travelled at λ, by the clock;  E(s)  the functional there, on a grid of shares, linear between them
//   θ      error of the pace: s moves to σ(logit s + θ), θ ~ N(0, σ_θ²); both ends stay where they are
//   v      variance of what is not pace: scatter of trainings, chance of samples
//   law    Σ_i w_i N(E(s_i), v_i), θ by 9 Gauss–Hermite nodes

namespace HtiTune.Surrogates.Uncertainty;

/// <summary>A mixture of normal laws of a functional's value.</summary>
internal sealed class ErrorMixture
{
    // Nodes and weights for the weight exp(−x²/2)/√(2π) (Abramowitz and Stegun, table 25.10, nodes times √2).
    private static readonly double[] Nodes =
        [-4.512745863399783, -3.205429002856470, -2.076847978677830, -1.023255663789133, 0, 1.023255663789133, 2.076847978677830, 3.205429002856470, 4.512745863399783];

    private static readonly double[] Weights =
    [
        2.2345844007746573e-5, 2.7891413212317675e-3, 4.9916406765217838e-2, 0.24409750289493943, 0.40634920634920635,
        0.24409750289493943, 4.9916406765217838e-2, 2.7891413212317675e-3, 2.2345844007746573e-5,
    ];

    private readonly List<(double Weight, double Mean, double Deviation)> _parts = [];

    /// <summary>Adds the law of one pace error and one variance.</summary>
    /// <param name="weight">Its weight.</param>
    /// <param name="grid">E at evenly spaced shares, 0 to 1.</param>
    /// <param name="share">s.</param>
    /// <param name="pace">σ_θ.</param>
    /// <param name="variance">v.</param>
    internal void Add(double weight, ReadOnlySpan<double> grid, double share, double pace, double variance)
    {
        for (var i = 0; i < Nodes.Length; i++)
        {
            _parts.Add((weight * Weights[i], At(grid, Shift(share, pace * Nodes[i])), Math.Sqrt(variance)));
        }
    }

    /// <summary>Adds a normal law.</summary>
    /// <param name="weight">Its weight.</param>
    /// <param name="mean">Its mean.</param>
    /// <param name="variance">Its variance, at least 0.</param>
    internal void AddNormal(double weight, double mean, double variance) => _parts.Add((weight, mean, Math.Sqrt(variance)));

    /// <summary>Log density of the law of one pace error and one variance.</summary>
    internal static double LogDensity(double value, ReadOnlySpan<double> grid, double share, double pace, double variance)
    {
        double density = 0;
        var deviation = Math.Sqrt(variance);
        for (var i = 0; i < Nodes.Length; i++)
        {
            var z = (value - At(grid, Shift(share, pace * Nodes[i]))) / deviation;
            density += Weights[i] * Math.Exp(-0.5 * z * z);
        }

        // A value that no part explains counts as 1e-12 of a peak, not as impossible: the grid of parameters is coarse.
        return Math.Log(density + 1e-12) - Math.Log(deviation * Math.Sqrt(2 * Math.PI));
    }

    /// <summary>Standard deviation of the law.</summary>
    internal double Deviation()
    {
        double total = 0, mean = 0, square = 0;
        foreach (var (weight, m, _) in _parts)
        {
            total += weight;
            mean += weight * m;
        }

        mean /= total;
        foreach (var (weight, m, s) in _parts)
        {
            square += weight * (s * s + (m - mean) * (m - mean));
        }

        return Math.Sqrt(square / total);
    }

    /// <summary>The value below which the law has probability p, by bisection.</summary>
    internal double Quantile(double p)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity, total = 0;
        foreach (var (weight, m, s) in _parts)
        {
            low = Math.Min(low, m - 9 * s);
            high = Math.Max(high, m + 9 * s);
            total += weight;
        }

        for (var round = 0; round < 60 && high > low; round++)
        {
            var middle = 0.5 * (low + high);
            double below = 0;
            foreach (var (weight, m, s) in _parts)
            {
                below += weight * (s > 0 ? Data.NormalDistribution.Cumulative((middle - m) / s) : middle >= m ? 1 : 0);
            }

            (low, high) = below < p * total ? (middle, high) : (low, middle);
        }

        return 0.5 * (low + high);
    }

    private static double Shift(double share, double theta) =>
        share <= 0 || share >= 1 ? share : 1 / (1 + (1 - share) / share * Math.Exp(-theta));

    private static double At(ReadOnlySpan<double> grid, double share)
    {
        var place = Math.Clamp(share, 0, 1) * (grid.Length - 1);
        var below = Math.Min((int)place, grid.Length - 2);
        return grid[below] + (place - below) * (grid[below + 1] - grid[below]);
    }
}
