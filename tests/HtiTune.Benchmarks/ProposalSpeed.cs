using BenchmarkDotNet.Attributes;
using HtiTune.Acquisition;

namespace HtiTune.Benchmarks;

/// <summary>One proposal of the tuner: the process is conditioned, its posterior read on the grid, and log expected improvement maximised.</summary>
[MemoryDiagnoser]
public class ProposalSpeed
{
    private static readonly double[] Grid = [.. Enumerable.Range(0, 257).Select(i => i / 256.0)];
    private Observation[] _observations = [];
    private double[] _places = [];

    /// <summary>Anchors so far.</summary>
    [Params(4, 8, 16)]
    public int Anchors { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _places = [.. Enumerable.Range(0, Anchors).Select(i => (double)i / (Anchors - 1))];
        _observations = [.. _places.Select((u, i) => new Observation(u, Truth(u), i < 2 ? null : Truth(u) + 0.05))];
    }

    [Benchmark]
    public ProposedPoint? WithSurrogate() => Propose(Truth);

    [Benchmark(Baseline = true)]
    public ProposedPoint? Plain() => Propose(null);

    private ProposedPoint? Propose(Func<double, double>? surrogate)
    {
        var process = BridgeProcess.Fit(_observations, surrogate);
        return ProposalSearch.Find(process, process.OnGrid(Grid), _places);
    }

    private static double Truth(double u) => Math.Sin(5 * u) - u * u;
}
