// Notation
//   y, y'   outputs of a group's slots at two anchors [n, D];  x, x'  their conditions [n, C]
// By context and by category: exact transport under |y − y'|² or the Fermat cost, each column divided by its deviation relative to the
// largest one, the whole by the two anchors' own spread: the units depend on these two anchors alone wherever columns share a scale.
// Relaxed: exact transport under |y − y'|² + 10·|x − x'|², both standardised.

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
        var euclidean = Under(CouplingCost.SquaredEuclidean);
        var roughness = Roughness(euclidean);
        if (anchors.Dimension == 1 || roughness < SmoothEnough)
        {
            return new PairCoupling(euclidean, CouplingCost.SquaredEuclidean);
        }

        var fermat = Under(CouplingCost.Fermat);
        return Roughness(fermat) < roughness
            ? new PairCoupling(fermat, CouplingCost.Fermat)
            : new PairCoupling(euclidean, CouplingCost.SquaredEuclidean);

        int[] Under(CouplingCost ground) => Assign(
            i,
            j,
            (a, b) => ground == CouplingCost.Fermat
                ? GroundCost.Fermat(Rows(y0, a), Rows(y1, b), anchors.Dimension, cancellation)
                : GroundCost.SquaredEuclidean(Rows(y0, a), Rows(y1, b), anchors.Dimension),
            cancellation);

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
        int d = anchors.Dimension, c = anchors.ConditionCount;
        var x0 = Trajectories.Standardised(anchors[i].Samples.Conditions, conditions);
        var x1 = Trajectories.Standardised(anchors[j].Samples.Conditions, conditions);
        return new PairCoupling(Assign(i, j, Cost, cancellation), CouplingCost.SquaredEuclidean);

        float[] Cost(int[] a, int[] b)
        {
            var total = GroundCost.SquaredEuclidean(Rows(y0, a), Rows(y1, b), d);
            if (c == 0)
            {
                return total;
            }

            var distance = GroundCost.SquaredEuclidean(Trajectories.Select(x0, a, c), Trajectories.Select(x1, b, c), c);
            for (var k = 0; k < total.Length; k++)
            {
                total[k] += ConditionPenalty * distance[k];
            }

            return total;
        }
    }

    private int[] Assign(int i, int j, Func<int[], int[], float[]> pairCost, CancellationToken cancellation)
    {
        var slots = new int[groups.Labels.Length];
        var start = 0;
        foreach (var size in groups.Sizes)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] left = groups.Rows(i)[start..(start + size)], right = groups.Rows(j)[start..(start + size)];
            var assignment = size == 1 ? [0] : OptimalTransport.Solve(size, size, pairCost(left, right), cancellation).Assignment;
            for (var s = 0; s < size; s++)
            {
                slots[start + s] = start + assignment[s];
            }

            start += size;
        }

        return slots;
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
