using HtiTune.Surrogates;

namespace HtiTune.Plotting;

/// <summary>A network's outputs over a horizon at several values of a hyperparameter, for the same contexts.</summary>
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

        Along = hyperparameter;
        Lambdas = [.. lambdas];
        Places = [.. lambdas.Select(hyperparameter.ToUnit)];
        Outputs = [.. outputs];
    }

    private TrajectoryFan(Hyperparameter along, IReadOnlyList<HyperparameterValue> values, IReadOnlyList<Matrix> outputs)
    {
        Along = along;
        Lambdas = [.. values.Select(value => value.IsNumber ? value.Number : double.NaN)];
        Places = [.. values.Select(along.ToUnit)];
        Outputs = outputs;
    }

    private TrajectoryFan(TrajectoryFan other) => (Along, Lambdas, Places, Outputs) = (other.Along, other.Lambdas, other.Places, other.Outputs);

    /// <summary>The hyperparameter that moves.</summary>
    public Hyperparameter Along { get; }

    /// <summary>The hyperparameter λ.</summary>
    /// <exception cref="InvalidOperationException">What moves is a whole number or a word: <see cref="Along"/>.</exception>
    public ContinuousHyperparameter Hyperparameter => Along as ContinuousHyperparameter
        ?? throw new InvalidOperationException($"The fan is along {Along.Name}, {Along.Domain}; expected a hyperparameter with a range.");

    /// <summary>The values of λ, ascending; NaN where words move.</summary>
    public IReadOnlyList<double> Lambdas { get; }

    /// <summary>The places u of the values, ascending.</summary>
    internal IReadOnlyList<double> Places { get; }

    /// <summary>The outputs at each value, shape [n, D].</summary>
    public IReadOnlyList<Matrix> Outputs { get; }

    internal LambdaRange Range => new(Along, Places[0], Places[^1]);

    /// <summary>What came before, shape [n, P], oldest first, in the outputs' units; drawn in front of the fan.</summary>
    /// <value>Nothing unless given by <see cref="With"/>.</value>
    public Matrix? Past { get; private init; }

    /// <summary>What came true, shape [n, D].</summary>
    /// <value>Nothing unless given by <see cref="With"/>.</value>
    public Matrix? Actual { get; private init; }

    /// <summary>The same fan with what came before and what came true.</summary>
    /// <param name="past">What came before, shape [n, P], or nothing.</param>
    /// <param name="actual">What came true, shape [n, D], or nothing.</param>
    public TrajectoryFan With(Matrix? past, Matrix? actual) => new(this) { Past = past, Actual = actual };

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

    /// <summary>The outputs of a surrogate of several hyperparameters while one of them moves over its range, or over its words, and all others stay.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="at">Where the others stay: a configuration of its space.</param>
    /// <param name="along">The name of the hyperparameter that moves; one that is active in <paramref name="at"/>.</param>
    /// <param name="contexts">n contexts; null: the anchors'.</param>
    /// <param name="count">Number of values at most, at least 2; of words all are taken.</param>
    /// <exception cref="ArgumentException">There is no such hyperparameter, or it is not active there.</exception>
    public static TrajectoryFan Of(SpaceSurrogate surrogate, Configuration at, string along, Contexts? contexts = null, int count = 15)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        surrogate.Space.RequireRanges(at);
        var active = SpaceAxis.Active(surrogate.Space, at);
        var one = active.FirstOrDefault(one => one.Name == along)
            ?? throw new ArgumentException(
                $"The fan is asked for along '{along}'; expected a hyperparameter that is active in {at}: {string.Join(", ", active.Select(one => one.Name))}.", nameof(along));
        var values = SpaceAxis.ValuesOf(one, count);
        return new TrajectoryFan(one, values, [.. values.Select(value => surrogate.Sample(SpaceAxis.With(surrogate.Space, at, (one, value)), contexts).Samples.Outputs)]);
    }
}
