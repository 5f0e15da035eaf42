// Notation
//   d        number of hyperparameters
//   θ        log ℓ_j, then log a_j and log b_j where there is a warp, then log ν where the nugget is learned; 3d + 1 numbers at most
//   priors   log ℓ_j ~ N(½ log d, 1),  log a_j, log b_j ~ N(0, ½²),  log ν ~ N(−9, 3²)
//   bounds   log ℓ_j ∈ [−3, 4],  log a_j, log b_j ∈ [−1.6, 1.6],  log ν ∈ [−16, 0]

namespace HtiTune.Surrogates;

/// <summary>What of a kriging is learned beside its lengths.</summary>
/// <param name="Warp">Whether each coordinate has a Kumaraswamy warp; else a = b = 1.</param>
/// <param name="LearnsNugget">Whether ν is learned, for outputs that scatter from training to training.</param>
internal readonly record struct KrigingVariant(bool Warp, bool LearnsNugget)
{
    /// <summary>ν of deterministic outputs: less and exactness is lost to rounding, more and the curve passes beside its anchors.</summary>
    internal const double FixedNugget = 1e-8;
}

/// <summary>Where each parameter stands in θ, its prior and its bounds.</summary>
internal sealed class KrigingLayout
{
    private const double WarpDeviation = 0.5, WarpBound = 1.6;
    private const double NuggetCentre = -9, NuggetDeviation = 3;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="variant">What is learned.</param>
    internal KrigingLayout(int dimension, KrigingVariant variant)
    {
        Dimension = dimension;
        Variant = variant;
        Count = dimension * (variant.Warp ? 3 : 1) + (variant.LearnsNugget ? 1 : 0);
        Centre = new double[Count];
        Deviation = new double[Count];
        Low = new double[Count];
        High = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            (Centre[i], Deviation[i], Low[i], High[i]) = i < dimension ? (0.5 * Math.Log(dimension), 1.0, -3.0, 4.0)
                : variant.LearnsNugget && i == Count - 1 ? (NuggetCentre, NuggetDeviation, -16.0, 0.0)
                : (0.0, WarpDeviation, -WarpBound, WarpBound);
        }
    }

    /// <summary>d.</summary>
    internal int Dimension { get; }

    /// <summary>What is learned.</summary>
    internal KrigingVariant Variant { get; }

    /// <summary>Length of θ.</summary>
    internal int Count { get; }

    /// <summary>Means of the priors, the first start of the search.</summary>
    internal double[] Centre { get; }

    /// <summary>Deviations of the priors.</summary>
    internal double[] Deviation { get; }

    /// <summary>Lower bounds.</summary>
    internal double[] Low { get; }

    /// <summary>Upper bounds.</summary>
    internal double[] High { get; }

    /// <summary>ℓ_j.</summary>
    internal static double Length(ReadOnlySpan<double> theta, int j) => Math.Exp(theta[j]);

    /// <summary>The warp of coordinate j.</summary>
    internal KumaraswamyWarp WarpOf(ReadOnlySpan<double> theta, int j) =>
        Variant.Warp ? new(Math.Exp(theta[Dimension + j]), Math.Exp(theta[2 * Dimension + j])) : new(1, 1);

    /// <summary>ν, the learned part of it beside the fixed one.</summary>
    internal double Nugget(ReadOnlySpan<double> theta) =>
        KrigingVariant.FixedNugget + (Variant.LearnsNugget ? Math.Exp(theta[Count - 1]) : 0);

    /// <summary>½ Σ ((θ − centre)/deviation)², and its gradient added.</summary>
    internal double Prior(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        double sum = 0;
        for (var i = 0; i < Count; i++)
        {
            var z = (theta[i] - Centre[i]) / Deviation[i];
            sum += 0.5 * z * z;
            if (gradient.Length > 0)
            {
                gradient[i] += z / Deviation[i];
            }
        }

        return sum;
    }
}
