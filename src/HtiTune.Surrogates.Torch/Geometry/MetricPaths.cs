// Notation
//   γ_t    path of trajectory t (SineBasis, T = 20 nodes), coefficients z_t;  d_j = γ_{j+1} − γ_j;  m_j = (γ_j + γ_{j+1})/2
//   action = Σ_j ½ n·d_jᵀ M(m_j|x) d_j + (1/T) Σ_j V(γ_j|x),  n = T − 1.  M is read at midpoints: neither end is favoured, and no jump
//   leaves from a cheap node unpaid (read at left nodes the metric can be exploited that way).
// M and the paths are trained in turn on the same mean action, as in the paper (metric on the cost of what is transported, amortised
// paths on the energy): 8 rounds of 25 steps on the z of 100 trajectories and 15 steps on M, then 40 steps on all z, a part at a time.
// The trace of M is fixed, so the metric cannot shrink to make everything cheap: it turns its cheap directions along the paths.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Least-action paths under a metric that is trained with them.</summary>
internal sealed class MetricPaths
{
    private const int Rounds = 8;
    private const int PathSteps = 25;
    private const int MetricSteps = 15;
    private const int LastPathSteps = 40;
    private const int MostTrained = 100;
    private const double PathRate = 0.02;
    private const double MetricRate = 5e-3;

    private readonly Trajectories _trajectories;
    private readonly int _interval;
    private readonly DensityPotential? _potential;

    internal MetricPaths(Trajectories trajectories, int interval, DensityPotential? potential)
    {
        _trajectories = trajectories;
        _interval = interval;
        _potential = potential;
    }

    /// <summary>Trains metric and paths of one interval.</summary>
    /// <param name="bends">Coefficients to start from, [N, Q, D]; overwritten.</param>
    /// <param name="learnsEigenvalues">Learned or fixed eigenvalues.</param>
    /// <param name="random">Chance of the metric's first weights.</param>
    /// <param name="cancellation">Ends the training between two steps.</param>
    /// <returns>
    /// Mean kinetic energy of the paths that the metric is trained on, before the first step and after the last; NaN in one dimension,
    /// where trace 1 leaves only M = 1.
    /// </returns>
    internal (double First, double Last) Train(float[] bends, bool learnsEigenvalues, RandomStream random, CancellationToken cancellation)
    {
        if (_trajectories.Dimension == 1)
        {
            return (double.NaN, double.NaN);
        }

        using var single = OneTorchThread.Enter();
        using var scope = NewDisposeScope();
        using var metric = new MetricNetwork(
            _trajectories.Dimension, _trajectories.ConditionCount, _trajectories.CategoryCount, learnsEigenvalues, random);
        using var shape = new AdamW(metric.Parameters);
        double first = double.NaN, last = double.NaN;
        using (var some = new Bundle(this, metric, Spread(MostTrained), bends))
        {
            for (var round = 0; round < Rounds; round++)
            {
                for (var step = 0; step < PathSteps; step++)
                {
                    some.MovePaths(step == 0, cancellation);
                }

                for (var step = 0; step < MetricSteps; step++)
                {
                    last = some.TurnMetric(shape, cancellation);
                    first = double.IsNaN(first) ? last : first;
                }
            }
        }

        // Paths do not meet under a metric that stands still: a part of them at a time keeps the tensors small.
        foreach (var rows in Enumerable.Range(0, _trajectories.Count).Chunk(MostTrained))
        {
            using var part = new Bundle(this, metric, rows, bends);
            for (var step = 0; step < LastPathSteps; step++)
            {
                part.MovePaths(step == 0, cancellation);
            }

            part.CopyTo(bends.AsSpan(rows[0] * SineBasis.Count * _trajectories.Dimension));
        }

        return (first, last);
    }

    /// <summary>Up to so many trajectories, evenly spread.</summary>
    private int[] Spread(int most)
    {
        var count = Math.Min(most, _trajectories.Count);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * _trajectories.Count / count))];
    }

    /// <summary>Some trajectories' paths as tensors.</summary>
    private sealed class Bundle : IDisposable
    {
        private readonly MetricPaths _owner;
        private readonly MetricNetwork _metric;
        private readonly int[] _rows;
        private readonly Tensor _line, _given, _basis, _bends;
        private readonly AdamW _optimiser;
        private readonly ILogDensity[] _densities;
        private readonly Scalar _half = 0.5f, _intervals = 0.5f * (ActionPathSolver.Nodes - 1), _one = 1f, _minusOne = -1f;

        internal Bundle(MetricPaths owner, MetricNetwork metric, int[] rows, float[] bends)
        {
            _owner = owner;
            _metric = metric;
            _rows = rows;
            var trajectories = owner._trajectories;
            int d = trajectories.Dimension, c = trajectories.ConditionCount, width = c + trajectories.CategoryCount, size = SineBasis.Count * d;
            var line = new float[rows.Length * ActionPathSolver.Nodes * d];
            var given = new float[rows.Length * (ActionPathSolver.Nodes - 1) * width];
            var start = new float[rows.Length * size];
            for (var i = 0; i < rows.Length; i++)
            {
                ReadOnlySpan<float> a = trajectories.Point(owner._interval, rows[i]), b = trajectories.Point(owner._interval + 1, rows[i]);
                for (var j = 0; j < ActionPathSolver.Nodes; j++)
                {
                    var s = j / (ActionPathSolver.Nodes - 1f);
                    for (var k = 0; k < d; k++)
                    {
                        line[(i * ActionPathSolver.Nodes + j) * d + k] = a[k] + s * (b[k] - a[k]);
                    }
                }

                for (var j = 0; j < ActionPathSolver.Nodes - 1; j++)
                {
                    var row = given.AsSpan((i * (ActionPathSolver.Nodes - 1) + j) * width, width);
                    trajectories.Condition(owner._interval, rows[i]).CopyTo(row);
                    row[c + trajectories.Categories[rows[i]]] = 1;
                }

                bends.AsSpan(rows[i] * size, size).CopyTo(start.AsSpan(i * size));
            }

            _line = AlignedTensor.Of(line, rows.Length, ActionPathSolver.Nodes, d).DetachFromDisposeScope();
            _given = AlignedTensor.Of(given, rows.Length * (ActionPathSolver.Nodes - 1), width).DetachFromDisposeScope();
            _basis = Basis().DetachFromDisposeScope();
            _bends = AlignedTensor.Leaf(start, rows.Length, size).DetachFromDisposeScope();
            _optimiser = new AdamW(_bends, decay: 0);
            _densities = owner._potential is { } potential
                ? [.. rows.Select(t => potential.For(trajectories.Categories[t], trajectories.Condition(owner._interval, t)))]
                : [];
        }

        /// <summary>One step of all paths under the metric as it is.</summary>
        internal void MovePaths(bool refocus, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();

            // The metric stands still: no gradient of its weights is wanted.
            _metric.Parameters.requires_grad = false;
            var nodes = Nodes(_bends);
            var action = Kinetic(nodes);
            if (_densities.Length > 0)
            {
                // V enters by its gradient at the nodes: its value is not needed to descend.
                action = action.add(nodes.mul(Slopes(nodes, refocus)).sum(), _one);
            }

            action.backward();
            _metric.Parameters.requires_grad = true;
            _optimiser.Step(PathRate);
        }

        /// <summary>One step of the metric on the paths as they are; the mean kinetic energy before it.</summary>
        internal double TurnMetric(AdamW shape, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var kinetic = Kinetic(Nodes(_bends.detach()));
            kinetic.backward();
            shape.Step(MetricRate);
            return kinetic.item<float>() / _rows.Length;
        }

        internal void CopyTo(Span<float> bends)
        {
            using var scope = NewDisposeScope();
            _bends.detach().data<float>().ToArray().CopyTo(bends);
        }

        public void Dispose()
        {
            _line.Dispose();
            _given.Dispose();
            _basis.Dispose();
            _bends.Dispose();
            _optimiser.Dispose();
            _half.Dispose();
            _intervals.Dispose();
            _one.Dispose();
            _minusOne.Dispose();
        }

        private Tensor Nodes(Tensor bends) =>
            _line.add(matmul(_basis, bends.view(_rows.Length, SineBasis.Count, _owner._trajectories.Dimension)), _one);

        private Tensor Kinetic(Tensor nodes)
        {
            Tensor left = nodes.narrow(1, 0, ActionPathSolver.Nodes - 1), right = nodes.narrow(1, 1, ActionPathSolver.Nodes - 1);
            var d = _owner._trajectories.Dimension;
            var middle = left.add(right, _one).mul(_half).reshape(-1, d);
            return _metric.Square(middle, _given, right.add(left, _minusOne).reshape(-1, d)).sum().mul(_intervals);
        }

        /// <summary>∂/∂γ of (1/T) Σ V at every node, [n, T, D].</summary>
        private Tensor Slopes(Tensor nodes, bool refocus)
        {
            var d = _owner._trajectories.Dimension;
            var potential = _owner._potential!;
            var values = nodes.detach().contiguous().data<float>().ToArray();
            var slopes = new float[values.Length];
            var scale = (float)(-potential.Strength / ActionPathSolver.Nodes);
            var gradient = new float[d];
            for (var i = 0; i < _rows.Length; i++)
            {
                var path = values.AsSpan(i * ActionPathSolver.Nodes * d, ActionPathSolver.Nodes * d);
                if (refocus)
                {
                    _densities[i].Focus(path);
                }

                for (var at = 0; at < path.Length; at += d)
                {
                    if (_densities[i].Evaluate(path.Slice(at, d), gradient) < potential.Threshold)
                    {
                        for (var k = 0; k < d; k++)
                        {
                            slopes[i * path.Length + at + k] = scale * gradient[k];
                        }
                    }
                }
            }

            return AlignedTensor.Of(slopes, _rows.Length, ActionPathSolver.Nodes, d);
        }
    }

    private static Tensor Basis()
    {
        var values = new float[ActionPathSolver.Nodes * SineBasis.Count];
        for (var j = 0; j < ActionPathSolver.Nodes; j++)
        {
            SineBasis.At(j / (ActionPathSolver.Nodes - 1.0), values.AsSpan(j * SineBasis.Count, SineBasis.Count));
        }

        return AlignedTensor.Of(values, ActionPathSolver.Nodes, SineBasis.Count);
    }
}
