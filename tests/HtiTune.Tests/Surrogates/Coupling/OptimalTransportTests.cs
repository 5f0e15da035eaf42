using System.Text.Json;
using CsCheck;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Tests.Surrogates.Coupling;

public class OptimalTransportTests
{
    private static readonly Gen<float> AnyCost = Gen.OneOf(Gen.Int[-2, 3].Select(i => (float)i), Gen.Float[-5, 5], Gen.Float[0, 1e-3f]);

    [Fact]
    public void Equals_brute_force_over_all_permutations() =>
        Gen.Int[1, 7].SelectMany(n => AnyCost.Array[n * n].Select(c => (n, c))).Sample(problem =>
        {
            var (n, cost) = problem;
            var plan = OptimalTransport.Solve(n, n, cost);
            Assert.Equal(Enumerable.Range(0, n), plan.Assignment.Order());
            Assert.Equal(Enumerable.Range(0, n).Sum(i => (double)cost[i * n + plan.Assignment[i]]) / n, plan.Cost, 1e-12);
            Assert.Equal(CheapestPermutation(n, (i, j) => cost[i * n + j]) / n, plan.Cost, 1e-11);
        }, iter: 2000);

    [Fact]
    public void With_integer_masses_equals_brute_force_over_the_units() =>
        Masses.SelectMany(a => Masses.Where(b => b.Sum() == a.Sum())
                .SelectMany(b => AnyCost.Array[a.Length * b.Length].Select(c => (a, b, c))))
            .Sample(problem =>
            {
                var (a, b, cost) = problem;
                var units = (int)a.Sum();
                int[] from = Units(a), to = Units(b);
                var plan = OptimalTransport.Solve(a, b, cost);
                Assert.Equal(CheapestPermutation(units, (i, j) => cost[from[i] * b.Length + to[j]]) / units, plan.Cost, 1e-11);
                AssertMarginals(plan, a, b);
            }, iter: 300);

    [Fact]
    public void Uniform_marginals_are_exact_and_at_most_n_plus_m_minus_1_flows_are_positive() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40]).SelectMany(s => AnyCost.Array[s.Item1 * s.Item2].Select(c => (n: s.Item1, m: s.Item2, c)))
            .Sample(problem =>
            {
                var (n, m, cost) = problem;
                var plan = OptimalTransport.Solve(n, m, cost);
                var total = plan.TotalMass;
                AssertMarginals(plan, [.. Enumerable.Repeat(total / n, n)], [.. Enumerable.Repeat(total / m, m)]);
                Assert.True(plan.Flows.Count < n + m);
                for (var i = 0; i < n; i++)
                {
                    var own = plan.Flows.Where(f => f.Source == i).ToList();
                    Assert.Equal(own.Max(f => f.Mass), own.Single(f => f.Target == plan.Assignment[i]).Mass);
                }
            }, iter: 300);

    [Fact]
    public void In_one_dimension_quantiles_go_to_quantiles() =>
        Gen.Select(Gen.Int[-40, 40].Array[1, 30], Gen.Int[-40, 40].Array[1, 30]).Sample((x, y) =>
        {
            // ∫ (F⁻¹(q) − G⁻¹(q))² dq over the n m steps of equal length.
            int[] first = [.. x.Order()], second = [.. y.Order()];
            int n = x.Length, m = y.Length;
            var expected = Enumerable.Range(0, n * m).Average(q => Math.Pow(first[q / m] - second[q / n], 2));
            var cost = Squares([.. x.Select(v => (double[])[v])], [.. y.Select(v => (double[])[v])]);
            Assert.Equal(expected, OptimalTransport.Solve(n, m, cost).Cost, 1e-9);
        }, iter: 300);

    [Fact]
    public void Between_Gaussians_the_closed_form_is_met_within_the_sampling_error()
    {
        // N(0, I) → N(μ, s² I) in d dimensions: W₂² = |μ|² + d (1 − s)². By the delta method, with the dual potentials
        // |x|² (1 − s) − 2 μᵀx and (for y = μ + s z) 2 s μᵀz + (s² − s) |z|², the estimate's variance is their variances' sum / n.
        const int n = 1200, d = 2;
        const double shift = 0.5, s = 2;
        var random = new Random(11);
        var x = Points(n, d, () => Normal(random));
        var y = Points(n, d, () => s * Normal(random));
        foreach (var point in y)
        {
            point[0] += shift;
        }

        var variance = (2 * d * Math.Pow(1 - s, 2) + 4 * shift * shift + 4 * s * s * shift * shift + 2 * d * Math.Pow(s * s - s, 2)) / n;
        var exact = shift * shift + d * Math.Pow(1 - s, 2);
        Assert.InRange(OptimalTransport.Solve(n, n, Squares(x, y)).Cost - exact, -4 * Math.Sqrt(variance), 4 * Math.Sqrt(variance));
    }

    public static TheoryData<string> RecordedCases => [.. Recorded().Keys];

    [Theory]
    [MemberData(nameof(RecordedCases))]
    public void Equals_the_figures_of_POT(string name)
    {
        var recorded = Recorded()[name];
        var cost = Squares(recorded.Sources, recorded.Targets);
        var plan = recorded.Masses is [var a, var b]
            ? OptimalTransport.Solve(a, b, cost)
            : OptimalTransport.Solve(recorded.Sources.Length, recorded.Targets.Length, cost);
        Assert.Equal(recorded.Cost, plan.Cost, 1e-12 * Math.Max(1, recorded.Cost));
    }

    [Fact]
    public void Translation_changes_the_cost_as_the_means_say_and_no_assignment() =>
        Gen.Select(Gen.Int[-20, 20].Array[2].Array[2, 25], Gen.Int[-20, 20].Array[2], Gen.Int).Sample((points, shift, seed) =>
        {
            var random = new Random(seed);
            double[][] x = [.. points.Select(p => (double[])[p[0], p[1]])];
            double[][] y = [.. points.Select(p => (double[])[p[0] + random.Next(-9, 10), p[1] + random.Next(-9, 10)])];
            double[][] moved = [.. y.Select(p => (double[])[p[0] + shift[0], p[1] + shift[1]])];
            var n = x.Length;
            var still = OptimalTransport.Solve(n, n, Squares(x, y));
            var after = OptimalTransport.Solve(n, n, Squares(x, moved));
            var expected = still.Cost + Enumerable.Range(0, 2)
                .Sum(k => shift[k] * shift[k] - 2 * shift[k] * (x.Average(p => p[k]) - y.Average(p => p[k])));
            Assert.Equal(expected, after.Cost, 1e-9);

            // With ties the plans may differ; each is still optimal for the other's costs.
            var cost = Squares(x, y);
            Assert.Equal(still.Cost, Enumerable.Range(0, n).Average(i => (double)cost[i * n + after.Assignment[i]]), 1e-9);
        }, iter: 200);

    [Fact]
    public void Identical_points_cost_nothing_and_keep_their_number()
    {
        var plan = OptimalTransport.Solve(300, 300, new float[300 * 300]);
        Assert.Equal(0, plan.Cost);
        Assert.Equal(Enumerable.Range(0, 300), plan.Assignment.Order());
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(float.MaxValue)]
    public void A_prohibitive_cost_does_not_blur_small_ones(float prohibitive) =>
        Gen.Float[0, 1e-6f].Array[36].Sample(cost =>
        {
            for (var i = 0; i < 6; i++)
            {
                cost[7 * i] = prohibitive;
            }

            var expected = CheapestPermutation(6, (i, j) => cost[6 * i + j]) / 6;
            Assert.Equal(expected, OptimalTransport.Solve(6, 6, cost).Cost, 1e-12 * expected);
        }, iter: 100);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_cost_that_is_not_finite_is_named_with_its_place(float bad)
    {
        var error = Assert.Throws<ArgumentException>(() => OptimalTransport.Solve(2, 3, [0, 1, 2, 3, 4, bad]));
        Assert.Contains("from source 1 to target 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_shapes_and_masses_are_errors()
    {
        Assert.Throws<ArgumentException>(() => OptimalTransport.Solve(2, 2, new float[3]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Solve([1, 2], [2, 2], new float[4]));
        Assert.Throws<ArgumentException>(() => OptimalTransport.Solve([0, 2], [1, 1], new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimalTransport.Solve(0, 2, []));
    }

    [Fact]
    public void A_cancelled_token_ends_the_search() =>
        Assert.Throws<OperationCanceledException>(() => OptimalTransport.Solve(2, 2, [0, 1, 1, 0], new CancellationToken(canceled: true)));

    private static Gen<long[]> Masses => Gen.Long[1, 3].Array[1, 4].Where(a => a.Sum() <= 7);

    private static int[] Units(long[] masses) => [.. masses.SelectMany((mass, i) => Enumerable.Repeat(i, (int)mass))];

    private static void AssertMarginals(TransportPlan plan, long[] a, long[] b)
    {
        Assert.All(plan.Flows, flow => Assert.True(flow.Mass > 0));
        Assert.Equal(a, Enumerable.Range(0, a.Length).Select(i => plan.Flows.Where(f => f.Source == i).Sum(f => f.Mass)));
        Assert.Equal(b, Enumerable.Range(0, b.Length).Select(j => plan.Flows.Where(f => f.Target == j).Sum(f => f.Mass)));
    }

    private static double CheapestPermutation(int n, Func<int, int, float> cost)
    {
        var taken = new bool[n];
        double Rest(int i)
        {
            var best = i == n ? 0 : double.PositiveInfinity;
            for (var j = 0; i < n && j < n; j++)
            {
                if (!taken[j])
                {
                    taken[j] = true;
                    best = Math.Min(best, cost(i, j) + Rest(i + 1));
                    taken[j] = false;
                }
            }

            return best;
        }

        return Rest(0);
    }

    private static float[] Squares(double[][] x, double[][] y) =>
        [.. x.SelectMany(p => y.Select(q => (float)p.Zip(q, (s, t) => (s - t) * (s - t)).Sum()))];

    private static double[][] Points(int n, int d, Func<double> draw) =>
        [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, d).Select(_ => draw()).ToArray())];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static Dictionary<string, RecordedCase> Recorded()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Surrogates", "optimal_transport_pot.json"));
        return JsonSerializer.Deserialize<RecordedFile>(file, JsonSerializerOptions.Web)!.Cases.ToDictionary(c => c.Name);
    }

    private sealed record RecordedFile(string Provenance, RecordedCase[] Cases);

    private sealed record RecordedCase(string Name, double[][] Sources, double[][] Targets, long[][]? Masses, double Cost);
}
