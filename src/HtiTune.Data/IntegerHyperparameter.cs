using static System.FormattableString;

namespace HtiTune.Data;

// v   value, v = minimum + k step, k = 0 … n − 1
// w   its place on the scale; u = (w(v) − w(a)) / (w(b) − w(a)) with a, b half a step outside the range, so that each value has its share of [0, 1]

/// <summary>A hyperparameter that takes the whole numbers of a range, or every second, third, … of them.</summary>
public sealed class IntegerHyperparameter : Hyperparameter
{
    private const long Largest = 1L << 53;

    private readonly double _first;
    private readonly double _width;

    private IntegerHyperparameter(string name, long minimum, long maximum, long step, Scale scale, Condition? condition = null)
        : base(name, condition)
    {
        (Minimum, Maximum, Step, Scale) = (minimum, maximum, step, scale);
        var (below, above) = (minimum - 0.5 * step, maximum + 0.5 * step);
        _first = scale.Forward(scale.Covers(below) ? below : minimum);
        _width = scale.Forward(scale.Covers(above) ? above : maximum) - _first;
    }

    /// <summary>The least value.</summary>
    public long Minimum { get; }

    /// <summary>The greatest value.</summary>
    public long Maximum { get; }

    /// <summary>The distance from one value to the next, at least 1.</summary>
    public long Step { get; }

    /// <summary>The scale on which it is searched.</summary>
    public Scale Scale { get; }

    /// <summary>How many values it may take, at least 2.</summary>
    public long Count => (Maximum - Minimum) / Step + 1;

    /// <inheritdoc/>
    public override string Domain => Invariant($"a whole number, {Minimum} to {Maximum}{(Step == 1 ? "" : $" in steps of {Step}")}");

    /// <inheritdoc/>
    public override bool Allows(HyperparameterValue value) => value.IsNumber && value.Number >= Minimum && value.Number <= Maximum
        && (value.Number - Minimum) % Step == 0;

    /// <inheritdoc/>
    public override double ToUnit(HyperparameterValue value)
    {
        Require(value);
        return Math.Clamp((Scale.Forward(value.Number) - _first) / _width, 0, 1);
    }

    /// <inheritdoc/>
    public override HyperparameterValue ValueAt(double u)
    {
        RequireUnit(u);
        var value = Scale.InverseWithin(_first + Math.Clamp(u, 0, 1) * _width, Minimum, Maximum);
        return Math.Clamp(Minimum + Math.Round((value - Minimum) / Step, MidpointRounding.AwayFromZero) * Step, Minimum, Maximum);
    }

    /// <summary>Name, range, step and scale.</summary>
    public override string ToString() => $"{Name}, {Domain}, {Scale.Name}{ConditionText}";

    internal static IntegerHyperparameter Create(string name, long minimum, long maximum, long step, Scale? scale)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        scale ??= Scale.Linear;
        string? fault = minimum >= maximum ? $"the range {minimum} to {maximum}; expected a minimum below the maximum"
            : minimum < -Largest || maximum > Largest ? $"the range {minimum} to {maximum}; expected whole numbers of at most 2^53"
            : step < 1 ? $"steps of {step} from {minimum} to {maximum}; expected at least 1"
            : (maximum - minimum) % step is not 0 and var rest
                ? $"steps of {step} from {minimum} to {maximum}; expected a range of whole steps, e.g. {minimum} to {(rest < maximum - minimum ? maximum - rest : minimum + step)}"
            : !scale.Covers(minimum) || !scale.Covers(maximum) ? $"the range {minimum} to {maximum}, but the scale '{scale.Name}' needs {scale.Domain}"
            : scale is WarpScale ? $"the scale '{scale.Name}', a warp; expected one of {string.Join(", ", Scale.Names)}"
            : null;
        if (fault is not null)
        {
            throw new ArgumentException($"The hyperparameter '{name}' has {fault}.", nameof(maximum));
        }

        return new IntegerHyperparameter(name, minimum, maximum, step, scale.For(minimum, maximum));
    }

    private protected override string DomainText =>
        Invariant($"{Minimum}..{Maximum}:int{(Step == 1 ? "" : $":step={Step}")}{(Scale.Equals(Scale.Linear) ? "" : ":" + Scale.Name)}");

    private protected override bool IsSame(Hyperparameter other) => other is IntegerHyperparameter same
        && (Minimum, Maximum, Step) == (same.Minimum, same.Maximum, same.Step) && Scale.Equals(same.Scale);

    private protected override Hyperparameter Under(Condition condition) => new IntegerHyperparameter(Name, Minimum, Maximum, Step, Scale, condition);
}
