// Notation
//   r     distance of two places, each coordinate measured by its length
//   κ(r)  correlation;  h(r) = −κ'(r)/r, of which all slopes are made: ∂κ/∂log ℓ_j = h Δ_j²/ℓ_j²
//   with ripples κ(r) + φ κ_M(r/ρ), κ_M Matérn 5/2: a course of its own at a scale finer by ρ, of the share φ
// The smoother κ, the fewer trainings tell a smooth function: a polynomial is learned from few points under the Gaussian one, a cone never.

namespace HtiTune.Surrogates;

/// <summary>κ of a kriging: how smooth what is kriged is taken to be.</summary>
internal enum KrigingKernel
{
    /// <summary>(1 + √5 r + 5/3 r²) e^(−√5 r): twice differentiable.</summary>
    Matern52,

    /// <summary>e^(−r²/2): differentiable without end.</summary>
    Gaussian,

    /// <summary>e^(−r): continuous, and bent at every anchor; what leaps is followed from near by, and not overshot.</summary>
    Exponential,
}

/// <summary>Values and slopes of the kernels.</summary>
internal static class KrigingKernels
{
    private const double SqrtFive = 2.2360679774997896964;

    /// <summary>κ(r).</summary>
    internal static double Correlation(this KrigingKernel kernel, double r) => kernel switch
    {
        KrigingKernel.Gaussian => Math.Exp(-0.5 * r * r),
        KrigingKernel.Exponential => Math.Exp(-r),
        _ => (1 + SqrtFive * r + 5.0 / 3 * r * r) * Math.Exp(-SqrtFive * r),
    };

    /// <summary>h(r), times a weight.</summary>
    internal static double Pull(this KrigingKernel kernel, double weight, double r) => kernel switch
    {
        KrigingKernel.Gaussian => weight * Math.Exp(-0.5 * r * r),
        KrigingKernel.Exponential => r > 0 ? weight * Math.Exp(-r) / r : 0, // It is multiplied by squares of distances.
        _ => weight * (5.0 / 3) * (1 + SqrtFive * r) * Math.Exp(-SqrtFive * r),
    };
}

/// <summary>The correlation of two places at a distance.</summary>
/// <param name="Kernel">κ.</param>
/// <param name="Ripples">φ; 0: there are none.</param>
/// <param name="Fineness">1/ρ.</param>
internal readonly record struct KrigingCorrelation(KrigingKernel Kernel, double Ripples, double Fineness)
{
    /// <summary>That of a place with itself.</summary>
    internal double Sill => 1 + Ripples;

    /// <summary>The correlation at r.</summary>
    internal double At(double r) => Ripples == 0 ? Kernel.Correlation(r) : Kernel.Correlation(r) + Ripples * KrigingKernel.Matern52.Correlation(r * Fineness);

    /// <summary>−κ'(r)/r of all, times a weight.</summary>
    internal double Pull(double weight, double r) => Ripples == 0 ? Kernel.Pull(weight, r)
        : Kernel.Pull(weight, r) + KrigingKernel.Matern52.Pull(weight * Ripples * Fineness * Fineness, r * Fineness);
}
