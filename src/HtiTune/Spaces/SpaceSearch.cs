using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Looks for the real configuration with the largest score: many candidates, then ascent from the best of them.</summary>
internal sealed class SpaceSearch
{
    private const int GlobalCount = 800, LocalCenters = 3, LocalCount = 120, Starts = 5, Steps = 25, Rounds = 2;
    private const double Difference = 1e-5, Tolerance = 1e-6, LevelChance = 0.2;

    // Along the edge of what may be trained slopes lead out of it: steps of chance go on there.
    private const int Slides = 24;
    private const double FirstStep = 0.1, StepFactor = 0.8;

    private readonly SpaceCoordinates _coordinates;
    private readonly RandomStream _stream;

    /// <param name="coordinates">The space.</param>
    /// <param name="good">Snapped u near which candidates are drawn, the best first.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="share">How many candidates there are, as a share of the usual number.</param>
    /// <param name="least">The least distance of a candidate from a good place, as a decimal logarithm.</param>
    internal SpaceSearch(SpaceCoordinates coordinates, IReadOnlyList<double[]> good, RandomStream stream, double share = 1, double least = -3)
    {
        (_coordinates, _stream) = (coordinates, stream);
        Candidates = coordinates.Listed is { } listed ? listed : Draw(coordinates, good, stream, share, least);
    }

    /// <summary>The score of a place, its u and x given; the larger the better, NaN or −∞ where it may not be.</summary>
    internal delegate double Score(ReadOnlySpan<double> u, ReadOnlySpan<double> x);

    /// <summary>Snapped u.</summary>
    internal double[][] Candidates { get; }

    /// <summary>The best place found; null where none has a score.</summary>
    /// <param name="score">The score.</param>
    /// <param name="starts">Extra places to ascend from.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double Score)? Find(Score score, IReadOnlyList<double[]> starts, CancellationToken cancellation)
    {
        var x = new double[_coordinates.Count];
        var scores = new double[Candidates.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            if (i % 64 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            _coordinates.Write(Candidates[i], x);
            scores[i] = Clean(score(Candidates[i], x));
        }

        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(Starts)];
        (double[] U, double Score)? best = null;
        if (_coordinates.Listed is not null)
        {
            return double.IsNegativeInfinity(scores[order[0]]) ? null : (Candidates[order[0]], scores[order[0]]);
        }

        foreach (var start in order.Select(i => Candidates[i]).Concat(starts))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Ascend(start, score, Steps, Difference) is var found && found.Score > (best?.Score ?? double.NegativeInfinity))
            {
                best = found;
            }
        }

        return best;
    }

    /// <summary>Goes up from a place: continuous coordinates by their slopes, the others value by value, in turn.</summary>
    /// <param name="start">Snapped u.</param>
    /// <param name="score">The score.</param>
    /// <param name="steps">Steps at most, each time.</param>
    /// <param name="difference">By how much a coordinate is moved to see a slope.</param>
    internal (double[] U, double Score) Ascend(double[] start, Score score, int steps, double difference)
    {
        var u = (double[])start.Clone();
        var x = new double[_coordinates.Count];
        var value = Of(u);
        for (var round = 0; round < Rounds; round++)
        {
            var before = value;
            Climb();
            if (!Exchange() || value - before <= Tolerance)
            {
                break;
            }
        }

        return !_coordinates.IsBounded ? (u, value) : Wander(_coordinates, (u, value), Of, Math.Min(Slides, steps), LevelChance, _stream, CancellationToken.None);

        double Of(double[] place)
        {
            _coordinates.Write(place, x);
            return _coordinates.Allows(place) ? Clean(score(place, x)) : double.NegativeInfinity;
        }

        void Climb()
        {
            int[] free = [.. Enumerable.Range(0, u.Length).Where(i => _coordinates.Levels(i) == 0 && !double.IsNaN(u[i]))];
            if (free.Length == 0)
            {
                return;
            }

            var trial = (double[])u.Clone();
            var found = BoxMinimiser.Minimise(Descent, [.. free.Select(i => u[i])], new double[free.Length], [.. Enumerable.Repeat(1.0, free.Length)], steps, Tolerance);
            Place(found.Point);
            if (Of(trial) is var reached && reached > value)
            {
                (u, value) = (trial, reached);
            }

            void Place(ReadOnlySpan<double> point)
            {
                for (var k = 0; k < free.Length; k++)
                {
                    trial[free[k]] = point[k];
                }
            }

            double Descent(ReadOnlySpan<double> point, Span<double> gradient)
            {
                Place(point);
                var here = -Of(trial);
                for (var k = 0; k < gradient.Length; k++)
                {
                    var (i, at) = (free[k], point[k]);
                    var (low, high) = (Math.Max(0, at - difference), Math.Min(1, at + difference));
                    trial[i] = high;
                    var up = -Of(trial);
                    trial[i] = low;
                    gradient[k] = (up + Of(trial)) / (high - low);
                    trial[i] = at;
                    gradient[k] = double.IsFinite(gradient[k]) ? gradient[k] : 0;
                }

                return here;
            }
        }

        // False where nothing was exchanged.
        bool Exchange()
        {
            var isBetter = false;
            for (var i = 0; i < u.Length; i++)
            {
                if (_coordinates.Levels(i) is not (> 0 and var levels) || double.IsNaN(u[i]))
                {
                    continue;
                }

                // Of many values the next ones, and some farther off.
                var now = _coordinates.LevelAt(i, u[i]);
                var (near, far) = (Math.Max(2, levels / 64), Math.Max(3, levels / 12));
                foreach (var v in levels <= SpaceCoordinates.MostLevels ? Enumerable.Range(0, levels) : [now - 1, now + 1, now - near, now + near, now - far, now + far])
                {
                    if (v == now || v < 0 || v >= levels)
                    {
                        continue;
                    }

                    var trial = (double[])u.Clone();
                    trial[i] = _coordinates.Level(i, v);
                    _coordinates.Snap(trial);
                    if (Of(trial) is var reached && reached > value)
                    {
                        (u, value, isBetter) = (trial, reached, true);
                    }
                }
            }

            return isBetter;
        }
    }

    /// <summary>Steps of chance from a place, shorter where none is better.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="from">The place, snapped, with its score.</param>
    /// <param name="score">The score of a place; −∞ where it may not be.</param>
    /// <param name="steps">How many.</param>
    /// <param name="chance">How often a word or one of few whole numbers becomes any other.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="cancellation">Ends them.</param>
    internal static (double[] U, double Score) Wander(
        SpaceCoordinates coordinates, (double[] U, double Score) from, Func<double[], double> score, int steps, double chance, RandomStream stream, CancellationToken cancellation)
    {
        var (best, radius) = (from, FirstStep);
        for (var i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var trial = coordinates.Neighbour(best.U, radius, chance, stream);
            (best, radius) = score(trial) is var reached && reached > best.Score ? ((trial, reached), radius) : (best, StepFactor * radius);
        }

        return best;
    }

    private static double Clean(double score) => double.IsNaN(score) ? double.NegativeInfinity : score;

    private static double[][] Draw(SpaceCoordinates coordinates, IReadOnlyList<double[]> good, RandomStream stream, double share, double least)
    {
        var candidates = new List<double[]>();
        for (var i = 0; i < GlobalCount * share; i++)
        {
            candidates.Add(coordinates.Random(stream));
        }

        for (var g = 0; g < Math.Min(LocalCenters, good.Count); g++)
        {
            for (var i = 0; i < LocalCount * share; i++)
            {
                // Up to a third of the range; a word or a whole number moves now and then.
                var radius = Math.Pow(10, least + (-0.5 - least) * stream.NextDouble());
                candidates.Add(coordinates.Neighbour(good[g], radius, LevelChance, stream));
            }
        }

        return [.. candidates];
    }
}
