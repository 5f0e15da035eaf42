using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Surrogates;

[Collection(Alone.Name)]
public class MetricTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    [InlineData(16, true)]
    public void The_metric_is_a_positive_quadratic_form_of_trace_D(int d, bool learned)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var metric = new MetricNetwork(d, 1, 2, learned, new RandomStreams(d).Stream("metric"));
        var random = new RandomStreams(1).Stream("points");
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
        const int n = 20;
        var points = tensor(Draw(n * d), [n, d]);
        var given = tensor(Draw(n * 3), [n, 3]);
        Tensor v = tensor(Draw(n * d), [n, d]), w = tensor(Draw(n * d), [n, d]);

        // Σ_i e_iᵀMe_i is the trace.
        var trace = zeros(n);
        for (var i = 0; i < d; i++)
        {
            var unit = zeros(n, d);
            unit.narrow(1, i, 1).fill_(1);
            trace = trace + metric.Square(points, given, unit);
        }

        Assert.All(trace.data<float>().ToArray(), value => Assert.Equal(d, value, 1e-3));
        Assert.All(metric.Square(points, given, v).data<float>().ToArray(), value => Assert.True(value > 0));

        // The parallelogram law holds for quadratic forms only.
        var left = metric.Square(points, given, v + w) + metric.Square(points, given, v - w);
        var right = 2 * metric.Square(points, given, v) + 2 * metric.Square(points, given, w);
        Assert.InRange((left - right).abs().max().item<float>(), 0, 1e-3f * right.max().item<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_cheap_direction_turns_along_what_is_transported(bool learned)
    {
        // Everything moves along the first axis; the trace is fixed, so a cheaper first axis is the only gain.
        var random = new RandomStreams(2).Stream("points");
        const int n = 60;
        var from = Enumerable.Range(0, 2 * n).Select(_ => (float)random.NextNormal()).ToArray();
        var to = from.Select((value, i) => i % 2 == 0 ? value + 3 : value).ToArray();
        var none = new float[0];
        var trajectories = new Trajectories([from, to], [none, none], new int[n], 2, 0, 1, []);
        var bends = new float[n * SineBasis.Count * 2];
        var (first, last) = new MetricPaths(trajectories, 0, null).Train(bends, learned, new RandomStreams(1).Stream("metric"), CancellationToken.None);

        // Fixed eigenvalues are (1, 0.1) at trace 2: at best the move costs 0.18 of ½·3². Learned ones reach down to 0.1.
        Assert.InRange(last, 0.1 * 4.5 * 0.9, 0.35 * 4.5);
        Assert.True(last < 0.6 * first, $"{first} to {last}");
        Assert.All(bends, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(8, true)]
    [InlineData(16, true)]
    [InlineData(3, false)]
    [InlineData(16, false)]
    public void The_metric_finds_an_oblique_direction(int d, bool learned)
    {
        // Everything moves by 3 along (1, −1, 1, …)/√D; other directions hold noise. M = 1 prices that at ½·3².
        var random = new RandomStreams(2).Stream("points");
        const int n = 60;
        var from = Enumerable.Range(0, n * d).Select(_ => (float)random.NextNormal()).ToArray();
        var to = from.Select((value, i) => value + (float)((i % d % 2 == 0 ? 3 : -3) / Math.Sqrt(d))).ToArray();
        var trajectories = new Trajectories([from, to], [[], []], new int[n], d, 0, 1, []);
        var bends = new float[n * SineBasis.Count * d];
        var (_, last) = new MetricPaths(trajectories, 0, null).Train(bends, learned, new RandomStreams(1).Stream("metric"), CancellationToken.None);
        Assert.InRange(last, 0.1 * 4.5 * 0.9, 0.8 * 4.5);
    }

    [Theory]
    [InlineData(MetricKind.None, PotentialKind.None)]
    [InlineData(MetricKind.None, PotentialKind.Density)]
    [InlineData(MetricKind.Learned, PotentialKind.None)]
    [InlineData(MetricKind.Learned, PotentialKind.Density)]
    [InlineData(MetricKind.Fixed, PotentialKind.None)]
    [InlineData(MetricKind.Fixed, PotentialKind.Density)]
    public void Every_variant_of_the_Lagrangian_is_reachable_by_options(MetricKind metric, PotentialKind potential)
    {
        var surrogate = TrajectorySurrogate.Fit(
            Problems.Moving([0, 1], v => v, rows: 40),
            new TrajectoryOptions { Metric = metric, Potential = potential, TrainMaps = false });
        Assert.Equal(potential, surrogate.Report.Potential);
        Assert.Equal(potential == PotentialKind.Density, surrogate.Report.Bandwidths[0] > 0);

        // K_I alone is straight; a potential, a metric or both bend its paths, each in its own way.
        var bends = surrogate.State.Bends[0];
        Assert.Equal(metric == MetricKind.None && potential == PotentialKind.None, bends is null);
        Assert.True(bends is null || bends.Any(b => b != 0));
        Assert.DoesNotContain(Others(), other => bends is not null && bends.SequenceEqual(other));

        IEnumerable<float[]> Others() => ((MetricKind[])[MetricKind.None, MetricKind.Learned, MetricKind.Fixed])
            .Where(m => m != metric && (m, potential) != (MetricKind.None, PotentialKind.None))
            .Select(m => TrajectorySurrogate.Fit(
                Problems.Moving([0, 1], v => v, rows: 40),
                new TrajectoryOptions { Metric = m, Potential = potential, TrainMaps = false }).State.Bends[0]!);
    }

    [Fact]
    public void A_surrogate_with_a_learned_metric_is_saved_and_meets_its_anchors()
    {
        using var folder = new Data.TemporaryFolder();
        var anchors = Problems.Moving([0, 0.5, 1], v => v, rows: 40);
        var options = new TrajectoryOptions { Metric = MetricKind.Learned, MapSteps = 60, PathSteps = 60, HiddenWidth = 16 };
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var surrogate = TrajectorySurrogate.Fit(anchors, options);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        surrogate.Save(folder.File("m.hti"));
        var loaded = TrajectorySurrogate.Load(folder.File("m.hti"));
        Assert.True(surrogate.Transport(anchors[0].Samples, 0, 0.7).SameAs(loaded.Transport(anchors[0].Samples, 0, 0.7)));
        Assert.Equal(MetricKind.Learned, loaded.Options.Metric);
        var met = surrogate.Sample(0.5, anchors[1].Samples.Contexts).Samples.Outputs.Values.ToArray();
        Assert.Equal(anchors[1].Samples.Outputs.Values.ToArray().Average(), met.Average(), 1e-4f);
    }
}
