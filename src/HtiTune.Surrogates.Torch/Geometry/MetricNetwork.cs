// Notation
//   q  point [D], x condition [C], c category;   M(q|x,c) = Rᵀ·diag(l)·R, symmetric positive definite, trace D
//   R  product of Givens rotations in the planes (0,1), (0,2), …, (D−2,D−1), angles from the network
//   l  learned: D·(0.1/D + 0.9·softmax(o)): a budget that no direction can take whole or leave empty        (method e6, normalised)
//      fixed:   1, 0.1, … 0.1 scaled to trace D
//   vᵀMv = Σ_i l_i·(Rv)_i²
// A network of two hidden layers gives o and the angles from (q, x, one-hot c).

using HtiTune.Data;
using HtiTune.Surrogates.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Geometry;

/// <summary>A metric that varies in space: which directions are cheap to move in.</summary>
internal sealed class MetricNetwork : IDisposable
{
    /// <summary>The least eigenvalue.</summary>
    internal const float Floor = 0.1f;

    private readonly int _dimension, _inputs, _outputs;
    private readonly bool _learnsEigenvalues;
    private readonly Scalar _one = 1f, _minusOne = -1f, _floor, _budget;
    private readonly Tensor _fixed;

    /// <param name="dimension">D.</param>
    /// <param name="conditionCount">C.</param>
    /// <param name="categoryCount">Number of categories, at least 1.</param>
    /// <param name="learnsEigenvalues">Learned or fixed eigenvalues.</param>
    /// <param name="random">Chance of the initial weights.</param>
    /// <param name="hidden">Width of the hidden layers.</param>
    internal MetricNetwork(
        int dimension, int conditionCount, int categoryCount, bool learnsEigenvalues, RandomStream random, int hidden = 64)
    {
        Hidden = hidden;
        ConditionCount = conditionCount;
        _dimension = dimension;
        _learnsEigenvalues = learnsEigenvalues;
        _inputs = dimension + conditionCount + categoryCount;
        _outputs = dimension * (dimension - 1) / 2 + dimension;
        _floor = Floor;
        _budget = Budget(dimension);
        var start = new float[Sizes().Sum()];
        var at = 0;
        foreach (var (inputs, size) in ((int, int)[])[(_inputs, _inputs * Hidden), (_inputs, Hidden), (Hidden, Hidden * Hidden), (Hidden, Hidden), (Hidden, Hidden * _outputs), (0, _outputs)])
        {
            for (var i = 0; i < size; i++, at++)
            {
                // The last layer starts near zero: the first metric is the same everywhere.
                var bound = inputs == 0 ? 0 : (size == Hidden * _outputs ? 0.1 : 1) / Math.Sqrt(inputs);
                start[at] = (float)((2 * random.NextDouble() - 1) * bound);
            }
        }

        Parameters = AlignedTensor.Leaf(start, start.Length).DetachFromDisposeScope();
        var eigenvalues = Enumerable.Range(0, dimension).Select(i => i == 0 ? 1.0 : 0.1).ToArray();
        var scaled = Array.ConvertAll(eigenvalues, l => (float)(l * dimension / eigenvalues.Sum()));
        _fixed = AlignedTensor.Of(scaled, dimension).DetachFromDisposeScope();
        FixedEigenvalues = learnsEigenvalues ? null : scaled;
    }

    /// <summary>All weights, one flat leaf.</summary>
    internal Tensor Parameters { get; }

    internal int Dimension => _dimension;

    internal int ConditionCount { get; }

    /// <summary>D + C + categories.</summary>
    internal int Inputs => _inputs;

    /// <summary>Logits of eigenvalues, then angles.</summary>
    internal int Outputs => _outputs;

    /// <summary>Width of the hidden layers.</summary>
    internal int Hidden { get; }

    /// <summary>l of any point, or null where they are learned.</summary>
    internal float[]? FixedEigenvalues { get; }

    /// <summary>What the learned eigenvalues share beyond their floor.</summary>
    internal static float Budget(int dimension) => (float)((1 - 0.1) * dimension);

    /// <summary>vᵀM(q)v for each row.</summary>
    /// <param name="points">q, [n, D].</param>
    /// <param name="given">(x, one-hot c), [n, C + categories].</param>
    /// <param name="velocity">v, [n, D].</param>
    internal Tensor Square(Tensor points, Tensor given, Tensor velocity)
    {
        var (o, angles) = Evaluate(points, given);
        var columns = Enumerable.Range(0, _dimension).Select(i => velocity.narrow(1, i, 1)).ToArray();
        Tensor cosine = angles.cos(), sine = angles.sin();
        var plane = 0L;
        for (var i = 0; i < _dimension; i++)
        {
            for (var j = i + 1; j < _dimension; j++, plane++)
            {
                Tensor c = cosine.narrow(1, plane, 1), s = sine.narrow(1, plane, 1);
                var first = c.mul(columns[i]).add(s.mul(columns[j]), _minusOne);
                columns[j] = s.mul(columns[i]).add(c.mul(columns[j]), _one);
                columns[i] = first;
            }
        }

        var rotated = cat(columns, 1);
        return Eigenvalues(o).mul(rotated.mul(rotated)).sum(1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        _fixed.Dispose();
        _one.Dispose();
        _minusOne.Dispose();
        _floor.Dispose();
        _budget.Dispose();
    }

    private int[] Sizes() => [_inputs * Hidden, Hidden, Hidden * Hidden, Hidden, Hidden * _outputs, _outputs];

    private Tensor Eigenvalues(Tensor logits) =>
        _learnsEigenvalues ? logits.softmax(1).mul(_budget).add(_floor, _one) : _fixed.expand(logits.shape[0], _dimension);

    private (Tensor Logits, Tensor Angles) Evaluate(Tensor points, Tensor given)
    {
        var start = 0L;
        var u = given.shape[1] == 0 ? points : cat([points, given], 1);
        var h = nn.functional.silu(Layer(u, _inputs, Hidden));
        h = nn.functional.silu(Layer(h, Hidden, Hidden));
        var output = Layer(h, Hidden, _outputs);
        return (output.narrow(1, 0, _dimension), output.narrow(1, _dimension, _outputs - _dimension));

        Tensor Layer(Tensor input, int inputs, int outputs)
        {
            var weights = Take(inputs * outputs).view(inputs, outputs);
            return addmm(Take(outputs), input, weights, 1, 1);
        }

        Tensor Take(long length)
        {
            start += length;
            return Parameters.narrow(0, start - length, length);
        }
    }
}
