using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>The first configurations of a space: few, and far from each other and from those that are given.</summary>
/// <remarks>
/// Where none is given the first is the middle: ranges are mostly wider than they need be, so that the optimum seldom stands near an end, and what is curved shows it
/// soonest where a place lies between the others.
/// </remarks>
internal static class SpaceDesign
{
    private const int Trials = 400;

    /// <summary>New snapped u, so that with those given there are m + 2, or as many as there are different ones.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="given">Snapped u that are trained anyway.</param>
    /// <param name="streams">Chance.</param>
    internal static List<double[]> Places(SpaceCoordinates coordinates, IReadOnlyList<double[]> given, RandomStreams streams)
    {
        var wanted = coordinates.Hyperparameters + 2 - given.Count;
        if (wanted <= 0)
        {
            return [];
        }

        if (coordinates.Hyperparameters == 1 && coordinates.Levels(0) == 0)
        {
            return [.. ((double[])[0, 1, 0.5]).Where(u => !given.Any(g => Math.Abs(g[0] - u) < Analysis.LeastSeparation)).Take(wanted).Select(u => new[] { u })];
        }

        double[][] known = [.. given.Select(u => coordinates.Place(u))];
        var stream = streams.Stream("initial");
        List<double[]> first = known.Length == 0 && coordinates.Hyperparameters > 1 ? [coordinates.Middle(stream)] : [];
        double[][] taken = [.. known, .. first.Select(u => coordinates.Place(u))];
        List<double[]> best = [];
        var largest = -1.0;
        for (var trial = 0; trial < Trials; trial++)
        {
            // Beside places that are given the shares of a Latin hypercube are not the best.
            var set = known.Length == 0 || trial % 2 == 0 ? Latin(coordinates, wanted - first.Count, stream) : [.. Enumerable.Range(0, wanted).Select(_ => coordinates.Random(stream))];
            if (Least(coordinates, set, taken) is var least && least > largest)
            {
                (best, largest) = (set, least);
            }
        }

        return largest > 0 ? [.. first, .. best] : Distinct(coordinates, wanted, known, stream);
    }

    /// <summary>A Latin hypercube: along each hyperparameter every place has a share of [0, 1] of its own.</summary>
    private static List<double[]> Latin(SpaceCoordinates coordinates, int count, RandomStream stream)
    {
        var set = Enumerable.Range(0, count).Select(_ => new double[coordinates.Hyperparameters]).ToList();
        var order = new int[count];
        for (var i = 0; i < coordinates.Hyperparameters; i++)
        {
            for (var k = 0; k < count; k++)
            {
                order[k] = k;
            }

            stream.Shuffle<int>(order);
            for (var k = 0; k < count; k++)
            {
                set[k][i] = (order[k] + 0.5) / count;
            }
        }

        set.ForEach(u => coordinates.Snap(u));
        return coordinates.IsBounded ? set.ConvertAll(u => coordinates.Inside(u, stream)) : set;
    }

    private static double Least(SpaceCoordinates coordinates, List<double[]> set, double[][] known)
    {
        double[][] all = [.. known, .. set.Select(u => coordinates.Place(u))];
        var least = double.PositiveInfinity;
        for (var k = known.Length; k < all.Length; k++)
        {
            for (var l = 0; l < k; l++)
            {
                least = Math.Min(least, SpaceCoordinates.Distance(all[k], all[l]));
            }
        }

        return least;
    }

    /// <summary>The first of those that are farthest from all that is taken; null where every one is taken.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="pool">Snapped u.</param>
    /// <param name="taken">x of what is taken.</param>
    internal static double[]? Farthest(SpaceCoordinates coordinates, IEnumerable<double[]> pool, IReadOnlyList<double[]> taken)
    {
        var (best, most) = ((double[]?)null, 0.0);
        foreach (var u in pool)
        {
            var x = coordinates.Place(u);
            var nearest = taken.Select(one => SpaceCoordinates.Distance(x, one)).DefaultIfEmpty(double.PositiveInfinity).Min();
            (best, most) = nearest > most ? (u, nearest) : (best, most);
        }

        return best;
    }

    /// <summary>Where a space has few configurations: each the farthest from those before it.</summary>
    private static List<double[]> Distinct(SpaceCoordinates coordinates, int wanted, double[][] known, RandomStream stream)
    {
        var pool = coordinates.Listed is { } listed ? (double[][])listed.Clone() : [.. Enumerable.Range(0, Trials).Select(_ => coordinates.Random(stream))];
        stream.Shuffle<double[]>(pool);
        var chosen = new List<double[]>();
        var taken = known.ToList();
        while (chosen.Count < wanted)
        {
            if (Farthest(coordinates, pool, taken) is not { } next)
            {
                break;
            }

            chosen.Add(next);
            taken.Add(coordinates.Place(next));
        }

        return chosen;
    }
}
