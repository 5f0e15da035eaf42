// Notation
//   λ, x       a configuration and its coordinates (SpaceCoordinates);  λ_k the K anchors
//   y_i(λ_k)   outputs of row i at anchor k: in a context that all anchors answered, or given by a network of contexts, or carried from an anchor's row
//              (SpaceCarrier)
//   y_i(λ)     ψ⁻¹(Σ_k w_k(λ) ψ(y_i(λ_k))), w by AnchorKriging, ψ by OutputTransform

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>
/// The distribution of a network's outputs at any configuration of a search space: by kriging, outputs of coupled rows at λ are weighted sums of theirs at all
/// anchors, by weights that a pooled likelihood learns; smooth in numbers, and exact at the anchors unless trainings scatter. Where leaving anchors out finds another
/// <see cref="SpaceMethod"/> clearly better, that one serves, and the report says why.
/// </summary>
/// <remarks>
/// Immutable after <see cref="Fit"/> or <see cref="Load"/>, holds no native memory, and is safe to read from many threads. Hyperparameters may be continuous, whole
/// numbers, words with and without an order, and conditional ones. Beyond the anchors it extrapolates, which <see cref="IsExtrapolated"/> tells and intervals show
/// by their width. Anchors answer the same contexts, in any order, or draws of their own: then laws given a context are carried from anchor to anchor.
/// </remarks>
public sealed partial class SpaceSurrogate
{
    private const int Shown = 8;

    private readonly SpaceState _state;
    private readonly SpaceCoordinates _coordinates;
    private readonly SpaceCarrier _carrier;
    private readonly AnchorKriging _kriging;
    private readonly SpaceWeights _weights;
    private readonly double[] _flat;
    private readonly Lazy<double[][]> _walk;
    private readonly Lazy<AnchorKriging[]> _states;

    internal SpaceSurrogate(SpaceState state)
    {
        _state = state;
        _coordinates = new SpaceCoordinates(state.Space);
        _carrier = new SpaceCarrier(state);
        _kriging = state.Kriging.Kriging;
        _flat = [.. state.Anchors.SelectMany(PlaceOf)];
        _weights = new SpaceWeights(_kriging, _flat, state.Method, state.Stack);
        _walk = new Lazy<double[][]>(() => state.States ?? state.Kriging.ThetaStates(Streams.Stream("walk")));
        _states = new Lazy<AnchorKriging[]>(() => Array.ConvertAll(_walk.Value, _kriging.With));
        Report = ReportOf(state);
    }

    /// <summary>The hyperparameters that the outputs depend on.</summary>
    public SearchSpace Space => _state.Space;

    /// <summary>The anchors' configurations, in the order given.</summary>
    public IReadOnlyList<Configuration> Anchors => _state.Anchors.AsReadOnly();

    /// <summary>What all anchors answered, n rows; where they answered contexts of their own, those of the anchor that is nearest to all others.</summary>
    public Contexts Contexts => _state.Contexts;

    /// <summary>What the fit learned and chose.</summary>
    public SpaceSurrogateReport Report { get; }

    /// <summary>The options it was fitted with.</summary>
    public SpaceSurrogateOptions Options => _state.Options;

    /// <summary>Number of output columns D.</summary>
    public int Dimension => _state.Dimension;

    /// <summary>Number of continuous conditions C.</summary>
    public int ConditionCount => _state.Contexts.Conditions.Columns;

    /// <summary>Number of categories, 0 without.</summary>
    public int CategoryCount => _state.Contexts.CategoryCount;

    internal SpaceState State => _state;

    internal SpaceCoordinates Coordinates => _coordinates;

    private RandomStreams Streams => new RandomStreams(_state.Options.Seed).Fork("space");

    /// <summary>Fits a surrogate to anchors.</summary>
    /// <param name="anchors">At least two anchors. Where all answer the same contexts, in any order, rows belong together; else their laws given a context are compared.</param>
    /// <param name="options">How; defaults suit every task.</param>
    /// <param name="progress">Takes the stage and the share that is done.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">
    /// Fewer than two anchors, options out of range, contexts of each anchor's own where the method or the number of columns does not allow them, or outputs that are not of the
    /// declared kind.
    /// </exception>
    public static SpaceSurrogate Fit(
        AnchorSet anchors, SpaceSurrogateOptions? options = null, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        options ??= new SpaceSurrogateOptions();
        options.Validate(anchors.Dimension);
        return new SpaceSurrogate(SpaceFitter.Fit(anchors, options, null, progress, cancellation));
    }

    /// <summary>
    /// A surrogate with one more anchor, with the scale, kind and link of this one: the inner products of the outputs grow by a row, whatever the number of outputs,
    /// and lengths and warps are learned anew from them.
    /// </summary>
    /// <param name="anchor">A configuration that is no anchor yet, with outputs in the contexts of the others.</param>
    /// <param name="progress">Takes the stage and the share that is done.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The anchor is there already, does not fit to the others, or its outputs are not of their kind.</exception>
    public SpaceSurrogate Extend(Anchor anchor, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        if (IndexOf(Space.Ordered(anchor.Configuration)) is >= 0 and var known)
        {
            throw new ArgumentException($"{anchor.Configuration} is anchor {known} of this surrogate; expected another configuration.", nameof(anchor));
        }

        var all = _state.Anchors.Select((at, k) => new Anchor(at, new Samples(_state.Outputs[k], ContextsOf(k)))).ToList();
        var place = Space.IsLine ? all.FindIndex(one => one.Lambda > anchor.Lambda) : -1;
        if (place >= 0)
        {
            // Along a line anchors are in order, so that a row of the inner products would stand elsewhere.
            all.Insert(place, anchor);
            return Fit(new AnchorSet(Space, all), Options, progress, cancellation);
        }

        all.Add(anchor);
        return new SpaceSurrogate(SpaceFitter.Fit(new AnchorSet(Space, all), Options, _state, progress, cancellation));
    }

    /// <summary>Writes the surrogate to a file: a temporary name first, then renamed.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => SpaceFile.Write(path, _state with { States = _walk.Value });

    /// <summary>Reads a surrogate from a file, exactly as it was saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="space">The space where one of its scales is a warp given as functions, which a file cannot hold; else null.</param>
    /// <exception cref="DataFormatException">The file is no model over a search space, of a newer version, damaged or cut short.</exception>
    public static SpaceSurrogate Load(string path, SearchSpace? space = null) => new(SpaceFile.Read(path, space));

    /// <summary>The outputs at a configuration: one row for each context, an anchor's own at an anchor unless trainings scatter.</summary>
    /// <param name="configuration">A configuration of the space.</param>
    /// <param name="contexts">
    /// n contexts; null: those of the anchors. What no anchor answered is given by the network of contexts where each context has one output, else by the nearest.
    /// </param>
    /// <returns>Samples of shape [n, D], and what they were made from.</returns>
    /// <exception cref="ArgumentException">It is no configuration of the space, or contexts have other conditions or categories than the anchors'.</exception>
    public SurrogateSamples Sample(Configuration configuration, Contexts? contexts = null)
    {
        var weights = WeightsAt(configuration);
        var (rows, source) = _carrier.Resolve(contexts ?? Contexts);
        return new SurrogateSamples(Weighted(rows, weights, contexts ?? Contexts, PlaceOf(configuration)), source);
    }

    /// <summary>An anchor's own outputs, coupled to those of the others where rows of the same contexts are draws.</summary>
    /// <param name="anchor">The anchor, 0 to K − 1.</param>
    /// <returns>Samples in the contexts that the anchor answered.</returns>
    public Samples OutputsOf(int anchor)
    {
        var weights = new double[_kriging.Count];
        weights[Checked(anchor)] = 1;
        return _carrier.Stored.Own is null ? new Samples(_state.Outputs[anchor], ContextsOf(anchor)) : Weighted(_carrier.Stored, weights, Contexts, _state.Places[anchor]);
    }

    /// <summary>What the others foretell of an anchor when it is left out, at the same parameters, in closed form.</summary>
    /// <param name="anchor">The anchor, 0 to K − 1.</param>
    /// <returns>Samples in the contexts that the anchor answered, to be compared with the anchor's own.</returns>
    public Samples LeaveOut(int anchor)
    {
        var (weights, contexts) = (_weights.Without(Checked(anchor)), ContextsOf(anchor));
        var rows = _state.IsLoose || _state.IsCarried ? _carrier.Without(anchor, contexts) : _carrier.Stored;
        return Weighted(rows, weights, contexts, _state.Places[anchor]);
    }

    /// <summary>Moves given rows from an anchor to another configuration.</summary>
    /// <param name="rows">Outputs of the network at the anchor <paramref name="from"/>, beside their contexts; n rows.</param>
    /// <param name="from">An anchor's configuration.</param>
    /// <param name="to">A configuration of the space.</param>
    /// <returns>Outputs at <paramref name="to"/>, shape [n, D], in the order of the rows.</returns>
    /// <remarks>
    /// To each anchor a row goes as the nearest stored one of its category does, where there are no continuous conditions; as the network of contexts says, where each
    /// context has one output; and by affine maps between the laws in its context, where rows are draws. Then the anchors' rows are weighted.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="from"/> is no anchor, or rows do not have the anchors' columns, conditions and categories.</exception>
    /// <exception cref="InvalidOperationException">There is nothing that carries such rows; the message says what is missing.</exception>
    public Matrix Transport(Samples rows, Configuration from, Configuration to)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(from);
        var weights = WeightsAt(to);
        var source = IndexOf(Space.Ordered(from));
        if (source < 0)
        {
            var known = string.Join("; ", _state.Anchors.Take(Shown).Select(anchor => anchor.ToString()));
            throw new ArgumentException($"{from} is no anchor; expected one of {known}{(_state.Anchors.Length > Shown ? "; …" : "")}.", nameof(from));
        }

        return Weighted(_carrier.Carry(rows, source, weights), weights, rows.Contexts, PlaceOf(to)).Outputs;
    }

    /// <summary>
    /// How far a configuration is from what is known: the deviation of the outputs there where their own scale over the space is 1; 0 at an anchor unless trainings
    /// scatter.
    /// </summary>
    /// <param name="configuration">A configuration of the space.</param>
    public double Distance(Configuration configuration) => Math.Sqrt(_kriging.Weights(PlaceOf(configuration), new double[_kriging.Count]));

    /// <summary>Whether a configuration has a number beyond those of all anchors, or a word that none of them has.</summary>
    /// <param name="configuration">A configuration of the space.</param>
    public bool IsExtrapolated(Configuration configuration)
    {
        var x = PlaceOf(configuration);
        for (var j = 0; j < x.Length; j++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (var i = j; i < _flat.Length; i += x.Length)
            {
                (low, high) = (Math.Min(low, _flat[i]), Math.Max(high, _flat[i]));
            }

            if (x[j] < low || x[j] > high)
            {
                return true;
            }
        }

        return false;
    }

    internal double[] WeightsAt(Configuration configuration) => _weights.At(PlaceOf(configuration));

    private double[] PlaceOf(Configuration configuration) => _coordinates.Place(configuration ?? throw new ArgumentNullException(nameof(configuration)));

    private int Checked(int anchor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(anchor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(anchor, _state.Anchors.Length);
        return anchor;
    }

    private int IndexOf(Configuration ordered) => Array.FindIndex(_state.Anchors, anchor => anchor.Equals(ordered));

    private Contexts ContextsOf(int anchor) => _state.Rows?.Contexts[anchor] ?? _state.Contexts;

    private Samples Weighted(AnchorRows rows, ReadOnlySpan<double> weights, Contexts contexts, ReadOnlySpan<double> x)
    {
        var values = _weights.Outputs(rows, weights, _state.Kriging.Transform, Dimension);
        if (_state.Regression is { } regression && AnchorRows.Single(weights) < 0)
        {
            regression.Add(values, x, contexts, weights);
        }

        return new Samples(new Matrix(contexts.Count, Dimension, values), contexts);
    }

    private SpaceSurrogateReport ReportOf(SpaceState state)
    {
        var layout = _kriging.Likelihood.Layout;
        var variance = _kriging.MeanVariance();
        return new SpaceSurrogateReport
        {
            Method = state.Method,
            Deterministic = state.Kriging.Order is null && !state.IsDraws,
            Kind = state.Kriging.Transform.Kind,
            Link = state.Kriging.Transform.Link.ToString(),
            Axes = [.. state.Space.Select((one, i) =>
            {
                var warp = layout.WarpOf(_kriging.Theta, _coordinates.First(i));
                return new SpaceAxis(one.Name, KrigingLayout.Length(_kriging.Theta, i), warp.A, warp.B);
            })],
            Nugget = _kriging.Nugget,
            Objective = _kriging.Objective,
            LeaveOneOutErrors = [.. _kriging.LeaveOneOutErrors().Select(error => variance > 0 ? error / variance : 0)],
            Choice = state.Choice,
            Notes = state.Choice is { } choice && choice.LeftOut.Count > 0 ? [choice.Note, .. state.Notes] : state.Notes,
        };
    }
}
