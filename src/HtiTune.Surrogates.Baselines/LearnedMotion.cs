// Notation, all standardised
//   y_k, x   points of one trajectory at the anchors [D], and its condition [C] (category by FiLM);  u_k  places of the anchors, 0 … 1
// Regression: one network f for all anchors, fitted to every ordered pair (k, l), k = l included:
//   f(y_k, x, 2u_k − 1, 2u_l − 1) ≈ y_l − y_k;   served  y(u) = y_k + f(y_k, x, 2u_k − 1, 2u − 1)
// Flow matching [Lipman2023, σ → 0], on pairs of exact optimal transport [Tong2024]; for each interval k
//   t ~ U(0, 1),  z = (1 − t)·y_k + t·y_{k+1};   v_k(z, x, 2t − 1) ≈ y_{k+1} − y_k
// Metric flow matching [Kapusniak2024]: the same with z and its velocity on the bent path of LandPaths instead of the chord
//   served: dz/dt = v_k by the midpoint rule, 20 steps an interval, backwards in t for lower places

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates.Baselines;

/// <summary>The baselines whose networks take the place themselves: regression and flow matching.</summary>
internal static class LearnedMotion
{
    private const int Depth = 3;
    private const double Rate = 5e-3;

    /// <summary>Steps of gradient descent, as a multiple of those of a map: one network does the work of several.</summary>
    private const int StepFactor = 3;

    /// <summary>Rows that a network is fitted to, where pairs and times give more (or fewer) than that.</summary>
    private const int TrainingRows = 64_000;

    private const int StepsPerInterval = 20;

    /// <summary>Trains the networks: one for regression, one for each interval for flow matching.</summary>
    internal static FrozenNetwork[] Train(
        Trajectories trajectories, double[] positions, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation) =>
        options.Method switch
        {
            Method.Regression => [Regression(trajectories, positions, options, random.Fork("regression"), cancellation)],
            _ => [.. Enumerable.Range(0, positions.Length - 1).Select(k =>
                Velocity(trajectories, k, options, random.Fork($"velocity {k}"), cancellation))],
        };

    /// <summary>Moves standardised rows y [n, D] of the anchor <paramref name="source"/> to the place u; back in the outputs' own units.</summary>
    internal static float[] Move(
        TrajectoryState state, double[] positions, float[] y, float[] x, int[] categories, int source, int interval, double u)
    {
        var d = state.Trajectories.Dimension;
        var moved = MoveStandardised(state, positions, y, x, categories, source, interval, u);
        for (var i = 0; i < categories.Length; i++)
        {
            state.Finish(moved.AsSpan(i * d, d));
        }

        return moved;
    }

    private static float[] MoveStandardised(
        TrajectoryState state, double[] positions, float[] y, float[] x, int[] categories, int source, int interval, double u)
    {
        if (state.Options.Method == Method.Regression)
        {
            return Add(y, Evaluate(state.Motion[0], y, x, categories, 2 * positions[source] - 1, 2 * u - 1), 1);
        }

        var share = (u - positions[interval]) / (positions[interval + 1] - positions[interval]);
        for (var k = source; k < interval; k++)
        {
            y = Flow(state.Motion[k], y, x, categories, 0, 1);
        }

        for (var k = source - 1; k > interval; k--)
        {
            y = Flow(state.Motion[k], y, x, categories, 1, 0);
        }

        return Flow(state.Motion[interval], y, x, categories, source > interval ? 1 : 0, share);
    }

    private static FrozenNetwork Regression(
        Trajectories trajectories, double[] positions, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation)
    {
        var draws = random.Stream("pairs");
        var count = positions.Length;
        var all = (long)trajectories.Count * count * count;
        var rows = new Rows(trajectories, 2, (int)Math.Min(all, TrainingRows));
        var way = new float[trajectories.Dimension];
        for (var i = 0; i < rows.Count; i++)
        {
            var pick = all <= TrainingRows ? i : (int)(draws.NextDouble() * all);
            int t = pick / (count * count), from = pick / count % count, to = pick % count;
            ReadOnlySpan<float> a = trajectories.Point(from, t), b = trajectories.Point(to, t);
            for (var j = 0; j < way.Length; j++)
            {
                way[j] = b[j] - a[j];
            }

            rows.Set(i, t, from, a, way);
            rows.Place(i, 2 * positions[from] - 1, 2 * positions[to] - 1);
        }

        return rows.Fit(options, random, cancellation);
    }

    private static FrozenNetwork Velocity(
        Trajectories trajectories, int interval, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation)
    {
        var draws = random.Stream("times");
        int n = trajectories.Count, d = trajectories.Dimension, times = Math.Max(1, TrainingRows / n);
        var rows = new Rows(trajectories, 1, n * times);
        var bends = options.Method == Method.MetricFlowMatching ? LandPaths.Solve(trajectories, interval, cancellation) : null;
        float[] z = new float[d], way = new float[d], basis = new float[SineBasis.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var t = i / times;
            ReadOnlySpan<float> a = trajectories.Point(interval, t), b = trajectories.Point(interval + 1, t);
            var time = (i % times + draws.NextDouble()) / times;
            for (var j = 0; j < d; j++)
            {
                z[j] = (float)((1 - time) * a[j] + time * b[j]);
                way[j] = b[j] - a[j];
            }

            if (bends is not null)
            {
                var bend = bends.AsSpan(t * basis.Length * d, basis.Length * d);
                SineBasis.At(time, basis);
                SineBasis.AddBend(bend, basis, z);
                for (var q = 1; q <= basis.Length; q++)
                {
                    basis[q - 1] = (float)(Math.PI * Math.Cos(q * Math.PI * time));
                }

                SineBasis.AddBend(bend, basis, way);
            }

            rows.Set(i, t, interval, z, way);
            rows.Place(i, 2 * time - 1);
        }

        return rows.Fit(options, random, cancellation);
    }

    /// <summary>Integrates dz/dt = v(z, x, 2t − 1) between two times.</summary>
    private static float[] Flow(FrozenNetwork velocity, float[] y, float[] x, int[] categories, double from, double to)
    {
        y = [.. y];
        var steps = (int)Math.Ceiling(Math.Abs(to - from) * StepsPerInterval - 1e-9);
        var h = (to - from) / Math.Max(1, steps);
        for (var i = 0; i < steps; i++)
        {
            var time = from + i * h;
            var half = Add(y, Evaluate(velocity, y, x, categories, 2 * time - 1), 0.5 * h);
            y = Add(y, Evaluate(velocity, half, x, categories, 2 * time + h - 1), h);
        }

        return y;
    }

    private static float[] Evaluate(FrozenNetwork network, float[] y, float[] x, int[] categories, params ReadOnlySpan<double> places)
    {
        int n = categories.Length, d = network.Outputs, width = network.Inputs, c = width - d - places.Length;
        var inputs = new float[n * width];
        for (var i = 0; i < n; i++)
        {
            var row = inputs.AsSpan(i * width, width);
            y.AsSpan(i * d, d).CopyTo(row);
            x.AsSpan(i * c, c).CopyTo(row[d..]);
            for (var k = 0; k < places.Length; k++)
            {
                row[d + c + k] = (float)places[k];
            }
        }

        var moved = new float[n * d];
        network.Evaluate(inputs, categories, moved);
        return moved;
    }

    private static float[] Add(float[] y, float[] motion, double factor)
    {
        var sum = new float[y.Length];
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] = (float)(y[i] + factor * motion[i]);
        }

        return sum;
    }

    /// <summary>Rows to fit a network to: (point, condition, places) and the motion from there.</summary>
    private sealed class Rows(Trajectories trajectories, int places, int count)
    {
        private readonly int _width = trajectories.Dimension + trajectories.ConditionCount + places;
        private readonly float[] _inputs = new float[count * (trajectories.Dimension + trajectories.ConditionCount + places)];
        private readonly float[] _targets = new float[count * trajectories.Dimension];
        private readonly int[] _categories = new int[count];

        internal int Count => count;

        internal void Set(int row, int trajectory, int anchor, ReadOnlySpan<float> at, ReadOnlySpan<float> motion)
        {
            var d = trajectories.Dimension;
            at.CopyTo(_inputs.AsSpan(row * _width));
            trajectories.Condition(anchor, trajectory).CopyTo(_inputs.AsSpan(row * _width + d));
            _categories[row] = trajectories.Categories[trajectory];
            motion.CopyTo(_targets.AsSpan(row * d));
        }

        internal void Place(int row, params ReadOnlySpan<double> values)
        {
            for (var k = 0; k < values.Length; k++)
            {
                _inputs[(row + 1) * _width - values.Length + k] = (float)values[k];
            }
        }

        internal FrozenNetwork Fit(TrajectoryOptions options, RandomStreams random, CancellationToken cancellation) => NetworkTrainer.Train(
            _inputs,
            _width,
            _categories,
            trajectories.CategoryCount,
            _targets,
            trajectories.Dimension,
            new NetworkShape(options.HiddenWidth, Depth, StepFactor * options.MapSteps, Rate),
            random,
            cancellation);
    }
}
