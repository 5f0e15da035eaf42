using System.Diagnostics.CodeAnalysis;

namespace HtiTune.Data;

/// <summary>A hyperparameter that a network is trained with: a name, and the values that it may take.</summary>
/// <remarks>
/// Immutable and thread-safe; two of the same name, values and condition are equal. Each has one coordinate u in [0, 1], on which it is searched:
/// <see cref="ContinuousHyperparameter"/>, <see cref="IntegerHyperparameter"/>, <see cref="CategoricalHyperparameter"/>.
/// </remarks>
public abstract class Hyperparameter : IEquatable<Hyperparameter>
{
    private protected Hyperparameter(string name, Condition? condition)
    {
        Name = name;
        Condition = condition;
    }

    /// <summary>The name, for messages, files and figures.</summary>
    public string Name { get; }

    /// <summary>When it is active; null: always.</summary>
    public Condition? Condition { get; }

    /// <summary>The values that it may take, in words, e.g. <c>1 to 4</c>.</summary>
    public abstract string Domain { get; }

    /// <summary>A hyperparameter that takes every value of a range.</summary>
    /// <param name="name">The name.</param>
    /// <param name="minimum">The least λ, finite, in the scale's domain.</param>
    /// <param name="maximum">The greatest λ, finite, above <paramref name="minimum"/>, in the scale's domain.</param>
    /// <param name="scale">The scale; linear unless given.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, the range is empty or leaves the scale's domain, or the scale is not strictly monotone in the range.
    /// </exception>
    public static ContinuousHyperparameter Continuous(string name, double minimum, double maximum, Scale? scale = null) =>
        ContinuousHyperparameter.Create(name, minimum, maximum, scale);

    /// <summary>A hyperparameter that takes the whole numbers of a range, or every second, third, … of them.</summary>
    /// <param name="name">The name.</param>
    /// <param name="minimum">The least value.</param>
    /// <param name="maximum">The greatest value, above the least, and a whole number of steps away from it.</param>
    /// <param name="step">The distance from one value to the next, at least 1.</param>
    /// <param name="scale">The scale; linear unless given. The values must lie in its domain.</param>
    /// <exception cref="ArgumentException">The name is empty, the range is empty or leaves the scale's domain, or the step does not fit it.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "The field's name of the kind, beside Continuous and Categorical.")]
    public static IntegerHyperparameter Integer(string name, long minimum, long maximum, long step = 1, Scale? scale = null) =>
        IntegerHyperparameter.Create(name, minimum, maximum, step, scale);

    /// <summary>A hyperparameter that takes one of several words that have no order: one is as far from another as from a third.</summary>
    /// <param name="name">The name.</param>
    /// <param name="choices">At least two different words, without commas, colons and white space.</param>
    /// <exception cref="ArgumentException">The name is empty, or the words are not as they must be.</exception>
    public static CategoricalHyperparameter Categorical(string name, params IReadOnlyList<string> choices) =>
        CategoricalHyperparameter.Create(name, choices, isOrdered: false);

    /// <summary>A hyperparameter that takes one of several words in their order, e.g. small, medium, large.</summary>
    /// <param name="name">The name.</param>
    /// <param name="choices">At least two different words, without commas, colons and white space, in order.</param>
    /// <exception cref="ArgumentException">The name is empty, or the words are not as they must be.</exception>
    public static CategoricalHyperparameter Ordered(string name, params IReadOnlyList<string> choices) =>
        CategoricalHyperparameter.Create(name, choices, isOrdered: true);

    /// <summary>Reads a hyperparameter: <c>lr=1e-5..1e-1:log</c>, <c>layers=1..4:int</c>, <c>act=relu,gelu,silu</c>.</summary>
    /// <param name="text">
    /// The name, <c>=</c>, and <c>from..to</c> or words with commas; then, each after a colon, a scale by name, <c>int</c>, <c>step=</c> and the step, or
    /// <c>ordered</c>; in the end perhaps <c> if parent=value,value</c>. What <see cref="Text"/> writes.
    /// </param>
    /// <exception cref="ArgumentException">The text is not of this form, or names what cannot be; the message says what is expected.</exception>
    public static Hyperparameter Parse(string text) => HyperparameterText.Read(text);

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public string Text => $"{Name}={DomainText}{ConditionText}";

    /// <summary>Whether it may take a value.</summary>
    /// <param name="value">The value.</param>
    public abstract bool Allows(HyperparameterValue value);

    /// <summary>The coordinate of a value.</summary>
    /// <param name="value">A value that it may take.</param>
    /// <returns>u in [0, 1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">It may not take the value.</exception>
    public abstract double ToUnit(HyperparameterValue value);

    /// <summary>The value at a coordinate: of whole numbers and words the one whose share of [0, 1] it lies in.</summary>
    /// <param name="u">0 to 1; an overstep by rounding (1e-9) counts as the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">u lies outside [0, 1], or is NaN.</exception>
    public abstract HyperparameterValue ValueAt(double u);

    /// <summary>The same hyperparameter, active only where another one has one of some values.</summary>
    /// <param name="parent">Name of the other one.</param>
    /// <param name="values">At least one value of it.</param>
    public Hyperparameter OnlyIf(string parent, params IReadOnlyList<HyperparameterValue> values) => Under(new Condition(parent, values));

    /// <summary>Throws unless it may take a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">Where the value stands, for the message (e.g. <c>anchor 3</c>), or none.</param>
    /// <exception cref="ArgumentOutOfRangeException">It may not; the message names value, what is expected, and place.</exception>
    public void Require(HyperparameterValue value, string? place = null)
    {
        if (!Allows(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"{(place is null ? "" : place + ": ")}{Name} = {value}; expected {Domain}.");
        }
    }

    /// <inheritdoc/>
    public bool Equals(Hyperparameter? other) => other is not null && Name == other.Name && Equals(Condition, other.Condition) && IsSame(other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Hyperparameter);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(Name, GetType(), Domain);

    private protected abstract string DomainText { get; }

    private protected string ConditionText => Condition is null ? "" : $" if {Condition}";

    private protected abstract bool IsSame(Hyperparameter other);

    private protected abstract Hyperparameter Under(Condition condition);

    // An optimizer that works in u may overstep an end by rounding; more is a mistake.
    private protected void RequireUnit(double u)
    {
        if (!(u >= -1e-9 && u <= 1 + 1e-9))
        {
            throw new ArgumentOutOfRangeException(nameof(u), FormattableString.Invariant($"The place of '{Name}' in its range is u = {u:R}; expected 0 to 1."));
        }
    }
}
