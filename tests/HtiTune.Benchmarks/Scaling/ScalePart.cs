using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>A fit that is large in one direction.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What is large.</param>
/// <param name="Rows">n at each anchor.</param>
/// <param name="Outputs">D.</param>
/// <param name="Conditions">C.</param>
/// <param name="Count">K.</param>
/// <param name="IsDraws">Whether rows are draws, others at each anchor.</param>
/// <param name="HasMaps">Whether maps are trained.</param>
/// <param name="Kinds">Kinds of surrogates that are fitted.</param>
internal sealed record ScalePart(string Name, string What, int Rows, int Outputs, int Conditions, int Count, bool IsDraws, bool HasMaps, params string[] Kinds)
{
    private const int Few = 64, Factors = 8;
    private const double Noise = 0.3, ConditionWeight = 10;

    /// <summary>All parts.</summary>
    internal static IReadOnlyList<ScalePart> All { get; } =
    [
        new("contexts", "10,000 contexts × 10 outputs × 40 anchors", 10_000, 10, 3, 40, false, false, "kriging", "trajectories", "auto"),
        new("contexts-maps", "the same with maps", 10_000, 10, 3, 40, false, true, "kriging"),
        new("draws", "10,000 draws × 2 outputs × 3 anchors", 10_000, 2, 0, 3, true, true, "kriging", "trajectories", "affine", "auto"),
        new("unmatched", "10,000 draws with conditions × 2 outputs × 3 anchors", 10_000, 2, 3, 3, true, true, "kriging", "trajectories", "affine", "auto"),
        new("outputs", "2,000 contexts × 784 outputs × 3 anchors, with maps", 2_000, 784, 10, 3, false, true, "kriging", "trajectories"),
        new("anchors", "1 row × 1 output × 500 anchors", 1, 1, 0, 500, false, true, "kriging", "trajectories", "auto"),
    ];

    /// <summary>A λ between anchors.</summary>
    internal double Judged => 0.3917;

    /// <summary>The anchors; of few rows where they are only to warm up.</summary>
    internal AnchorSet Anchors(bool small)
    {
        int n = small ? Math.Min(Rows, Few) : Rows, count = small ? Math.Min(Count, 4) : Count;
        var streams = new RandomStreams(1).Fork($"scale {Name}");
        var mixing = Mixing(streams.Stream("mixing"));
        return new AnchorSet(Hyperparameter.Continuous("x", 0, 1), Enumerable.Range(0, count).Select(k =>
        {
            var lambda = k / (count - 1.0);
            var random = streams.Stream(IsDraws ? $"{k}" : "shared");
            var conditions = Matrix.Create(n, Conditions, (_, row) =>
            {
                foreach (ref var x in row)
                {
                    x = (float)random.NextNormal();
                }
            });
            var outputs = Matrix.Create(n, Outputs, (i, row) => Row(lambda, conditions, i, mixing, random, row));
            return new Anchor(lambda, new Samples(outputs, Conditions == 0 ? Contexts.None(n) : new Contexts(conditions)));
        }));
    }

    /// <summary>Mean cost between coupled rows of the first two anchors, and the least there is, which takes minutes; the latter only where it is asked for.</summary>
    internal static (double Cost, double? Least) Costs(IFittedSurrogate surrogate, bool isExact)
    {
        var trajectories = ((surrogate as KrigedSurrogate)?.Carrier ?? (TrajectorySurrogate)surrogate).State.Trajectories;
        float[] left = Weighted(trajectories, 0), right = Weighted(trajectories, 1);
        int n = trajectories.Count, columns = left.Length / n;
        var cost = Enumerable.Range(0, n).Average(i => Enumerable.Range(i * columns, columns).Sum(j => (double)(left[j] - right[j]) * (left[j] - right[j])));
        return (cost, isExact ? OptimalTransport.Solve(n, n, GroundCost.SquaredEuclidean(left, right, columns)).Cost : null);
    }

    private static float[] Weighted(Trajectories trajectories, int k)
    {
        var weight = (float)Math.Sqrt(ConditionWeight);
        return Trajectories.Joined(
            trajectories.Count, (Array.ConvertAll(trajectories.Conditions[k], x => weight * x), trajectories.ConditionCount), (trajectories.Points[k], trajectories.Dimension));
    }

    private double[] Mixing(RandomStream random) => [.. Enumerable.Range(0, Factors * (Outputs + Conditions)).Select(_ => random.NextNormal())];

    // Factors f of λ and the conditions, or of chance where there are none; outputs are sums of their waves.
    private void Row(double lambda, Matrix conditions, int i, double[] mixing, RandomStream random, Span<float> row)
    {
        if (Conditions == 0 && IsDraws)
        {
            // An arc that turns and widens.
            var angle = Math.PI * (random.NextDouble() + lambda);
            var radius = 1 + 0.5 * lambda + 0.1 * random.NextNormal();
            row[0] = (float)(radius * Math.Cos(angle));
            row[1] = (float)(radius * Math.Sin(angle));
            return;
        }

        Span<double> waves = stackalloc double[Factors];
        for (var f = 0; f < Factors; f++)
        {
            double at = 0;
            for (var c = 0; c < Conditions; c++)
            {
                at += mixing[f * (Outputs + Conditions) + Outputs + c] * conditions[i, c] / Math.Sqrt(Conditions);
            }

            waves[f] = Math.Sin(at + (1 + f % 3) * lambda);
        }

        for (var j = 0; j < row.Length; j++)
        {
            double sum = IsDraws ? Noise * random.NextNormal() : 0;
            for (var f = 0; f < Factors; f++)
            {
                sum += mixing[f * (Outputs + Conditions) + j] * waves[f];
            }

            row[j] = (float)sum;
        }
    }
}
