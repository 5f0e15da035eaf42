// What of a fit stays when an anchor is added. The version (standardisers, options, the rule of the bandwidth, the family of the clock)
// goes on; an interval between two anchors that are still neighbours keeps its coupling, its paths, its bandwidth and its networks, all to
// the last bit. The clock's shift may move, and so may the slopes of a cubic through anchors: neither is a network's weight.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;
using static System.FormattableString;

namespace HtiTune.Surrogates;

/// <summary>A fit of some of the anchors of another.</summary>
internal sealed class PreviousFit
{
    private readonly TrajectoryState _state;
    private readonly int[] _intervals;

    /// <param name="state">The fit.</param>
    /// <param name="anchors">All anchors, those of the fit among them.</param>
    /// <exception cref="ArgumentException">An anchor of the fit is missing, or its samples are others now; the message says which.</exception>
    internal PreviousFit(TrajectoryState state, AnchorSet anchors)
    {
        _state = state;
        var places = Array.ConvertAll(state.Lambdas, lambda => PlaceOf(anchors, lambda));
        for (var k = 0; k < places.Length; k++)
        {
            RequireSame(anchors[places[k]], k);
        }

        _intervals = new int[anchors.Count - 1];
        Array.Fill(_intervals, -1);
        for (var k = 0; k + 1 < places.Length; k++)
        {
            if (places[k + 1] == places[k] + 1)
            {
                _intervals[places[k]] = k;
            }
        }
    }

    /// <summary>Scale of the outputs.</summary>
    internal Standardizer Outputs => _state.Outputs;

    /// <summary>Scale of the conditions that the fit has seen.</summary>
    internal Standardizer Conditions => MethodRecipe.IsUnconditional(_state.Options.Method) ? new Standardizer([], []) : _state.Conditions;

    /// <summary>How its options were chosen; null where they were given.</summary>
    internal SelfTuningReport? SelfTuning => _state.Report.SelfTuning;

    /// <summary>What kernel ridge of contexts has learned, and which share networks have.</summary>
    internal RidgeState? Ridge => _state.Ridge;

    /// <summary>The network of the first anchor's outputs where that anchor is still the first.</summary>
    internal FrozenNetwork? Start(AnchorSet anchors) => anchors[0].Lambda == _state.Lambdas[0] ? _state.Start : null;

    /// <summary>Makes the couplings of the intervals that stay known, where anchors still have as many slots.</summary>
    /// <exception cref="ArgumentException">With the new anchors, rows are coupled in another way.</exception>
    internal void Seed(PairCoupler pairs, RowGroups groups)
    {
        if (groups.Kind != _state.Report.Coupling || groups.Deterministic != _state.Report.Deterministic)
        {
            throw new ArgumentException(
                $"With the new anchors rows are coupled {groups.Kind}, the surrogate was fitted {_state.Report.Coupling}: a new anchor needs contexts like those "
                + "of the others; fit anew.");
        }

        if (groups.Labels.Length != _state.Trajectories.Count)
        {
            return;
        }

        for (var k = 0; k < _intervals.Length; k++)
        {
            if (_intervals[k] is >= 0 and var old && SlotsOf(groups, k, old) is { } slots)
            {
                pairs.Add(k, k + 1, new PairCoupling(slots, _state.Report.Costs[old]));
            }
        }
    }

    /// <summary>The parts of an interval that stay; null where it is new.</summary>
    /// <param name="interval">The interval among all anchors.</param>
    internal Interval? Find(int interval) => _intervals[interval] is >= 0 and var old ? new Interval(_state, old) : null;

    private static int PlaceOf(AnchorSet anchors, double lambda)
    {
        for (var k = 0; k < anchors.Count; k++)
        {
            if (anchors[k].Lambda == lambda)
            {
                return k;
            }
        }

        throw new ArgumentException(
            Invariant($"The surrogate has an anchor at {anchors.Hyperparameter.Name} = {lambda:R} that is not among those given; expected all of them, and new ones."));
    }

    private void RequireSame(Anchor anchor, int k)
    {
        var trajectories = _state.Trajectories;
        var rows = anchor.Samples.Count;
        var same = anchor.Samples.Dimension == trajectories.Dimension && Array.TrueForAll(trajectories.Rows[k], row => row < rows)
            && Trajectories.Select(Trajectories.Standardised(anchor.Samples.Outputs, _state.Outputs), trajectories.Rows[k], trajectories.Dimension)
                .AsSpan().SequenceEqual(trajectories.Points[k]);
        if (!same)
        {
            throw new ArgumentException(
                Invariant($"The samples at {_state.Hyperparameter.Name} = {anchor.Lambda:R} are not those that the surrogate was fitted to; expected the same rows, ")
                + "or fit anew.");
        }
    }

    /// <summary>The coupling of an old interval in the slots of all anchors: rows that are repeated fill their slots in turn.</summary>
    private int[]? SlotsOf(RowGroups groups, int k, int old)
    {
        var left = new SlotFinder(groups.Rows(k));
        var right = new SlotFinder(groups.Rows(k + 1));
        var slots = new int[groups.Labels.Length];
        for (var t = 0; t < slots.Length; t++)
        {
            int from = left.Next(_state.Trajectories.Rows[old][t]), to = right.Next(_state.Trajectories.Rows[old + 1][t]);
            if (from < 0 || to < 0)
            {
                return null;
            }

            slots[from] = to;
        }

        return slots;
    }

    /// <summary>Gives the slots of a row one after the other.</summary>
    private sealed class SlotFinder
    {
        private readonly Dictionary<int, Queue<int>> _free = [];

        internal SlotFinder(int[] rows)
        {
            for (var slot = 0; slot < rows.Length; slot++)
            {
                (_free.TryGetValue(rows[slot], out var queue) ? queue : _free[rows[slot]] = new Queue<int>()).Enqueue(slot);
            }
        }

        internal int Next(int row) => _free.TryGetValue(row, out var queue) && queue.TryDequeue(out var slot) ? slot : -1;
    }

    /// <summary>An interval of the fit before.</summary>
    internal readonly struct Interval(TrajectoryState state, int interval)
    {
        internal FrozenNetwork? Forward => state.Forward.Length > 0 ? state.Forward[interval] : null;

        internal FrozenNetwork? Backward => state.Backward.Length > 0 ? state.Backward[interval] : null;

        internal FrozenNetwork? Paths => state.Paths[interval];

        internal double Bandwidth => state.Report.Bandwidths[interval];

        internal double MapError => state.Report.MapErrors.Count > 0 ? state.Report.MapErrors[interval] : double.NaN;

        /// <summary>Bends of trajectories in their new order, found by the rows they join; null where a pair is new, or paths are straight.</summary>
        internal float[]? Bends(Trajectories trajectories, int place)
        {
            if (state.Bends[interval] is not { } bends)
            {
                return null;
            }

            var size = bends.Length / state.Trajectories.Count;
            var known = new Dictionary<(int, int), int>();
            for (var t = 0; t < state.Trajectories.Count; t++)
            {
                known[(state.Trajectories.Rows[interval][t], state.Trajectories.Rows[interval + 1][t])] = t;
            }

            var moved = new float[trajectories.Count * size];
            for (var t = 0; t < trajectories.Count; t++)
            {
                if (!known.TryGetValue((trajectories.Rows[place][t], trajectories.Rows[place + 1][t]), out var old))
                {
                    return null;
                }

                bends.AsSpan(old * size, size).CopyTo(moved.AsSpan(t * size));
            }

            return moved;
        }
    }
}
