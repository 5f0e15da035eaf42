// Notation (in the units of the value map, less is better)
//   m(x), s(x)   mean and deviation;  t⁺ the least known value, or posterior mean of a training
//   EI           expected improvement over t⁺ by the states of the walk, compared by its logarithm, with that of the chance of success added and
//                κ taken off for each coordinate at an end of its range: a range is mostly wider than it need be, and corners are far from everything

using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Where the values alone promise the most.</summary>
/// <param name="ground">Where a training may go.</param>
/// <param name="plain">What the values say.</param>
/// <param name="incumbent">t⁺.</param>
/// <param name="best">The best training.</param>
/// <param name="waiting">x of what is under way.</param>
/// <param name="edge">κ.</param>
/// <param name="streams">Chance.</param>
internal sealed class PlainSearch(SpaceGround ground, PlainBelief plain, double incumbent, int best, double[][] waiting, double edge, RandomStreams streams)
{
    private const int GoodCount = 3, ManyTrainings = 120, ThompsonCount = 256, KnownPlaces = 16, KnowledgePlaces = 64, KnowledgeSteps = 24;

    private const double WordChance = 0.1;

    private (PlainKnowledge Knowledge, double[][] Open, double[][] Trained)? _looked;

    private readonly SpaceSearch _search = new(
        ground.Coordinates, [.. Enumerable.Range(0, plain.Values.Length).OrderBy(k => plain.Values[k]).Take(GoodCount).Select(k => ground.Units[k])],
        streams.Stream($"candidates {waiting.Length}"), plain.Values.Length > ManyTrainings ? 0.5 : 1);

    /// <summary>x of the candidates where a training may go.</summary>
    internal IEnumerable<double[]> Places => _search.Candidates.Select(u => ground.Coordinates.Place(u)).Where(x => ground.IsFree(x, waiting));

    /// <summary>Where the mean is least, and the mean; null where there is no place.</summary>
    /// <param name="isFree">Whether it must be one where a training may go.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double Mean)? LeastMean(bool isFree, CancellationToken cancellation) => _search.Find(
        (_, x) => (!isFree || ground.IsFree(x, waiting)) && ground.LogSuccess(x) > SpaceGround.LeastLogSuccess ? -plain.Mean(x) : double.NaN,
        [ground.Units[best]], cancellation) is { } found ? (found.U, -found.Score) : null;

    /// <summary>Where the improvement is largest; null where there is no place.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal double[]? LargestImprovement(CancellationToken cancellation) =>
        Largest((u, x) => plain.LogImprovement(x, incumbent) + ground.LogSuccess(x) - edge * ground.Edges(u), cancellation);

    /// <summary>ln EI at a place.</summary>
    internal double LogImprovement(double[] u) => plain.LogImprovement(ground.Coordinates.Place(u), incumbent);

    /// <summary>Where the most optimistic value is least; null where there is no place.</summary>
    /// <param name="deviations">How many deviations below the mean it is.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal double[]? LeastBound(double deviations, CancellationToken cancellation) => Largest(
        (_, x) => plain.At(x) is var (mean, deviation) ? deviations * deviation - mean : double.NaN, cancellation);

    /// <summary>Where the worth that a caller's own acquisition gives is largest; null where there is no place.</summary>
    /// <param name="own">The acquisition.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal double[]? LargestWorth(PlaceAcquisition own, CancellationToken cancellation) => Largest(
        (_, x) => plain.At(x) is var (mean, deviation) ? own.LogWorth(new PlaceBelief(-mean, deviation, -incumbent)) : double.NaN, cancellation);

    /// <summary>Where one joint draw on some candidates is least; null where there is no place.</summary>
    internal double[]? Thompson()
    {
        var stream = streams.Stream($"thompson {waiting.Length}");
        double[][] units = [.. _search.Candidates.Where(u => ground.IsOpen(ground.Coordinates.Place(u), waiting))];
        stream.Shuffle<double[]>(units);
        units = units[..Math.Min(ThompsonCount, units.Length)];
        if (units.Length == 0)
        {
            return null;
        }

        var state = plain.States[stream.NextInt(plain.States.Count)];
        double[][] places = Array.ConvertAll(units, u => ground.Coordinates.Place(u));
        var draw = new double[units.Length];
        new WeightDraws(state.Kriging, [.. places.SelectMany(x => x)], false).Shape(stream, draw);
        for (var i = 0; i < draw.Length; i++)
        {
            draw[i] = state.Mean(places[i]) + state.Scale * draw[i];
        }

        Array.Sort(draw, units);
        return units[0];
    }

    /// <summary>Where a training is expected to lower the least mean the most, and the logarithm of that; null where there is no place.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double LogGain)? LargestKnowledge(CancellationToken cancellation)
    {
        var (knowledge, open, _) = Looked;
        return Best(knowledge, open, cancellation) is not { } found ? null : ground.Coordinates.Listed is not null ? found : SpaceSearch.Wander(
            ground.Coordinates, found, u => ground.Coordinates.Place(u) is var x && ground.IsOpen(x, waiting) ? knowledge.LogGain(x) : double.NegativeInfinity,
            KnowledgeSteps, WordChance, streams.Stream($"knowledge steps {waiting.Length}"), cancellation);
    }

    /// <summary>The trained place where another training, of another seed, is expected to lower the least mean the most by what the noise hid there; null where none tells anything.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double LogGain)? Again(CancellationToken cancellation)
    {
        var (knowledge, _, trained) = Looked;
        return Best(knowledge, trained.Where(u => ground.IsApart(ground.Coordinates.Place(u), waiting)), cancellation);
    }

    private (double[] U, double LogGain)? Best(PlainKnowledge knowledge, IEnumerable<double[]> places, CancellationToken cancellation)
    {
        (double[] U, double LogGain)? best = null;
        foreach (var u in places)
        {
            cancellation.ThrowIfCancellationRequested();
            best = knowledge.LogGain(ground.Coordinates.Place(u)) is var log && log > (best?.LogGain ?? double.NegativeInfinity) ? (u, log) : best;
        }

        return best;
    }

    private (PlainKnowledge Knowledge, double[][] Open, double[][] Trained) Looked => _looked ??= Look();

    // What may become the best: the trainings of the least means, and places that may lie below them.
    private (PlainKnowledge Knowledge, double[][] Open, double[][] Trained) Look()
    {
        double[][] trained = [.. Enumerable.Range(0, plain.Values.Length).OrderBy(k => plain.Fitted[k]).Take(KnownPlaces).Select(k => ground.Units[k])];
        double[][] open = [.. _search.Candidates.Where(u => ground.IsOpen(ground.Coordinates.Place(u), waiting)).OrderByDescending(LogImprovement).Take(KnowledgePlaces)];
        return (new PlainKnowledge(plain, [.. trained.Concat(open).Select(u => ground.Coordinates.Place(u))]), open, trained);
    }

    // Where all is likely to fail a place is taken all the same.
    private double[]? Largest(SpaceSearch.Score score, CancellationToken cancellation) =>
        (Find(score, SpaceGround.LeastLogSuccess, cancellation) ?? Find(score, double.NegativeInfinity, cancellation))?.U;

    private (double[] U, double Score)? Find(SpaceSearch.Score score, double leastSuccess, CancellationToken cancellation) => _search.Find(
        (u, x) => ground.IsFree(x, waiting) && ground.LogSuccess(x) > leastSuccess ? score(u, x) : double.NaN, [], cancellation);
}
