using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

// Notation
//   u    points, [n], on the unit scale          y    values, [n]
//   K    σ² k(u, u) + τ² I, [n, n] = L Lᵀ         α    K⁻¹ (y − β), [n]
//   Posterior at a point *:  mean  β + k*ᵀ α
//                            covariance  σ² k(*, *') − (L⁻¹ k*)ᵀ (L⁻¹ k*')
// (Rasmussen and Williams 2006, algorithm 2.1.)

/// <summary>
/// What the bridge process must be where it has one component: Gaussian process regression with a Matérn-5/2 kernel and given hyperparameters: the posterior of the latent function, without the
/// noise of a further observation.
/// </summary>
/// <remarks>Immutable and thread-safe. Two equal points need noise; without it the least <see cref="Jitter"/> that helps is added.</remarks>
internal sealed class GaussianProcess
{
    private readonly double[] _points;
    private readonly double[] _alpha;
    private readonly CholeskyFactor _factor;
    private readonly double _logLikelihood;

    /// <summary>Conditions the process on observations.</summary>
    /// <param name="points">Points u, length n ≥ 1, finite.</param>
    /// <param name="values">Values y, length n, finite.</param>
    /// <param name="lengthScale">Length scale ℓ &gt; 0 of the kernel.</param>
    /// <param name="variance">Variance σ² &gt; 0 of the process, in squared units of the values.</param>
    /// <param name="noiseVariance">Variance τ² ≥ 0 of an observation's noise, in squared units of the values.</param>
    /// <param name="mean">Prior mean β.</param>
    /// <exception cref="ArgumentException">Lengths differ, there is no point, or a number is not finite or out of range.</exception>
    public GaussianProcess(
        ReadOnlySpan<double> points,
        ReadOnlySpan<double> values,
        double lengthScale,
        double variance = 1,
        double noiseVariance = 0,
        double mean = 0)
    {
        if (points.Length != values.Length || points.IsEmpty)
        {
            throw new ArgumentException($"{points.Length} points and {values.Length} values; expected the same number, at least one.");
        }

        Require.Finite(points, nameof(points));
        Require.Finite(values, nameof(values));
        Require.Positive(lengthScale, nameof(lengthScale));
        Require.Positive(variance, nameof(variance));
        Require.NotNegative(noiseVariance, nameof(noiseVariance));
        LengthScale = lengthScale;
        Variance = variance;
        NoiseVariance = noiseVariance;
        PriorMean = mean;
        _points = points.ToArray();

        var n = points.Length;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i * n + j] = variance * Matern52.Correlation(points[i] - points[j], lengthScale) + (i == j ? noiseVariance : 0);
            }
        }

        _factor = CholeskyFactor.Of(matrix, n);
        _alpha = new double[n];
        for (var i = 0; i < n; i++)
        {
            _alpha[i] = values[i] - mean;
        }

        _factor.SolveLower(_alpha, _alpha);

        // ln p(y) = −½ |L⁻¹(y − β)|² − ½ ln det K − ½ n ln 2π
        _logLikelihood = -0.5 * (CholeskyFactor.Dot(_alpha, _alpha) + _factor.LogDeterminant + n * Math.Log(2 * Math.PI));
        _factor.SolveUpper(_alpha, _alpha);
    }

    /// <summary>Length scale ℓ, on the unit scale.</summary>
    public double LengthScale { get; }

    /// <summary>Variance σ² of the process.</summary>
    public double Variance { get; }

    /// <summary>Variance τ² of an observation's noise.</summary>
    public double NoiseVariance { get; }

    /// <summary>Prior mean β.</summary>
    public double PriorMean { get; }

    /// <summary>What was added to the diagonal to factorise the covariance, in squared units of the values; usually 0.</summary>
    public double Jitter => _factor.Jitter * (Variance + NoiseVariance);

    /// <summary>The logarithm of the values' marginal density.</summary>
    public double LogMarginalLikelihood => _logLikelihood;

    /// <summary>Posterior mean at a point.</summary>
    /// <param name="u">The point.</param>
    public double MeanAt(double u)
    {
        Span<double> k = new double[_points.Length];
        Covariances(u, k);
        return PriorMean + CholeskyFactor.Dot(k, _alpha);
    }

    /// <summary>Posterior variance of the latent function at a point, at least 0.</summary>
    /// <param name="u">The point.</param>
    public double VarianceAt(double u) => Math.Max(0, CovarianceAt(u, u));

    /// <summary>Posterior covariance of the latent function at two points.</summary>
    /// <param name="u">One point.</param>
    /// <param name="other">The other point.</param>
    public double CovarianceAt(double u, double other)
    {
        Span<double> left = new double[_points.Length];
        Span<double> right = new double[_points.Length];
        Covariances(u, left);
        Covariances(other, right);
        _factor.SolveLower(left, left);
        _factor.SolveLower(right, right);
        return Variance * Matern52.Correlation(u - other, LengthScale) - CholeskyFactor.Dot(left, right);
    }

    private void Covariances(double u, Span<double> k)
    {
        for (var i = 0; i < k.Length; i++)
        {
            k[i] = Variance * Matern52.Correlation(u - _points[i], LengthScale);
        }
    }
}
