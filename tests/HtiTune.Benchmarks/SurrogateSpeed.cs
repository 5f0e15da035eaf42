using BenchmarkDotNet.Attributes;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks;

/// <summary>A fitted surrogate with two outputs and seven conditions: rows in batches, and one at a time.</summary>
[MemoryDiagnoser]
public class SurrogateSpeed
{
    private const int Batch = 10_000;
    private TrajectorySurrogate _surrogate = null!;
    private Samples _many = null!, _one = null!;
    private AnchorSet _anchors = null!;

    [GlobalSetup]
    public void Setup()
    {
        _anchors = new AnchorSet(Hyperparameter.Continuous("lambda", 0, 1), new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, Rows(300, lambda))));
        _surrogate = TrajectorySurrogate.Fit(_anchors, new TrajectoryOptions { MapSteps = 50 });
        _many = Rows(Batch, 0);
        _one = Rows(1, 0);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public Matrix TransportARowOfTenThousand() => _surrogate.Transport(_many, 0, 0.75);

    [Benchmark]
    public Matrix TransportOneRow() => _surrogate.Transport(_one, 0, 0.75);

    [Benchmark]
    public SurrogateSamples SampleThreeHundredStoredRows() => _surrogate.Sample(0.75, _anchors[0].Samples.Contexts);

    private static Samples Rows(int count, double lambda)
    {
        var random = new RandomStreams(1).Stream("rows");
        var x = Matrix.Create(count, 7, (_, row) =>
        {
            for (var k = 0; k < row.Length; k++)
            {
                row[k] = (float)random.NextNormal();
            }
        });
        return new Samples(
            Matrix.Create(count, 2, (i, row) =>
            {
                row[0] = x[i, 0] + (float)lambda * x[i, 1];
                row[1] = x[i, 2] - (float)(lambda * lambda) * x[i, 3];
            }),
            new Contexts(x));
    }
}
