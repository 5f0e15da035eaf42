using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Plotting;

/// <summary>A network's outputs over a horizon at several λ, for the same contexts.</summary>
/// <remarks>The output's columns are taken as steps 1 … D ahead of the context.</remarks>
public sealed class TrajectoryFan
{
    /// <summary>Outputs at several λ.</summary>
    /// <param name="hyperparameter">The hyperparameter λ.</param>
    /// <param name="lambdas">At least two values, strictly ascending, in the hyperparameter's range.</param>
    /// <param name="outputs">For each λ the outputs, shape [n, D], the same contexts in the same order.</param>
    /// <exception cref="ArgumentException">The numbers of λ and outputs differ, or the outputs' shapes do.</exception>
    public TrajectoryFan(ContinuousHyperparameter hyperparameter, IReadOnlyList<double> lambdas, IReadOnlyList<Matrix> outputs)
    {
        ArgumentNullException.ThrowIfNull(hyperparameter);
        ArgumentNullException.ThrowIfNull(lambdas);
        ArgumentNullException.ThrowIfNull(outputs);
        if (lambdas.Count < 2 || lambdas.Count != outputs.Count)
        {
            throw new ArgumentException(
                $"A fan has {lambdas.Count} λ and {outputs.Count} outputs; expected as many of each, at least 2.", nameof(lambdas));
        }

        for (var i = 0; i < lambdas.Count; i++)
        {
            hyperparameter.Require(lambdas[i], $"λ number {i + 1} of the fan");
            if (i > 0 && lambdas[i] <= lambdas[i - 1])
            {
                throw new ArgumentException(
                    $"The fan's λ number {i + 1}, {lambdas[i]:R}, does not exceed the one before it, {lambdas[i - 1]:R}.", nameof(lambdas));
            }

            if (outputs[i].Rows != outputs[0].Rows || outputs[i].Columns != outputs[0].Columns)
            {
                throw new ArgumentException(
                    $"The outputs at λ = {lambdas[i]:R} have the shape [{outputs[i].Rows}, {outputs[i].Columns}]; "
                    + $"expected [{outputs[0].Rows}, {outputs[0].Columns}], as at λ = {lambdas[0]:R}.", nameof(outputs));
            }
        }

        Hyperparameter = hyperparameter;
        Lambdas = [.. lambdas];
        Outputs = [.. outputs];
    }

    /// <summary>The hyperparameter λ.</summary>
    public ContinuousHyperparameter Hyperparameter { get; }

    /// <summary>The values of λ, ascending.</summary>
    public IReadOnlyList<double> Lambdas { get; }

    /// <summary>The outputs at each λ, shape [n, D].</summary>
    public IReadOnlyList<Matrix> Outputs { get; }

    internal LambdaRange Range => new(Hyperparameter, Hyperparameter.ToUnit(Lambdas[0]), Hyperparameter.ToUnit(Lambdas[^1]));

    /// <summary>What came before, shape [n, P], oldest first, in the outputs' units; drawn in front of the fan.</summary>
    /// <value>Nothing unless given by <see cref="With"/>.</value>
    public Matrix? Past { get; private init; }

    /// <summary>What came true, shape [n, D].</summary>
    /// <value>Nothing unless given by <see cref="With"/>.</value>
    public Matrix? Actual { get; private init; }

    /// <summary>The same fan with what came before and what came true.</summary>
    /// <param name="past">What came before, shape [n, P], or nothing.</param>
    /// <param name="actual">What came true, shape [n, D], or nothing.</param>
    public TrajectoryFan With(Matrix? past, Matrix? actual) => new(Hyperparameter, Lambdas, Outputs) { Past = past, Actual = actual };

    /// <summary>The surrogate's outputs at λ spread evenly along the hyperparameter's scale, from its first anchor to its last.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="count">Number of λ, at least 2.</param>
    public static TrajectoryFan Of(ISurrogate surrogate, Contexts contexts, int count = 15)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var hyperparameter = surrogate.Hyperparameter;
        var (first, last) = (surrogate.Anchors[0], surrogate.Anchors[^1]);
        var (from, to) = (hyperparameter.ToUnit(first), hyperparameter.ToUnit(last));
        var lambdas = Enumerable.Range(0, count)
            .Select(i => i == 0 ? first : i == count - 1 ? last : hyperparameter.FromUnit(from + (to - from) * i / (count - 1)))
            .ToList();
        var outputs = lambdas.Select(lambda => surrogate.Sample(lambda, contexts).Samples.Outputs).ToList();
        return new TrajectoryFan(hyperparameter, lambdas, outputs);
    }
}
