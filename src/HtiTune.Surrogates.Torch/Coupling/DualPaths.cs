// Notation
//   a, b   ends of a path;  x  condition;  z(a, b, x)  its bends, [Q, D], from a network;  γ_j  nodes as in SineBasis.cs
//   the network minimises the mean energy of its paths: first between rows that chance picked (as published; the pairs are of one
//   category), then between each row and its image under the map
//   ∂E/∂z_q = Σ_j sin(qπs_j)/q · ∂E/∂γ_j;   ∂E/∂b = Σ_j s_j ∂E/∂γ_j with z held                        (method e8, e11, trap 8)

using HtiTune.Data;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Paths of least energy between any two points, by a network, and the cost of moving along them.</summary>
internal sealed class DualPaths : IDisposable
{
    private const int Batch = 256;
    private const int Depth = 2;
    private const double LongestGradient = 1;

    private static readonly float[] Basis = MakeBasis();

    private readonly DualProblem _problem;
    private readonly RowDensities? _densities;
    private readonly DualMetric? _metric;
    private readonly PathEnergy _energy;
    private readonly DualNetwork _network;
    private readonly RandomStream _chance;
    private readonly double _rate;
    private readonly int[][] _ofCategory;

    /// <param name="problem">The rows.</param>
    /// <param name="densities">What bends the paths; null for none.</param>
    /// <param name="energy">What the paths minimise.</param>
    /// <param name="settings">The schedule.</param>
    /// <param name="random">Chance of weights and batches.</param>
    /// <param name="metric">The metric, trained here, which stays the caller's; null for M = 1.</param>
    internal DualPaths(
        DualProblem problem, RowDensities? densities, PathEnergy energy, DualSettings settings, RandomStreams random, DualMetric? metric = null)
    {
        _problem = problem;
        _densities = densities;
        _metric = metric;
        _energy = energy;
        _rate = settings.PathRate;
        var d = problem.Dimension;
        _network = new DualNetwork(
            2 * d + problem.ConditionCount, SineBasis.Count * d, settings.PathHidden, Depth, problem.CategoryCount, random.Stream("path weights"));
        _chance = random.Stream("path batches");
        _ofCategory = Enumerable.Range(0, problem.CategoryCount)
            .Select(c => Enumerable.Range(0, problem.Count).Where(i => problem.Categories[i] == c).ToArray()).ToArray();
    }

    /// <summary>Trains on pairs of rows that chance picks, and on rows of the left anchor with their images.</summary>
    /// <param name="steps">Steps.</param>
    /// <param name="images">Images of all rows of the left anchor, [Sources, D]; null for random pairs alone.</param>
    /// <param name="randomShare">Share of random pairs: the cost is asked for ends all over the box, not at images alone.</param>
    /// <param name="fall">Share of the learning rate.</param>
    /// <returns>The mean energy of the last batch.</returns>
    internal double Train(int steps, float[]? images, double randomShare, double fall)
    {
        double energy = 0;
        var d = _problem.Dimension;
        var rows = new int[Batch];
        var ends = new float[Batch * d];
        for (var step = 0; step < steps; step++)
        {
            for (var i = 0; i < Batch; i++)
            {
                if (images is null || i < randomShare * Batch)
                {
                    rows[i] = _chance.NextInt(_problem.Count);
                    var others = _ofCategory[_problem.Categories[rows[i]]];
                    _problem.Points.AsSpan(others[_chance.NextInt(others.Length)] * d, d).CopyTo(ends.AsSpan(i * d));
                }
                else
                {
                    rows[i] = _chance.NextInt(_problem.Sources);
                    images.AsSpan(rows[i] * d, d).CopyTo(ends.AsSpan(i * d));
                }
            }

            energy = Step(rows, ends, fall);
        }

        return energy;
    }

    /// <summary>Tells densities that keep only kernels near a path where the paths run.</summary>
    internal void Focus(ReadOnlySpan<int> rows, float[] ends)
    {
        if (_densities is null)
        {
            return;
        }

        var d = _problem.Dimension;
        var straight = new float[SineBasis.Count * d];
        var nodes = new float[PathEnergy.Nodes * d];
        for (var i = 0; i < rows.Length; i++)
        {
            Trace(_problem.Points.AsSpan(rows[i] * d, d), ends.AsSpan(i * d, d), straight, nodes);
            _densities[rows[i]].Focus(nodes);
        }
    }

    /// <summary>The cost from each row to a point, and its gradient in the point.</summary>
    /// <param name="rows">a rows of the problem.</param>
    /// <param name="ends">Points, [a, D].</param>
    /// <param name="costs">Takes the costs, length a.</param>
    /// <param name="gradients">Takes ∂cost/∂end, [a, D].</param>
    internal void Cost(ReadOnlySpan<int> rows, ReadOnlySpan<float> ends, Span<double> costs, Span<float> gradients)
    {
        int d = _problem.Dimension, size = SineBasis.Count * d;
        var bends = Bends(rows, ends);
        float[] nodes = new float[PathEnergy.Nodes * d], slope = new float[PathEnergy.Nodes * d];
        for (var i = 0; i < rows.Length; i++)
        {
            Trace(_problem.Points.AsSpan(rows[i] * d, d), ends.Slice(i * d, d), bends.AsSpan(i * size, size), nodes);
            var (cost, factor) = _energy.Cost(_energy.Evaluate(nodes, _densities?[rows[i]], slope, _metric?.At(rows[i])));
            costs[i] = cost;
            for (var k = 0; k < d; k++)
            {
                double sum = 0;
                for (var j = 1; j < PathEnergy.Nodes; j++)
                {
                    sum += j / (PathEnergy.Nodes - 1.0) * slope[j * d + k];
                }

                gradients[i * d + k] = (float)(factor * sum);
            }
        }
    }

    /// <summary>Trains the metric, if there is one, on the paths from rows to their images.</summary>
    /// <param name="rows">a rows of the problem.</param>
    /// <param name="ends">Their images, [a, D].</param>
    /// <param name="fall">Share of the learning rate.</param>
    internal void TurnMetric(int[] rows, float[] ends, double fall)
    {
        if (_metric is null)
        {
            return;
        }

        int d = _problem.Dimension, size = SineBasis.Count * d, length = PathEnergy.Nodes * d;
        var bends = Bends(rows, ends);
        float[] nodes = new float[rows.Length * length], rest = new float[rows.Length], slope = new float[length];
        for (var i = 0; i < rows.Length; i++)
        {
            var path = nodes.AsSpan(i * length, length);
            Trace(_problem.Points.AsSpan(rows[i] * d, d), ends.AsSpan(i * d, d), bends.AsSpan(i * size, size), path);
            if (_densities?[rows[i]] is { } density)
            {
                rest[i] = (float)(_energy.Evaluate(path, density, slope) - _energy.Evaluate(path, null, slope));
            }
        }

        _metric.Turn(_energy, rows, nodes, rest, fall);
    }

    /// <summary>The network as surrogates serve it: its outputs are z_q/q.</summary>
    internal FrozenNetwork Freeze()
    {
        var d = _problem.Dimension;
        return _network.Freeze(Enumerable.Range(0, SineBasis.Count * d).Select(i => 1f / (i / d + 1)).ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private float[] Bends(ReadOnlySpan<int> rows, ReadOnlySpan<float> ends)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return _network.Hold(Inputs(rows, ends), tensor(_problem.CategoriesOf(rows))).data<float>().ToArray();
    }

    private double Step(int[] rows, float[] ends, double fall)
    {
        int d = _problem.Dimension, size = SineBasis.Count * d;
        using var scope = NewDisposeScope();
        var predicted = _network.Train(Inputs(rows, ends), tensor(_problem.CategoriesOf(rows)));
        var bends = predicted.detach().data<float>().ToArray();
        var gradient = new float[bends.Length];
        float[] nodes = new float[PathEnergy.Nodes * d], slope = new float[PathEnergy.Nodes * d];
        double total = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            Trace(_problem.Points.AsSpan(rows[i] * d, d), ends.AsSpan(i * d, d), bends.AsSpan(i * size, size), nodes);
            var density = _densities?[rows[i]];
            density?.Focus(nodes);
            total += _energy.Evaluate(nodes, density, slope, _metric?.At(rows[i]));
            for (var j = 1; j < PathEnergy.Nodes - 1; j++)
            {
                for (var q = 0; q < SineBasis.Count; q++)
                {
                    var weight = Basis[j * SineBasis.Count + q] / rows.Length;
                    for (var k = 0; k < d; k++)
                    {
                        gradient[i * size + q * d + k] += weight * slope[j * d + k];
                    }
                }
            }
        }

        predicted.mul(AlignedTensor.Of(gradient, rows.Length, size)).sum().backward();
        _network.Step(_rate * fall, LongestGradient);
        return total / rows.Length;
    }

    /// <summary>(a, b, x) side by side, [n, 2D + C].</summary>
    private Tensor Inputs(ReadOnlySpan<int> rows, ReadOnlySpan<float> ends)
    {
        int d = _problem.Dimension, c = _problem.ConditionCount, width = 2 * d + c;
        var inputs = new float[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = inputs.AsSpan(i * width, width);
            _problem.Points.AsSpan(rows[i] * d, d).CopyTo(row);
            ends.Slice(i * d, d).CopyTo(row[d..]);
            _problem.Conditions.AsSpan(rows[i] * c, c).CopyTo(row[(2 * d)..]);
        }

        return AlignedTensor.Of(inputs, rows.Length, width);
    }

    private static void Trace(ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> bends, Span<float> nodes)
    {
        var d = from.Length;
        for (var j = 0; j < PathEnergy.Nodes; j++)
        {
            var s = j / (PathEnergy.Nodes - 1f);
            var point = nodes.Slice(j * d, d);
            for (var k = 0; k < d; k++)
            {
                point[k] = from[k] + s * (to[k] - from[k]);
            }

            SineBasis.AddBend(bends, Basis.AsSpan(j * SineBasis.Count, SineBasis.Count), point);
        }
    }

    private static float[] MakeBasis()
    {
        var basis = new float[PathEnergy.Nodes * SineBasis.Count];
        for (var j = 0; j < PathEnergy.Nodes; j++)
        {
            SineBasis.At(j / (PathEnergy.Nodes - 1.0), basis.AsSpan(j * SineBasis.Count, SineBasis.Count));
        }

        return basis;
    }
}
