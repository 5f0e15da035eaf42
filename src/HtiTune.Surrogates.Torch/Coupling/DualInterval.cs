// Notation
//   x_i, y_j  rows of the left and of the right anchor;  c(x, y)  cost of the path between them, in the condition of x
//   f(y), m(x) potential and map, networks that take the condition too: m(x) = x + net(x)
//   ŷ_i       argmin_y c(x_i, y) − f(y), from m(x_i), the condition held                                 (method e9; CTransform.cs)
//   M, where it is trained, takes a step on mean c(x, ŷ) every few rounds                                 (method e10; DualMetric.cs)
//   f lowers   mean f(ŷ) − mean f(y);   m lowers   mean |m(x) − ŷ|²                                      (method e10)

using HtiTune.Data;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Coupling;

/// <summary>The neural semi-dual of optimal transport between two neighbouring anchors.</summary>
internal sealed class DualInterval : CTransform.IObjective, IDisposable
{
    private const int PotentialDepth = 4;
    private const int MapDepth = 3;

    private readonly DualProblem _problem;
    private readonly DualPaths? _paths;
    private readonly DualSettings _settings;
    private readonly DualNetwork _potential, _map;
    private readonly RandomStream _chance;
    private readonly float[] _low, _high;
    private readonly Scalar _minusOne = -1f;
    private int[] _batch = [];

    /// <param name="problem">The rows.</param>
    /// <param name="paths">Paths that give the cost; null for straight ones, ½|x − y|². Stay the caller's.</param>
    /// <param name="settings">The schedule.</param>
    /// <param name="random">Chance of weights and batches.</param>
    internal DualInterval(DualProblem problem, DualPaths? paths, DualSettings settings, RandomStreams random)
    {
        _problem = problem;
        _paths = paths;
        _settings = settings;
        int d = problem.Dimension, width = d + problem.ConditionCount;
        _potential = new DualNetwork(width, 1, settings.Hidden, PotentialDepth, problem.CategoryCount, random.Stream("potential"));
        _map = new DualNetwork(width, d, settings.Hidden, MapDepth, problem.CategoryCount, random.Stream("map"));
        _chance = random.Stream("batches");
        (_low, _high) = problem.Box();
    }

    /// <summary>Mean |m(x) − ŷ|² of each round: how far the map is behind the c-transform.</summary>
    internal List<double> Lags { get; } = [];

    /// <summary>Rows evaluated in all c-transforms.</summary>
    internal long Evaluations { get; private set; }

    /// <summary>Runs the schedule.</summary>
    /// <param name="watch">Called after each round, for curves; may be null.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    internal void Solve(Action<int>? watch, CancellationToken cancellation)
    {
        _paths?.Train(_settings.WarmUp, null, 1, 1);
        for (var round = 0; round < _settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var fall = _settings.LastRateShare
                + (1 - _settings.LastRateShare) * 0.5 * (1 + Math.Cos(Math.PI * round / _settings.Rounds));
            if (round % _settings.PathEvery == 0)
            {
                _paths?.Train(_settings.PathSteps, Images(), _settings.RandomShare, fall);
            }

            Round(fall, round % _settings.MetricEvery == 0 && round < _settings.MetricShare * _settings.Rounds);
            watch?.Invoke(round);
        }
    }

    /// <summary>The images of all rows of the left anchor under the map, [Sources, D].</summary>
    internal float[] Images() => Apply(Enumerable.Range(0, _problem.Sources).ToArray());

    /// <summary>m(x) − x as surrogates serve it.</summary>
    internal FrozenNetwork Freeze() => _map.Freeze();

    /// <summary>c(x_i, y) − f(y) of rows of the batch.</summary>
    public void Evaluate(ReadOnlySpan<int> rows, ReadOnlySpan<float> points, Span<double> values, Span<float> gradients)
    {
        var d = _problem.Dimension;
        var asked = new int[rows.Length];
        for (var i = 0; i < asked.Length; i++)
        {
            asked[i] = _batch[rows[i]];
        }

        if (_paths is not null)
        {
            _paths.Cost(asked, points, values, gradients);
        }
        else
        {
            for (var i = 0; i < asked.Length; i++)
            {
                values[i] = 0;
                for (var k = 0; k < d; k++)
                {
                    var move = points[i * d + k] - _problem.Points[asked[i] * d + k];
                    values[i] += 0.5 * move * move;
                    gradients[i * d + k] = move;
                }
            }
        }

        using var scope = NewDisposeScope();
        var y = AlignedTensor.Leaf(points.ToArray(), asked.Length, d);
        var f = _potential.Hold(Joined(y, asked), tensor(_problem.CategoriesOf(asked)));
        f.sum().backward();
        var heights = f.detach().data<float>().ToArray();
        var slopes = y.grad!.data<float>().ToArray();
        for (var i = 0; i < heights.Length; i++)
        {
            values[i] -= heights[i];
        }

        for (var i = 0; i < slopes.Length; i++)
        {
            gradients[i] -= slopes[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _potential.Dispose();
        _map.Dispose();
        _minusOne.Dispose();
    }

    private void Round(double fall, bool turnsMetric)
    {
        var d = _problem.Dimension;
        _batch = Draw(0, _problem.Sources);
        var targets = Draw(_problem.Sources, _problem.Count - _problem.Sources);
        var transformed = Apply(_batch);
        _paths?.Focus(_batch, transformed);
        Evaluations += CTransform.Minimise(this, transformed, _low, _high, _settings.Iterations, _settings.Trials);
        if (turnsMetric)
        {
            _paths?.TurnMetric(_batch, transformed, fall);
        }

        using var scope = NewDisposeScope();
        var moved = AlignedTensor.Of(transformed, _batch.Length, d);
        var labels = tensor(_problem.CategoriesOf(_batch));
        var gained = _potential.Train(Joined(moved, _batch), labels).mean();
        var wanted = _potential
            .Train(Joined(AlignedTensor.Of(_problem.PointsOf(targets), targets.Length, d), targets), tensor(_problem.CategoriesOf(targets))).mean();
        gained.add(wanted, _minusOne).backward();
        _potential.Step(_settings.PotentialRate * fall);

        var from = AlignedTensor.Of(_problem.PointsOf(_batch), _batch.Length, d);
        var inputs = Joined(from, _batch);
        var shift = moved.add(from, _minusOne);
        for (var step = 0; step < _settings.MapStepsPerRound; step++)
        {
            var error = _map.Train(inputs, labels).add(shift, _minusOne);
            var lag = error.mul(error).mean();
            if (step == 0)
            {
                Lags.Add(lag.detach().item<float>());
            }

            lag.backward();
            _map.Step(_settings.MapRate * fall);
        }
    }

    /// <summary>All rows of an anchor, or as many as a batch takes, drawn without replacement.</summary>
    private int[] Draw(int first, int count)
    {
        var rows = Enumerable.Range(first, count).ToArray();
        if (count <= _settings.BatchRows)
        {
            return rows;
        }

        _chance.Shuffle<int>(rows);
        return rows[.._settings.BatchRows];
    }

    /// <summary>m of some rows, [a, D].</summary>
    private float[] Apply(int[] rows)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var from = _problem.PointsOf(rows);
        var shift = _map.Hold(Joined(AlignedTensor.Of(from, rows.Length, _problem.Dimension), rows), tensor(_problem.CategoriesOf(rows)))
            .data<float>().ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            from[i] += shift[i];
        }

        return from;
    }

    /// <summary>(y, x) side by side, x the conditions of some rows.</summary>
    private Tensor Joined(Tensor y, int[] rows) =>
        _problem.ConditionCount == 0 ? y : cat([y, AlignedTensor.Of(_problem.ConditionsOf(rows), rows.Length, _problem.ConditionCount)], 1);
}
