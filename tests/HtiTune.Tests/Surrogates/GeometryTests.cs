using System.Globalization;
using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Tests.Surrogates;

public class GeometryTests
{
    [Fact]
    public void Monotone_cubic_agrees_with_SciPy()
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Surrogates", "monotone-cubic.csv")).Skip(1).ToArray();
        Assert.Equal(16, lines.Length);
        foreach (var line in lines)
        {
            var parts = line.Split(';').Select(part => part.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
            for (var i = 0; i < parts[2].Length; i++)
            {
                var interval = 0;
                while (interval + 2 < parts[0].Length && parts[2][i] >= parts[0][interval + 1])
                {
                    interval++;
                }

                Assert.Equal(parts[3][i], MonotoneCubic.At(parts[0], parts[1], interval, parts[2][i]), 1e-12);
            }
        }
    }

    [Fact]
    public void Bends_vanish_at_both_ends()
    {
        var basis = new float[SineBasis.Count];
        foreach (var s in (double[])[0, 1])
        {
            SineBasis.At(s, basis);
            Assert.All(basis, value => Assert.Equal(0f, value));
        }
    }

    [Fact]
    public void Density_of_one_kernel_is_the_normal_law()
    {
        float[] centre = [0.3f, -0.2f, 1.1f];
        var density = new KernelDensity(centre, [0f], 3, 0.4);
        Gen.Float[-2, 2].Array[3].Sample(point =>
        {
            var gradient = new float[3];
            var square = point.Zip(centre, (p, c) => (double)(p - c) * (p - c)).Sum();
            var expected = -square / (2 * 0.16) - 1.5 * Math.Log(2 * Math.PI * 0.16);
            Assert.Equal(expected, density.Evaluate(point, gradient), 1e-6 * (1 + Math.Abs(expected)));
            for (var k = 0; k < 3; k++)
            {
                Assert.Equal((centre[k] - point[k]) / 0.16, gradient[k], 1e-3);
            }
        });
    }

    [Theory]
    [InlineData(97)]
    [InlineData(1500)]
    public void A_density_in_focus_is_the_sum_of_the_96_kernels_nearest_to_the_path(int count)
    {
        // Samples coincide by twos: equal distances must not lead astray.
        var random = new RandomStreams(6).Stream("samples");
        float[] samples = [.. Enumerable.Range(0, (count + 1) / 2).Select(_ => (float)random.NextNormal()).SelectMany(s => new[] { s, s }).Take(count)];
        const double h = 0.3;
        var density = new KernelDensity(samples, [.. samples.Select(_ => -(float)Math.Log(count))], 1, h);
        float[] path = [-0.4f, -0.1f, 0.2f];
        density.Focus(path);

        var kept = samples.OrderBy(s => path.Min(q => Math.Abs((double)q - s))).Take(96).ToArray();
        foreach (var point in path)
        {
            var expected = Math.Log(kept.Sum(s => Math.Exp(-Math.Pow(point - s, 2) / (2 * h * h))) / (count * h * Math.Sqrt(2 * Math.PI)));
            Assert.Equal(expected, density.Evaluate([point], new float[1]), 1e-4);
        }
    }

    [Fact]
    public void The_grid_reads_what_the_kernels_sum_to_and_its_gradient_is_its_slope()
    {
        var samples = Cloud(120, seed: 4);
        const double h = 0.15;
        var exact = new KernelDensity(samples, Enumerable.Repeat(-(float)Math.Log(120), 120).ToArray(), 2, h);
        var grid = new DensityGrid(samples, h);
        float[] gradient = new float[2], other = new float[2];
        var random = new RandomStreams(5).Stream("points");
        for (var i = 0; i < 200; i++)
        {
            var near = random.NextInt(120);
            float[] point = [(float)(samples[2 * near] + 0.2 * random.NextNormal()), (float)(samples[2 * near + 1] + 0.2 * random.NextNormal())];
            Assert.Equal(exact.Evaluate(point, other), grid.Evaluate(point, gradient), 0.05);
            for (var k = 0; k < 2; k++)
            {
                const float step = 1e-3f;
                float[] up = [.. point], down = [.. point];
                up[k] += step;
                down[k] -= step;
                var slope = (grid.Evaluate(up, other) - grid.Evaluate(down, other)) / (up[k] - down[k]);
                Assert.Equal(slope, gradient[k], 0.02 * (1 + Math.Abs(slope)));
            }
        }
    }

    [Theory]
    [InlineData(60)]
    [InlineData(900)] // Some of the rows say near which rung it is, and kernels that are far away are left out.
    public void Bandwidth_has_the_largest_leave_one_out_likelihood_of_its_neighbours(int n)
    {
        var samples = Cloud(n, seed: 8);
        var h = BandwidthSelection.ByLikelihood([samples], 2, n);
        Assert.True(LogLikelihood(h) >= LogLikelihood(h * 1.1), "a tenth wider is better");
        Assert.True(LogLikelihood(h) >= LogLikelihood(h / 1.1), "a tenth narrower is better");

        double LogLikelihood(double width)
        {
            double total = 0;
            for (var i = 0; i < n; i++)
            {
                double p = 0;
                for (var j = 0; j < n; j++)
                {
                    double dx = samples[2 * i] - samples[2 * j], dy = samples[2 * i + 1] - samples[2 * j + 1];
                    p += i == j ? 0 : Math.Exp(-(dx * dx + dy * dy) / (2 * width * width)) / (2 * Math.PI * width * width) / (n - 1);
                }

                total += Math.Max(-50, Math.Log(p));
            }

            return total;
        }
    }

    [Fact]
    public void Least_action_path_goes_around_what_holds_no_samples()
    {
        // Samples on the upper half of the unit circle; the straight line between its ends crosses the empty middle. The ends are not
        // symmetric: from the very middle only rounding decides where the path goes first.
        var arc = Enumerable.Range(0, 61).SelectMany(i => new[] { (float)Math.Cos(Math.PI * i / 60), (float)Math.Sin(Math.PI * i / 60) }).ToArray();
        var density = new DensityGrid(arc, 0.1);
        const double strength = 30, threshold = -1;
        float[] from = [0.98f, 0], to = [-1, 0];
        var bend = new float[SineBasis.Count * 2];
        ActionPathSolver.Solve(from, to, density, strength, threshold, bend);
        var (action, kinetic) = ActionPathSolver.Action(from, to, bend, density, strength, threshold);
        var straight = ActionPathSolver.Action(from, to, new float[bend.Length], density, strength, threshold);
        Assert.True(action < 0.1 * straight.Action, $"action {action}, straight {straight.Action}");

        // No path of constant speed along the arc has a kinetic energy below ½π² up to the width of the samples' band.
        Assert.InRange(kinetic, 0.5 * Math.PI * Math.PI * 0.7, 0.5 * Math.PI * Math.PI * 1.3);
        var basis = new float[SineBasis.Count];
        foreach (var s in (double[])[0.2, 0.4, 0.5, 0.7])
        {
            SineBasis.At(s, basis);
            float[] point = [(float)(0.98 - 1.98 * s), 0];
            SineBasis.AddBend(bend, basis, point);
            Assert.InRange(Math.Sqrt(point[0] * point[0] + point[1] * point[1]), 0.8, 1.2);
        }

        // Every small change of a coefficient costs action: a minimum.
        for (var i = 0; i < 6; i++)
        {
            foreach (var change in (float[])[-0.15f, 0.15f])
            {
                var moved = (float[])bend.Clone();
                moved[i] += change;
                Assert.True(ActionPathSolver.Action(from, to, moved, density, strength, threshold).Action > action);
            }
        }
    }

    [Fact]
    public void A_line_among_samples_stays_straight()
    {
        var line = Enumerable.Range(0, 41).SelectMany(i => new[] { i / 40f, 0f }).ToArray();
        var bend = new float[SineBasis.Count * 2];
        ActionPathSolver.Solve([0, 0], [1, 0], new DensityGrid(line, 0.1), 30, -1, bend);
        Assert.All(bend, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Fermat_cost_agrees_with_all_paths_on_small_sets()
    {
        // With at most 16 nodes the graph is complete, and Floyd and Warshall's algorithm finds every shortest path.
        var random = new RandomStreams(3).Stream("points");
        for (var round = 0; round < 20; round++)
        {
            int n = 3 + random.NextInt(5), m = 3 + random.NextInt(5), total = n + m;
            var points = Enumerable.Range(0, 2 * total).Select(_ => (float)random.NextNormal()).ToArray();
            var distance = new double[total, total];
            for (var i = 0; i < total; i++)
            {
                for (var j = 0; j < total; j++)
                {
                    double dx = points[2 * i] - points[2 * j], dy = points[2 * i + 1] - points[2 * j + 1];
                    distance[i, j] = dx * dx + dy * dy;
                }
            }

            for (var k = 0; k < total; k++)
            {
                for (var i = 0; i < total; i++)
                {
                    for (var j = 0; j < total; j++)
                    {
                        distance[i, j] = Math.Min(distance[i, j], distance[i, k] + distance[k, j]);
                    }
                }
            }

            var cost = GroundCost.Fermat(points.AsSpan(0, 2 * n), points.AsSpan(2 * n), 2, CancellationToken.None);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < m; j++)
                {
                    var expected = distance[i, n + j] * distance[i, n + j];
                    Assert.Equal(expected, cost[i * m + j], 1e-4 * (1 + expected));
                }
            }
        }
    }

    [Fact]
    public void Roughness_tells_a_smooth_map_from_a_shuffled_one()
    {
        var source = Cloud(200, seed: 1);
        var smooth = source.Select(v => 2 * v + 1).ToArray();
        var shuffled = Enumerable.Range(0, 200).OrderBy(i => i * 73 % 200).SelectMany(i => new[] { smooth[2 * i], smooth[2 * i + 1] }).ToArray();
        Assert.InRange(PairRoughness.Of(source, smooth, 2), 0, 0.2);
        Assert.InRange(PairRoughness.Of(source, shuffled, 2), 0.8, 2);
    }

    private static float[] Cloud(int n, long seed)
    {
        var random = new RandomStreams(seed).Stream("cloud");
        return Enumerable.Range(0, 2 * n).Select(_ => (float)random.NextNormal()).ToArray();
    }
}
