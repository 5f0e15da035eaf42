using HtiTune.Data;

namespace HtiTune;

/// <summary>Where a training promises an aim the most. By values alone a score is cheap and is climbed; by outputs every candidate is asked for a few draws, and the best for all.</summary>
/// <param name="ground">Where a training may go.</param>
/// <param name="score">What it promises.</param>
/// <param name="good">u near which candidates are drawn, the best first.</param>
/// <param name="waiting">x of what is under way.</param>
/// <param name="edge">What a promise at an end of a range counts less, as a logarithm.</param>
/// <param name="streams">Chance.</param>
/// <param name="cancellation">Ends the search.</param>
internal sealed class AimSearch(SpaceGround ground, AimScore score, double[][] good, double[][] waiting, double edge, RandomStreams streams, CancellationToken cancellation)
{
    private const double OutputsShare = 0.4, ValuesShare = 0.5, WordChance = 0.1;
    private const int FewDraws = 4, Promising = 24, Tries = 24, Most = 256;

    private readonly RandomStream _stream = streams.Stream($"aim steps {waiting.Length}");
    private readonly SpaceSearch _search = new(
        ground.Coordinates, good, streams.Stream($"aim candidates {waiting.Length}"), score.HasOutputs ? OutputsShare / Math.Sqrt(Math.Max(1, score.Cost)) : ValuesShare);

    /// <summary>The best place, and the logarithm of its score; null where there is no place left.</summary>
    internal (double[] U, double LogGain)? Largest(CancellationToken token)
    {
        if (!score.HasOutputs)
        {
            return (_search.Find((u, x) => ground.IsOpen(x, waiting) ? score.LogGain(x, score.Draws) - edge * ground.Edges(u) : double.NaN, good, token)
                ?? _search.Find((u, x) => ground.IsFree(x, waiting) ? score.LogGain(x, score.Draws) : double.NaN, [], token)) is var (at, log) ? (at, log + edge * ground.Edges(at)) : null;
        }

        double[][] open = [.. _search.Candidates.Where(u => ground.IsOpen(ground.Coordinates.Place(u), waiting))];
        open = open.Length > 0 ? open : [.. _search.Candidates.Where(u => ground.IsFree(ground.Coordinates.Place(u), waiting))];
        (double[] U, double Log)? best = null;
        foreach (var u in open.OrderByDescending(u => Of(u, Math.Min(FewDraws, score.Draws))).Take(Promising))
        {
            var all = Of(u, score.Draws);
            best = best is null || all > best.Value.Log ? (u, all) : best;
        }

        if (best is not { } found)
        {
            return null;
        }

        var (place, value) = ground.Coordinates.Listed is not null ? found : SpaceSearch.Wander(
            ground.Coordinates, found, u => ground.IsOpen(ground.Coordinates.Place(u), waiting) ? Of(u, score.Draws) : double.NegativeInfinity, Tries, WordChance, _stream, token);
        return (place, value + edge * ground.Edges(place));
    }

    /// <summary>x of the candidates where a training may go, by their rank, the largest first.</summary>
    internal IEnumerable<double[]> Ranked(Func<double[], double> rank) =>
        _search.Candidates.Select(u => ground.Coordinates.Place(u)).Where(x => ground.IsFree(x, waiting)).OrderByDescending(x => Asked(() => rank(x))).Take(Most);

    private double Of(double[] u, int draws) => Asked(() => score.LogGain(ground.Coordinates.Place(u), draws)) - edge * ground.Edges(u);

    private double Asked(Func<double> ask)
    {
        cancellation.ThrowIfCancellationRequested();
        return ask();
    }
}
