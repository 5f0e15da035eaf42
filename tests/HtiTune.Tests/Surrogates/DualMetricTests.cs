using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Surrogates;

[Collection(Alone.Name)]
public sealed class DualMetricTests
{
    private const int Chords = PathEnergy.Nodes - 1;

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(5, true)]
    [InlineData(16, false)]
    public void A_field_reads_what_its_network_says(int d, bool learned)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        var random = new RandomStreams(d);
        using var network = Network(d, learned, random);
        var field = new MetricField(network);
        var nodes = Path(d, random.Stream("path"));
        float[] points = new float[Chords * d], moves = new float[Chords * d], given = new float[Chords * 4];
        for (var i = 0; i < points.Length; i++)
        {
            (points[i], moves[i]) = ((nodes[i] + nodes[i + d]) / 2, nodes[i + d] - nodes[i]);
        }

        for (var j = 0; j < Chords; j++)
        {
            (given[4 * j], given[4 * j + 1], given[4 * j + 3]) = (0.7f, -0.4f, 1);
        }

        var expected = network.Square(tensor(points, [Chords, d]), tensor(given, [Chords, 4]), tensor(moves, [Chords, d])).data<float>().ToArray();
        var squares = new double[Chords];
        field.Enter([0.7f, -0.4f], 1);
        field.Read(nodes, squares);
        for (var j = 0; j < Chords; j++)
        {
            Assert.Equal(expected[j], squares[j], 1e-4 * (1 + expected[j]));
        }
    }

    [Theory]
    [InlineData(2, true, true)]
    [InlineData(3, true, false)]
    [InlineData(5, true, true)]
    [InlineData(2, false, false)]
    [InlineData(3, false, true)]
    public void Energies_under_a_metric_fall_as_their_gradients_say(int d, bool published, bool learned)
    {
        TorchRuntime.EnsureLoaded();
        var random = new RandomStreams(10 + d);
        using var network = Network(d, learned, random);
        var field = new MetricField(network);
        field.Enter([0.3f, 1.1f], 0);
        var nodes = Path(d, random.Stream("path"));
        var energy = Energy(published);
        var density = new NearKernels([.. nodes[..(3 * d)]], [-1, -1.2f, -1.1f], d, 0.6);
        float[] gradient = new float[nodes.Length], ignored = new float[nodes.Length], plain = new float[nodes.Length];
        energy.Evaluate(nodes, density, gradient, field);
        energy.Evaluate(nodes, density, plain);
        for (var i = 0; i < nodes.Length; i += 3)
        {
            const float Step = 1e-3f;
            float[] up = [.. nodes], down = [.. nodes];
            up[i] += Step;
            down[i] -= Step;
            var slope = (energy.Evaluate(up, density, ignored, field) - energy.Evaluate(down, density, ignored, field)) / (up[i] - (double)down[i]);
            Assert.Equal(slope, gradient[i], 0.02 * (1 + Math.Abs(slope)));
        }

        Assert.Contains(gradient.Zip(plain), pair => Math.Abs(pair.First - pair.Second) > 0.05);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_cost_of_transport_follows_the_weights_of_the_metric_as_its_gradient_says(bool published, bool learned)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        const int D = 3, Rows = 4;
        var random = new RandomStreams(21);
        var chance = random.Stream("rows");
        var problem = new DualProblem(Draw(2 * Rows * D, chance), Draw(2 * Rows * 2, chance), [0, 1, 0, 1, 0, 1, 0, 1], Rows, D, 2, 2);
        using var metric = new DualMetric(problem, learned, new DualSettings(), random);
        Enlarge(metric.Parameters, 3);
        int[] rows = [0, 1, 2, 3];
        var nodes = rows.SelectMany(_ => Path(D, chance)).ToArray();
        float[] rest = [-0.5f, 0.2f, 0, 1];
        var energy = Energy(published);
        metric.MeanCost(energy, rows, nodes, rest).backward();
        var gradient = metric.Parameters.grad!.clone();
        var direction = tensor(Draw((int)metric.Parameters.shape[0], chance));
        var slope = gradient.mul(direction).sum().item<float>();

        const float Step = 1e-3f;
        var measured = (At(Step) - At(-Step)) / (2 * Step);
        Assert.Equal(measured, slope, 0.02 * (1 + Math.Abs(measured)));
        Assert.True(Math.Abs(measured) > 0.01, $"{measured}");

        // By the arrays that the c-transform reads, not by the tensors that were differentiated.
        double At(float step)
        {
            Move(step);
            metric.Field.Refresh();
            var total = rows.Sum(i =>
            {
                var path = nodes.AsSpan(i * PathEnergy.Nodes * D, PathEnergy.Nodes * D);
                return energy.Cost(energy.Evaluate(path, null, new float[path.Length], metric.At(i)) + rest[i]).Cost;
            });
            Move(-step);
            return total / rows.Length;
        }

        void Move(float by) => Add(metric.Parameters, direction, by);
    }

    [Theory]
    [InlineData(2, true, true)]
    [InlineData(3, true, true)]
    [InlineData(3, false, true)]
    [InlineData(3, true, false)]
    public void Joint_training_finds_the_cheap_direction_and_lowers_the_cost_of_transport(int d, bool learned, bool published)
    {
        // The right anchor is the left law moved by 3 along (1, −1, 1, …)/√D. Under M = 1 no transport costs less than ½·|difference of means|².
        TorchRuntime.EnsureLoaded();
        const int Rows = 60;
        var random = new RandomStreams(5);
        var chance = random.Stream("rows");
        var unit = Enumerable.Range(0, d).Select(k => (k % 2 == 0 ? 1 : -1) / Math.Sqrt(d)).ToArray();
        var points = Draw(2 * Rows * d, chance);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = (float)(0.5 * points[i] + (i < Rows * d ? 0 : 3 * unit[i % d]));
        }

        var least = 0.5 * Enumerable.Range(0, d).Sum(k => Math.Pow(Mean(Rows, k) - Mean(0, k), 2));
        var problem = new DualProblem(points, [], new int[2 * Rows], Rows, d, 0, 1);
        var settings = new DualSettings { Rounds = 120, MetricSteps = 8, Hidden = 32, PathHidden = 16, PotentialRate = 6e-3, WarmUp = 20, PathSteps = 5 };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var metric = new DualMetric(problem, learned, settings, random))
        using (var paths = new DualPaths(problem, null, Energy(published), settings, random, metric))
        using (var dual = new DualInterval(problem, paths, settings, random))
        {
            dual.Solve(null, CancellationToken.None);

            // What is transported reaches the other law before its cost means anything.
            var images = dual.Images();
            for (var k = 0; k < d; k++)
            {
                var column = k;
                Assert.Equal(Mean(Rows, k), Enumerable.Range(0, Rows).Average(i => (double)images[i * d + column]), 0.35);
            }

            Assert.True(metric.Costs[^1] < 0.7 * least, $"{metric.Costs[^1]} of {least}");

            // M in the middle, along the move and along the first axis at right angles to it.
            double[] across = [unit[1], -unit[0], .. new double[d - 2]];
            var length = Math.Sqrt(across.Sum(a => a * a));
            double along = Square(unit), other = Square([.. across.Select(a => a / length)]);
            Assert.True(along < 0.7 && along < 0.7 * other, $"{along} along, {other} across");

            double Square(double[] direction)
            {
                var nodes = new float[PathEnergy.Nodes * d];
                for (var i = 0; i < nodes.Length; i++)
                {
                    nodes[i] = (float)(1.5 * unit[i % d] + (i / d - 9.5) / 1e2 * direction[i % d]);
                }

                var squares = new double[Chords];
                metric.At(0).Read(nodes, squares);
                return squares[9] * 1e4;
            }
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        double Mean(int first, int k) => Enumerable.Range(first, Rows).Average(i => (double)points[i * d + k]);
    }

    [Theory]
    [InlineData(3, MetricKind.Learned)]
    [InlineData(3, MetricKind.Fixed)]
    [InlineData(5, MetricKind.Learned)]
    [InlineData(1, MetricKind.Learned)]
    public void Any_dimension_is_fitted_with_continuous_conditions_and_leaves_no_tensor(int d, MetricKind metric)
    {
        TorchRuntime.EnsureLoaded();
        using var folder = new Data.TemporaryFolder();
        var anchors = Anchors(d);
        var options = new TrajectoryOptions { Coupling = CouplingKind.Dual, Metric = metric, MapSteps = 20, PathSteps = 20, HiddenWidth = 16 };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var surrogate = TrajectorySurrogate.Fit(anchors, options);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        // Stored trajectories pass through each row of each anchor once.
        var served = surrogate.Sample(1, anchors[0].Samples.Contexts).Samples.Outputs;
        for (var k = 0; k < d; k++)
        {
            var column = k;
            Assert.All(Column(served).Zip(Column(anchors[1].Samples.Outputs)), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
            IEnumerable<float> Column(Matrix y) => Enumerable.Range(0, y.Rows).Select(i => y[i, column]).Order();
        }

        surrogate.Save(folder.File("m.hti"));
        var moved = TrajectorySurrogate.Load(folder.File("m.hti")).Transport(anchors[0].Samples, 0, 0.4);
        Assert.True(surrogate.Transport(anchors[0].Samples, 0, 0.4).SameAs(moved));
        Assert.All(moved.Values.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(EnergyKind.Auto)]
    [InlineData(EnergyKind.Action)]
    public void Every_variant_of_the_Lagrangian_is_one_option_away_under_the_dual_coupling(EnergyKind energy)
    {
        var anchors = Anchors(2);
        var known = new List<float[]>();
        foreach (var metric in Enum.GetValues<MetricKind>())
        {
            foreach (var potential in (PotentialKind[])[PotentialKind.None, PotentialKind.Density])
            {
                var surrogate = TrajectorySurrogate.Fit(
                    anchors, new TrajectoryOptions { Coupling = CouplingKind.Dual, Metric = metric, Potential = potential, Energy = energy, TrainMaps = false });
                Assert.Equal(potential, surrogate.Report.Potential);

                // K_I alone is straight; a potential, a metric or both bend its paths, each in its own way.
                var bends = surrogate.State.Bends[0];
                Assert.Equal(metric == MetricKind.None && potential == PotentialKind.None, bends is null);
                Assert.True(bends is null || bends.Any(b => b != 0));
                Assert.DoesNotContain(known, other => bends is not null && bends.SequenceEqual(other));
                known.Add(bends ?? []);
            }
        }
    }

    [Fact]
    public void A_cancelled_training_leaves_no_tensor()
    {
        TorchRuntime.EnsureLoaded();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var ended = new CancellationToken(canceled: true);
        var options = new TrajectoryOptions { Coupling = CouplingKind.Dual, Metric = MetricKind.Learned };
        Assert.Throws<OperationCanceledException>(() => TrajectorySurrogate.Fit(Anchors(2), options, cancellation: ended));
        var problem = new DualProblem(Draw(80, new RandomStreams(1).Stream("rows")), [], new int[40], 20, 2, 0, 1);
        var coupler = new DualCoupler(options, PotentialKind.None, new RandomStreams(1), null);
        Assert.Throws<OperationCanceledException>(() => coupler.Fit(0, problem, ended));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static PathEnergy Energy(bool published) => published ? new PathEnergy.Published(0.5) : new PathEnergy.Action(30, -1);

    /// <summary>A metric of two conditions and two categories that varies in space.</summary>
    private static MetricNetwork Network(int d, bool learned, RandomStreams random)
    {
        var network = new MetricNetwork(d, 2, 2, learned, random.Stream("metric"), 32);
        Enlarge(network.Parameters, 3);
        return network;
    }

    private static void Enlarge(Tensor parameters, float factor) => Add(parameters, parameters, factor - 1);

    private static void Add(Tensor parameters, Tensor direction, float factor)
    {
        using var untracked = no_grad();
        using Scalar held = factor;
        parameters.add_(direction, held);
    }

    private static float[] Path(int d, RandomStream random) =>
        [.. Enumerable.Range(0, PathEnergy.Nodes * d).Select(i => (float)(i / d / 19.0 + 0.3 * random.NextNormal()))];

    private static float[] Draw(int count, RandomStream random) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];

    private static AnchorSet Anchors(int d)
    {
        const int Rows = 40;
        var random = new RandomStreams(d).Stream("rows");
        return new AnchorSet(Hyperparameter.Continuous("level", 0, 1), [new Anchor(0, At(0)), new Anchor(1, At(1))]);
        Samples At(double level)
        {
            var x = Draw(Rows, random);
            var y = Draw(Rows * d, random);
            for (var i = 0; i < y.Length; i++)
            {
                y[i] = (float)(x[i / d] + (2 + i % d) * level + 0.3 * y[i]);
            }

            return new Samples(new Matrix(Rows, d, y), new Contexts(new Matrix(Rows, 1, x)));
        }
    }
}
