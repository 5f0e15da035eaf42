using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Surrogates;

/// <summary>The same seed gives the same bytes, wherever the collector puts the arrays and however many threads there are.</summary>
[Collection(Alone.Name)]
public sealed class RepeatedFitTests
{
    private readonly List<byte[]> _kept = [];

    [Theory]
    [InlineData(400, 1)]
    [InlineData(40, 3)]
    [InlineData(1, 64)]
    public void Trains_to_the_same_bits_wherever_arrays_lie(int rows, int outputs)
    {
        var first = Trained(0);
        Assert.All(Enumerable.Range(1, 12), repeat => Assert.Equal(first, Trained(repeat)));

        float[] Trained(int repeat)
        {
            using var guard = OneTorchThread.Enter();
            using var scope = NewDisposeScope();
            var random = new RandomStreams(3);
            var chance = random.Stream("rows");
            Shift(repeat);
            using var network = new DualNetwork(3, outputs, 64, 2, 1, random.Stream("weights"));
            for (var step = 0; step < 5; step++)
            {
                Shift(repeat + step);
                var inputs = Enumerable.Range(0, 3 * rows).Select(_ => (float)chance.NextNormal()).ToArray();
                var y = network.Train(AlignedTensor.Of(inputs, rows, 3), tensor(new long[rows]));
                y.mul(y).sum().backward();
                network.Step(1e-2);
            }

            var frozen = network.Freeze();
            var values = new float[rows * outputs];
            frozen.Evaluate(Enumerable.Range(0, 3 * rows).Select(i => i / 100f).ToArray(), new int[rows], values);
            return values;
        }
    }

    [Theory]
    [InlineData(1, CouplingKind.Dual, MetricKind.None)]
    [InlineData(2, CouplingKind.Dual, MetricKind.Learned)]
    [InlineData(2, CouplingKind.Auto, MetricKind.Learned)]
    public void Fits_the_same_bytes_with_one_thread_and_with_two(int d, CouplingKind coupling, MetricKind metric)
    {
        using var folder = new Data.TemporaryFolder();
        var anchors = Anchors(d);
        var first = Fit(1, 0);
        foreach (var (threads, repeat) in ((int, int)[])[(1, 1), (2, 2)])
        {
            Assert.True(first.AsSpan().SequenceEqual(Fit(threads, repeat)), $"{threads} threads, fit {repeat}");
        }

        byte[] Fit(int threads, int repeat)
        {
            Shift(repeat);
            var options = new TrajectoryOptions
            {
                Coupling = coupling, Metric = metric, Potential = PotentialKind.Density, MapSteps = 10, PathSteps = 10, HiddenWidth = 16, Threads = threads,
            };
            TrajectorySurrogate.Fit(anchors, options).Save(folder.File("m.hti"));
            return File.ReadAllBytes(folder.File("m.hti"));
        }
    }

    /// <summary>Moves what is allocated next by a multiple of eight bytes.</summary>
    private void Shift(int words) => _kept.Add(new byte[8 * words]);

    private static AnchorSet Anchors(int d)
    {
        const int Rows = 16;
        var random = new RandomStreams(d).Stream("rows");
        return new AnchorSet(Hyperparameter.Continuous("level", 0, 1), [At(0), At(0.5), At(1)]);

        Anchor At(double level)
        {
            float[] x = new float[Rows], y = new float[Rows * d];
            for (var i = 0; i < y.Length; i++)
            {
                x[i / d] = i % d == 0 ? (float)random.NextNormal() : x[i / d];
                y[i] = (float)(x[i / d] + (2 + i % d) * level + 0.3 * random.NextNormal());
            }

            return new Anchor(level, new Samples(new Matrix(Rows, d, y), new Contexts(new Matrix(Rows, 1, x))));
        }
    }
}
