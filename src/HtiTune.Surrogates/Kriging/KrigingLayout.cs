// Notation
//   d        number of lengths: of hyperparameters, where each has one coordinate (KrigingCoordinates)
//   θ        log ℓ_j, then log a_j and log b_j where there is a warp, then log ν where the nugget is learned; 3d + 1 numbers at most
//            and before it log φ and log ρ where there are ripples (KrigingCorrelation)
//   priors   log ℓ_j ~ N(½ log d + shift, 1),  log a_j, log b_j ~ N(0, ½²),  log ν ~ N(−9, 3²), or close to what is known of it,
//            log φ ~ N(−4, 2²),  log ρ ~ N(−3, 1)
//   bounds   log ℓ_j ∈ [−3, 4],  log a_j, log b_j ∈ [−1.6, 1.6],  log ν ∈ [−16, 0],  log φ ∈ [−10, 0],  log ρ ∈ [−6, −0.7]

namespace HtiTune.Surrogates;

/// <summary>What of a kriging is learned beside its lengths.</summary>
/// <param name="Warp">Whether each coordinate has a Kumaraswamy warp; else a = b = 1.</param>
/// <param name="LearnsNugget">Whether ν is learned, for outputs that scatter from training to training.</param>
/// <param name="LengthShift">By how much the prior of log ℓ_j is moved.</param>
/// <param name="LogNugget">What log ν is about, where that is known beforehand.</param>
/// <param name="Kernel">κ.</param>
/// <param name="Ripples">Whether ripples are added to it.</param>
internal readonly record struct KrigingVariant(
    bool Warp, bool LearnsNugget, double LengthShift = 0, double? LogNugget = null, KrigingKernel Kernel = KrigingKernel.Matern52, bool Ripples = false)
{
    /// <summary>ν of deterministic outputs: less and exactness is lost to rounding, more and the curve passes beside its anchors.</summary>
    internal const double FixedNugget = 1e-8;
}

/// <summary>Where each parameter stands in θ, its prior and its bounds.</summary>
internal sealed class KrigingLayout
{
    private const double WarpDeviation = 0.5, WarpBound = 1.6;
    private const double NuggetCentre = -9, NuggetDeviation = 3, KnownDeviation = 0.3, LeastNugget = -16, MostNugget = 0;

    private readonly KrigingCoordinates _coordinates;
    private readonly int _ripples;

    /// <param name="dimension">d, at least 1: as many lengths as coordinates.</param>
    /// <param name="variant">What is learned.</param>
    internal KrigingLayout(int dimension, KrigingVariant variant)
        : this(KrigingCoordinates.Each(dimension), variant)
    {
    }

    /// <param name="coordinates">Which length each coordinate has.</param>
    /// <param name="variant">What is learned.</param>
    internal KrigingLayout(KrigingCoordinates coordinates, KrigingVariant variant)
    {
        _coordinates = coordinates;
        Variant = variant;
        var dimension = coordinates.Lengths;
        _ripples = variant.Ripples ? dimension + (variant.Warp ? 2 * coordinates.Warps : 0) : -1;
        Count = dimension + (variant.Warp ? 2 * coordinates.Warps : 0) + (variant.Ripples ? 2 : 0) + (variant.LearnsNugget ? 1 : 0);
        var nugget = variant.LogNugget is { } known ? (Math.Clamp(known, LeastNugget, MostNugget), KnownDeviation, LeastNugget, MostNugget) : (NuggetCentre, NuggetDeviation, LeastNugget, MostNugget);
        Centre = new double[Count];
        Deviation = new double[Count];
        Low = new double[Count];
        High = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            (Centre[i], Deviation[i], Low[i], High[i]) = i < dimension ? (0.5 * Math.Log(dimension) + variant.LengthShift, 1.0, -3.0, 4.0)
                : variant.LearnsNugget && i == Count - 1 ? nugget
                : i == _ripples ? (-4.0, 2.0, -10.0, 0.0)
                : variant.Ripples && i == _ripples + 1 ? (-3.0, 1.0, -6.0, -0.7)
                : (0.0, WarpDeviation, -WarpBound, WarpBound);
        }
    }

    /// <summary>Number of coordinates of a place.</summary>
    internal int Dimension => _coordinates.Count;

    /// <summary>d.</summary>
    internal int Lengths => _coordinates.Lengths;

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

    /// <summary>ℓ_j of the j-th length.</summary>
    internal static double Length(ReadOnlySpan<double> theta, int j) => Math.Exp(theta[j]);

    /// <summary>Where log ℓ of coordinate j stands in θ.</summary>
    internal int LengthAt(int j) => _coordinates.LengthOf(j);

    /// <summary>Where log a and log b of coordinate j stand in θ; −1 where it has no warp.</summary>
    internal (int A, int B) WarpAt(int j) => Variant.Warp && _coordinates.WarpOf(j) is >= 0 and var warp
        ? (Lengths + warp, Lengths + _coordinates.Warps + warp)
        : (-1, -1);

    /// <summary>The warp of coordinate j.</summary>
    internal KumaraswamyWarp WarpOf(ReadOnlySpan<double> theta, int j) =>
        WarpAt(j) is ( >= 0 and var a, var b) ? new(Math.Exp(theta[a]), Math.Exp(theta[b])) : new(1, 1);

    /// <summary>Where log φ stands in θ, before log ρ; −1 without ripples.</summary>
    internal int RipplesAt => _ripples;

    /// <summary>The correlation of two places.</summary>
    internal KrigingCorrelation Correlation(ReadOnlySpan<double> theta) =>
        _ripples < 0 ? new(Variant.Kernel, 0, 1) : new(Variant.Kernel, Math.Exp(theta[_ripples]), Math.Exp(-theta[_ripples + 1]));

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
