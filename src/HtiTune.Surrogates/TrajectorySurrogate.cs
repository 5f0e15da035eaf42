// Notation
//   λ_k, y_k   anchors and points of one trajectory there;  w_k  the anchors' places after the clock;  s  share of an interval
//   Sample:    y(λ) = base(λ) + bend(s): straight between y_k and y_{k+1} for draws, a monotone cubic through all y_k for
//              deterministic outputs (no kink at anchors), plus the least-action path's bend, zero at both ends
//   Transport: the same curve through points that the maps chain from the anchor the rows come from

using HtiTune.Data;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>
/// The distribution of a network's outputs between anchors by conditional Lagrangian optimal transport: outputs of neighbouring
/// anchors are coupled, joined by least-action paths, and travelled at a learned pace (Amad and van der Schaar, ICLR 2026,
/// arXiv 2603.01771, in the form measured for this project).
/// </summary>
/// <remarks>Immutable after <see cref="Fit"/> or <see cref="Load"/>, holds no native memory, and is safe to read from many threads.</remarks>
public sealed class TrajectorySurrogate : ISurrogate
{
    private readonly TrajectoryState _state;
    private readonly double[] _positions;
    private readonly double[] _places;
    private readonly TrajectoryLookup _lookup;

    internal TrajectorySurrogate(TrajectoryState state)
    {
        _state = state;
        _positions = state.Positions();
        _places = Array.ConvertAll(_positions, state.Clock.Warp);
        _lookup = new TrajectoryLookup(state);
        Anchors = Array.AsReadOnly(state.Lambdas);
    }

    /// <inheritdoc/>
    public Hyperparameter Hyperparameter => _state.Hyperparameter;

    /// <inheritdoc/>
    public IReadOnlyList<double> Anchors { get; }

    /// <summary>What the fit did and chose.</summary>
    public FitReport Report => _state.Report;

    /// <summary>Number of output columns D.</summary>
    public int Dimension => _state.Trajectories.Dimension;

    /// <summary>Number of continuous conditions C.</summary>
    public int ConditionCount => _state.Trajectories.ConditionCount;

    /// <summary>Number of categories, 0 without.</summary>
    public int CategoryCount => _state.CategoryCount;

    internal TrajectoryState State => _state;

    /// <summary>Fits a surrogate to anchors.</summary>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="options">How; defaults suit every task.</param>
    /// <param name="progress">Takes the stage and the share that is done.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">Fewer than two anchors, options out of range, or a coupling that the data do not allow.</exception>
    public static TrajectorySurrogate Fit(
        AnchorSet anchors,
        TrajectoryOptions? options = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        return new TrajectorySurrogate(TrajectoryFitter.Fit(anchors, options ?? new TrajectoryOptions(), progress, cancellation));
    }

    /// <summary>Writes the surrogate to a file: a temporary name first, then renamed.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => ModelFile.Write(path, _state);

    /// <summary>Reads a surrogate from a file, exactly as it was saved. Needs no libtorch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp given as functions, which a file cannot hold; else null.</param>
    /// <exception cref="DataFormatException">The file is no model, of a newer version, damaged or cut short.</exception>
    public static TrajectorySurrogate Load(string path, Scale? scale = null) => new(ModelFile.Read(path, scale));

    /// <inheritdoc/>
    public SurrogateSamples Sample(double lambda, Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        var (interval, u) = Locate(lambda);
        _lookup.Require(contexts);
        if (_state.Start is { } start && !_lookup.HasAll(contexts))
        {
            return new SurrogateSamples(new Samples(FromStart(start, contexts, interval, u), contexts), SampleSource.ConditionalSampler);
        }

        var (chosen, source) = _lookup.Choose(contexts);
        var trajectories = _state.Trajectories;
        int d = Dimension, size = SineBasis.Count * d;
        var curve = new Curve(this, interval, u);
        var values = new float[contexts.Count * d];
        var points = new ReadOnlyMemory<float>[_places.Length];
        for (var k = 0; k < points.Length; k++)
        {
            points[k] = trajectories.Points[k];
        }

        for (var i = 0; i < chosen.Length; i++)
        {
            var bend = _state.Bends[interval] is { } bends ? bends.AsSpan(chosen[i] * size, size) : default;
            curve.At(points, chosen[i], bend, values.AsSpan(i * d, d));
        }

        return new SurrogateSamples(new Samples(new Matrix(contexts.Count, d, values), contexts), source);
    }

    /// <inheritdoc/>
    public Matrix Transport(Samples rows, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var source = IndexOf(from);
        var (interval, u) = Locate(to);
        _lookup.Require(rows.Contexts);
        if (rows.Dimension != Dimension)
        {
            throw new ArgumentException($"Rows have {rows.Dimension} output columns; the surrogate has {Dimension}.", nameof(rows));
        }

        if (_state.Forward.Length == 0)
        {
            throw new InvalidOperationException(
                $"This surrogate was fitted without maps; fit it with {nameof(TrajectoryOptions.TrainMaps)} = true to transport rows.");
        }

        var y = Coupling.Trajectories.Standardised(rows.Outputs, _state.Outputs);
        return new Matrix(rows.Count, Dimension, Follow(y, rows.Contexts, source, interval, u));
    }

    /// <summary>Outputs at the first anchor by regression on the condition, then along the maps.</summary>
    private Matrix FromStart(Networks.FrozenNetwork start, Contexts contexts, int interval, double u)
    {
        var x = Coupling.Trajectories.Standardised(contexts.Conditions, _state.Conditions);
        var y = new float[contexts.Count * Dimension];
        start.Evaluate(x, TrajectoryLookup.CategoriesOf(contexts), y);
        return new Matrix(contexts.Count, Dimension, Follow(y, contexts, 0, interval, u));
    }

    /// <summary>Chains standardised outputs y at anchor <paramref name="source"/> along the maps and reads the curve at u.</summary>
    private float[] Follow(float[] y, Contexts contexts, int source, int interval, double u)
    {
        int n = contexts.Count, d = Dimension, c = ConditionCount;
        var categories = TrajectoryLookup.CategoriesOf(contexts);
        var x = Coupling.Trajectories.Standardised(contexts.Conditions, _state.Conditions);
        var curve = new Curve(this, interval, u);
        var points = new float[_places.Length][];
        points[source] = y;
        for (var k = source; k < curve.LastNeeded; k++)
        {
            points[k + 1] = Step(_state.Forward[k], points[k]);
        }

        for (var k = source; k > curve.FirstNeeded; k--)
        {
            points[k - 1] = Step(_state.Backward[k - 1], points[k]);
        }

        var bends = _state.Paths[interval] is { } path && curve.IsInside ? Bend(path) : null;
        var memories = Array.ConvertAll(points, p => (ReadOnlyMemory<float>)p);
        var values = new float[n * d];
        var size = SineBasis.Count * d;
        for (var i = 0; i < n; i++)
        {
            curve.At(memories, i, bends is null ? default : bends.AsSpan(i * size, size), values.AsSpan(i * d, d));
        }

        return values;

        float[] Step(Networks.FrozenNetwork map, float[] at)
        {
            var moved = new float[n * d];
            map.Evaluate(Joined(at, null), categories, moved);
            for (var i = 0; i < moved.Length; i++)
            {
                moved[i] += at[i];
            }

            return moved;
        }

        float[] Bend(Networks.FrozenNetwork network)
        {
            var bend = new float[n * network.Outputs];
            network.Evaluate(Joined(points[interval], points[interval + 1]), categories, bend);
            for (var i = 0; i < bend.Length; i++)
            {
                bend[i] *= i % network.Outputs / d + 1;
            }

            return bend;
        }

        float[] Joined(float[] first, float[]? second)
        {
            var width = (second is null ? d : 2 * d) + c;
            var joined = new float[n * width];
            for (var i = 0; i < n; i++)
            {
                var row = joined.AsSpan(i * width, width);
                first.AsSpan(i * d, d).CopyTo(row);
                second?.AsSpan(i * d, d).CopyTo(row[d..]);
                x.AsSpan(i * c, c).CopyTo(row[(width - c)..]);
            }

            return joined;
        }
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

    private int IndexOf(double lambda)
    {
        var index = Array.IndexOf(_state.Lambdas, lambda);
        return index >= 0 ? index : throw new ArgumentOutOfRangeException(
            nameof(lambda), lambda, $"{Hyperparameter.Name} = {lambda} is no anchor; anchors are at {string.Join(", ", _state.Lambdas)}.");
    }

    /// <summary>Reads one place on the curves of many rows.</summary>
    private readonly struct Curve
    {
        private readonly TrajectorySurrogate _owner;
        private readonly int _interval;
        private readonly double _share, _place;
        private readonly bool _cubic;
        private readonly float[] _basis;
        private readonly double[] _window;

        internal Curve(TrajectorySurrogate owner, int interval, double u)
        {
            _owner = owner;
            _interval = interval;
            var positions = owner._positions;
            _share = owner._state.Clock.Fraction(u, positions[interval], positions[interval + 1]);
            _place = owner._state.Clock.Warp(u);
            _cubic = owner._state.Report.Deterministic && positions.Length > 2;
            _basis = new float[SineBasis.Count];
            SineBasis.At(_share, _basis);

            // The slopes at both ends of the interval need one more anchor on each side, or two more on the other where there is none.
            var last = positions.Length - 1;
            FirstNeeded = _share >= 1 ? interval + 1 : !_cubic || _share <= 0 ? interval : Math.Max(0, Math.Min(interval - 1, last - 2));
            LastNeeded = _share <= 0 ? interval : !_cubic || _share >= 1 ? interval + 1 : Math.Min(last, Math.Max(interval + 2, 2));
            _window = owner._places[FirstNeeded..(LastNeeded + 1)];
        }

        /// <summary>First anchor whose points are read.</summary>
        internal int FirstNeeded { get; }

        /// <summary>Last anchor whose points are read.</summary>
        internal int LastNeeded { get; }

        /// <summary>Whether the place lies strictly between two anchors.</summary>
        internal bool IsInside => _share is > 0 and < 1;

        /// <summary>Writes row <paramref name="row"/> at the place, in the outputs' own units.</summary>
        internal void At(ReadOnlyMemory<float>[] points, int row, ReadOnlySpan<float> bend, Span<float> target)
        {
            var d = target.Length;
            if (_share is <= 0 or >= 1)
            {
                points[_share <= 0 ? _interval : _interval + 1].Span.Slice(row * d, d).CopyTo(target);
            }
            else if (_cubic)
            {
                Span<double> values = stackalloc double[_window.Length];
                for (var j = 0; j < d; j++)
                {
                    for (var k = 0; k < values.Length; k++)
                    {
                        values[k] = points[FirstNeeded + k].Span[row * d + j];
                    }

                    target[j] = (float)MonotoneCubic.At(_window, values, _interval - FirstNeeded, _place);
                }
            }
            else
            {
                var a = points[_interval].Span.Slice(row * d, d);
                var b = points[_interval + 1].Span.Slice(row * d, d);
                for (var j = 0; j < d; j++)
                {
                    target[j] = (float)(a[j] + _share * (b[j] - a[j]));
                }
            }

            if (bend.Length > 0)
            {
                SineBasis.AddBend(bend, _basis, target);
            }

            _owner._state.Outputs.Undo(target, target);
            if (_owner._state.Bounds is { } bounds)
            {
                for (var j = 0; j < d; j++)
                {
                    target[j] = (float)Math.Clamp(target[j], bounds[j].Low, bounds[j].High);
                }
            }
        }
    }
}
