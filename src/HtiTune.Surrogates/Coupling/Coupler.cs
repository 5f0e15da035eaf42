// Groups of rows that may be exchanged (the draws of one context, the samples of one category) are coupled from anchor to anchor, so
// that trajectory t passes through one row of each anchor: slot s of the first anchor, the slot that it is sent to at the second, and so on.

using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Strings the samples of neighbouring anchors into trajectories.</summary>
internal static class Coupler
{
    /// <summary>A coupling with what was chosen on the way.</summary>
    /// <param name="Trajectories">The trajectories.</param>
    /// <param name="Groups">The groups and slots.</param>
    /// <param name="Pairs">The coupling of each interval.</param>
    /// <param name="FirstConditions">Conditions of the trajectories at the first anchor, in their own units, [N, C].</param>
    internal sealed record Result(Trajectories Trajectories, RowGroups Groups, PairCoupling[] Pairs, float[] FirstConditions)
    {
        /// <summary>The kind that was used.</summary>
        internal CouplingKind Kind => Groups.Kind;

        /// <summary>Whether each context has one output.</summary>
        internal bool Deterministic => Groups.Deterministic;

        /// <summary>The ground cost of each interval.</summary>
        internal CouplingCost[] Costs => Array.ConvertAll(Pairs, pair => pair.Cost);
    }

    /// <summary>Couples neighbouring anchors.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="groups">Their groups and slots.</param>
    /// <param name="pairs">Couples two of them.</param>
    /// <param name="outputs">Scale of the outputs.</param>
    /// <param name="conditions">Scale of the conditions.</param>
    /// <param name="threads">Intervals coupled at a time.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="dual">Trains the dual coupling where that is the kind.</param>
    internal static Result Couple(
        AnchorSet anchors,
        RowGroups groups,
        PairCoupler pairs,
        Standardizer outputs,
        Standardizer conditions,
        int threads,
        CancellationToken cancellation,
        IDualCoupling? dual = null)
    {
        var y = anchors.Select(anchor => Trajectories.Standardised(anchor.Samples.Outputs, outputs)).ToArray();
        var x = anchors.Select(anchor => Trajectories.Standardised(anchor.Samples.Conditions, conditions)).ToArray();
        var couplings = new PairCoupling[anchors.Count - 1];
        InParallel.For(couplings.Length, dual is null ? threads : 1, k => couplings[k] = dual is null
            ? pairs.Between(k, k + 1, cancellation)
            : pairs.Known(k, k + 1)
                ?? pairs.ToImages(dual.Fit(k, anchors, y, x, cancellation), k, k + 1, cancellation),
            cancellation);

        // order[k][t]: the row of anchor k on trajectory t.
        var order = new int[anchors.Count][];
        var slots = Enumerable.Range(0, groups.Labels.Length).ToArray();
        order[0] = groups.Rows(0);
        for (var k = 0; k < couplings.Length; k++)
        {
            slots = Array.ConvertAll(slots, slot => couplings[k].Slots[slot]);
            order[k + 1] = Array.ConvertAll(slots, slot => groups.Rows(k + 1)[slot]);
        }

        var trajectories = Build(y, x, order, groups, anchors);
        return new Result(trajectories, groups, couplings, [.. anchors[0].Samples.Conditions.SelectRows(trajectories.Rows[0]).Values]);
    }

    private static Trajectories Build(float[][] y, float[][] x, int[][] order, RowGroups groups, AnchorSet anchors)
    {
        int d = anchors.Dimension, c = anchors.ConditionCount;
        var labels = (int[])groups.Labels.Clone();

        // By context, trajectory t is row t of the contexts, so that answers come back in the order of the question.
        var byContext = groups.Kind == CouplingKind.ByContext;
        if (byContext)
        {
            var places = (int[])order[0].Clone();
            for (var k = 0; k < order.Length; k++)
            {
                var sorted = (int[])order[k].Clone();
                Array.Sort((int[])places.Clone(), sorted);
                order[k] = sorted;
            }

            Array.Sort(places, labels);
        }

        var points = order.Select((rows, k) => Trajectories.Select(y[k], rows, d)).ToArray();
        var shared = byContext ? Trajectories.Select(x[0], order[0], c) : null;
        var conditions = order.Select((rows, k) => shared ?? Trajectories.Select(x[k], rows, c)).ToArray();
        return new Trajectories(points, conditions, labels, d, c, Math.Max(1, anchors.CategoryCount), order);
    }
}
