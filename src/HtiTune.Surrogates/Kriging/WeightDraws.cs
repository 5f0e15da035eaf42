// Notation, beside that of AnchorKriging
//   λ_m      M places, m = 1 … M;  V [M, M] their v(λ_m, λ_m'),  V = C Cᵀ
//   Ξ        [M, K] standard normal numbers;  τ² = (K − 1)/χ²_{K−1}
//   draw     y(λ_m) = Σ_k a_mk y_k,   a_m = w(λ_m) + τ/√(K − 1) · S (C Ξ)_mᵀ,   S Sᵀ = Q
// A draw of the outputs is a draw of K weights that sum to 1: it costs what a mean costs, whatever the number of outputs.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Joint draws of the outputs at several places, as random anchor weights.</summary>
internal sealed class WeightDraws
{
    private readonly AnchorKriging _kriging;
    private readonly double[] _mean;
    private readonly bool[] _isKnown;
    private readonly CholeskyFactor _spread;

    /// <param name="kriging">The kriging, of at least 2 anchors.</param>
    /// <param name="places">u of λ_m, [M, d].</param>
    /// <param name="withNugget">Whether a draw is of what a training would give, ν included, rather than of the smooth law.</param>
    internal WeightDraws(AnchorKriging kriging, double[] places, bool withNugget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kriging.Count, 2);
        _kriging = kriging;
        int d = kriging.Dimension, k = kriging.Count;
        Places = places.Length / d;
        _mean = new double[Places * k];
        double[] t = new double[Places * k], z = new double[places.Length];
        var levels = new double[Places];
        _isKnown = new bool[Places];
        var covariance = new double[Places * Places];
        for (var m = 0; m < Places; m++)
        {
            var at = places.AsSpan(m * d, d);
            var variance = kriging.Weights(at, _mean.AsSpan(m * k, k));
            levels[m] = kriging.Project(at, t.AsSpan(m * k, k)).Level;
            kriging.Warp(at, z.AsSpan(m * d, d));
            for (var o = 0; o < m; o++)
            {
                covariance[m * Places + o] = kriging.WarpedCovariance(
                    z.AsSpan(m * d, d), t.AsSpan(m * k, k), levels[m], z.AsSpan(o * d, d), t.AsSpan(o * k, k), levels[o]);
            }

            variance += withNugget && kriging.Variant.LearnsNugget ? kriging.Nugget : 0;
            _isKnown[m] = variance == 0;
            covariance[m * Places + m] = _isKnown[m] ? 1 : variance;
        }

        _spread = CholeskyFactor.Of(Bounded(covariance), Places);
    }

    /// <summary>What the draws' distance from the mean is multiplied by.</summary>
    internal double Widening { get; init; } = 1;

    /// <summary>M.</summary>
    internal int Places { get; }

    /// <summary>w of place m, [K].</summary>
    internal ReadOnlySpan<double> Mean(int m) => _mean.AsSpan(m * _kriging.Count, _kriging.Count);

    /// <summary>Writes C ζ, ζ ~ N(0, I): a joint draw of one number at every place, of the scale 1 and about 0.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="shape">Takes it, [M]; 0 where nothing is left to chance.</param>
    internal void Shape(RandomStream random, Span<double> shape)
    {
        var normals = new double[Places];
        for (var m = 0; m < Places; m++)
        {
            normals[m] = random.NextNormal();
        }

        _spread.Multiply(normals, shape);
        for (var m = 0; m < Places; m++)
        {
            shape[m] = _isKnown[m] ? 0 : shape[m];
        }
    }

    /// <summary>A draw of χ².</summary>
    /// <param name="random">Chance.</param>
    /// <param name="degrees">Its degrees of freedom, at least 0; a draw of none is 0.</param>
    internal static double ChiSquare(RandomStream random, int degrees)
    {
        double square = 0;
        for (var i = 0; i < degrees; i++)
        {
            var normal = random.NextNormal();
            square += normal * normal;
        }

        return square;
    }

    /// <summary>Writes a, [M, K], and the draw on the other side of the mean.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="weights">Takes the draw.</param>
    /// <param name="opposite">Takes its reflection, 2w − a; or empty.</param>
    internal void Next(RandomStream random, Span<double> weights, Span<double> opposite)
    {
        var k = _kriging.Count;
        var scale = Widening / Math.Sqrt(ChiSquare(random, k - 1));
        var rows = new double[Places * k];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = random.NextNormal();
        }

        var mixed = new double[k];
        for (var m = 0; m < Places; m++)
        {
            mixed.AsSpan().Clear();
            CholeskyFactor.Add(_spread.Row(m, m + 1), rows, k, k, mixed);
            _kriging.Spread(mixed);
            if (_isKnown[m])
            {
                mixed.AsSpan().Clear();
            }

            for (var l = 0; l < k; l++)
            {
                weights[m * k + l] = _mean[m * k + l] + scale * mixed[l];
                if (opposite.Length > 0)
                {
                    opposite[m * k + l] = _mean[m * k + l] - scale * mixed[l];
                }
            }
        }
    }

    /// <summary>Rounding puts covariances beside anchors beyond their variances, and those with a place that is known are nothing.</summary>
    private double[] Bounded(double[] covariance)
    {
        for (var m = 0; m < Places; m++)
        {
            for (var o = 0; o < m; o++)
            {
                var most = _isKnown[m] || _isKnown[o] ? 0 : Math.Sqrt(covariance[m * Places + m] * covariance[o * Places + o]);
                covariance[m * Places + o] = Math.Clamp(covariance[m * Places + o], -most, most);
            }
        }

        return covariance;
    }
}
