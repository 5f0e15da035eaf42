// Groups of rows that may be exchanged (the draws of one context, the samples of one category) are coupled from anchor to anchor by
// exact optimal transport, so that trajectory t passes through one row of each anchor. Where anchors have different numbers of rows
// in a group, rows are repeated evenly up to the largest number, which keeps each anchor's distribution to 1/n.

using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Strings the samples of neighbouring anchors into trajectories.</summary>
internal static class Coupler
{
    /// <summary>Weight of squared distance between standardised conditions in the relaxed coupling.</summary>
    private const float ConditionPenalty = 10;

    /// <summary>Roughness (a share of variance, mean over both directions) below which a coupling is taken without trying another.</summary>
    private const double SmoothEnough = 0.1;

    /// <summary>A coupling with what was chosen on the way.</summary>
    /// <param name="Trajectories">The trajectories.</param>
    /// <param name="Kind">The kind that was used.</param>
    /// <param name="Deterministic">Whether each context has one output.</param>
    /// <param name="Costs">The ground cost of each interval.</param>
    /// <param name="FirstConditions">Conditions of the trajectories at the first anchor, in their own units, [N, C].</param>
    internal sealed record Result(
        Trajectories Trajectories, CouplingKind Kind, bool Deterministic, CouplingCost[] Costs, float[] FirstConditions);

    internal static Result Couple(
        AnchorSet anchors,
        Standardizer outputs,
        Standardizer conditions,
        TrajectoryOptions options,
        CancellationToken cancellation,
        DualCoupler? dual = null)
    {
        // Leaving anchors out to choose a clock does not train networks: exact couplings stand in for the dual there.
        var kind = Kind(anchors, options.Coupling == CouplingKind.Dual && dual is null ? CouplingKind.Auto : options.Coupling);
        int d = anchors.Dimension, c = anchors.ConditionCount, categories = Math.Max(1, anchors.CategoryCount);
        var y = anchors.Select(anchor => Trajectories.Standardised(anchor.Samples.Outputs, outputs)).ToArray();
        var x = anchors.Select(anchor => Trajectories.Standardised(anchor.Samples.Conditions, conditions)).ToArray();
        var groups = kind == CouplingKind.ByContext ? ContextGroups(anchors) : CategoryGroups(anchors, categories);
        var deterministic = kind == CouplingKind.ByContext && groups.All(group => group.Rows[0].Length == 1);
        var costs = new CouplingCost[anchors.Count - 1];
        Array.Fill(costs, CouplingCost.SquaredEuclidean);

        // order[k][t]: the row of anchor k on trajectory t.
        var order = new int[anchors.Count][];
        order[0] = Concatenate(groups, 0);
        for (var k = 0; k + 1 < anchors.Count; k++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (kind == CouplingKind.ByContext)
            {
                order[k + 1] = Pair(groups, order[k], k, (a, b) => GroundCost.SquaredEuclidean(Rows(y[k], a, d), Rows(y[k + 1], b, d), d), cancellation);
            }
            else if (kind == CouplingKind.Dual)
            {
                // Each anchor keeps its own rows: images under the map are assigned to the rows nearest to them, each row once.
                var images = dual!.Fit(k, DualProblem.Between(anchors, y, x, k), cancellation);
                order[k + 1] = Pair(groups, order[k], k, (a, b) => WithConditions(images, y[k + 1], x[k], x[k + 1], a, b, d, c), cancellation);
            }
            else if (kind == CouplingKind.Relaxed)
            {
                order[k + 1] = Pair(groups, order[k], k, (a, b) => WithConditions(y[k], y[k + 1], x[k], x[k + 1], a, b, d, c), cancellation);
            }
            else
            {
                (order[k + 1], costs[k]) = PairByCost(groups, order[k], k, y[k], y[k + 1], d, options.Cost, cancellation);
            }
        }

        var trajectories = Build(y, x, order, groups, d, c, categories, kind);
        return new Result(trajectories, kind, deterministic, costs, [.. anchors[0].Samples.Conditions.SelectRows(order[0]).Values]);
    }

    private static CouplingKind Kind(AnchorSet anchors, CouplingKind asked)
    {
        var shared = anchors.ConditionCount > 0
            && anchors.Skip(1).All(anchor => anchor.Samples.Contexts.SameAs(anchors[0].Samples.Contexts));
        if (asked == CouplingKind.Auto)
        {
            return shared ? CouplingKind.ByContext : anchors.ConditionCount == 0 ? CouplingKind.ByCategory : CouplingKind.Relaxed;
        }

        if (asked == CouplingKind.ByContext && !shared)
        {
            throw new ArgumentException(
                "Coupling by context needs continuous conditions that are the same rows, in the same order, at every anchor.");
        }

        return asked;
    }

    /// <summary>Rows that may be exchanged: Rows[k] are the row indices at anchor k, equally many at each.</summary>
    private sealed record Group(int Category, int[][] Rows);

    private static List<Group> ContextGroups(AnchorSet anchors)
    {
        var contexts = anchors[0].Samples.Contexts;
        var byContext = new Dictionary<string, List<int>>();
        var keys = new List<string>();
        for (var i = 0; i < contexts.Count; i++)
        {
            var key = ContextKey.Of(contexts, i);
            if (!byContext.TryGetValue(key, out var rows))
            {
                byContext[key] = rows = [];
                keys.Add(key);
            }

            rows.Add(i);
        }

        return keys.ConvertAll(key =>
        {
            var rows = byContext[key].ToArray();
            var category = contexts.CategoryCount > 0 ? contexts.Categories[rows[0]] : 0;
            return new Group(category, Enumerable.Repeat(rows, anchors.Count).ToArray());
        });
    }

    private static List<Group> CategoryGroups(AnchorSet anchors, int categories)
    {
        var groups = new List<Group>();
        for (var c = 0; c < categories; c++)
        {
            var rows = anchors.Select(anchor => RowsOf(anchor.Samples, c)).ToArray();
            var most = rows.Max(r => r.Length);
            if (most == 0)
            {
                continue;
            }

            for (var k = 0; k < rows.Length; k++)
            {
                if (rows[k].Length == 0)
                {
                    throw new ArgumentException(
                        $"Category {c} has samples at some anchors but none at {anchors.Hyperparameter.Name} = {anchors[k].Lambda}; "
                        + "every anchor needs samples of every category that occurs.");
                }
            }

            groups.Add(new Group(c, Array.ConvertAll(rows, r => Repeat(r, most))));
        }

        return groups;
    }

    private static int[] RowsOf(Samples samples, int category)
    {
        if (samples.Contexts.CategoryCount == 0)
        {
            return Enumerable.Range(0, samples.Count).ToArray();
        }

        var rows = new List<int>();
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples.Categories[i] == category)
            {
                rows.Add(i);
            }
        }

        return [.. rows];
    }

    /// <summary>Repeats rows evenly: row floor(i·n/count) at place i.</summary>
    private static int[] Repeat(int[] rows, int count)
    {
        var repeated = new int[count];
        for (var i = 0; i < count; i++)
        {
            repeated[i] = rows[(int)((long)i * rows.Length / count)];
        }

        return repeated;
    }

    private static int[] Concatenate(List<Group> groups, int anchor) => groups.SelectMany(group => group.Rows[anchor]).ToArray();

    private static int[] Pair(
        List<Group> groups, int[] left, int k, Func<int[], int[], float[]> cost, CancellationToken cancellation)
    {
        var right = new int[left.Length];
        var start = 0;
        foreach (var group in groups)
        {
            var size = group.Rows[k].Length;
            var from = left.AsSpan(start, size).ToArray();
            var to = group.Rows[k + 1];
            var assignment = size == 1 ? [0] : OptimalTransport.Solve(size, size, cost(from, to), cancellation).Assignment;
            for (var i = 0; i < size; i++)
            {
                right[start + i] = to[assignment[i]];
            }

            start += size;
        }

        return right;
    }

    private static (int[] Order, CouplingCost Cost) PairByCost(
        List<Group> groups, int[] left, int k, float[] y0, float[] y1, int d, CouplingCost asked, CancellationToken cancellation)
    {
        int[] With(CouplingCost cost) => Pair(
            groups,
            left,
            k,
            (a, b) => cost == CouplingCost.Fermat
                ? GroundCost.Fermat(Rows(y0, a, d), Rows(y1, b, d), d, cancellation)
                : GroundCost.SquaredEuclidean(Rows(y0, a, d), Rows(y1, b, d), d),
            cancellation);

        if (asked != CouplingCost.Auto)
        {
            return (With(asked), asked);
        }

        var euclidean = With(CouplingCost.SquaredEuclidean);

        // In one dimension both costs give the same monotone coupling; a coupling that is a smooth map already needs no other.
        var roughness = Roughness(euclidean);
        if (d == 1 || roughness < SmoothEnough)
        {
            return (euclidean, CouplingCost.SquaredEuclidean);
        }

        var fermat = With(CouplingCost.Fermat);
        return Roughness(fermat) < roughness
            ? (fermat, CouplingCost.Fermat)
            : (euclidean, CouplingCost.SquaredEuclidean);

        double Roughness(int[] right)
        {
            double sum = 0;
            var start = 0;
            foreach (var group in groups)
            {
                var size = group.Rows[k].Length;
                float[] a = Rows(y0, left.AsSpan(start, size), d), b = Rows(y1, right.AsSpan(start, size), d);
                sum += PairRoughness.Of(a, b, d) + PairRoughness.Of(b, a, d);
                start += size;
            }

            return sum / (2 * groups.Count);
        }
    }

    private static float[] WithConditions(float[] y0, float[] y1, float[] x0, float[] x1, int[] a, int[] b, int d, int c)
    {
        var cost = GroundCost.SquaredEuclidean(Rows(y0, a, d), Rows(y1, b, d), d);
        if (c == 0)
        {
            return cost;
        }

        var distance = GroundCost.SquaredEuclidean(Rows(x0, a, c), Rows(x1, b, c), c);
        for (var i = 0; i < cost.Length; i++)
        {
            cost[i] += ConditionPenalty * distance[i];
        }

        return cost;
    }

    private static float[] Rows(float[] values, ReadOnlySpan<int> rows, int columns)
    {
        var selected = new float[rows.Length * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            values.AsSpan(rows[i] * columns, columns).CopyTo(selected.AsSpan(i * columns));
        }

        return selected;
    }

    private static Trajectories Build(
        float[][] y, float[][] x, int[][] order, List<Group> groups, int d, int c, int categories, CouplingKind kind)
    {
        var labels = groups.SelectMany(group => Enumerable.Repeat(group.Category, group.Rows[0].Length)).ToArray();

        // By context, trajectory t is row t of the contexts, so that answers come back in the order of the question.
        if (kind == CouplingKind.ByContext)
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

        var points = order.Select((rows, k) => Rows(y[k], rows, d)).ToArray();
        var shared = kind == CouplingKind.ByContext ? Rows(x[0], order[0], c) : null;
        var conditions = order.Select((rows, k) => shared ?? Rows(x[k], rows, c)).ToArray();
        return new Trajectories(points, conditions, labels, d, c, categories, order);
    }
}
