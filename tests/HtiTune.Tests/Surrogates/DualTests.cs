using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using TorchSharp;

namespace HtiTune.Tests.Surrogates;

[Collection(Alone.Name)]
public sealed class DualTests
{
    [Fact]
    public void Minimises_quadratics_of_any_row_at_once()
    {
        var random = new RandomStreams(1).Stream("quadratics");
        float[] centres = new float[40], points = new float[40];
        for (var i = 0; i < centres.Length; i++)
        {
            centres[i] = (float)random.NextNormal();
            points[i] = (float)random.NextNormal();
        }

        CTransform.Minimise(new Quadratic(centres), points, [-10, -10], [10, 10], 30, 10);
        for (var i = 0; i < centres.Length; i++)
        {
            Assert.Equal(centres[i], points[i], 1e-3f);
        }
    }

    [Fact]
    public void A_box_holds_each_coordinate()
    {
        float[] points = [0, 0];
        CTransform.Minimise(new Quadratic([3, 0.5f]), points, [-1, -1], [1, 1], 30, 10);
        Assert.Equal(1f, points[0]);
        Assert.Equal(0.5f, points[1], 1e-3f);
    }

    [Fact]
    public void A_failed_line_search_leaves_the_point()
    {
        float[] points = [0.25f];
        CTransform.Minimise(new Liar(), points, [-9], [9], 5, 4);
        Assert.Equal(0.25f, points[0]);
    }

    [Fact]
    public void C_transform_of_a_concave_potential_is_that_of_a_grid()
    {
        float[] sources = [-3, -1.2f, 0, 0.4f, 2.5f], points = [.. sources];
        CTransform.Minimise(new Concave(sources), points, [-6], [6], 12, 8);
        for (var i = 0; i < sources.Length; i++)
        {
            var least = Enumerable.Range(0, 12001).Min(j => Concave.At(sources[i], -6 + 0.001 * j));
            Assert.Equal(least, Concave.At(sources[i], points[i]), 1e-4);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Energies_fall_as_their_gradients_say(bool published)
    {
        var random = new RandomStreams(2).Stream("path");
        var nodes = new float[PathEnergy.Nodes * 2];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = (float)(i / 2 / 19.0 + 0.3 * random.NextNormal());
        }

        PathEnergy energy = published ? new PathEnergy.Published(0.5) : new PathEnergy.Action(30, -1);
        var density = new NearKernels([0, 0, 1, 0.5f, 0.4f, 0.9f], [-1, -1.2f, -1.1f], 2, 0.4);
        float[] gradient = new float[nodes.Length], ignored = new float[nodes.Length];
        energy.Evaluate(nodes, density, gradient);
        for (var i = 0; i < nodes.Length; i += 7)
        {
            const float Step = 1e-3f;
            float[] up = [.. nodes], down = [.. nodes];
            up[i] += Step;
            down[i] -= Step;
            var slope = (energy.Evaluate(up, density, ignored) - energy.Evaluate(down, density, ignored)) / (up[i] - (double)down[i]);
            Assert.Equal(slope, gradient[i], 0.02 * (1 + Math.Abs(slope)));
        }
    }

    [Fact]
    public void Near_kernels_are_the_kernels_of_the_plain_sum()
    {
        var random = new RandomStreams(3).Stream("kernels");
        float[] samples = new float[33], logs = new float[11], gradient = new float[3], expected = new float[3];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (float)random.NextNormal();
        }

        Array.Fill(logs, -(float)Math.Log(11));
        var near = new NearKernels(samples, logs, 3, 0.5);
        var plain = new KernelDensity(samples, logs, 3, 0.5);
        foreach (var point in (float[][])[[0, 0, 0], [1, -1, 0.5f], [5, 5, 5]])
        {
            Assert.Equal(plain.Evaluate(point, expected), near.Evaluate(point, gradient), 1e-4);
            for (var k = 0; k < 3; k++)
            {
                Assert.Equal(expected[k], gradient[k], 1e-2f);
            }
        }
    }

    /// <summary>The optimal map between normal laws with diagonal covariances is x ↦ b + A·x (Peyré and Cuturi 2019, remark 2.31).</summary>
    [Fact]
    public void Finds_the_map_between_two_normal_laws()
    {
        var (images, sources) = Solve(4);
        double error = 0, move = 0;
        for (var i = 0; i < images.Length; i++)
        {
            var truth = i % 2 == 0 ? 1 + 0.6 * sources[i] : -0.5 + 1.4 * sources[i];
            error += Math.Pow(images[i] - truth, 2);
            move += Math.Pow(sources[i] - truth, 2);
        }

        // The 300 samples of each law alone leave about 0.02 of the mean squared move.
        Assert.InRange(error / move, 0, 0.08);
    }

    [Fact]
    public void One_seed_gives_one_result_and_leaves_no_tensor()
    {
        var (first, _) = Solve(5, 12);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var (second, _) = Solve(5, 12);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Equal(first, second);
        Assert.NotEqual(first, Solve(6, 12).Images);
    }

    [Fact]
    public void A_dual_surrogate_meets_its_anchors_and_comes_back_from_its_file()
    {
        var random = new RandomStreams(7).Stream("rows");
        var (first, second) = (Rows(0), Rows(1));
        var anchors = new AnchorSet(Hyperparameter.Continuous("level", 0, 1), [new Anchor(0, first), new Anchor(1, second)]);
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { Coupling = CouplingKind.Dual, MapSteps = 20 });
        Assert.Equal(CouplingKind.Dual, surrogate.Report.Coupling);
        Assert.Equal(PotentialKind.Density, surrogate.Report.Potential);

        // Stored trajectories pass through each row of each anchor once.
        var served = surrogate.Sample(1, first.Contexts).Samples.Outputs.Values.ToArray().Order();
        Assert.All(served.Zip(second.Outputs.Values.ToArray().Order()), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));

        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.hti");
        try
        {
            surrogate.Save(path);
            var loaded = TrajectorySurrogate.Load(path);
            Assert.Equal(surrogate.Transport(first, 0, 0.4).Values.ToArray(), loaded.Transport(first, 0, 0.4).Values.ToArray());
        }
        finally
        {
            File.Delete(path);
        }

        Samples Rows(double level)
        {
            var y = new float[60];
            var x = new float[60];
            for (var i = 0; i < y.Length; i++)
            {
                x[i] = (float)random.NextNormal();
                y[i] = (float)(x[i] + 2 * level + 0.3 * random.NextNormal());
            }

            return new Samples(new Matrix(60, 1, y), new Contexts(new Matrix(60, 1, x)));
        }
    }

    [Fact]
    public void The_published_energy_needs_the_dual_coupling() =>
        Assert.Throws<ArgumentException>(() => new TrajectoryOptions { Energy = EnergyKind.Published }.Validate(null));

    private static (float[] Images, float[] Sources) Solve(long seed, int rounds = 250)
    {
        const int Rows = 300;
        var random = new RandomStreams(seed);
        var chance = random.Stream("rows");
        var points = new float[4 * Rows];
        for (var i = 0; i < points.Length; i++)
        {
            var z = chance.NextNormal();
            points[i] = (float)(i < 2 * Rows ? z : i % 2 == 0 ? 1 + 0.6 * z : -0.5 + 1.4 * z);
        }

        var problem = new DualProblem(points, [], new int[2 * Rows], Rows, 2, 0, 1);
        var coupler = new DualCoupler(
            new TrajectoryOptions(), PotentialKind.None, random, null, new DualSettings { Rounds = rounds, Hidden = 32 });
        return (coupler.Fit(0, problem, CancellationToken.None), points[..(2 * Rows)]);
    }

    /// <summary>½(y₀ − a)² + 5(y₁ − b)².</summary>
    private sealed class Quadratic(float[] centres) : CTransform.IObjective
    {
        public void Evaluate(ReadOnlySpan<int> rows, ReadOnlySpan<float> points, Span<double> values, Span<float> gradients)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                float first = points[2 * i] - centres[2 * rows[i]], second = points[2 * i + 1] - centres[2 * rows[i] + 1];
                values[i] = 0.5 * first * first + 5 * second * second;
                gradients[2 * i] = first;
                gradients[2 * i + 1] = 10 * second;
            }
        }
    }

    /// <summary>½(x − y)² − f(y) with f(y) = −log cosh 2y, strictly concave.</summary>
    private sealed class Concave(float[] sources) : CTransform.IObjective
    {
        internal static double At(double x, double y) => 0.5 * (x - y) * (x - y) + Math.Log(Math.Cosh(2 * y));

        public void Evaluate(ReadOnlySpan<int> rows, ReadOnlySpan<float> points, Span<double> values, Span<float> gradients)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                values[i] = At(sources[rows[i]], points[i]);
                gradients[i] = (float)(points[i] - sources[rows[i]] + 2 * Math.Tanh(2 * points[i]));
            }
        }
    }

    /// <summary>y², with a gradient that points the wrong way.</summary>
    private sealed class Liar : CTransform.IObjective
    {
        public void Evaluate(ReadOnlySpan<int> rows, ReadOnlySpan<float> points, Span<double> values, Span<float> gradients)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                values[i] = points[i] * points[i];
                gradients[i] = -2 * points[i];
            }
        }
    }
}
