using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Tests.Surrogates;

/// <summary>Bandwidths and the densities that use them, against sums over all samples in double precision.</summary>
public class BandwidthTests
{
    [Fact]
    public void The_exponential_of_single_numbers_is_right_to_their_last_digits()
    {
        var values = new float[System.Numerics.Vector<float>.Count];
        for (var i = 0; i <= 17400; i++)
        {
            var x = VectorExponential.Least + 0.01f * i;
            VectorExponential.Of(new System.Numerics.Vector<float>(x)).CopyTo(values);
            Assert.All(values, value => Assert.Equal(1, value / Math.Exp(x), 2.5e-7));
            Assert.Equal(values[0], VectorExponential.Of(System.Runtime.Intrinsics.Vector512.Create(x))[i % 16]);
        }

        VectorExponential.Of(new System.Numerics.Vector<float>(float.PositiveInfinity)).CopyTo(values);
        Assert.Equal(1, values[0] / Math.Exp(88), 2.5e-7);

        VectorExponential.Of(new System.Numerics.Vector<float>(float.NegativeInfinity)).CopyTo(values);
        Assert.Equal(1, values[0] / Math.Exp(VectorExponential.Least), 2.5e-7);

        VectorExponential.Of(new System.Numerics.Vector<float>(float.NaN)).CopyTo(values);
        Assert.Equal(float.NaN, values[0]);
        Assert.Equal(float.NaN, VectorExponential.Of(System.Runtime.Intrinsics.Vector512.Create(float.NaN))[0]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Of_very_many_samples_the_bandwidth_is_best_too(int d, bool adaptive)
    {
        // Those of some rows alone: every 205th of the many, every third of the few.
        const int mostRows = 40;
        float[][] groups = [[.. Cloud(4200, d, 0.4, seed: 1), .. Cloud(4000, d, 1.2, seed: 2)], Cloud(100, d, 0.7, seed: 3)];
        var ones = Array.ConvertAll(groups, g => Enumerable.Repeat(1f, g.Length / d).ToArray());
        var (bandwidth, factors) = adaptive ? BandwidthSelection.Adaptive(groups, d, mostRows) : (BandwidthSelection.ByLikelihood(groups, d, mostRows), ones);

        double Likelihood(double h) => groups.Select((group, c) =>
        {
            int n = group.Length / d, stride = (n + mostRows - 1) / mostRows;
            return Enumerable.Range(0, (n + stride - 1) / stride)
                .Sum(r => Math.Max(-50, Math.Log(Density(group.AsSpan(r * stride * d, d), group, d, h, factors[c], without: r * stride))));
        }).Sum();

        var best = Likelihood(bandwidth);
        Assert.True(best >= Likelihood(bandwidth * 1.02), "a fiftieth wider is better");
        Assert.True(best >= Likelihood(bandwidth / 1.02), "a fiftieth narrower is better");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Adaptive_factors_follow_the_square_root_law(int d)
    {
        float[][] groups = [Cloud(70, d, 0.2, seed: 1), Cloud(50, d, 1.5, seed: 2)];
        var pilot = BandwidthSelection.ByLikelihood(groups, d, 600);
        var (bandwidth, factors) = BandwidthSelection.Adaptive(groups, d, 600);
        var ones = Array.ConvertAll(groups, g => Enumerable.Repeat(1f, g.Length / d).ToArray());
        var logs = groups.Select((g, c) => Enumerable.Range(0, g.Length / d)
            .Select(i => Math.Log(Density(g.AsSpan(i * d, d), g, d, pilot, ones[c]))).ToArray()).ToArray();
        var mean = logs.SelectMany(l => l).Average();
        for (var c = 0; c < 2; c++)
        {
            Assert.All(factors[c].Zip(logs[c]), pair => Assert.Equal(Math.Exp(-0.5 * (pair.Second - mean)), pair.First, 1e-3));
        }

        // Dense samples get narrower kernels than scattered ones, and h is best for these factors.
        Assert.True(factors[0].Average() < 0.7 * factors[1].Average());
        Assert.True(LeaveOneOut(groups, d, bandwidth, factors) >= LeaveOneOut(groups, d, bandwidth * 1.1, factors), "a tenth wider is better");
        Assert.True(LeaveOneOut(groups, d, bandwidth, factors) >= LeaveOneOut(groups, d, bandwidth / 1.1, factors), "a tenth narrower is better");
        Assert.True(LeaveOneOut(groups, d, bandwidth, factors) > LeaveOneOut(groups, d, pilot, ones));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Kernels_of_many_widths_sum_to_what_they_should(int d)
    {
        const int n = 60;
        var samples = Cloud(n, d, 1, seed: 3);
        var factors = Factors(n);
        var density = new KernelDensity(samples, Enumerable.Repeat(-(float)Math.Log(n), n).ToArray(), d, 0.3, factors);
        var random = new RandomStreams(4).Stream("points");
        var gradient = new float[d];
        for (var t = 0; t < 50; t++)
        {
            float[] point = [.. Enumerable.Range(0, d).Select(_ => (float)(1.2 * random.NextNormal()))];
            var expected = Math.Log(Density(point, samples, d, 0.3, factors));
            Assert.Equal(expected, density.Evaluate(point, gradient), 1e-4 * (1 + Math.Abs(expected)));
            for (var k = 0; k < d; k++)
            {
                double At(float by)
                {
                    float[] moved = [.. point];
                    moved[k] += by;
                    return Math.Log(Density(moved, samples, d, 0.3, factors));
                }

                var slope = (At(1e-2f) - At(-1e-2f)) / 2e-2;
                Assert.Equal(slope, gradient[k], 0.02 * (1 + Math.Abs(slope)));
            }
        }
    }

    [Fact]
    public void Focus_keeps_wide_kernels_before_narrow_ones_of_the_same_distance()
    {
        // 400 narrow kernels nearer than 96 wide ones; at the node the narrow ones are e⁻⁵⁰ and the wide ones decide.
        const int narrow = 400, wide = 96;
        float[] samples = [.. Enumerable.Repeat(1f, narrow), .. Enumerable.Repeat(1.5f, wide)];
        float[] factors = [.. Enumerable.Repeat(0.1f, narrow), .. Enumerable.Repeat(1f, wide)];
        var density = new KernelDensity(samples, Enumerable.Repeat(-(float)Math.Log(narrow + wide), narrow + wide).ToArray(), 1, 1, factors);
        density.Focus([0f]);
        Assert.Equal(Math.Log(Density([0f], samples, 1, 1, factors)), density.Evaluate([0f], new float[1]), 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_grid_is_right_near_samples_and_far_from_them(bool adaptive)
    {
        // Two clouds 60 bandwidths apart: between them no kernel is above the smallest double that the product keeps.
        const int n = 80;
        var samples = Cloud(n, 2, 0.3, seed: 6);
        for (var i = 0; i < n; i += 2)
        {
            samples[2 * i] += 6;
        }

        const double h = 0.1;
        var factors = adaptive ? Factors(n) : [.. Enumerable.Repeat(1f, n)];
        var grid = adaptive ? new DensityGrid(samples, h, factors) : new DensityGrid(samples, h);
        var gradient = new float[2];
        foreach (var (x, y, tolerance) in new[] { (0.1, 0.1, 0.1), (6.2, -0.2, 0.1), (1.5, 0.5, 0.05), (2.6, 0.3, 0.05), (3.5, 1.5, 0.05), (4.4, -1.2, 0.05) })
        {
            float[] point = [(float)x, (float)y];
            double square = double.PositiveInfinity;
            var expected = LogDensity(point, samples, 2, h, factors);
            for (var i = 0; i < n; i++)
            {
                square = Math.Min(square, Math.Pow(samples[2 * i] - x, 2) + Math.Pow(samples[2 * i + 1] - y, 2));
            }

            Assert.True(x is < 1 or > 6 || square > Math.Pow(5 * h, 2));
            Assert.Equal(expected, grid.Evaluate(point, gradient), tolerance * (1 + 0.02 * Math.Abs(expected)));
        }
    }

    [Fact]
    public void The_factor_multiplies_what_is_chosen_and_faults_are_told_together()
    {
        var anchors = Problems.Moving([0, 1], v => v, rows: 60);
        var quick = new TrajectoryOptions { TrainMaps = false, Potential = PotentialKind.Density };
        double Chosen(TrajectoryOptions options) => Assert.Single(TrajectorySurrogate.Fit(anchors, options).Report.Bandwidths);
        var plain = Chosen(quick);
        Assert.Equal(2 * plain, Chosen(quick with { BandwidthFactor = 2 }), 1e-9);
        var adaptive = Chosen(quick with { Bandwidth = BandwidthKind.Adaptive });
        Assert.NotEqual(plain, adaptive);
        Assert.Equal(0.5 * adaptive, Chosen(quick with { Bandwidth = BandwidthKind.Adaptive, BandwidthFactor = 0.5 }), 1e-9);
        var message = Assert.Throws<ArgumentException>(() => Chosen(quick with
        {
            BandwidthFactor = -1,
            Coupling = CouplingKind.Dual,
            Bandwidth = BandwidthKind.Adaptive,
        })).Message;
        Assert.Contains("BandwidthFactor is -1; expected a positive number", message, StringComparison.Ordinal);
        Assert.Contains("Bandwidth is Adaptive, times -1; the dual coupling", message, StringComparison.Ordinal);
    }

    private static float[] Cloud(int n, int d, double spread, long seed)
    {
        var random = new RandomStreams(seed).Stream("cloud");
        return [.. Enumerable.Range(0, n * d).Select(_ => (float)(spread * random.NextNormal()))];
    }

    private static float[] Factors(int n)
    {
        var random = new RandomStreams(9).Stream("factors");
        return [.. Enumerable.Range(0, n).Select(_ => (float)Math.Exp(0.4 * random.NextNormal()))];
    }

    private static double Density(ReadOnlySpan<float> point, float[] samples, int d, double h, float[] factors, int without = -1)
    {
        double sum = 0;
        for (var i = 0; i < factors.Length; i++)
        {
            double square = 0, width = h * factors[i];
            for (var k = 0; k < d; k++)
            {
                square += Math.Pow((double)point[k] - samples[i * d + k], 2);
            }

            sum += i == without ? 0 : Math.Exp(-square / (2 * width * width)) / Math.Pow(2 * Math.PI * width * width, 0.5 * d);
        }

        return sum / (factors.Length - (without < 0 ? 0 : 1));
    }

    /// <summary>log p̂ where p̂ underflows.</summary>
    private static double LogDensity(float[] point, float[] samples, int d, double h, float[] factors)
    {
        var logs = factors.Select((f, i) =>
        {
            var square = Enumerable.Range(0, d).Sum(k => Math.Pow((double)point[k] - samples[i * d + k], 2));
            return -square / (2 * h * h * f * f) - 0.5 * d * Math.Log(2 * Math.PI * h * h * f * f) - Math.Log(factors.Length);
        }).ToArray();
        return logs.Max() + Math.Log(logs.Sum(l => Math.Exp(l - logs.Max())));
    }

    private static double LeaveOneOut(float[][] groups, int d, double h, float[][] factors) => groups.Select((group, c) =>
        Enumerable.Range(0, group.Length / d).Sum(i => Math.Max(-50, Math.Log(Density(group.AsSpan(i * d, d), group, d, h, factors[c], without: i))))).Sum();
}
