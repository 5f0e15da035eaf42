// Notation
//   γ, c   paths from rows to their images, held; c(γ) their cost under M, PathEnergy.cs
//   M lowers  mean c(γ) over the rows of a round, on the images that its c-transform has just found          (method e10; section 7: the
//   published step solves the c-transform again). The trace of M is fixed: it can turn cheap directions along the paths, but not shrink.

using HtiTune.Data;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Coupling;

/// <summary>The metric of a dual coupling, trained on the cost of what is transported.</summary>
internal sealed class DualMetric : IDisposable
{
    private readonly DualProblem _problem;
    private readonly DualSettings _settings;
    private readonly MetricNetwork _network;
    private readonly AdamW _optimiser;
    private readonly Scalar _one = 1f, _minusOne = -1f, _half = 0.5f;

    /// <param name="problem">The rows.</param>
    /// <param name="learnsEigenvalues">Learned or fixed eigenvalues.</param>
    /// <param name="settings">The schedule.</param>
    /// <param name="random">Chance of the initial weights.</param>
    internal DualMetric(DualProblem problem, bool learnsEigenvalues, DualSettings settings, RandomStreams random)
    {
        _problem = problem;
        _settings = settings;
        _network = new MetricNetwork(
            problem.Dimension, problem.ConditionCount, problem.CategoryCount, learnsEigenvalues, random.Stream("metric"), settings.MetricHidden);
        _optimiser = new AdamW(_network.Parameters);
        Field = new MetricField(_network);
    }

    /// <summary>The metric as it is.</summary>
    internal MetricField Field { get; }

    /// <summary>Mean cost of what was transported, before each turn of the metric.</summary>
    internal List<double> Costs { get; } = [];

    /// <summary>Makes the field that of a row's condition and category.</summary>
    internal MetricField At(int row)
    {
        var c = _problem.ConditionCount;
        Field.Enter(_problem.Conditions.AsSpan(row * c, c), _problem.Categories[row]);
        return Field;
    }

    /// <summary>Takes a few steps on paths that stay as they are.</summary>
    /// <param name="energy">What they cost.</param>
    /// <param name="rows">a rows that they start from.</param>
    /// <param name="nodes">Their nodes, [a, T, D].</param>
    /// <param name="rest">What densities add to their energies, length a.</param>
    /// <param name="fall">Share of the learning rate.</param>
    internal void Turn(PathEnergy energy, int[] rows, float[] nodes, float[] rest, double fall)
    {
        for (var step = 0; step < _settings.MetricSteps; step++)
        {
            using var scope = NewDisposeScope();
            var cost = MeanCost(energy, rows, nodes, rest);
            if (step == 0)
            {
                Costs.Add(cost.detach().item<float>());
            }

            cost.backward();
            _optimiser.Step(_settings.MetricRate * fall);
        }

        Field.Refresh();
    }

    /// <summary>The mean cost of some paths; gradients reach the metric's weights.</summary>
    internal Tensor MeanCost(PathEnergy energy, int[] rows, float[] nodes, float[] rest)
    {
        int d = _problem.Dimension, c = _problem.ConditionCount, width = c + _problem.CategoryCount, chords = PathEnergy.Nodes - 1;
        var given = new float[rows.Length * chords * width];
        for (var i = 0; i < rows.Length * chords; i++)
        {
            var row = rows[i / chords];
            _problem.Conditions.AsSpan(row * c, c).CopyTo(given.AsSpan(i * width));
            given[i * width + c + _problem.Categories[row]] = 1;
        }

        var path = AlignedTensor.Of(nodes, rows.Length, PathEnergy.Nodes, d);
        Tensor left = path.narrow(1, 0, chords), right = path.narrow(1, 1, chords);
        var squares = _network.Square(
            left.add(right, _one).mul(_half).reshape(-1, d),
            AlignedTensor.Of(given, rows.Length * chords, width),
            right.add(left, _minusOne).reshape(-1, d));
        return energy.Cost(squares.view(rows.Length, chords), AlignedTensor.Of(rest, rest.Length)).mean();
    }

    /// <summary>The weights, for tests.</summary>
    internal Tensor Parameters => _network.Parameters;

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimiser.Dispose();
        _network.Dispose();
        _one.Dispose();
        _minusOne.Dispose();
        _half.Dispose();
    }
}
