namespace HtiTune.Data;

/// <summary>A hyperparameter that takes one of several words, in an order or without one.</summary>
public sealed class CategoricalHyperparameter : Hyperparameter
{
    private CategoricalHyperparameter(string name, IReadOnlyList<string> choices, bool isOrdered, Condition? condition = null)
        : base(name, condition) => (Choices, IsOrdered) = (choices, isOrdered);

    /// <summary>The words, at least two.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>Whether their order says which are near to each other.</summary>
    public bool IsOrdered { get; }

    /// <inheritdoc/>
    public override string Domain => $"one of {string.Join(", ", Choices)}";

    /// <inheritdoc/>
    public override bool Allows(HyperparameterValue value) => !value.IsNumber && Choices.Contains(value.Word);

    /// <summary>The middle of the word's share of [0, 1]: (i + ½) / n. Without an order the distance of two such places means nothing but whether they differ.</summary>
    /// <param name="value">One of the words.</param>
    public override double ToUnit(HyperparameterValue value)
    {
        Require(value);
        return (Choices.ToList().IndexOf(value.Word) + 0.5) / Choices.Count;
    }

    /// <inheritdoc/>
    public override HyperparameterValue ValueAt(double u)
    {
        RequireUnit(u);
        return Choices[Math.Clamp((int)(u * Choices.Count), 0, Choices.Count - 1)];
    }

    /// <summary>Name and words.</summary>
    public override string ToString() => $"{Name}, {Domain}{(IsOrdered ? ", in this order" : "")}{ConditionText}";

    internal static CategoricalHyperparameter Create(string name, IReadOnlyList<string> choices, bool isOrdered)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(choices);
        var words = string.Join(", ", choices);
        string? fault = choices.Count < 2 ? $"the choices '{words}'; expected at least two, as what is always the same is not tuned"
            : choices.Distinct().Count() < choices.Count ? $"the choices {words}; expected each of them once"
            : choices.FirstOrDefault(word => string.IsNullOrEmpty(word) || word.Any(c => c is ',' or ':' or '=' || char.IsWhiteSpace(c) || char.IsControl(c)) || word.Contains("..", StringComparison.Ordinal)) is { } odd
                ? $"the choice '{odd}'; expected a word without commas, colons, equals signs, white space and two points in a row"
            : null;
        return fault is null
            ? new CategoricalHyperparameter(name, Array.AsReadOnly([.. choices]), isOrdered)
            : throw new ArgumentException($"The hyperparameter '{name}' has {fault}.", nameof(choices));
    }

    private protected override string DomainText => string.Join(",", Choices) + (IsOrdered ? ":ordered" : "");

    private protected override bool IsSame(Hyperparameter other) =>
        other is CategoricalHyperparameter same && IsOrdered == same.IsOrdered && Choices.SequenceEqual(same.Choices);

    private protected override Hyperparameter Under(Condition condition) => new CategoricalHyperparameter(Name, Choices, IsOrdered, condition);
}
