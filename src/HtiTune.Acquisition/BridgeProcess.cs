namespace HtiTune.Acquisition;

// Notation (maximising; u on the unit scale; t counts trainings in the order they arrived, n of them)
//   f(u) = ρ m_A(u) + (1 − ρ) β₀ + δ(u)     m_A surrogate objective, β₀ ~ N(c, κ²σ²), δ ~ GP(0, σ² k_ℓ), Matérn 5/2
//   y_t = f(u_t) + noise, variance r ω_t σ²   ω_t relative noise (mean 1)
//   Enumerated: ρ, ℓ, r. Integrated in closed form: β₀, δ, σ² ~ IG(a₀, a₀ s₀²).
//   One step ahead, for each (ρ, ℓ, r):       e_t = y_t − mean_t,  v_t its variance over σ²   (Kriging.OneStepAhead)
//     p(y_t | y_<t) = t_ν(e_t; 0, v_t b/a), ν = 2a;  then  a ← a + ½,  b ← b + e_t²/(2 v_t)
//   With ρ > 0 the process δ is what the surrogate leaves, which may be much less than the objective varies: σ² ~ IG(a₀, a₀ φ² s₀²), φ
//   enumerated, and only values that the surrogate was tested on tell of it: the others have the density that they have at ρ = 0.
//   Weight of a component ∝ prior(ρ, ℓ, r, φ) Π_t p(y_t | y_<t). At ρ = 0 the product is the exact marginal likelihood.
//   Trust = E[ρ | y].
// n observations and L pairs (ℓ, r), 80 by default, take L n³/6 steps, a grid of G points L' G n²/2 more with the L' that are kept.

/// <summary>
/// The bridge process: a Gaussian process around the surrogate's objective that learns from its own one-step-ahead errors how far the
/// surrogate may be trusted. Without a surrogate it is a Gaussian process with integrated hyperparameters.
/// </summary>
/// <remarks>
/// Exact by enumeration: no optimiser, no random number. Given fixed (ρ, ℓ, r) the posterior is Student-t; over them it is a mixture. The
/// prior's centre c and scale s₀ come from the first observations (<see cref="BridgeOptions.InitialCount"/>). Immutable and as
/// thread-safe as the surrogate's delegate.
/// </remarks>
public sealed class BridgeProcess
{
    private readonly Func<double, double>? _surrogate;
    private readonly Kriging[] _krigings;
    private readonly BridgeComponent[] _components;
    private readonly double[] _weights;
    private readonly double _widening;
    private readonly BridgeData _data;
    private readonly BridgeEvidence _evidence;

    private BridgeProcess(
        IReadOnlyList<Observation> observations,
        Func<double, double>? surrogate,
        BridgeData data,
        Kriging[] krigings,
        BridgeComponent[] components,
        BridgeEvidence evidence)
    {
        _data = data;
        _evidence = evidence;
        Observations = observations;
        _surrogate = surrogate;
        _krigings = krigings;
        _components = components;
        _weights = [.. components.Select(k => k.Weight)];
        _widening = data.Options.PredictionWidening;
        Centre = data.Prior.Centre;
        Scale = data.Prior.Scale;
        DegreesOfFreedom = 2 * data.Prior.Shape + data.RealCount;
        Trust = evidence.Trust;
        LogEvidence = evidence.LogEvidence;
        MeanLengthScale = evidence.MeanLengthScale;
        Jitter = krigings.Max(k => k.Factor.Jitter);
        BestMean = double.NegativeInfinity;
        var means = OnGrid([.. observations.Select(o => o.U)]).Means;
        for (var i = 0; i < means.Count; i++)
        {
            if (means[i] > BestMean)
            {
                (BestMean, BestObservation) = (means[i], i);
            }
        }
    }

    /// <summary>The observations, in the order they arrived.</summary>
    public IReadOnlyList<Observation> Observations { get; }

    /// <summary>Trust in the surrogate, E[ρ | y], 0 to 1; 0 without a surrogate, the prior's mean before its first test.</summary>
    public double Trust { get; }

    /// <summary>ln p(y): the logarithm of the mixture's prequential density of all values.</summary>
    public double LogEvidence { get; }

    /// <summary>Geometric posterior mean of the length scale, on the unit scale.</summary>
    public double MeanLengthScale { get; }

    /// <summary>Centre c of the prior, in units of the objective.</summary>
    public double Centre { get; }

    /// <summary>Scale s₀ of the prior, in units of the objective.</summary>
    public double Scale { get; }

    /// <summary>Degrees of freedom of the posterior, 2a₀ + n.</summary>
    public double DegreesOfFreedom { get; }

    /// <summary>The largest jitter that a covariance needed, as a share of its largest diagonal entry; usually 0.</summary>
    public double Jitter { get; }

    /// <summary>f⁺: the best posterior mean at an observed point.</summary>
    public double BestMean { get; }

    /// <summary>The index of the observation at which <see cref="BestMean"/> is taken.</summary>
    public int BestObservation { get; }

    /// <summary>Number of components (ρ, ℓ, r) that were kept.</summary>
    public int ComponentCount => _components.Length;

    internal ReadOnlySpan<BridgeComponent> Components => _components;

    internal ReadOnlySpan<Kriging> Krigings => _krigings;

    /// <summary>Conditions the process on observations.</summary>
    /// <param name="observations">At least one, in the order they arrived.</param>
    /// <param name="surrogate">
    /// m_A: the objective of the surrogate that was fitted to all of them, at u, in the maximising sign; NaN where it has no answer
    /// (plain kriging takes its place there). Null without a surrogate.
    /// </param>
    /// <param name="options">Constants; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no observation, one holds a number out of range, or options are out of range.</exception>
    public static BridgeProcess Fit(
        IReadOnlyList<Observation> observations,
        Func<double, double>? surrogate = null,
        BridgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(observations);
        options ??= new BridgeOptions();
        options.Validate();
        var prior = BridgePrior.Of(observations, options);
        var n = observations.Count;
        double[] u = [.. observations.Select(o => o.U)];
        double[] y = [.. observations.Select(o => o.Value - prior.Centre)];
        double[] predicted = [.. observations.Select(o => surrogate is null || o.Predicted is null ? double.NaN : o.Predicted.Value - prior.Centre)];
        var m = new double[n];
        for (var i = 0; i < n; i++)
        {
            var value = surrogate?.Invoke(u[i]) ?? double.NaN;
            m[i] = double.IsFinite(value) ? value - prior.Centre : y[i];
        }

        // What each prefix surrogate gives at the observations before it, less c: their values where it is not known better. Where no
        // surrogate was tested nothing asks for it, and solving for it would cost as much as the factor.
        var earlier = new double[n][];
        for (var t = 0; t < n; t++)
        {
            earlier[t] = double.IsNaN(predicted[t]) ? [] : [.. Enumerable.Range(0, t).Select(i =>
                observations[t].PredictedEarlier?[i] is { } value && double.IsFinite(value) ? value - prior.Centre : y[i])];
        }

        IReadOnlyList<double> shares = surrogate is null ? [0] : options.SurrogateShares;
        var krigings = new List<Kriging>();
        var candidates = new List<BridgeComponent>();
        var means = new double[n];
        var variances = new double[n];
        var plain = new double[n];
        foreach (var (lengthScale, logLength) in prior.LengthScales)
        {
            foreach (var (ratio, logRatio) in prior.NoiseRatios)
            {
                var kriging = new Kriging(u, prior.RelativeNoise, y, m, earlier, lengthScale, ratio, options.LevelDeviation);
                kriging.OneStepAhead(predicted, 0, means, variances);
                var without = prior.Prequential(y, means, variances, plain);
                foreach (var share in shares)
                {
                    if (share == 0)
                    {
                        candidates.Add(new BridgeComponent(krigings.Count, share, logLength + logRatio + without.LogDensity, without.Scale));
                        continue;
                    }

                    kriging.OneStepAhead(predicted, share, means, variances);
                    foreach (var factor in options.ErrorScales)
                    {
                        var (logDensity, scale) = prior.Prequential(y, means, variances, predicted, plain, factor);
                        candidates.Add(new BridgeComponent(
                            krigings.Count, share, logLength + logRatio + logDensity - Math.Log(options.ErrorScales.Count), scale));
                    }
                }

                krigings.Add(kriging);
            }
        }

        var evidence = BridgeEvidence.Weigh(candidates, krigings, shares.Count);
        var (kept, components) = BridgeEvidence.Keep(candidates, krigings, options.LeastWeight);
        return new BridgeProcess(observations, surrogate, new BridgeData(prior, options, n, u, prior.RelativeNoise, y, m), kept, components, evidence);
    }

    /// <summary>Posterior of the objective at a point, without the noise of a training.</summary>
    /// <param name="u">The point, on the unit scale.</param>
    public StudentMixture At(double u)
    {
        var (locations, scales) = Evaluate(u, noise: 0);
        return Mixture(locations, scales);
    }

    /// <summary>
    /// Prediction of the value that a training at a point would give: its noise included, and widened by
    /// <see cref="BridgeOptions.PredictionWidening"/>, so that its intervals hold what they say.
    /// </summary>
    /// <param name="u">The point, on the unit scale.</param>
    public StudentMixture Predict(double u)
    {
        var (locations, scales) = Evaluate(u, noise: 1);
        var mean = 0.0;
        for (var k = 0; k < scales.Length; k++)
        {
            mean += _weights[k] * locations[k];
        }

        // The factor is of the whole width, within the components and between them.
        var factor = _data.Options.PredictionFactor;
        for (var k = 0; k < scales.Length; k++)
        {
            locations[k] = mean + factor * (locations[k] - mean);
            scales[k] *= factor * (1 + (_widening - 1) * (1 - _components[k].Share));
        }

        return Mixture(locations, scales);
    }

    /// <summary>
    /// The process as it will be once a training that is under way has given just the value that is expected (the "kriging believer" of
    /// [Ginsbourger2010]): certain there, its weights, scale and degrees of freedom as they are.
    /// </summary>
    /// <param name="u">Where the training is under way, on the unit scale.</param>
    public BridgeProcess Believe(double u)
    {
        var value = At(u).Mean;
        var surrogate = SurrogateAt(u);
        var data = _data.With(u, value - Centre, double.IsNaN(surrogate) ? value - Centre : surrogate - Centre);
        Kriging[] krigings = [.. _krigings.Select(k => data.Kriging(k, 0))];
        return new BridgeProcess([.. Observations, new Observation(u, value)], _surrogate, data, krigings, _components, _evidence);
    }

    /// <summary>Posterior on a grid.</summary>
    /// <param name="grid">Points on the unit scale, ascending.</param>
    public GridPosterior OnGrid(IReadOnlyList<double> grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return new GridPosterior(this, [.. grid]);
    }

    /// <summary>An (ℓ, r) of this process with something added to the covariance of its observations, as a share of its diagonal.</summary>
    internal Kriging WithJitter(Kriging kriging, double jitter) => _data.Kriging(kriging, jitter);

    /// <summary>m_A(u), or NaN where there is none.</summary>
    internal double SurrogateAt(double u)
    {
        Require.Finite(u);
        var value = _surrogate?.Invoke(u) ?? double.NaN;
        return double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>Locations and scales of every component at many points, [K][G].</summary>
    internal (double[][] Locations, double[][] Scales) Evaluate(double[] points, double[] surrogate)
    {
        var locations = new double[_components.Length][];
        var scales = new double[_components.Length][];
        var grid = new KrigingGrid([.. Observations.Select(o => o.U)], points);
        var at = -1;
        for (var k = 0; k < _components.Length; k++)
        {
            var component = _components[k];
            var kriging = _krigings[component.Kriging];
            if (component.Kriging != at)
            {
                grid.Through(kriging);
                at = component.Kriging;
            }

            locations[k] = new double[points.Length];
            scales[k] = new double[points.Length];
            for (var i = 0; i < points.Length; i++)
            {
                var (mean, level) = kriging.Component(grid[i], surrogate[i] - Centre, component.Share);
                locations[k][i] = Centre + mean;
                scales[k][i] = component.Scale * Math.Sqrt(grid.Variance[i] + level * level);
            }
        }

        return (locations, scales);
    }

    internal ReadOnlySpan<double> Weights => _weights;

    internal StudentMixture Mixture(double[] locations, double[] scales) => new(_weights, locations, scales, DegreesOfFreedom);

    private (double[] Locations, double[] Scales) Evaluate(double u, double noise)
    {
        var surrogate = SurrogateAt(u);
        var locations = new double[_components.Length];
        var scales = new double[_components.Length];
        Span<double> w = new double[Observations.Count];
        var at = -1;
        KrigingPoint point = default;
        for (var k = 0; k < _components.Length; k++)
        {
            var component = _components[k];
            var kriging = _krigings[component.Kriging];
            if (component.Kriging != at)
            {
                point = kriging.At(u, w);
                at = component.Kriging;
            }

            var (mean, level) = kriging.Component(point, surrogate - Centre, component.Share);
            locations[k] = Centre + mean;
            scales[k] = component.Scale * Math.Sqrt(point.Variance + level * level + noise * kriging.NoiseRatio);
        }

        return (locations, scales);
    }
}
