using BenchmarkDotNet.Attributes;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Benchmarks;

/// <summary>Exact optimal transport between two clouds in the plane.</summary>
[MemoryDiagnoser]
public class TransportSpeed
{
    private float[] _cost = [];

    /// <summary>Samples on each side.</summary>
    [Params(500, 1000, 2000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new RandomStreams(1).Stream("clouds");
        float[] Cloud() => Enumerable.Range(0, 2 * Count).Select(_ => (float)random.NextNormal()).ToArray();
        _cost = GroundCost.SquaredEuclidean(Cloud(), Cloud(), 2);
    }

    [Benchmark]
    public double Solve() => OptimalTransport.Solve(Count, Count, _cost).Cost;
}
