// Notation
//   v_i      value of hyperparameter i of a configuration, in its own units
//   c_i, b   Σ c_i v_i ≤ b, or < b where it is strict;  what is written with ≥ or > has its signs turned

namespace HtiTune.Data;

/// <summary>A bound on a sum of hyperparameters that every configuration of a space keeps, e.g. <c>warmup + 2*decay &lt;= 100</c> or <c>shortest &lt; longest</c>.</summary>
/// <remarks>Immutable and thread-safe. It says nothing where a hyperparameter that it names is not active.</remarks>
public sealed class LinearConstraint : IEquatable<LinearConstraint>
{
    // Sums of decimal fractions come this near to what they should be, as a share of their terms.
    private const double Rounding = 1e-12;

    private readonly (string Name, double Factor)[] _terms;
    private readonly double _bound;
    private readonly bool _isStrict;

    private LinearConstraint(string text, (string Name, double Factor)[] terms, double bound, bool isStrict) => (Text, _terms, _bound, _isStrict) = (text, terms, bound, isStrict);

    /// <summary>As it was written, what <see cref="SearchSpace.Parse"/> reads among the hyperparameters.</summary>
    public string Text { get; }

    /// <summary>The hyperparameters that it names.</summary>
    public IReadOnlyList<string> Names => [.. _terms.Select(term => term.Name)];

    /// <summary>Whether a configuration keeps it.</summary>
    /// <param name="configuration">Values of the hyperparameters that are active.</param>
    public bool Holds(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (sum, size) = (-_bound, Math.Abs(_bound));
        foreach (var (name, factor) in _terms)
        {
            if (!configuration.TryGet(name, out var value))
            {
                return true;
            }

            sum += factor * value.Number;
            size += Math.Abs(factor * value.Number);
        }

        return _isStrict ? sum < -Rounding * size : sum <= Rounding * size;
    }

    /// <inheritdoc/>
    public bool Equals(LinearConstraint? other) =>
        other is not null && _bound == other._bound && _isStrict == other._isStrict && _terms.AsSpan().SequenceEqual(other._terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LinearConstraint);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_terms.Length, _bound, _isStrict);

    /// <summary><see cref="Text"/>.</summary>
    public override string ToString() => Text;

    /// <summary>Whether a text is meant as a constraint, rather than as a hyperparameter.</summary>
    internal static bool IsMeant(string text) => text.AsSpan().IndexOfAny("<>=") is >= 0 and var first && text[first] != '=';

    /// <summary>Whether a text bounds hyperparameters of some names, and nothing else.</summary>
    internal static bool IsOf(string text, IReadOnlyList<string> names) => LinearText.Halves(text) is var (left, _, right) && LinearText.AreAlone($"{left} {right}", names);

    /// <summary>Reads one.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="hyperparameters">Those that it may name.</param>
    /// <exception cref="ArgumentException">It is none, or names what has no number; the message says what is expected.</exception>
    internal static LinearConstraint Read(string text, IReadOnlyList<Hyperparameter> hyperparameters)
    {
        var (left, sign, right) = LinearText.Halves(text) ?? throw Fault(text, "expected one of <=, >=, < and > between two sums");
        var sum = new SortedDictionary<string, double>(StringComparer.Ordinal);
        string[] names = [.. hyperparameters.Select(one => one.Name)];
        var bound = 0.0;
        foreach (var (half, turn) in ((string, int)[])[(left, 1), (right, -1)])
        {
            foreach (var (name, factor) in LinearText.Terms(half, names) is var (terms, fault) && fault is null ? terms : throw Fault(text, fault!))
            {
                if (name is null)
                {
                    bound -= turn * factor;
                }
                else
                {
                    sum[name] = sum.GetValueOrDefault(name) + turn * factor;
                }
            }
        }

        var direction = sign[0] == '<' ? 1 : -1;
        (string Name, double Factor)[] kept = [.. sum.Where(term => term.Value != 0).Select(term => (term.Key, direction * term.Value))];
        if (kept.Length == 0)
        {
            throw Fault(text, "it names no hyperparameter; expected a sum of them, as in x + 2*y <= 1");
        }

        if (hyperparameters.FirstOrDefault(one => one is CategoricalHyperparameter && sum.ContainsKey(one.Name)) is { } word)
        {
            throw Fault(text, $"{word.Name} is a word; expected hyperparameters that are numbers");
        }

        var read = new LinearConstraint(text.Trim(), kept, direction * bound, sign.Length == 1);
        return read.Holds(read.Corner(hyperparameters)) ? read
            : throw new ArgumentException($"The constraint '{text}' is kept by no values of {string.Join(" and ", read.Names)} in their ranges; expected one that some keep.", nameof(text));
    }

    /// <summary>The end of a hyperparameter's range at which the sum is least: 0 or 1 on its unit scale; null where it is not named.</summary>
    internal int? EndOf(string name) => Array.Find(_terms, term => term.Name == name) is { Name: not null } named ? named.Factor > 0 ? 0 : 1 : null;

    private Configuration Corner(IReadOnlyList<Hyperparameter> hyperparameters) =>
        new([.. hyperparameters.Where(one => Names.Contains(one.Name)).Select(one => (one.Name, one.ValueAt(EndOf(one.Name)!.Value)))]);

    private static ArgumentException Fault(string text, string what) => new($"The constraint '{text}' is not understood: {what}.", nameof(text));
}
