using System.Collections;

namespace HtiTune.Data;

/// <summary>The hyperparameters that are tuned together: what a configuration has a value of each of.</summary>
/// <remarks>
/// Immutable and thread-safe; two of the same hyperparameters in the same order are equal. A configuration has as many coordinates as there are
/// hyperparameters, each in [0, 1]; that of one which is not active is NaN.
/// </remarks>
public sealed class SearchSpace : IReadOnlyList<Hyperparameter>, IEquatable<SearchSpace>
{
    private readonly Hyperparameter[] _hyperparameters;
    private readonly LinearConstraint[] _constraints;

    /// <summary>A space of some hyperparameters.</summary>
    /// <param name="hyperparameters">At least one, each name once; the parent of a condition stands before what hangs on it.</param>
    /// <exception cref="ArgumentException">They do not fit together; the message names every fault.</exception>
    public SearchSpace(params IReadOnlyList<Hyperparameter> hyperparameters)
        : this(hyperparameters, [])
    {
    }

    private SearchSpace(IReadOnlyList<Hyperparameter> hyperparameters, LinearConstraint[] constraints)
    {
        ArgumentNullException.ThrowIfNull(hyperparameters);
        _hyperparameters = [.. hyperparameters];
        _constraints = constraints;
        if (Faults() is { Count: > 0 } faults)
        {
            throw new ArgumentException($"The search space is not as it must be: {string.Join("; ", faults)}.", nameof(hyperparameters));
        }
    }

    /// <summary>Number of hyperparameters, and of coordinates.</summary>
    public int Count => _hyperparameters.Length;

    /// <summary>What every configuration keeps beside the ranges.</summary>
    public IReadOnlyList<LinearConstraint> Constraints => _constraints;

    /// <summary>The texts that <see cref="Parse"/> reads: hyperparameters first, then constraints.</summary>
    internal string[] Texts => [.. _hyperparameters.Select(one => one.Text), .. _constraints.Select(one => one.Text)];

    /// <summary>Whether it is one continuous hyperparameter: a line, along which λ has an order.</summary>
    public bool IsLine => Count == 1 && _hyperparameters[0] is ContinuousHyperparameter;

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it is none with a range.</exception>
    public ContinuousHyperparameter Line => IsLine
        ? (ContinuousHyperparameter)_hyperparameters[0]
        : throw new InvalidOperationException($"The search space is {Label}; expected one continuous hyperparameter.");

    /// <summary>The hyperparameters' names, separated by commas.</summary>
    public string Label => string.Join(", ", _hyperparameters.Select(one => one.Name));

    /// <summary>A hyperparameter by its place.</summary>
    /// <param name="index">0 to Count − 1.</param>
    public Hyperparameter this[int index] => _hyperparameters[index];

    /// <summary>A hyperparameter by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public Hyperparameter this[string name] => Array.Find(_hyperparameters, one => one.Name == name)
        ?? throw new KeyNotFoundException($"There is no hyperparameter '{name}'; expected {Names}.");

    /// <summary>A space of one hyperparameter.</summary>
    /// <param name="hyperparameter">The hyperparameter.</param>
    public static implicit operator SearchSpace(Hyperparameter hyperparameter) => FromHyperparameter(hyperparameter);

    /// <summary>A space of one hyperparameter.</summary>
    /// <param name="hyperparameter">The hyperparameter.</param>
    public static SearchSpace FromHyperparameter(Hyperparameter hyperparameter) => new([hyperparameter ?? throw new ArgumentNullException(nameof(hyperparameter))]);

    /// <summary>Reads a space, a hyperparameter each text, as <see cref="Hyperparameter.Parse"/> does, or a constraint, as <see cref="SubjectTo"/> does.</summary>
    /// <param name="texts">The texts, e.g. <c>lr=1e-5..1e-1:log</c> or <c>warmup + decay &lt;= 100</c>, which may stand anywhere among them.</param>
    /// <exception cref="ArgumentException">A text is not understood, or they do not fit together.</exception>
    public static SearchSpace Parse(params IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var space = new SearchSpace([.. texts.Where(text => !LinearConstraint.IsMeant(text)).Select(Hyperparameter.Parse)]);
        string[] constraints = [.. texts.Where(LinearConstraint.IsMeant)];
        return constraints.Length == 0 ? space : space.SubjectTo(constraints);
    }

    /// <summary>The same space without the configurations that break a bound on a sum of its numbers.</summary>
    /// <param name="constraints">
    /// Two sums with <c>&lt;=</c>, <c>&gt;=</c>, <c>&lt;</c> or <c>&gt;</c> between them, e.g. <c>warmup + 2*decay &lt;= 100</c>, <c>shortest &lt; longest</c>. One says nothing where
    /// a hyperparameter that it names is not active. What no sum says is a function: <c>TunerOptions.IsAllowed</c>.
    /// </param>
    /// <exception cref="ArgumentException">One is not understood, names what is no number of this space, or no value in the ranges keeps it; or there is one hyperparameter alone.</exception>
    public SearchSpace SubjectTo(params IReadOnlyList<string> constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        return Count == 1
            ? throw new ArgumentException($"The constraint '{(constraints.Count > 0 ? constraints[0] : "")}' bounds {Label}, which is tuned alone; expected a narrower range of it.", nameof(constraints))
            : new SearchSpace(_hyperparameters, [.. _constraints.Concat(constraints.Select(text => LinearConstraint.Read(text, _hyperparameters))).Distinct()]);
    }

    /// <summary>What is wrong with a configuration, each fault a phrase of its own; none where it is one of this space.</summary>
    /// <param name="configuration">The configuration.</param>
    public IReadOnlyList<string> FaultsOf(Configuration configuration)
    {
        var faults = RangeFaultsOf(configuration);
        return faults.Count > 0 ? faults : [.. _constraints.Where(constraint => !constraint.Holds(configuration)).Select(constraint =>
            $"{string.Join(", ", constraint.Names.Select(name => $"{name} = {configuration[name]}"))}; expected {constraint.Text}")];
    }

    /// <summary>As <see cref="FaultsOf(Configuration)"/>, whether it keeps the constraints or not: of what lies outside something may be believed all the same.</summary>
    internal List<string> RangeFaultsOf(Configuration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var faults = new List<string>();
        foreach (var one in _hyperparameters)
        {
            var (isGiven, isActive) = (configuration.TryGet(one.Name, out var value), IsActive(one, configuration));
            if (isGiven && !isActive)
            {
                faults.Add($"{one.Name} = {value}; expected no value, as it is active if {one.Condition} only");
            }
            else if (isActive && !isGiven)
            {
                faults.Add($"{one.Name} has no value; expected {one.Domain}");
            }
            else if (isGiven && !one.Allows(value))
            {
                faults.Add($"{one.Name} = {value}; expected {one.Domain}");
            }
        }

        faults.AddRange(configuration.Names.Where(name => !_hyperparameters.Any(one => one.Name == name)).Select(name => $"{name} is no hyperparameter; expected {Names}"));
        return faults;
    }

    /// <summary>Whether values that are in their ranges keep every constraint.</summary>
    internal bool KeepsConstraints(Configuration configuration) => Array.TrueForAll(_constraints, constraint => constraint.Holds(configuration));

    /// <summary>Throws unless a configuration is one of this space.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="place">Where it stands, for the message (e.g. <c>anchor 3</c>), or none.</param>
    /// <exception cref="ArgumentException">It is not; the message names every fault.</exception>
    public void Require(Configuration configuration, string? place = null) => Require(configuration, FaultsOf(configuration), place);

    /// <summary>As <see cref="Require(Configuration, string)"/>, whether it keeps the constraints or not.</summary>
    internal void RequireRanges(Configuration configuration) => Require(configuration, RangeFaultsOf(configuration), null);

    private static void Require(Configuration configuration, IReadOnlyList<string> faults, string? place)
    {
        if (faults.Count > 0)
        {
            throw new ArgumentException($"{(place is null ? "" : place + ": ")}{string.Join("; ", faults)}.", nameof(configuration));
        }
    }

    /// <summary>A configuration as messages say where something is: λ to the last bit where there is one hyperparameter with a range, else names and values.</summary>
    internal string TextOf(Configuration configuration) => IsLine ? FormattableString.Invariant($"λ = {configuration.Lambda:R}") : configuration.ToString();

    /// <summary>The place of a configuration on the unit scale of one hyperparameter with a range; ½ where there is no such line.</summary>
    internal double PlaceOf(Configuration configuration) => IsLine ? Line.ToUnit(configuration.Lambda) : 0.5;

    /// <summary>A configuration with its values in the order of the space, as which it equals another one of the same values.</summary>
    internal Configuration Ordered(Configuration configuration) => Count == 1 || configuration.Count == 1
        ? configuration
        : new Configuration([.. configuration.Pairs.OrderBy(pair => Array.FindIndex(_hyperparameters, one => one.Name == pair.Key)).Select(pair => (pair.Key, pair.Value))]);

    /// <summary>The coordinates of a configuration.</summary>
    /// <param name="configuration">A configuration of this space; whether it keeps the constraints is not looked at.</param>
    /// <returns>One a hyperparameter, in [0, 1]; NaN where it is not active.</returns>
    /// <exception cref="ArgumentException">It is no configuration of this space.</exception>
    public double[] ToUnit(Configuration configuration)
    {
        RequireRanges(configuration);
        return [.. _hyperparameters.Select(one => configuration.TryGet(one.Name, out var value) ? one.ToUnit(value) : double.NaN)];
    }

    /// <summary>The configuration at coordinates, which need not keep the constraints.</summary>
    /// <param name="u">One a hyperparameter, in [0, 1]; what stands for one that is not active is not looked at.</param>
    /// <exception cref="ArgumentException">There are more or fewer coordinates, or one lies outside [0, 1].</exception>
    public Configuration FromUnit(ReadOnlySpan<double> u)
    {
        if (u.Length != Count)
        {
            throw new ArgumentException($"There are {u.Length} coordinates; expected {Count}, one for each of {Names}.", nameof(u));
        }

        var places = u.ToArray();
        return Assemble(i => _hyperparameters[i].ValueAt(places[i])).Configuration!;
    }

    /// <summary>A configuration of values that are looked up by their place in the space; what is not active is not asked for.</summary>
    /// <param name="value">The value of a hyperparameter by its place, 0 to Count − 1; null where there is none.</param>
    /// <returns>The configuration; null where a hyperparameter is active and has no value, which is then told.</returns>
    internal (Configuration? Configuration, Hyperparameter? Missing) Assemble(Func<int, HyperparameterValue?> value)
    {
        var values = new List<(string Name, HyperparameterValue Value)>(Count);
        for (var i = 0; i < Count; i++)
        {
            var one = _hyperparameters[i];
            if (one.Condition is { } condition && !values.Exists(pair => pair.Name == condition.Parent && condition.Holds(pair.Value)))
            {
                continue;
            }

            if (value(i) is not { } found)
            {
                return (null, one);
            }

            values.Add((one.Name, found));
        }

        return (new Configuration(values), null);
    }

    /// <inheritdoc/>
    public IEnumerator<Hyperparameter> GetEnumerator() => ((IEnumerable<Hyperparameter>)_hyperparameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SearchSpace? other) =>
        other is not null && _hyperparameters.AsSpan().SequenceEqual(other._hyperparameters) && _constraints.AsSpan().SequenceEqual(other._constraints);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchSpace);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, _hyperparameters[0], _hyperparameters[^1]);

    /// <summary>The hyperparameters and constraints, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", [.. (IEnumerable<object>)_hyperparameters, .. _constraints]);

    private string Names => string.Join(" or ", _hyperparameters.Select(one => one.Name));

    // A parent that is not active itself has no value, and so nothing that hangs on it is active.
    private static bool IsActive(Hyperparameter one, Configuration configuration) =>
        one.Condition is not { } condition || configuration.TryGet(condition.Parent, out var value) && condition.Holds(value);

    private List<string> Faults()
    {
        var faults = new List<string>();
        if (_hyperparameters.Length == 0)
        {
            faults.Add("there is no hyperparameter; expected at least one");
        }

        for (var i = 0; i < _hyperparameters.Length; i++)
        {
            var one = _hyperparameters[i];
            if (Array.FindIndex(_hyperparameters, other => other.Name == one.Name) < i)
            {
                faults.Add($"there are two hyperparameters '{one.Name}'; expected each name once");
            }

            if (one.Condition is { } condition)
            {
                faults.AddRange(FaultsOf(one, condition, _hyperparameters[..i]));
            }
        }

        return faults;
    }

    private static IEnumerable<string> FaultsOf(Hyperparameter one, Condition condition, Hyperparameter[] before)
    {
        if (Array.Find(before, other => other.Name == condition.Parent) is not { } parent)
        {
            return [$"'{one.Name}' is active if {condition}; expected a hyperparameter '{condition.Parent}' before it"];
        }

        return condition.Values.Where(value => !parent.Allows(value.ToString()) && !(HyperparameterText.NumberOf(value.ToString()) is { } number && parent.Allows(number)))
            .Select(value => $"'{one.Name}' is active if {parent.Name}={value}; expected {parent.Domain}");
    }
}
