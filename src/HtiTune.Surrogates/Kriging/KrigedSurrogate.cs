// Notation
//   λ, u        hyperparameter and its place in the range, 0 … 1;  λ_k the K anchors
//   y_i(λ_k)    outputs of row i at anchor k: coupled where they were stored, carried along maps where they were not
//   y_i(λ)      ψ⁻¹(Σ_k w_k(λ) ψ(y_i(λ_k))), w by AnchorKriging, ψ by OutputTransform
// The coupling, the lookup of contexts and the maps are those of a TrajectorySurrogate that is straight between its anchors (the carrier).

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>
/// The distribution of a network's outputs at any λ by kriging: outputs of coupled rows at λ are weighted sums of theirs at all anchors, by weights that a
/// pooled likelihood learns; smooth in λ, and exact at the anchors unless trainings scatter.
/// </summary>
/// <remarks>
/// Immutable after <see cref="Fit"/> or <see cref="Load"/>, holds no native memory, and is safe to read from many threads. It answers λ from one end
/// of the hyperparameter's range to the other; beyond the anchors it extrapolates, which <see cref="IsExtrapolated"/> tells and intervals show by their width.
/// </remarks>
public sealed partial class KrigedSurrogate : IFittedSurrogate
{
    /// <summary>Share of a fit that coupling and maps take.</summary>
    private const double CarrierShare = 0.9;

    private readonly TrajectorySurrogate _carrier;
    private readonly KrigingState _state;
    private readonly OutputTransform _transform;
    private readonly AnchorRows _stored;
    private readonly AnchorKriging _kriging;
    private readonly IRowCarrier? _laws;
    private readonly NearestCarrier? _nearest;
    private readonly RegressionBeside? _regression;
    private readonly Lazy<double[][]> _walk;
    private readonly Lazy<AnchorKriging[]> _states;
    private readonly Lazy<CarryErrors> _carryErrors;

    internal KrigedSurrogate(TrajectorySurrogate carrier, KrigingState state)
    {
        _carrier = carrier;
        _state = state;
        _laws = state.Quantiles is { } quantiles ? new QuantileCarrier(carrier.State.Trajectories, quantiles)
            : state.Bandwidths is { } bandwidths ? new AffineCarrier(carrier.State.Trajectories, bandwidths) : null;
        _regression = state.Regression is { } regression ? new RegressionBeside(carrier, PlacesOf(carrier), regression) : null;
        _nearest = _laws is null && carrier.ConditionCount == 0 ? new NearestCarrier(carrier.State.Trajectories) : null;
        var points = state.Points ?? KrigingFitter.PointsOf(carrier, _laws);
        _transform = new OutputTransform(state.Kind, state.Link, carrier.State.Outputs, carrier.Options.Bounds, isDraws: !carrier.Report.Deterministic || _laws is not null);
        var linked = Array.ConvertAll(points, _transform.Forward);
        _stored = new AnchorRows(points, linked, null, carrier.State.Trajectories.Count);
        _kriging = AnchorKriging.At(PlacesOf(carrier), 1, state.Gram ?? GramMatrix.Of(linked), state.Variant, state.Theta);

        // Two anchors say nothing of how outputs move between them: they go straight.
        _kriging = state.Options.Trend || Anchors.Count == 2 ? _kriging.WithTrend() : _kriging;
        _walk = new Lazy<double[][]>(() => state.States ?? HyperparameterWalk.From(
            _kriging.Likelihood, _kriging.Theta, new RandomStreams(carrier.Options.Seed).Fork("kriging").Stream("walk")));
        _states = new Lazy<AnchorKriging[]>(() => Array.ConvertAll(_walk.Value, _kriging.With));
        _carryErrors = new Lazy<CarryErrors>(() => new CarryErrors(carrier));
        Report = ReportOf(carrier, state, _kriging);
    }

    /// <inheritdoc/>
    public ContinuousHyperparameter Hyperparameter => _carrier.Hyperparameter;

    /// <inheritdoc/>
    public IReadOnlyList<double> Anchors => _carrier.Anchors;

    /// <summary>What the fit learned and chose.</summary>
    public KrigingReport Report { get; }

    /// <summary>The options it was fitted with.</summary>
    public KrigingOptions Options => _state.Options with { Coupling = _carrier.Options with { Method = Method.Hti, Potential = PotentialKind.Auto, Clock = ClockKind.Auto } };

    /// <inheritdoc/>
    public int Dimension => _carrier.Dimension;

    /// <inheritdoc/>
    public int ConditionCount => _carrier.ConditionCount;

    /// <inheritdoc/>
    public int CategoryCount => _carrier.CategoryCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => Report.Notes;

    internal AnchorKriging Kriging => _kriging;

    internal OutputTransform Transform => _transform;

    internal TrajectorySurrogate Carrier => _carrier;

    internal RegressionBeside? Regression => _regression;

    internal AnchorRows Stored => _stored;

    /// <summary>Fits a surrogate to anchors.</summary>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="options">How; defaults suit every task.</param>
    /// <param name="progress">Takes the stage and the share that is done; told from the threads that fit, one at a time.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">Fewer than two anchors, options out of range, a coupling that the data do not allow, or outputs that are not of the declared kind.</exception>
    public static KrigedSurrogate Fit(
        AnchorSet anchors,
        KrigingOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        options ??= new KrigingOptions();
        options.Validate(anchors.Dimension);
        if (options.Kind is not (OutputKind.Auto or OutputKind.Free) && OutputTransform.Fault(anchors, options.Kind, options.Coupling.Bounds) is { } fault)
        {
            throw new ArgumentException($"Outputs are declared {options.Kind}, but {fault}.", nameof(anchors));
        }

        var screen = RowScreen.Of(anchors, options.Coupling.Coupling);
        var kept = screen?.Rest ?? anchors;
        var latent = Latent(kept, options, cancellation);
        (kept, options) = latent is null ? (kept, options) : (latent, options with { Kind = OutputKind.Interval });
        var carrier = new TrajectorySurrogate(TrajectoryFitter.Fit(
            new FitRequest(kept, options.Carrier with { TrainMaps = options.Carrier.TrainMaps && anchors.ConditionCount > 0 })
            {
                IsScreened = screen is null && latent is null,
                Progress = ProgressPart.Of(progress, CarrierShare),
                Cancellation = cancellation,
            }));
        progress?.Report(new FitProgress("kriging", CarrierShare));
        var state = KrigingFitter.Fit(kept, carrier, options, null, cancellation);
        progress?.Report(new FitProgress("done", 1));
        return new KrigedSurrogate(carrier, state with { IsCensored = latent is not null, Notes = [.. state.Notes, .. KrigingFitter.SetAside(screen)] });
    }

    /// <summary>Anchors whose draws at the bounds are latent values beyond them, where affine maps carry; null where nothing is cut off.</summary>
    private static AnchorSet? Latent(AnchorSet anchors, KrigingOptions options, CancellationToken cancellation) =>
        options.Carrying == RowCarrying.Affine && options.Coupling.Bounds is { } bounds
            && (options.Kind == OutputKind.Auto ? OutputTransform.Detect(anchors, bounds) : options.Kind) == OutputKind.Interval
            ? CensoredRows.Latent(anchors, bounds, cancellation)
            : null;

    /// <summary>
    /// A surrogate with more anchors that goes on where this one is: couplings and maps of intervals that stay, scales, kind and link are kept, lengths and
    /// warp are learned on from where they are.
    /// </summary>
    /// <param name="anchors">The anchors of this surrogate with the same samples, and new ones.</param>
    /// <param name="progress">Takes the stage and the share that is done; told from the threads that fit, one at a time.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An anchor of this surrogate is missing or has other samples, or a new one does not fit in.</exception>
    public KrigedSurrogate Extend(AnchorSet anchors, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        if (_transform.Kind != OutputKind.Free && OutputTransform.Fault(anchors, _transform.Kind, _carrier.Options.Bounds) is { } fault)
        {
            throw new ArgumentException($"Outputs are {_transform.Kind} at the anchors of this surrogate, but {fault}, or fit anew.", nameof(anchors));
        }

        if (_state.IsCensored)
        {
            // Latent values of the old anchors would be others beside a new one.
            return Fit(anchors, Options, progress, cancellation);
        }

        var carrier = _carrier.Extend(anchors, ProgressPart.Of(progress, CarrierShare), cancellation);
        progress?.Report(new FitProgress("kriging", CarrierShare));
        var state = KrigingFitter.Fit(anchors, carrier, _state.Options, this, cancellation);
        progress?.Report(new FitProgress("done", 1));
        return new KrigedSurrogate(carrier, state);
    }

    /// <inheritdoc/>
    public void Save(string path) => ModelFile.Write(path, _carrier.State, _state with { States = _walk.Value });

    /// <summary>Reads a surrogate from a file, exactly as it was saved. Needs no libtorch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp given as functions, which a file cannot hold; else null.</param>
    /// <exception cref="DataFormatException">The file is no kriged model, of a newer version, damaged or cut short.</exception>
    public static KrigedSurrogate Load(string path, Scale? scale = null) => SurrogateFile.Load(path, scale) as KrigedSurrogate
        ?? throw new DataFormatException(path, "header", "a model of trajectories", $"a kriged model; {nameof(SurrogateFile)}.{nameof(SurrogateFile.Load)} reads either");

    /// <summary>Whether λ lies in the hyperparameter's range but not between the first and the last anchor.</summary>
    /// <param name="lambda">λ.</param>
    public bool IsExtrapolated(double lambda) => Hyperparameter.Contains(lambda) && (lambda < Anchors[0] || lambda > Anchors[^1]);

    /// <inheritdoc/>
    /// <remarks>λ may be anywhere in the hyperparameter's range.</remarks>
    public SurrogateSamples Sample(double lambda, Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        var weights = WeightsAt(lambda);
        var (rows, source) = Resolve(contexts, weights);
        return new SurrogateSamples(Weighted(rows, weights, contexts, _regression?.At(PlaceOf(lambda), contexts, weights)), source);
    }

    /// <inheritdoc/>
    /// <remarks>Contexts that were not stored are asked of the networks where those answer each context with one output; draws are served from stored ones.</remarks>
    public SurrogateSamples Sample(double lambda, Contexts contexts, AnchorAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(answers);
        var weights = WeightsAt(lambda);
        _carrier.Lookup.Require(contexts);
        if (_laws is not null || !Report.Deterministic || _carrier.Lookup.HasAll(contexts))
        {
            return Sample(lambda, contexts);
        }

        var asked = new float[weights.Length][];
        for (var k = 0; k < weights.Length; k++)
        {
            if (weights[k] != 0)
            {
                asked[k] = Trajectories.Standardised(answers(Anchors[k], contexts), _carrier.State.Outputs);
            }
        }

        return new SurrogateSamples(Weighted(Linked(asked, contexts.Count), weights, contexts), SampleSource.AnchorNetworks);
    }

    /// <inheritdoc/>
    /// <remarks>Rows are carried to every anchor as <see cref="KrigingOptions.Carrying"/> says, then weighted; λ may be anywhere in the hyperparameter's range.</remarks>
    public Matrix Transport(Samples rows, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var weights = WeightsAt(to);
        var carried = _laws is null && _nearest is null ? _carrier.Carry(rows, from, weights) : CarryWithoutMaps(rows, from, weights);
        return Weighted(Linked(carried, rows.Count), weights, rows.Contexts, _regression?.At(PlaceOf(to), rows.Contexts, weights)).Outputs;
    }

    internal double[] WeightsAt(double lambda)
    {
        Hyperparameter.Require(lambda);
        var weights = new double[Anchors.Count];
        var straight = _state.Options.StraightShare;
        if (straight < 1 || IsExtrapolated(lambda))
        {
            _kriging.Weights([PlaceOf(lambda)], weights);
        }

        var parabola = _state.Options.ParabolaShare;
        if ((straight > 0 || parabola > 0) && !IsExtrapolated(lambda) && AnchorRows.Single(weights) < 0)
        {
            OtherWays.Mix(weights, PlacesOf(_carrier), PlaceOf(lambda), straight, parabola);
        }

        return weights;
    }

    /// <summary>u of λ; that of an anchor is its own to the last bit.</summary>
    private double PlaceOf(double lambda) => Hyperparameter.ToUnit(lambda);

    internal static double[] PlacesOf(TrajectorySurrogate carrier) => [.. carrier.Anchors.Select(carrier.Hyperparameter.ToUnit)];

    /// <summary>The rows at the anchors that answer contexts.</summary>
    private (AnchorRows Rows, SampleSource Source) Resolve(Contexts contexts, double[]? weights)
    {
        _carrier.Lookup.Require(contexts);
        if (_laws is null && _carrier.IsGiven(contexts))
        {
            return (Linked(_carrier.Given(contexts, weights), contexts.Count), SampleSource.ConditionalSampler);
        }

        var (chosen, source) = _carrier.Lookup.Choose(contexts);
        if (_laws is not null && ConditionCount > 0 && source != SampleSource.StoredOutputs)
        {
            // A near context's row keeps its place in its own law; it is wanted in that of the context asked for.
            var trajectories = _carrier.State.Trajectories;
            var (x, categories) = _carrier.State.Seen(contexts);
            var carried = _laws.Carry(
                Trajectories.Select(trajectories.Points[0], chosen, Dimension), Trajectories.Select(trajectories.Conditions[0], chosen, ConditionCount), x, categories, 0, weights);
            return (Linked(carried, contexts.Count), source);
        }

        return (_stored with { Chosen = contexts.SameAs(_carrier.State.Contexts) ? null : chosen, Count = contexts.Count }, source);
    }

    private float[]?[] CarryWithoutMaps(Samples rows, double from, double[] weights)
    {
        var source = _carrier.SourceOf(rows, from, needsMaps: false);
        var (x, categories) = _carrier.State.Seen(rows.Contexts);
        var y = Trajectories.Standardised(rows.Outputs, _carrier.State.Outputs);
        if (_state.IsCensored)
        {
            y = ((AffineCarrier)_laws!).Beyond(y, x, categories, source, CensoredRows.Standardised(_carrier.Options.Bounds!, _carrier.State.Outputs));
        }

        return _laws?.Carry(y, x, x, categories, source, weights) ?? _nearest!.Carry(y, categories, source, weights);
    }

    private AnchorRows Linked(float[]?[] standardised, int count) =>
        new(standardised, Array.ConvertAll(standardised, rows => rows is null ? null : _transform.Forward(rows)), null, count);

    private Samples Weighted(AnchorRows rows, double[] weights, Contexts contexts, float[]? beside = null)
    {
        var values = rows.Weighted(weights, _transform, Dimension);
        for (var i = 0; i < values.Length && beside is not null; i++)
        {
            values[i] += beside[i];
        }

        return new Samples(new Matrix(contexts.Count, Dimension, values), contexts);
    }

    private static KrigingReport ReportOf(TrajectorySurrogate carrier, KrigingState state, AnchorKriging kriging)
    {
        var layout = kriging.Likelihood.Layout;
        var warp = layout.WarpOf(kriging.Theta, 0);
        var variance = kriging.MeanVariance();
        return new KrigingReport
        {
            Coupling = carrier.Report.Coupling,
            Deterministic = carrier.Report.Deterministic,
            Kind = state.Kind,
            Link = state.Link.ToString(),
            Length = KrigingLayout.Length(kriging.Theta, 0),
            WarpA = warp.A,
            WarpB = warp.B,
            Nugget = kriging.Nugget,
            Objective = kriging.Objective,
            LeaveOneOutErrors = [.. kriging.LeaveOneOutErrors().Select(error => variance > 0 ? error / variance : 0)],
            Notes = state.Notes,
        };
    }
}
