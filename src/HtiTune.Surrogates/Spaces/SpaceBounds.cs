// Notation
//   u          snapped coordinates of a configuration (SpaceCoordinates)
//   allowed    it keeps every constraint of the space, and the caller's own rule where there is one
//   corner     of a constraint: the ends of the ranges at which its sum is least; a step towards it makes the sum smaller, whatever the scales
// Where a random u is mostly allowed random ones are drawn until one is, so that they lie evenly. Where few are, one that is not is moved towards the corners
// of what it breaks, by a little more than it takes; and where that fails, as of a caller's own rule, towards one that is known.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>The part of a space that may be trained.</summary>
/// <param name="coordinates">The whole space.</param>
/// <param name="space">The same, with its constraints.</param>
/// <param name="isAllowed">The caller's own rule; null: none.</param>
internal sealed class SpaceBounds(SpaceCoordinates coordinates, SearchSpace space, Func<Configuration, bool>? isAllowed)
{
    private const int Drawn = 40, Rounds = 30, Halvings = 12, Sought = 20_000, Kept = 64;

    private readonly Lazy<double[][]> _known = new(() => Known(coordinates, space, isAllowed));

    /// <summary>Whether a configuration is allowed.</summary>
    internal bool Allow(Configuration configuration) => space.KeepsConstraints(configuration) && isAllowed?.Invoke(configuration) != false;

    /// <summary>Those that are allowed.</summary>
    /// <exception cref="ArgumentException">None is.</exception>
    internal double[][] Allowed(IReadOnlyList<double[]> units) =>
        units.Where(u => coordinates.Allows(u)).ToArray() is { Length: > 0 } allowed ? allowed : throw None($"none of all {units.Count}", space, isAllowed);

    /// <summary>A random one that is allowed.</summary>
    /// <exception cref="ArgumentException">None is found.</exception>
    internal double[] Random(RandomStream stream)
    {
        if (coordinates.Listed is { } listed)
        {
            return (double[])listed[stream.NextInt(listed.Length)].Clone();
        }

        var u = coordinates.Anywhere(stream);
        for (var draw = 1; draw < Drawn && !coordinates.Allows(u); draw++)
        {
            u = coordinates.Anywhere(stream);
        }

        return Inside(u, stream);
    }

    /// <summary>u where it is allowed; else one that it was moved to.</summary>
    /// <exception cref="ArgumentException">None is found.</exception>
    internal double[] Inside(double[] u, RandomStream stream)
    {
        if (coordinates.Allows(u))
        {
            return u;
        }

        return Cornered(coordinates, space, u, stream) is { } moved && coordinates.Allows(moved) ? moved
            : Nearest(u, _known.Value[stream.NextInt(_known.Value.Length)], stream);
    }

    /// <summary>u where it is allowed; else the first on the way to one that is, by halves.</summary>
    /// <param name="u">Where to.</param>
    /// <param name="from">From where; where that is not allowed itself, any that is.</param>
    /// <param name="stream">Chance.</param>
    internal double[] Nearest(double[] u, double[] from, RandomStream stream)
    {
        var share = 1.0;
        for (var i = 0; i <= Halvings; i++, share *= 0.5)
        {
            if (Between(coordinates, from, u, share) is var tried && coordinates.Allows(tried))
            {
                return tried;
            }
        }

        return coordinates.Allows(from) ? (double[])from.Clone() : Random(stream);
    }

    // A share of the way in all that moves as a number does; words go over in the second half of it.
    private static double[] Between(SpaceCoordinates coordinates, double[] from, double[] to, double share)
    {
        var u = (double[])from.Clone();
        for (var i = 0; i < u.Length; i++)
        {
            var isNumber = coordinates.Levels(i) is 0 or > SpaceCoordinates.MostLevels;
            u[i] = isNumber && !double.IsNaN(from[i]) && !double.IsNaN(to[i]) ? from[i] + share * (to[i] - from[i]) : share > 0.5 ? to[i] : from[i];
        }

        coordinates.Snap(u);
        return u;
    }

    // Towards the corners of what is broken, until nothing is; null where that does not end.
    private static double[]? Cornered(SpaceCoordinates coordinates, SearchSpace space, double[] start, RandomStream stream)
    {
        var u = start;
        for (var round = 0; round < Rounds; round++)
        {
            var at = coordinates.At(u);
            if (space.Constraints.FirstOrDefault(one => !one.Holds(at)) is not { } broken)
            {
                return u;
            }

            double[] corner = [.. u.Select((place, i) => double.IsNaN(place) ? place : broken.EndOf(space[i].Name) ?? place)];
            var (low, high) = (0.0, 1.0);
            for (var i = 0; i < Rounds; i++)
            {
                var middle = 0.5 * (low + high);
                (low, high) = broken.Holds(coordinates.At(Between(coordinates, u, corner, middle))) ? (low, middle) : (middle, high);
            }

            // What is enough for this one is mostly on the edge; a little more leaves room for the others.
            var more = stream.NextDouble();
            u = Between(coordinates, u, corner, high + (1 - high) * more * more);
        }

        return null;
    }

    private static double[][] Known(SpaceCoordinates coordinates, SearchSpace space, Func<Configuration, bool>? isAllowed)
    {
        var stream = new RandomStreams(0).Stream("allowed");
        var known = new List<double[]>();
        for (var i = 0; i < Sought && known.Count < Kept; i++)
        {
            var u = coordinates.Anywhere(stream);
            if (coordinates.Allows(u) || (space.Constraints.Count > 0 && Cornered(coordinates, space, u, stream) is { } moved && coordinates.Allows(u = moved)))
            {
                known.Add(u);
            }
        }

        return known.Count > 0 ? [.. known] : throw None($"none of {Sought} random ones", space, isAllowed);
    }

    /// <summary>Throws unless some configuration of a space is allowed.</summary>
    /// <exception cref="ArgumentException">None is found.</exception>
    internal static void RequireSome(SearchSpace space, Func<Configuration, bool>? isAllowed)
    {
        var coordinates = new SpaceCoordinates(space, isAllowed);
        if (coordinates.IsBounded)
        {
            coordinates.Random(new RandomStreams(0).Stream("allowed"));
        }
    }

    private static ArgumentException None(string looked, SearchSpace space, Func<Configuration, bool>? isAllowed)
    {
        var rules = space.Constraints.Select(one => one.Text).Concat(isAllowed is null ? [] : ["the rule that the options give"]);
        return new ArgumentException($"No configuration of {space.Label} is allowed, {looked}: {string.Join(" and ", rules)}; expected constraints that leave a part of the space.");
    }
}
