// Notation, beside that of PooledLikelihood
//   r(λ)      κ (with its ripples, κ(0) = 1 + φ) between λ and the anchors, [K];  t = L⁻¹r,  q = L⁻¹1,  s = qᵀq = 1ᵀR⁻¹1,  h = 1 − qᵀt
//   w(λ)      R⁻¹r + R⁻¹1·h/s = L⁻ᵀ(t + q·h/s), [K]: the outputs at λ are Σ_k w_k y_k; Σ_k w_k = 1 always              [Cressie1993, ordinary kriging]
//   v(λ, λ')  κ(λ, λ') − tᵀt' + h h'/s, the variance where the outputs' own scale is 1
//   Σ         YᵀQY/(K − 1), the outputs' scale, never formed
// Leaving anchor k out at the same θ:  e_k = (QY)_k/Q_kk, of variance Σ/Q_kk                                            [Dubrule1983]
// At an anchor its own outputs are served by look-up (weights 0 and 1), to the last bit, where ν is fixed; with a learned ν the curve passes
// beside the anchors on purpose, and is one curve everywhere.
// With a trend, outputs follow a straight line along z and krige what is left of them: g the anchors' z, g(λ) that of λ (one hyperparameter)
//   w(λ) + (g(λ) − wᵀg) · Qg/(gᵀQg), and v(λ, λ) + (g(λ) − wᵀg)²/(gᵀQg)                                                 [Cressie1993, universal kriging]
// θ stays that without. Between few anchors outputs then go on where kriging would rest at each.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>
/// Kriging of the anchors' outputs over one hyperparameter or several: outputs at any λ are weighted sums of those at the anchors, by weights
/// that all outputs share.
/// </summary>
/// <remarks>Immutable, and safe to read from many threads.</remarks>
internal sealed partial class AnchorKriging
{
    /// <summary>Anchors from which parameters are learned at most: the cost grows as their cube.</summary>
    internal const int MostLearned = 100;

    private const int ColdIterations = 100, WarmIterations = 12;

    // Starts of a cold search, as shifts of log ℓ and log ν from the middle of their priors; the last only where ν is learned.
    private static readonly (double Length, double Nugget)[] s_starts = [(0, 0), (-1.2, 0), (1.2, 0), (0, 6)];

    private readonly PooledLikelihood _likelihood;
    private readonly KrigingLayout _layout;
    private readonly GramMatrix _gram;
    private readonly double[] _places, _theta, _warped, _inverseLengths, _ones;
    private readonly KumaraswamyWarp[] _warps;
    private readonly CholeskyFactor _factor;
    private readonly double _onesOnes;
    private readonly KrigingCorrelation _correlation;
    private readonly double[]? _trend;
    private readonly Lazy<double[]> _q;

    private AnchorKriging(PooledLikelihood likelihood, double[] places, GramMatrix gram, double[] theta, bool hasTrend = false)
    {
        _likelihood = likelihood;
        _layout = likelihood.Layout;
        _gram = gram;
        _places = places;
        _theta = theta;
        _warped = PooledLikelihood.Warped(_layout, theta, places);
        _inverseLengths = PooledLikelihood.InverseLengths(_layout, theta);
        _correlation = _layout.Correlation(theta);
        _warps = [.. Enumerable.Range(0, _layout.Dimension).Select(j => _layout.WarpOf(theta, j))];
        _factor = CholeskyFactor.Of(PooledLikelihood.Correlations(_layout, theta, _warped), gram.Count);
        _ones = new double[Count];
        Array.Fill(_ones, 1);
        _factor.SolveLower(_ones, _ones);
        _onesOnes = CholeskyFactor.Dot(_ones, _ones);
        _q = new Lazy<double[]>(() => PooledLikelihood.Centred(_factor).Q);
        _trend = hasTrend ? Trend() : null;
    }

    /// <summary>K.</summary>
    internal int Count => _gram.Count;

    /// <summary>Number of coordinates of a place.</summary>
    internal int Dimension => _layout.Dimension;

    /// <summary>What is learned.</summary>
    internal KrigingVariant Variant => _layout.Variant;

    /// <summary>θ.</summary>
    internal ReadOnlySpan<double> Theta => _theta;

    /// <summary>The objective that θ minimises, for the anchors it was learned from.</summary>
    internal double Objective => _likelihood.Evaluate(_theta, []);

    /// <summary>ν.</summary>
    internal double Nugget => _layout.Nugget(_theta);

    /// <summary>The objective of the search, for the anchors that θ is learned from.</summary>
    internal PooledLikelihood Likelihood => _likelihood;

    /// <summary>Inner products of the anchors' outputs.</summary>
    internal GramMatrix Gram => _gram;

    /// <summary>L, and Qg/(gᵀQg) with gᵀQg after it, null without a trend.</summary>
    internal (CholeskyFactor Factor, double[]? Trend) Parts => (_factor, _trend);

    /// <summary>Learns θ from anchors.</summary>
    /// <param name="places">u, [K, d], each in [0, 1].</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <param name="gram">Inner products of their outputs.</param>
    /// <param name="variant">What is learned.</param>
    /// <param name="warm">θ of a fit to nearly the same anchors, from which a short search goes on; or null.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static AnchorKriging Fit(
        double[] places, int dimension, GramMatrix gram, KrigingVariant variant, double[]? warm = null, CancellationToken cancellation = default) =>
        Fit(places, new KrigingLayout(dimension, variant), gram, warm, cancellation);

    /// <summary>Learns θ from anchors.</summary>
    /// <param name="places">Coordinates of the anchors, [K, ·], each in [0, 1].</param>
    /// <param name="layout">What is learned.</param>
    /// <param name="gram">Inner products of their outputs.</param>
    /// <param name="warm">θ of a fit to nearly the same anchors, from which a short search goes on; or null.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static AnchorKriging Fit(double[] places, KrigingLayout layout, GramMatrix gram, double[]? warm = null, CancellationToken cancellation = default)
    {
        var variant = layout.Variant;
        var likelihood = LikelihoodOf(places, gram, layout);
        if (!likelihood.HasVariation || gram.Count < 2)
        {
            return new AnchorKriging(likelihood, places, gram, (double[])layout.Centre.Clone());
        }

        BoxMinimiser.Result? best = null;
        var isWarm = warm is not null && warm.Length == layout.Count;
        foreach (var (length, nugget) in isWarm ? s_starts[..1] : variant.LearnsNugget ? s_starts : s_starts[..3])
        {
            var start = isWarm ? warm! : (double[])layout.Centre.Clone();
            for (var i = 0; i < start.Length && !isWarm; i++)
            {
                start[i] += i < layout.Lengths ? length : i == start.Length - 1 && variant.LearnsNugget ? nugget : 0;
            }

            var found = BoxMinimiser.Minimise(likelihood.Evaluate, start, layout.Low, layout.High, isWarm ? WarmIterations : ColdIterations, cancellation: cancellation);
            best = best is null || found.Value < best.Value ? found : best;
        }

        return new AnchorKriging(likelihood, places, gram, best!.Point);
    }

    /// <summary>A kriging of given θ.</summary>
    /// <param name="places">Coordinates of the anchors, [K, ·], each in [0, 1].</param>
    /// <param name="layout">What θ holds.</param>
    /// <param name="gram">Inner products of the outputs.</param>
    /// <param name="theta">θ.</param>
    internal static AnchorKriging At(double[] places, KrigingLayout layout, GramMatrix gram, double[] theta) =>
        new(LikelihoodOf(places, gram, layout), places, gram, theta);

    /// <summary>A kriging at given θ.</summary>
    /// <param name="places">u, [K, d], each in [0, 1].</param>
    /// <param name="dimension">d.</param>
    /// <param name="gram">Inner products of the outputs.</param>
    /// <param name="variant">What is learned.</param>
    /// <param name="theta">θ.</param>
    internal static AnchorKriging At(double[] places, int dimension, GramMatrix gram, KrigingVariant variant, double[] theta)
    {
        var layout = new KrigingLayout(dimension, variant);
        return theta.Length == layout.Count
            ? At(places, layout, gram, theta)
            : throw new ArgumentException($"θ has {theta.Length} numbers; expected {layout.Count}.", nameof(theta));
    }

    /// <summary>The same anchors at another θ.</summary>
    internal AnchorKriging With(double[] theta) => new(_likelihood, _places, _gram, theta, _trend is not null);

    /// <summary>The same with a trend; of one hyperparameter and anchors that differ in it.</summary>
    internal AnchorKriging WithTrend() => new(_likelihood, _places, _gram, _theta, hasTrend: true);

    /// <summary>Writes w(λ) and returns v(λ, λ), without ν.</summary>
    /// <param name="u">The place of λ, [d].</param>
    /// <param name="weights">Takes w, [K].</param>
    internal double Weights(ReadOnlySpan<double> u, Span<double> weights)
    {
        if (!Variant.LearnsNugget && LookUp(u, weights))
        {
            return 0;
        }

        var (variance, level) = Project(u, weights);
        CholeskyFactor.Add(level, _ones, weights);
        _factor.SolveUpper(weights, weights);
        return _trend is { } trend ? variance + Follow(trend, u, weights) : variance;
    }

    /// <summary>Writes t and returns v(λ, λ) and h/s.</summary>
    internal (double Variance, double Level) Project(ReadOnlySpan<double> u, Span<double> t)
    {
        Correlate(u, t);
        return Variance(t);
    }

    /// <summary>Turns r into t and returns v(λ, λ) and h/s.</summary>
    internal (double Variance, double Level) Variance(Span<double> t)
    {
        _factor.SolveLower(t, t);
        var h = 1 - CholeskyFactor.Dot(_ones, t);
        return (Math.Max(0, _correlation.Sill - CholeskyFactor.Dot(t, t) + h * h / _onesOnes), h / _onesOnes);
    }

    /// <summary>v(λ, λ') of places that were projected.</summary>
    internal double Covariance(ReadOnlySpan<double> u, ReadOnlySpan<double> t, double level, ReadOnlySpan<double> other, ReadOnlySpan<double> otherT, double otherLevel)
    {
        Span<double> z = stackalloc double[Dimension], otherZ = stackalloc double[Dimension];
        Warp(u, z);
        Warp(other, otherZ);
        return WarpedCovariance(z, t, level, otherZ, otherT, otherLevel);
    }

    /// <summary>The same of places that were warped, too.</summary>
    internal double WarpedCovariance(ReadOnlySpan<double> z, ReadOnlySpan<double> t, double level, ReadOnlySpan<double> otherZ, ReadOnlySpan<double> otherT, double otherLevel) =>
        _correlation.At(PooledLikelihood.Distance(z, otherZ, _inverseLengths)) - CholeskyFactor.Dot(t, otherT) + level * otherLevel * _onesOnes;

    /// <summary>
    /// S ξ with S Sᵀ = Q: anchor weights of a random surface of the outputs' own scale, which sum to 0. S = L⁻ᵀ(I − qqᵀ/s).
    /// </summary>
    /// <param name="xi">ξ, K standard normal numbers; overwritten.</param>
    internal void Spread(Span<double> xi)
    {
        CholeskyFactor.Add(-CholeskyFactor.Dot(_ones, xi) / _onesOnes, _ones, xi);
        _factor.SolveUpper(xi, xi);
    }

    /// <summary>Weights of the others that predict anchor k, 0 for itself, at the same θ; they sum to 1.</summary>
    /// <param name="anchor">k.</param>
    /// <param name="weights">Takes them, [K].</param>
    /// <returns>1/Q_kk, the variance where the outputs' own scale is 1 (with ν).</returns>
    internal double LeaveOneOut(int anchor, Span<double> weights)
    {
        var row = _q.Value.AsSpan(anchor * Count, Count);
        for (var l = 0; l < Count; l++)
        {
            weights[l] = l == anchor ? 0 : -row[l] / row[anchor];
        }

        return 1 / row[anchor];
    }

    /// <summary>|e_k|²/P: the mean squared error of each anchor's outputs when it is left out, [K].</summary>
    internal double[] LeaveOneOutErrors()
    {
        var gram = _gram.Centred();
        var errors = new double[Count];
        var row = new double[Count];
        for (var k = 0; k < Count; k++)
        {
            var q = _q.Value.AsSpan(k * Count, Count);
            row.AsSpan().Clear();
            for (var l = 0; l < Count; l++)
            {
                CholeskyFactor.Add(q[l], gram.AsSpan(l * Count, Count), row);
            }

            errors[k] = Math.Max(0, CholeskyFactor.Dot(q, row)) / (q[k] * q[k]);
        }

        return errors;
    }

    /// <summary>Variance of an output over the anchors, in the mean over outputs.</summary>
    internal double MeanVariance()
    {
        var gram = _gram.Centred();
        return Enumerable.Range(0, Count).Sum(k => gram[k * Count + k]) / Count;
    }

    /// <summary>tr Σ/P: the outputs' own scale, squared, in the mean over outputs.</summary>
    internal double MeanScale() => Count < 2 ? 0 : Math.Max(0, CholeskyFactor.Dot(_q.Value, _gram.Centred())) / (Count - 1);

    /// <summary>Qy and 1ᵀR⁻¹y/(1ᵀR⁻¹1) of one output: at λ it is the second and r(λ)ᵀ times the first.</summary>
    /// <param name="y">The output at the anchors, [K].</param>
    internal (double[] Slopes, double Level) Solve(ReadOnlySpan<double> y)
    {
        var slopes = new double[Count];
        _factor.SolveLower(y, slopes);
        var level = CholeskyFactor.Dot(_ones, slopes) / _onesOnes;
        CholeskyFactor.Add(-level, _ones, slopes);
        _factor.SolveUpper(slopes, slopes);
        return (slopes, level);
    }

    /// <summary>Writes r(λ).</summary>
    internal void Correlate(ReadOnlySpan<double> u, Span<double> r)
    {
        Span<double> z = stackalloc double[Dimension];
        Warp(u, z);
        for (var k = 0; k < Count; k++)
        {
            r[k] = _correlation.At(PooledLikelihood.Distance(z, _warped.AsSpan(k * Dimension, Dimension), _inverseLengths));
        }
    }

    /// <summary>Writes z of a place, [d].</summary>
    internal void Warp(ReadOnlySpan<double> u, Span<double> z)
    {
        for (var j = 0; j < z.Length; j++)
        {
            z[j] = _warps[j].Apply(u[j]);
        }
    }

    /// <summary>Weights at an anchor's own place: even ones where several anchors are there; false where none is.</summary>
    private bool LookUp(ReadOnlySpan<double> u, Span<double> weights)
    {
        var found = 0;
        for (var k = 0; k < Count; k++)
        {
            var isThere = u.SequenceEqual(_places.AsSpan(k * Dimension, Dimension));
            weights[k] = isThere ? 1 : 0;
            found += isThere ? 1 : 0;
        }

        for (var k = 0; k < Count && found > 1; k++)
        {
            weights[k] /= found;
        }

        return found > 0;
    }

    /// <summary>The likelihood of all anchors, or of those that stand farthest apart where there are many.</summary>
    private static PooledLikelihood LikelihoodOf(double[] places, GramMatrix gram, KrigingLayout layout)
    {
        if (gram.Count <= MostLearned)
        {
            return new PooledLikelihood(places, gram.Centred(), layout);
        }

        var chosen = DistantPlaces.Choose(places, layout.Dimension, MostLearned);
        return new PooledLikelihood([.. chosen.SelectMany(k => places[(k * layout.Dimension)..((k + 1) * layout.Dimension)])], gram.Centred(chosen), layout);
    }
}
