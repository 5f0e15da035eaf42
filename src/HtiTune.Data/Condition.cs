namespace HtiTune.Data;

/// <summary>When a hyperparameter is active: only where another one has one of some values.</summary>
/// <remarks>Immutable; two of the same parent and the same values in the same order are equal. Values are compared as they are written: the choice <c>1</c> is the number 1.</remarks>
public sealed class Condition : IEquatable<Condition>
{
    internal Condition(string parent, IReadOnlyList<HyperparameterValue> values)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parent);
        if (values is not { Count: > 0 })
        {
            throw new ArgumentException($"The condition on '{parent}' names no value; expected at least one.", nameof(values));
        }

        Parent = parent;
        Values = Array.AsReadOnly([.. values]);
    }

    /// <summary>Name of the other hyperparameter.</summary>
    public string Parent { get; }

    /// <summary>Its values with which this one is active, at least one.</summary>
    public IReadOnlyList<HyperparameterValue> Values { get; }

    /// <summary>Whether a value of the parent makes it active.</summary>
    /// <param name="value">The parent's value.</param>
    public bool Holds(HyperparameterValue value) =>
        Values.Any(known => known.ToString() == value.ToString() || value.IsNumber && HyperparameterText.NumberOf(known.ToString()) == value.Number);

    /// <inheritdoc/>
    public bool Equals(Condition? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>The parent and its values, e.g. <c>optimizer=sgd,adam</c>.</summary>
    public override string ToString() => $"{Parent}={string.Join(",", Values)}";
}
