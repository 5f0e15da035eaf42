// Notation
//   y, y'   outputs of a group's slots at two anchors [n, D];  x, x'  their conditions [n, C]
// By context and by category: exact transport under |y − y'|² or the Fermat cost, each column divided by its deviation relative to the
// largest one, the whole by the two anchors' own spread: the units depend on these two anchors alone wherever columns share a scale.
// Relaxed: exact transport under |y − y'|² + 10·|x − x'|², both standardised.
// Groups larger than a limit are coupled in blocks (BlockedTransport): with conditions so that cost grows as n·log n, without so that memory
// stays in bounds.

using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Couples the rows of two anchors.</summary>
/// <param name="anchors">The anchors.</param>
/// <param name="groups">Their groups and slots.</param>
/// <param name="outputs">Scale of the outputs.</param>
/// <param name="conditions">Scale of the conditions.</param>
/// <param name="cost">The ground cost asked for.</param>
/// <param name="cache">Couplings that are known.</param>
internal sealed class PairCoupler(
    AnchorSet anchors, RowGroups groups, Standardizer outputs, Standardizer conditions, CouplingCost cost, CouplingCache cache)
{
    /// <summary>Weight of squared distance between standardised conditions in the relaxed coupling.</summary>
    private const float ConditionPenalty = 10;

    /// <summary>Roughness (a share of variance, mean over both directions) below which a coupling is taken without trying another.</summary>
    private const double SmoothEnough = 0.1;

    /// <summary>Rows up to which one group is coupled exactly: with conditions, by outputs alone, and under the Fermat cost.</summary>
    private const int MostWithConditions = 1000, MostEuclidean = 2000, MostFermat = 1000;

    /// <summary>Rows beyond which a group is large, and how many a block of a large one holds: the cost of the coupling then grows as the rows do.</summary>
    private const int Large = 2000, LargeBlock = 80;

    /// <summary>Sweeps over blocks, where there is more than one.</summary>
    private const int Sweeps = 2;

    private readonly string _slots = CouplingCache.SlotsOf(groups.Sizes);

    /// <summary>The coupling of two anchors under the cost that was asked for.</summary>
    internal PairCoupling Between(int i, int j, CancellationToken cancellation) => Between(i, j, cost, cancellation);

    /// <summary>The coupling of two anchors under a cost.</summary>
    internal PairCoupling Between(int i, int j, CouplingCost asked, CancellationToken cancellation) =>
        groups.Deterministic
            ? new PairCoupling([.. Enumerable.Range(0, groups.Labels.Length)], CouplingCost.SquaredEuclidean)
            : cache.Get(KeyOf(i, j, asked), () => Solve(i, j, asked, cancellation));

    /// <summary>Makes a coupling known.</summary>
    internal void Add(int i, int j, PairCoupling coupling) => cache.Add(KeyOf(i, j, cost), coupling);

    /// <summary>A coupling if it is known.</summary>
    internal PairCoupling? Known(int i, int j) => cache.Find(KeyOf(i, j, cost));

    /// <summary>Couples images of the first anchor's rows, [n, D] standardised, with the second anchor's rows: each takes the nearest that is free.</summary>
    internal PairCoupling ToImages(float[] images, int i, int j, CancellationToken cancellation)
    {
        var y = Trajectories.Standardised(anchors[j].Samples.Outputs, outputs);
        return WithConditions(images, y, i, j, cancellation);
    }

    private bool IsRelaxed => groups.Kind is not (CouplingKind.ByContext or CouplingKind.ByCategory);

    private CouplingCache.Key KeyOf(int i, int j, CouplingCost asked) => new(
        anchors[i].Lambda,
        anchors[j].Lambda,
        groups.Kind,
        asked,
        _slots,
        IsRelaxed
            ? CouplingCache.UnitsOf([.. outputs.Means, .. outputs.Deviations, .. conditions.Means, .. conditions.Deviations])
            : CouplingCache.UnitsOf(RelativeDeviations()));

    private PairCoupling Solve(int i, int j, CouplingCost asked, CancellationToken cancellation)
    {
        if (IsRelaxed)
        {
            return WithConditions(
                Trajectories.Standardised(anchors[i].Samples.Outputs, outputs), Trajectories.Standardised(anchors[j].Samples.Outputs, outputs), i, j, cancellation);
        }

        var (y0, y1) = OwnUnits(anchors[i].Samples.Outputs, anchors[j].Samples.Outputs);
        if (groups.Kind == CouplingKind.ByContext)
        {
            asked = CouplingCost.SquaredEuclidean;
        }

        if (asked != CouplingCost.Auto)
        {
            return new PairCoupling(Under(asked), asked);
        }

        // In one dimension both costs give the same monotone coupling; a coupling that is a smooth map already needs no other.
        var euclidean = Between(i, j, CouplingCost.SquaredEuclidean, cancellation).Slots;
        if (anchors.Dimension == 1 || Roughness(euclidean) is var roughness && roughness < SmoothEnough)
        {
            return new PairCoupling(euclidean, CouplingCost.SquaredEuclidean);
        }

        var fermat = Between(i, j, CouplingCost.Fermat, cancellation).Slots;
        return Roughness(fermat) < roughness
            ? new PairCoupling(fermat, CouplingCost.Fermat)
            : new PairCoupling(euclidean, CouplingCost.SquaredEuclidean);

        int[] Under(CouplingCost ground) => ground == CouplingCost.Fermat
            ? Assign(i, j, y0, y1, anchors.Dimension, new(BlockShape.Even, MostFermat, 0), (a, b) => GroundCost.Fermat(a, b, anchors.Dimension, cancellation), cancellation)
            : Assign(i, j, y0, y1, anchors.Dimension, new(BlockShape.Even, MostEuclidean, Sweeps), (a, b) => GroundCost.SquaredEuclidean(a, b, anchors.Dimension), cancellation);

        double Roughness(int[] slots)
        {
            double sum = 0;
            var start = 0;
            foreach (var size in groups.Sizes)
            {
                var left = groups.Rows(i).AsSpan(start, size);
                var right = Array.ConvertAll(slots[start..(start + size)], slot => groups.Rows(j)[slot]);
                float[] a = Rows(y0, left), b = Rows(y1, right);
                sum += PairRoughness.Of(a, b, anchors.Dimension) + PairRoughness.Of(b, a, anchors.Dimension);
                start += size;
            }

            return sum / (2 * groups.Sizes.Length);
        }
    }

    private PairCoupling WithConditions(float[] y0, float[] y1, int i, int j, CancellationToken cancellation)
    {
        // Squared distance between these rows is the cost.
        int n0 = anchors[i].Samples.Count, n1 = anchors[j].Samples.Count, d = anchors.Dimension, c = anchors.ConditionCount;
        var weight = (float)Math.Sqrt(ConditionPenalty);
        var x0 = Array.ConvertAll(Trajectories.Standardised(anchors[i].Samples.Conditions, conditions), v => weight * v);
        var x1 = Array.ConvertAll(Trajectories.Standardised(anchors[j].Samples.Conditions, conditions), v => weight * v);
        float[] left = Trajectories.Joined(n0, (x0, c), (y0, d)), right = Trajectories.Joined(n1, (x1, c), (y1, d));
        var most = c == 0 ? MostEuclidean : MostWithConditions;
        return new PairCoupling(
            Assign(i, j, left, right, c + d, new(BlockShape.Near, most, Sweeps), (a, b) => GroundCost.SquaredEuclidean(a, b, c + d), cancellation),
            CouplingCost.SquaredEuclidean);
    }

    /// <summary>How a group beyond a size is cut.</summary>
    private readonly record struct Blocks(BlockShape Shape, int Most, int Sweeps);

    /// <summary>Exact transport of each group, in blocks where it is too large; coordinates [rows, columns], costs between rows of them.</summary>
    private int[] Assign(
        int i, int j, float[] y0, float[] y1, int columns, Blocks blocks, Func<float[], float[], float[]> ground, CancellationToken cancellation)
    {
        var slots = new int[groups.Labels.Length];
        var start = 0;
        foreach (var size in groups.Sizes)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] left = Trajectories.Select(y0, groups.Rows(i).AsSpan(start, size), columns);
            float[] right = Trajectories.Select(y1, groups.Rows(j).AsSpan(start, size), columns);
            var assignment = columns == 1 ? Monotone(left, right) : BlockedTransport.Assign(
                left,
                right,
                columns,
                blocks.Shape,
                size > Large ? LargeBlock : blocks.Most,
                blocks.Sweeps,
                (a, b) => ground(Trajectories.Select(left, a, columns), Trajectories.Select(right, b, columns)),
                cancellation);
            for (var s = 0; s < size; s++)
            {
                slots[start + s] = start + assignment[s];
            }

            start += size;
        }

        return slots;
    }

    /// <summary>On a line ranks are matched: the optimum of every cost that is convex in distance, and of the Fermat cost. Equal values keep their order.</summary>
    private static int[] Monotone(float[] left, float[] right)
    {
        var (from, to) = (Order(left), Order(right));
        var assignment = new int[from.Length];
        for (var rank = 0; rank < from.Length; rank++)
        {
            assignment[from[rank]] = to[rank];
        }

        return assignment;

        static int[] Order(float[] values)
        {
            int[] order = [.. Enumerable.Range(0, values.Length)];
            Array.Sort(order, (a, b) => values[a] != values[b] ? values[a].CompareTo(values[b]) : a.CompareTo(b));
            return order;
        }
    }

    private float[] Rows(float[] values, ReadOnlySpan<int> rows) => Trajectories.Select(values, rows, anchors.Dimension);

    private double[] RelativeDeviations()
    {
        var deviations = outputs.Deviations.ToArray();
        var largest = deviations.Max();
        return Array.ConvertAll(deviations, deviation => deviation / largest);
    }

    /// <summary>Both anchors' outputs about their common mean, columns in relative units, of spread 1 in all.</summary>
    private (float[] First, float[] Second) OwnUnits(Matrix first, Matrix second)
    {
        int d = first.Columns, rows = first.Rows + second.Rows;
        var mean = new double[d];
        foreach (var part in (Matrix[])[first, second])
        {
            for (var r = 0; r < part.Rows; r++)
            {
                for (var j = 0; j < d; j++)
                {
                    mean[j] += part[r, j] / (double)rows;
                }
            }
        }

        var relative = RelativeDeviations();
        double[] a = Centred(first), b = Centred(second);
        var spread = Math.Sqrt((a.Sum(v => v * v) + b.Sum(v => v * v)) / (rows * d));
        spread = spread > 0 ? spread : 1;
        return (Array.ConvertAll(a, v => (float)(v / spread)), Array.ConvertAll(b, v => (float)(v / spread)));

        double[] Centred(Matrix part)
        {
            var values = new double[part.Rows * d];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (part[i / d, i % d] - mean[i % d]) / relative[i % d];
            }

            return values;
        }
    }
}
