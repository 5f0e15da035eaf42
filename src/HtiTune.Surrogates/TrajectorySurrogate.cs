// Sample reads the curves of stored trajectories (TrajectoryCurve); Transport reads the same curve through points that the maps chain
// from the anchor that the rows come from (TrajectoryMaps).

using HtiTune.Data;
using HtiTune.Data.Notebooks;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>
/// The distribution of a network's outputs between anchors by conditional Lagrangian optimal transport: outputs of neighbouring
/// anchors are coupled, joined by least-action paths, and travelled at a learned pace (Amad and van der Schaar, ICLR 2026,
/// arXiv 2603.01771, in the form measured for this project).
/// </summary>
/// <remarks>Immutable after <see cref="Fit"/> or <see cref="Load"/>, holds no native memory, and is safe to read from many threads.</remarks>
[TypeFormatterSource(typeof(Notebooks.SurrogateSource))]
public sealed partial class TrajectorySurrogate : IFittedSurrogate
{
    private readonly TrajectoryState _state;
    private readonly double[] _positions;
    private readonly double[] _places;
    private readonly TrajectoryLookup _lookup;
    private readonly TrajectoryMaps _maps;

    internal TrajectorySurrogate(TrajectoryState state)
    {
        _state = state;
        _positions = state.Positions();
        _places = Array.ConvertAll(_positions, state.Clock.Warp);
        _lookup = new TrajectoryLookup(state.Contexts, state.Conditions);
        _maps = new TrajectoryMaps(state, _positions, _places);
        Anchors = Array.AsReadOnly(state.Lambdas);
    }

    /// <inheritdoc/>
    public ContinuousHyperparameter Hyperparameter => _state.Hyperparameter;

    /// <inheritdoc/>
    public IReadOnlyList<double> Anchors { get; }

    /// <summary>What the fit did and chose.</summary>
    public FitReport Report => _state.Report;

    /// <summary>The options it was fitted with.</summary>
    public TrajectoryOptions Options => _state.Options;

    /// <inheritdoc/>
    public int Dimension => _state.Trajectories.Dimension;

    /// <inheritdoc/>
    public int ConditionCount => _state.Contexts.Conditions.Columns;

    /// <inheritdoc/>
    public int CategoryCount => _state.CategoryCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => Report.Notes;

    internal TrajectoryState State => _state;

    /// <summary>Fits a surrogate to anchors.</summary>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="options">How; defaults suit every task.</param>
    /// <param name="progress">Takes the stage and the share that is done; told from the threads that fit, one at a time.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">Fewer than two anchors, options out of range, or a coupling that the data do not allow.</exception>
    public static TrajectorySurrogate Fit(
        AnchorSet anchors,
        TrajectoryOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        return new TrajectorySurrogate(TrajectoryFitter.Fit(
            new FitRequest(anchors, options ?? new TrajectoryOptions()) { Progress = progress, Cancellation = cancellation }));
    }

    /// <summary>
    /// A surrogate with more anchors that goes on where this one is: intervals between anchors that are still neighbours keep their coupling, paths
    /// and networks to the last bit, and scales, bandwidth rule and options stay those of this surrogate; only intervals beside a new anchor are
    /// fitted. The clock's shift is chosen anew, and a cubic through anchors bends towards the new one. Fit anew for another version of all.
    /// </summary>
    /// <param name="anchors">The anchors of this surrogate with the same samples, and new ones.</param>
    /// <param name="progress">Takes the stage and the share that is done; told from the threads that fit, one at a time.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">An anchor of this surrogate is missing or has other samples, or a new one does not fit in.</exception>
    /// <remarks>Regression and flow matching have no intervals of their own to keep: their networks are trained anew.</remarks>
    public TrajectorySurrogate Extend(
        AnchorSet anchors, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        return new TrajectorySurrogate(TrajectoryFitter.Fit(new FitRequest(anchors, Options)
        {
            Previous = new PreviousFit(_state, anchors),
            Progress = progress,
            Cancellation = cancellation,
        }));
    }

    /// <inheritdoc/>
    public void Save(string path) => ModelFile.Write(path, _state);

    /// <summary>Reads a surrogate from a file, exactly as it was saved. Needs no libtorch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp given as functions, which a file cannot hold; else null.</param>
    /// <exception cref="DataFormatException">The file is no model, of a newer version, damaged or cut short.</exception>
    public static TrajectorySurrogate Load(string path, Scale? scale = null) => SurrogateFile.Load(path, scale) as TrajectorySurrogate
        ?? throw new DataFormatException(path, "header", "a kriged model", $"a model of trajectories; {nameof(SurrogateFile)}.{nameof(SurrogateFile.Load)} reads either");

    /// <inheritdoc/>
    public SurrogateSamples Sample(double lambda, Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        var (interval, u) = Locate(lambda);
        _lookup.Require(contexts);
        if (IsGiven(contexts))
        {
            var moved = new Matrix(contexts.Count, Dimension, _maps.FollowGiven(contexts, interval, u));
            return new SurrogateSamples(new Samples(moved, contexts), SampleSource.ConditionalSampler);
        }

        var (chosen, source) = _lookup.Choose(contexts);
        var trajectories = _state.Trajectories;
        int d = Dimension, size = SineBasis.Count * d;
        if (MethodRecipe.IsLearned(Options.Method))
        {
            float[] rows = [.. new Matrix(trajectories.Count, d, trajectories.Points[0]).SelectRows(chosen).Values];
            return new SurrogateSamples(new Samples(new Matrix(chosen.Length, d, _maps.Follow(rows, contexts, 0, interval, u)), contexts), source);
        }

        var curve = new TrajectoryCurve(_state, _positions, _places, interval, u);
        var values = new float[contexts.Count * d];
        var points = Array.ConvertAll(trajectories.Points, p => (ReadOnlyMemory<float>)p);
        for (var i = 0; i < chosen.Length; i++)
        {
            var bend = _state.Bends[interval] is { } bends ? bends.AsSpan(chosen[i] * size, size) : default;
            curve.At(points, chosen[i], bend, values.AsSpan(i * d, d));
        }

        return new SurrogateSamples(new Samples(new Matrix(contexts.Count, d, values), contexts), source);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Contexts that were not stored are asked of the networks where those answer each context with one output: their answers then
    /// take the place of stored ones. Draws of stochastic networks have no partners at the next anchor; there stored ones serve.
    /// </remarks>
    public SurrogateSamples Sample(double lambda, Contexts contexts, AnchorAnswers answers)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(answers);
        var (interval, u) = Locate(lambda);
        _lookup.Require(contexts);
        if (!_state.Report.Deterministic || _lookup.HasAll(contexts) || (_state.Bends[interval] is not null && _state.Paths[interval] is null))
        {
            return Sample(lambda, contexts);
        }

        if (MethodRecipe.IsLearned(Options.Method))
        {
            return Answered(_maps.Follow(Ask(0), contexts, 0, interval, u));
        }

        var curve = new TrajectoryCurve(_state, _positions, _places, interval, u);
        var points = new float[_places.Length][];
        for (var k = curve.FirstNeeded; k <= curve.LastNeeded; k++)
        {
            points[k] = Ask(k);
        }

        return Answered(_maps.Read(curve, points, contexts, interval));

        float[] Ask(int anchor) => Coupling.Trajectories.Standardised(answers(Anchors[anchor], contexts), _state.Outputs);

        SurrogateSamples Answered(float[] outputs) =>
            new(new Samples(new Matrix(contexts.Count, Dimension, outputs), contexts), SampleSource.AnchorNetworks);
    }

    /// <inheritdoc/>
    public Matrix Transport(Samples rows, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var source = SourceOf(rows, from, needsMaps: Options.Method is not (Method.Stay or Method.Mixture));
        var (interval, u) = Locate(to);
        if (Options.Method == Method.Mixture)
        {
            return MixStored(rows, source, new TrajectoryCurve(_state, _positions, _places, interval, u));
        }

        if (Options.Method == Method.Stay)
        {
            return rows.Outputs;
        }

        var y = Coupling.Trajectories.Standardised(rows.Outputs, _state.Outputs);
        return new Matrix(rows.Count, Dimension, _maps.Follow(y, rows.Contexts, source, interval, u));
    }

    private (int Interval, double Position) Locate(double lambda)
    {
        var lambdas = _state.Lambdas;
        if (!(lambda >= lambdas[0] && lambda <= lambdas[^1]))
        {
            throw new ArgumentOutOfRangeException(
                nameof(lambda),
                lambda,
                $"{Hyperparameter.Name} = {lambda} is outside the anchors' range {lambdas[0]} to {lambdas[^1]}; a surrogate does not extrapolate.");
        }

        var interval = 0;
        while (interval + 2 < lambdas.Length && lambda >= lambdas[interval + 1])
        {
            interval++;
        }

        double low = Hyperparameter.ToUnit(lambdas[0]), high = Hyperparameter.ToUnit(lambdas[^1]);

        // An anchor's own λ lands on its place to the last bit.
        var u = lambda == lambdas[interval] ? _positions[interval]
            : lambda == lambdas[interval + 1] ? _positions[interval + 1]
            : Math.Clamp((Hyperparameter.ToUnit(lambda) - low) / (high - low), _positions[interval], _positions[interval + 1]);
        return (interval, u);
    }

    /// <summary>The index of the anchor at λ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">λ is no anchor.</exception>
    internal int IndexOf(double lambda)
    {
        var index = Array.IndexOf(_state.Lambdas, lambda);
        return index >= 0 ? index : throw new ArgumentOutOfRangeException(
            nameof(lambda), lambda, $"{Hyperparameter.Name} = {lambda} is no anchor; anchors are at {string.Join(", ", _state.Lambdas)}.");
    }
}
