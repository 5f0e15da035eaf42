// Notation (less is better in every feature)
//   m_j(x)    mean of what is believed of feature j;  x dominates x' where no m_j(x) is larger and one is less
//   front     of the places tried those that none dominates: random ones and the trained ones first, then for some generations neighbours of the front
//   P(x)      share of S joint draws in which nothing on the front, nor beside it, dominates x
// Of a longer front as many are kept as stand farthest apart in the features, each measured by its range on the front.

using HtiTune.Data;
using HtiTune.Preferences;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>The configurations of a space that nothing beats in all features at once, by what is believed.</summary>
/// <param name="coordinates">The space.</param>
/// <param name="features">What is believed of each feature.</param>
/// <param name="trained">Snapped u of what was trained.</param>
/// <param name="streams">All chance.</param>
internal sealed class SpaceFront(SpaceCoordinates coordinates, IReadOnlyList<SpaceAnalysis> features, double[][] trained, RandomStreams streams)
{
    private const int Random = 512, Generations = 6, Neighbours = 160, MostKept = 48, MostBeside = 48, Draws = 128;
    private const double FirstRadius = 0.15, RadiusFactor = 0.6, WordChance = 0.1;

    /// <summary>Whether x may be on the front.</summary>
    internal Func<double[], bool> IsAllowed { get; init; } = _ => true;

    /// <summary>The front; the features' values are means, and whether one is trained is not looked at.</summary>
    internal IReadOnlyList<ParetoPoint> Points(CancellationToken cancellation)
    {
        var tried = Tried(cancellation);
        double[][] means = [.. tried.Select(one => one.Means)];
        int[] front = Apart(means, Undominated(means));
        return Judge([.. front.Concat(Beside(means, front)).Select(i => tried[i])], front.Length, cancellation);
    }

    /// <summary>Places that are known to be on the front of what was trained, in their order, held against what else may be.</summary>
    /// <param name="units">Snapped u.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal IReadOnlyList<ParetoPoint> Trained(double[][] units, CancellationToken cancellation)
    {
        var tried = Tried(cancellation);
        (double[] U, double[] X, double[] Means)[] known = [.. units.Select(u => coordinates.Place(u) is var x ? (u, x, features.Select(feature => feature.MeanAt(x)).ToArray()) : default)];
        tried.RemoveAll(one => Array.Exists(known, other => other.X.AsSpan().SequenceEqual(one.X)));
        double[][] means = [.. tried.Select(one => one.Means)];
        return Judge([.. known, .. Beside(means, []).Select(i => tried[i])], known.Length, cancellation);
    }

    private static int[] Beside(double[][] means, int[] front)
    {
        int[] others = Undominated(means, front);
        return others.Length <= MostBeside ? others : [.. Enumerable.Range(0, MostBeside).Select(i => others[i * others.Length / MostBeside])];
    }

    private List<(double[] U, double[] X, double[] Means)> Tried(CancellationToken cancellation)
    {
        var stream = streams.Stream("places");
        var tried = new List<(double[] U, double[] X, double[] Means)>();
        Try(trained);
        Try(coordinates.Listed ?? [.. Enumerable.Range(0, Random).Select(_ => coordinates.Random(stream))]);
        var radius = FirstRadius;
        for (var generation = 0; generation < Generations && coordinates.Listed is null; generation++, radius *= RadiusFactor)
        {
            int[] parents = Undominated([.. tried.Select(one => one.Means)]);
            Try([.. Enumerable.Range(0, parents.Length == 0 ? 0 : Neighbours).Select(i => coordinates.Neighbour(tried[parents[i % parents.Length]].U, radius, WordChance, stream))]);
        }

        return tried;

        void Try(double[][] units)
        {
            foreach (var u in units)
            {
                cancellation.ThrowIfCancellationRequested();
                var x = coordinates.Place(u);
                if (IsAllowed(x) && features.All(feature => feature.IsHopeful(x)) && features.Select(feature => feature.MeanAt(x)).ToArray() is var values && Array.TrueForAll(values, double.IsFinite))
                {
                    tried.Add((u, x, values));
                }
            }
        }
    }

    /// <summary>Indices of those that none dominates; of equal ones the first.</summary>
    /// <param name="values">[N][J].</param>
    /// <param name="but">Indices that are left out.</param>
    internal static int[] Undominated(double[][] values, IReadOnlyCollection<int>? but = null)
    {
        // In ascending order only those before can dominate, so each is held against the undominated ones so far.
        int[] order = [.. Enumerable.Range(0, values.Length).Where(i => but?.Contains(i) != true)];
        Array.Sort(order, (a, b) => Compare(values[a], values[b]) is not 0 and var sign ? sign : a.CompareTo(b));
        var front = new List<int>();
        foreach (var i in order)
        {
            if (!front.Exists(other => Dominates(values[other], values[i])))
            {
                front.Add(i);
            }
        }

        return [.. front];

        static int Compare(double[] a, double[] b)
        {
            for (var j = 0; j < a.Length; j++)
            {
                if (a[j] != b[j])
                {
                    return a[j].CompareTo(b[j]);
                }
            }

            return 0;
        }
    }

    // Or is equal: of two that are the same one is enough.
    private static bool Dominates(double[] a, double[] b)
    {
        for (var j = 0; j < a.Length; j++)
        {
            if (a[j] > b[j])
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Apart(double[][] means, int[] front)
    {
        if (front.Length <= MostKept)
        {
            return front;
        }

        var count = means[0].Length;
        double[] low = [.. Enumerable.Range(0, count).Select(j => front.Min(i => means[i][j]))], range = [.. Enumerable.Range(0, count).Select(j => Math.Max(front.Max(i => means[i][j]) - low[j], 1e-300))];
        double[][] scaled = [.. front.Select(i => means[i].Select((value, j) => (value - low[j]) / range[j]).ToArray())];

        // The best of each feature first.
        var kept = Enumerable.Range(0, count).Select(j => Enumerable.Range(0, front.Length).MinBy(i => scaled[i][j])).Distinct().ToList();
        double[] nearest = [.. scaled.Select(one => kept.Min(k => SpaceCoordinates.Distance(one, scaled[k])))];
        while (kept.Count < MostKept)
        {
            var next = Array.IndexOf(nearest, nearest.Max());
            kept.Add(next);
            for (var i = 0; i < nearest.Length; i++)
            {
                nearest[i] = Math.Min(nearest[i], SpaceCoordinates.Distance(scaled[i], scaled[next]));
            }
        }

        return [.. kept.Select(k => front[k])];
    }

    private List<ParetoPoint> Judge((double[] U, double[] X, double[] Means)[] places, int front, CancellationToken cancellation)
    {
        double[][] at = [.. places.Select(place => place.X)];
        Func<Func<int, double>>[] draws = [.. features.Select((feature, j) => feature.Draws(at, $"feature {j}"))];
        var (hits, sums, squares) = (new int[places.Length], new double[places.Length, draws.Length], new double[places.Length, draws.Length]);
        for (var s = 0; s < Draws; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            Func<int, double>[] draw = [.. draws.Select(next => next())];
            double[][] values = [.. Enumerable.Range(0, places.Length).Select(i => draw.Select(path => path(i)).ToArray())];
            foreach (var i in Undominated(values))
            {
                hits[i]++;
            }

            for (var i = 0; i < front; i++)
            {
                for (var j = 0; j < draws.Length; j++)
                {
                    // About the mean, so that large values do not drown their differences.
                    var off = double.IsFinite(values[i][j]) ? values[i][j] - places[i].Means[j] : 0;
                    sums[i, j] += off / Draws;
                    squares[i, j] += off * off / Draws;
                }
            }
        }

        return [.. Enumerable.Range(0, front).Select(i => new ParetoPoint(
            coordinates.At(places[i].U), places[i].Means,
            [.. Enumerable.Range(0, draws.Length).Select(j => Math.Sqrt(Math.Max(0, squares[i, j] - sums[i, j] * sums[i, j])))], (double)hits[i] / Draws, false))];
    }
}
