// Notation
//   K, d        anchors and hyperparameters;  u [K, d] their places;  z = warped u
//   G [K, K]    centred Gram matrix of the anchors' outputs (GramMatrix)
//   p_e         (tr G)²/tr(G²), the effective number of independent outputs
//   κ(r)        correlation (KrigingKernel), Matérn 5/2 where nothing is said, of r² = Σ_j ((z_j − z'_j)/ℓ_j)²
//   R           [κ] + νI = L Lᵀ;   Q = R⁻¹ − R⁻¹11ᵀR⁻¹/(1ᵀR⁻¹1);   M = tr(QG)
// Objective, to be minimised (restricted likelihood of outputs that share one variance, pooled, with priors [KrigingLayout]):
//   f = p_e/2 · [(K − 1) log M + log|R| + log(1ᵀR⁻¹1)] + priors
// Gradient: d log|R| + d log(1ᵀR⁻¹1) = tr(Q dR) and dM = −tr(QGQ dR), so
//   df = p_e/2 · tr(W dR),   W = Q − (K − 1)/M · QGQ
//   ∂κ/∂log ℓ_j = h Δ_j²/ℓ_j²,   ∂κ/∂z-parameter = −h Δ_j (ż_j − ż'_j)/ℓ_j²,   h = −κ'(r)/r,   ∂R/∂log ν = νI,
//   ∂R/∂log φ = φ[κ_M(r/ρ)],   ∂R/∂log ρ = φ[h_M(r/ρ) (r/ρ)²]

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>The pooled restricted likelihood of anchors' outputs, of which it needs only the Gram matrix.</summary>
internal sealed class PooledLikelihood
{
    private readonly double[] _places;
    private readonly double[] _gram;
    private readonly double _trace, _effective;

    /// <param name="places">u, [K, d].</param>
    /// <param name="gram">G, [K, K], centred.</param>
    /// <param name="layout">The parameters.</param>
    internal PooledLikelihood(double[] places, double[] gram, KrigingLayout layout)
    {
        _places = places;
        _gram = gram;
        Layout = layout;
        Count = places.Length / layout.Dimension;
        double squares = 0;
        for (var k = 0; k < Count; k++)
        {
            _trace += gram[k * Count + k];
        }

        foreach (var g in gram)
        {
            squares += g / _trace * (g / _trace);
        }

        _effective = _trace > 0 ? 1 / squares : 1;
    }

    /// <summary>The parameters.</summary>
    internal KrigingLayout Layout { get; }

    /// <summary>K.</summary>
    internal int Count { get; }

    /// <summary>Whether the anchors' outputs differ at all; where they do not, nothing can be learned.</summary>
    internal bool HasVariation => _trace > 0;

    /// <summary>z of all places, [K, d].</summary>
    internal static double[] Warped(KrigingLayout layout, ReadOnlySpan<double> theta, double[] places)
    {
        var d = layout.Dimension;
        var warped = new double[places.Length];
        for (var j = 0; j < d; j++)
        {
            var warp = layout.WarpOf(theta, j);
            for (var i = j; i < places.Length; i += d)
            {
                warped[i] = warp.Apply(places[i]);
            }
        }

        return warped;
    }

    /// <summary>R, its lower triangle, row-major.</summary>
    internal static double[] Correlations(KrigingLayout layout, ReadOnlySpan<double> theta, double[] warped)
    {
        var d = layout.Dimension;
        var count = warped.Length / d;
        var inverse = InverseLengths(layout, theta);
        var matrix = new double[count * count];
        var correlation = layout.Correlation(theta);
        var diagonal = correlation.Sill + layout.Nugget(theta);
        for (var k = 0; k < count; k++)
        {
            for (var l = 0; l < k; l++)
            {
                matrix[k * count + l] = correlation.At(Distance(warped.AsSpan(k * d, d), warped.AsSpan(l * d, d), inverse));
            }

            matrix[k * count + k] = diagonal;
        }

        return matrix;
    }

    /// <summary>r of two warped places.</summary>
    internal static double Distance(ReadOnlySpan<double> z, ReadOnlySpan<double> other, ReadOnlySpan<double> inverseLengths)
    {
        double square = 0;
        for (var j = 0; j < z.Length; j++)
        {
            var difference = (z[j] - other[j]) * inverseLengths[j];
            square += difference * difference;
        }

        return Math.Sqrt(square);
    }

    /// <summary>1/ℓ of each coordinate.</summary>
    internal static double[] InverseLengths(KrigingLayout layout, ReadOnlySpan<double> theta)
    {
        var inverse = new double[layout.Dimension];
        for (var j = 0; j < inverse.Length; j++)
        {
            inverse[j] = 1 / KrigingLayout.Length(theta, layout.LengthAt(j));
        }

        return inverse;
    }

    /// <summary>Q of a factor of R, [K, K], and log(1ᵀR⁻¹1).</summary>
    internal static (double[] Q, double LogOnes) Centred(CholeskyFactor factor)
    {
        var count = factor.Order;
        var q = factor.Inverse();
        var sums = new double[count];
        double ones = 0;
        for (var k = 0; k < count; k++)
        {
            foreach (var value in q.AsSpan(k * count, count))
            {
                sums[k] += value;
            }

            ones += sums[k];
        }

        for (var k = 0; k < count; k++)
        {
            CholeskyFactor.Add(-sums[k] / ones, sums, q.AsSpan(k * count, count));
        }

        return (q, Math.Log(ones));
    }

    /// <summary>f, and its gradient where a place for it is given; +∞ where R cannot be factorised.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">Takes ∂f/∂θ, or empty.</param>
    internal double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        gradient.Clear();
        var warped = Warped(Layout, theta, _places);
        CholeskyFactor factor;
        try
        {
            factor = CholeskyFactor.Of(Correlations(Layout, theta, warped), Count);
        }
        catch (ArithmeticException)
        {
            return double.PositiveInfinity;
        }

        var (q, logOnes) = Centred(factor);
        var spread = HasVariation && Count > 1 ? Math.Max(CholeskyFactor.Dot(q, _gram), 1e-300) : 1;
        var half = 0.5 * _effective;
        var value = half * ((Count - 1) * Math.Log(spread) + factor.LogDeterminant + logOnes);
        if (gradient.Length > 0)
        {
            AddSlopes(theta, warped, SlopeWeights(q, spread), gradient);
            foreach (ref var slope in gradient)
            {
                slope *= half;
            }
        }

        return value + Layout.Prior(theta, gradient);
    }

    /// <summary>W, [K, K].</summary>
    private double[] SlopeWeights(double[] q, double spread)
    {
        if (!HasVariation)
        {
            return q;
        }

        var scale = -(Count - 1) / spread;
        var weights = (double[])q.Clone();
        var row = new double[Count];
        for (var k = 0; k < Count; k++)
        {
            // Row k of QG, then of −(K − 1)/M · QG · Q.
            row.AsSpan().Clear();
            for (var l = 0; l < Count; l++)
            {
                CholeskyFactor.Add(q[k * Count + l], _gram.AsSpan(l * Count, Count), row);
            }

            for (var l = 0; l < Count; l++)
            {
                CholeskyFactor.Add(scale * row[l], q.AsSpan(l * Count, Count), weights.AsSpan(k * Count, Count));
            }
        }

        return weights;
    }

    /// <summary>Adds tr(W ∂R/∂θ).</summary>
    private void AddSlopes(ReadOnlySpan<double> theta, double[] warped, double[] weights, Span<double> gradient)
    {
        var d = Layout.Dimension;
        var inverse = InverseLengths(Layout, theta);
        var correlation = Layout.Correlation(theta);
        var ripples = Layout.RipplesAt;
        double[] byA = new double[Layout.Variant.Warp ? warped.Length : 0], byB = new double[byA.Length];
        var slots = new (int Length, int A, int B)[d];
        for (var j = 0; j < d; j++)
        {
            slots[j] = (Layout.LengthAt(j), Layout.WarpAt(j).A, Layout.WarpAt(j).B);
        }

        for (var j = 0; j < d && byA.Length > 0; j++)
        {
            if (slots[j].A < 0)
            {
                continue;
            }

            var warp = Layout.WarpOf(theta, j);
            for (var i = j; i < warped.Length; i += d)
            {
                (byA[i], byB[i]) = warp.Slopes(_places[i]);
            }
        }

        for (var k = 0; k < Count; k++)
        {
            for (var l = 0; l < k; l++)
            {
                var r = Distance(warped.AsSpan(k * d, d), warped.AsSpan(l * d, d), inverse);
                var h = correlation.Pull(2 * weights[k * Count + l], r);
                for (var j = 0; j < d; j++)
                {
                    int i = k * d + j, o = l * d + j;
                    var pull = h * (warped[i] - warped[o]) * inverse[j] * inverse[j];
                    gradient[slots[j].Length] += pull * (warped[i] - warped[o]);
                    if (slots[j].A >= 0)
                    {
                        gradient[slots[j].A] -= pull * (byA[i] - byA[o]);
                        gradient[slots[j].B] -= pull * (byB[i] - byB[o]);
                    }
                }
            }

            if (ripples >= 0)
            {
                gradient[ripples] += weights[k * Count + k] * correlation.Ripples;
                for (var l = 0; l < k; l++)
                {
                    var fine = correlation.Fineness * Distance(warped.AsSpan(k * d, d), warped.AsSpan(l * d, d), inverse);
                    var weight = 2 * weights[k * Count + l] * correlation.Ripples;
                    gradient[ripples] += weight * KrigingKernel.Matern52.Correlation(fine);
                    gradient[ripples + 1] += KrigingKernel.Matern52.Pull(weight, fine) * fine * fine;
                }
            }

            if (Layout.Variant.LearnsNugget)
            {
                gradient[^1] += weights[k * Count + k] * (Layout.Nugget(theta) - KrigingVariant.FixedNugget);
            }
        }
    }
}
