namespace HtiTune.Data;

/// <summary>What a network is trained at: a value for each hyperparameter that is active, by name, in the order of the search space.</summary>
/// <remarks>Immutable and thread-safe; two of the same names and values in the same order are equal.</remarks>
[JsonConverter(typeof(ConfigurationConverter))]
public sealed class Configuration : IEquatable<Configuration>
{
    private readonly (string Name, HyperparameterValue Value)[] _values;

    /// <summary>A configuration of several values.</summary>
    /// <param name="values">Names and values, at least one, each name once.</param>
    /// <exception cref="ArgumentException">There is no value, or a name is given twice.</exception>
    public Configuration(params IReadOnlyList<(string Name, HyperparameterValue Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            throw new ArgumentException("The configuration has no value; expected at least one.", nameof(values));
        }

        if (values.GroupBy(pair => pair.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The configuration has '{twice.Key}' {twice.Count()} times; expected each name once.", nameof(values));
        }

        _values = [.. values];
    }

    /// <summary>A configuration of one value.</summary>
    /// <param name="name">The hyperparameter's name.</param>
    /// <param name="value">Its value.</param>
    public Configuration(string name, HyperparameterValue value) => _values = [(name ?? throw new ArgumentNullException(nameof(name)), value)];

    /// <summary>Number of values, at least 1.</summary>
    public int Count => _values.Length;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Names => _values.Select(pair => pair.Name);

    /// <summary>Names and values, in order.</summary>
    public IEnumerable<KeyValuePair<string, HyperparameterValue>> Pairs => _values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value));

    /// <summary>The only value, as a number: the short form where there is one hyperparameter.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is a word.</exception>
    public double Value => Count == 1
        ? _values[0].Value.Number
        : throw new InvalidOperationException($"The configuration has {Count} values ({string.Join(", ", Names)}); expected to be asked for one of them by name.");

    /// <summary>The same for records that are printed whatever they hold: the only value where there is one and it is a number; else NaN.</summary>
    public double Lambda => Count == 1 && _values[0].Value.IsNumber ? _values[0].Value.Number : double.NaN;

    /// <summary>The value of a hyperparameter.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">It has none here.</exception>
    public HyperparameterValue this[string name] => TryGet(name, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no value of '{name}'; expected {string.Join(" or ", Names)}.");

    /// <summary>The value of a hyperparameter that may not be active.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value, where there is one.</param>
    public bool TryGet(string name, out HyperparameterValue value)
    {
        foreach (var pair in _values)
        {
            if (pair.Name == name)
            {
                value = pair.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(Configuration? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, _values[0].Name, _values[0].Value, _values[^1].Value);

    /// <summary>Names and values to a few digits, for people.</summary>
    /// <param name="digits">Significant digits of a number, at least 1.</param>
    public string ToText(int digits = 5) => string.Join(", ", _values.Select(pair =>
        $"{pair.Name} = {(pair.Value.IsNumber ? pair.Value.Number.ToString($"G{digits}", System.Globalization.CultureInfo.InvariantCulture) : pair.Value.Word)}"));

    /// <summary>Names and values to the last bit, e.g. <c>lr = 0.001, act = relu</c>, with decimal points under every locale.</summary>
    public override string ToString() => string.Join(", ", _values.Select(pair => $"{pair.Name} = {pair.Value}"));
}
