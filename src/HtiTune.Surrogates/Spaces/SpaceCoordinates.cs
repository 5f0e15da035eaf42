// Notation
//   m       hyperparameters;  u [m]: unit coordinates of a configuration (SearchSpace), NaN where one is not active
//   x [c]   its coordinates in the kriging:
//             a number or an ordered word   u of its value, ½ where it is not active
//             an unordered word of n        n numbers, 1/√2 at its own and 0 elsewhere, all 0 where it is not active; one length for all
//             a condition on a number or an ordered word   1 where it holds, else 0 (an unordered parent tells that by itself)
//   snapped u  the u of a real configuration: whole numbers and words at the middle of their share

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Where the configurations of a search space lie for the kriging.</summary>
internal sealed class SpaceCoordinates
{
    /// <summary>Of more values than so many a hyperparameter moves as a number does.</summary>
    internal const int MostLevels = 16;

    /// <summary>The coordinate of a word at its own place: two words are then 1 apart.</summary>
    internal const double Corner = 0.70710678118654752;

    private const int MostListed = 4096;

    private readonly SearchSpace _space;
    private readonly int[] _at, _parent, _levels, _conditional;
    private readonly Lazy<double[][]?> _listed;
    private readonly SpaceBounds? _bounds;

    /// <param name="space">The space.</param>
    /// <param name="isAllowed">Whether a configuration that keeps the space's constraints may be trained; null: all may.</param>
    internal SpaceCoordinates(SearchSpace space, Func<Configuration, bool>? isAllowed = null)
    {
        _space = space;
        _bounds = isAllowed is null && space.Constraints.Count == 0 ? null : new SpaceBounds(this, space, isAllowed);
        var (lengths, warps) = (new List<int>(), new List<bool>());
        (_at, _parent, _levels) = (new int[space.Count], new int[space.Count], new int[space.Count]);
        var conditions = new List<Condition>();
        for (var i = 0; i < space.Count; i++)
        {
            var one = space[i];
            _at[i] = lengths.Count;
            _levels[i] = one switch
            {
                IntegerHyperparameter number => (int)Math.Min(number.Count, int.MaxValue),
                CategoricalHyperparameter words => words.Choices.Count,
                _ => 0,
            };
            lengths.AddRange(Enumerable.Repeat(warps.Count, IsUnordered(one) ? _levels[i] : 1));
            warps.Add(!IsUnordered(one) && _levels[i] is 0 or > 2);
            _parent[i] = one.Condition is { } condition ? Enumerable.Range(0, i).First(p => space[p].Name == condition.Parent) : -1;
            if (_parent[i] >= 0 && !IsUnordered(space[_parent[i]]) && !conditions.Contains(one.Condition!))
            {
                conditions.Add(one.Condition!);
            }
        }

        foreach (var _ in conditions)
        {
            lengths.Add(warps.Count);
            warps.Add(false);
        }

        // Of those under one condition the first tells whether it holds.
        _conditional = [.. conditions.Select(condition => Enumerable.Range(0, space.Count).First(i => condition.Equals(space[i].Condition)))];
        Kriging = new KrigingCoordinates(lengths, warps);
        _listed = new Lazy<double[][]?>(List);
    }

    /// <summary>m.</summary>
    internal int Hyperparameters => _space.Count;

    /// <summary>c.</summary>
    internal int Count => Kriging.Count;

    /// <summary>Lengths and warps of the coordinates.</summary>
    internal KrigingCoordinates Kriging { get; }

    /// <summary>Whether some configurations may not be trained.</summary>
    internal bool IsBounded => _bounds is not null;

    /// <summary>Snapped u of all configurations that may be trained, where these are few; else null.</summary>
    internal double[][]? Listed => _listed.Value;

    /// <summary>Hyperparameters whose being active the last coordinates tell, one each.</summary>
    internal IReadOnlyList<int> Conditional => _conditional;

    /// <summary>The first coordinate of hyperparameter i.</summary>
    internal int First(int i) => _at[i];

    /// <summary>Values of hyperparameter i; 0 where it is continuous.</summary>
    internal int Levels(int i) => _levels[i];

    /// <summary>u of the v-th value of hyperparameter i, which is not continuous.</summary>
    internal double Level(int i, int v) => _space[i] is IntegerHyperparameter number
        ? number.ToUnit(number.Minimum + (double)v * number.Step)
        : (v + 0.5) / _levels[i];

    /// <summary>Which value of hyperparameter i, which is not continuous, stands at u.</summary>
    internal int LevelAt(int i, double u) => _space[i] is IntegerHyperparameter number
        ? (int)Math.Min(Math.Round((number.ValueAt(u).Number - number.Minimum) / number.Step), _levels[i] - 1)
        : Math.Min((int)(u * _levels[i]), _levels[i] - 1);

    /// <summary>Snapped u of a configuration of the space.</summary>
    internal double[] Of(Configuration configuration) => _space.ToUnit(configuration);

    /// <summary>The configuration at u.</summary>
    internal Configuration At(ReadOnlySpan<double> u)
    {
        var filled = u.ToArray();
        for (var i = 0; i < filled.Length; i++)
        {
            filled[i] = double.IsNaN(filled[i]) ? 0.5 : filled[i];
        }

        return _space.FromUnit(filled);
    }

    /// <summary>Moves u to that of the real configuration it belongs to; what is NaN but active goes to the middle.</summary>
    internal void Snap(Span<double> u)
    {
        for (var i = 0; i < u.Length; i++)
        {
            if (!IsActive(i, u))
            {
                u[i] = double.NaN;
                continue;
            }

            var place = double.IsNaN(u[i]) ? 0.5 : Math.Clamp(u[i], 0, 1);
            u[i] = _levels[i] == 0 ? place : _space[i] is CategoricalHyperparameter
                ? Level(i, LevelAt(i, place))
                : _space[i].ToUnit(_space[i].ValueAt(place));
        }
    }

    /// <summary>Writes x of a snapped u.</summary>
    internal void Write(ReadOnlySpan<double> u, Span<double> x)
    {
        x.Clear();
        for (var i = 0; i < u.Length; i++)
        {
            if (!IsUnordered(_space[i]))
            {
                x[_at[i]] = double.IsNaN(u[i]) ? 0.5 : u[i];
            }
            else if (!double.IsNaN(u[i]))
            {
                x[_at[i] + (int)(u[i] * _levels[i])] = Corner;
            }
        }

        for (var c = 0; c < _conditional.Length; c++)
        {
            x[Count - _conditional.Length + c] = double.IsNaN(u[_conditional[c]]) ? 0 : 1;
        }
    }

    /// <summary>The snapped u that has this x.</summary>
    internal double[] UnitOf(ReadOnlySpan<double> x)
    {
        var u = new double[_space.Count];
        for (var i = 0; i < u.Length; i++)
        {
            u[i] = IsUnordered(_space[i]) ? Level(i, Math.Max(0, x.Slice(_at[i], _levels[i]).IndexOf(Corner))) : x[_at[i]];
        }

        Snap(u);
        return u;
    }

    /// <summary>x of a configuration of the space.</summary>
    internal double[] Place(Configuration configuration) => Place(Of(configuration));

    /// <summary>x of a snapped u.</summary>
    internal double[] Place(ReadOnlySpan<double> u)
    {
        var x = new double[Count];
        Write(u, x);
        return x;
    }

    /// <summary>Whether the configuration at a snapped u may be trained.</summary>
    internal bool Allows(ReadOnlySpan<double> u) => _bounds is null || _bounds.Allow(At(u));

    /// <summary>A snapped u, or in its place one towards which it was moved so that it may be trained.</summary>
    internal double[] Inside(double[] u, RandomStream stream) => _bounds is null ? u : _bounds.Inside(u, stream);

    /// <summary>A random snapped u that may be trained.</summary>
    internal double[] Random(RandomStream stream) => _bounds is null ? Anywhere(stream) : _bounds.Random(stream);

    /// <summary>A random snapped u, whether it may be trained or not.</summary>
    internal double[] Anywhere(RandomStream stream)
    {
        var u = new double[_space.Count];
        for (var i = 0; i < u.Length; i++)
        {
            u[i] = stream.NextDouble();
        }

        Snap(u);
        return u;
    }

    /// <summary>The snapped u whose numbers and ordered words stand at the middle of their ranges, or near it where that may not be trained; unordered words have none, and are drawn.</summary>
    internal double[] Middle(RandomStream stream)
    {
        var u = Random(stream);
        for (var i = 0; i < u.Length; i++)
        {
            u[i] = IsUnordered(_space[i]) ? u[i] : 0.5;
        }

        Snap(u);
        return Inside(u, stream);
    }

    /// <summary>A random snapped u near another one, both such as may be trained.</summary>
    /// <param name="u">The other one, snapped.</param>
    /// <param name="radius">How far numbers move, their ends being mirrors.</param>
    /// <param name="chance">How often a word or one of few whole numbers becomes any other.</param>
    /// <param name="stream">Chance.</param>
    internal double[] Neighbour(double[] u, double radius, double chance, RandomStream stream)
    {
        var near = (double[])u.Clone();
        for (var j = 0; j < near.Length; j++)
        {
            var (step, coin, other) = (stream.NextNormal(), stream.NextDouble(), stream.NextDouble());
            near[j] = double.IsNaN(near[j]) ? other : Levels(j) is 0 or > MostLevels ? Reflect(near[j] + radius * step) : coin < chance ? other : near[j];
        }

        Snap(near);
        return _bounds is null ? near : _bounds.Nearest(near, u, stream);

        static double Reflect(double place) => Math.Abs(place) is var inside && inside > 1 ? Math.Clamp(2 - inside, 0, 1) : Math.Clamp(inside, 0, 1);
    }

    /// <summary>The distance of two places.</summary>
    internal static double Distance(ReadOnlySpan<double> x, ReadOnlySpan<double> other) => Math.Sqrt(Square(x, other));

    /// <summary>The square of the distance.</summary>
    internal static double Square(ReadOnlySpan<double> x, ReadOnlySpan<double> other)
    {
        double sum = 0;
        for (var j = 0; j < x.Length; j++)
        {
            sum += (x[j] - other[j]) * (x[j] - other[j]);
        }

        return sum;
    }

    private static bool IsUnordered(Hyperparameter one) => one is CategoricalHyperparameter { IsOrdered: false };

    // A parent that is not active itself has no value, and nothing that hangs on it is active.
    private bool IsActive(int i, ReadOnlySpan<double> u) =>
        _parent[i] < 0 || (!double.IsNaN(u[_parent[i]]) && _space[i].Condition!.Holds(_space[_parent[i]].ValueAt(u[_parent[i]])));

    private double[][]? List()
    {
        var all = new List<double[]> { Enumerable.Repeat(double.NaN, _space.Count).ToArray() };
        for (var i = 0; i < _space.Count; i++)
        {
            if (_levels[i] == 0)
            {
                return null;
            }

            var next = new List<double[]>();
            foreach (var u in all)
            {
                for (var v = 0; v < (IsActive(i, u) ? _levels[i] : 1); v++)
                {
                    var longer = (double[])u.Clone();
                    longer[i] = IsActive(i, u) ? Level(i, v) : double.NaN;
                    next.Add(longer);
                    if (next.Count > MostListed)
                    {
                        return null;
                    }
                }
            }

            all = next;
        }

        return _bounds is null ? [.. all] : _bounds.Allowed(all);
    }
}
