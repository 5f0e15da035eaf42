// Notation
//   A, B        halves of every anchor's contexts;  laws by either carrier are learned on one half at a time
//   score       rows of the other half at the first anchor, carried to each anchor, beside those that it has there: energy distance of what is left of them about the
//               anchor's mean given the context, in its own units, and of the contexts, jointly; sum over anchors and both halves
//   q_k         rows of the first anchor at anchor k, q^A and q^B by the laws of either half;  v_k = ⟨|q^A − q^B|²⟩/4, the chance that is left in their mean
//   aside       ⟨|q_1 − (1 − u) q_0 − u q_2|²⟩ of three anchors, u the middle one's place;  its chance  v_1 + u² v_2
//   straight    chance/aside, at most 1: how much of the bend is chance. The rest is kriged: Stein's estimate of a bend whose size is known up to that chance
// Means are what laws that are carried all meet: taken off, they do not hide how each meets the rest, dependence among columns (affine maps) or the form of each (levels).

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>How carriers of rows by conditional laws do on contexts that they have not seen.</summary>
/// <param name="Affine">Score of affine maps; less is better.</param>
/// <param name="Quantiles">Score of levels.</param>
/// <param name="AffineStraight">Share of the bend through three anchors that is chance, by affine maps; 0 with any other number of anchors.</param>
/// <param name="QuantilesStraight">The same by levels.</param>
internal readonly record struct LawTrial(double Affine, double Quantiles, double AffineStraight, double QuantilesStraight)
{
    /// <summary>Rows carried, and scored, at most.</summary>
    private const int MostRows = 500;

    /// <summary>Tries both.</summary>
    /// <param name="trajectories">The anchors' rows.</param>
    /// <param name="places">Places of the anchors.</param>
    /// <param name="cancellation">Ends the trial.</param>
    internal static LawTrial Of(Trajectories trajectories, double[] places, CancellationToken cancellation)
    {
        var half = trajectories.Conditions.Select(x => Halves(x, trajectories)).ToArray();
        Rows[][] rows = [.. Enumerable.Range(0, 2).Select(h => trajectories.Points.Select((_, k) => Rows.Of(trajectories, k, half[k], h == 1)).ToArray())];
        double affine = 0, quantiles = 0;
        var ends = new float[2][][][];
        for (var h = 0; h < 2; h++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (d, c, categories) = (trajectories.Dimension, trajectories.ConditionCount, trajectories.CategoryCount);
            var moments = rows[h].Select(own => new ConditionalMoments(own.Y, d, own.X, c, own.Categories, categories, null)).ToArray();
            var byMaps = new AffineCarrier(d, c, moments);
            var byLevels = new QuantileCarrier([.. rows[h].Select(own => own.Y)], d, [.. rows[h].Select(own => own.X)], c, [.. rows[h].Select(own => own.Categories)], categories, null);
            var judged = rows[1 - h].Select(own => own.Thinned(MostRows, d, c)).ToArray();
            affine += Score(byMaps, judged, moments, d, c);
            quantiles += Score(byLevels, judged, moments, d, c);
            var all = Rows.Of(trajectories, 0, half[0], null).Thinned(MostRows, d, c);
            ends[h] = [Carried(byMaps, all), Carried(byLevels, all)];
        }

        return new LawTrial(affine, quantiles, Straight(ends[0][0], ends[1][0], places), Straight(ends[0][1], ends[1][1], places));
    }

    private static float[][] Carried(IRowCarrier carrier, Rows rows) => Array.ConvertAll(carrier.Carry(rows.Y, rows.X, rows.X, rows.Categories, 0, null), y => y!);

    private static double Straight(float[][] a, float[][] b, double[] places)
    {
        if (places.Length != 3)
        {
            return 0;
        }

        var u = (places[1] - places[0]) / (places[2] - places[0]);
        double aside = 0, chance = 0;
        for (var i = 0; i < a[0].Length; i++)
        {
            double middle = 0.5 * (a[1][i] + b[1][i]), last = 0.5 * (a[2][i] + b[2][i]), bend = middle - (1 - u) * a[0][i] - u * last;
            double first = a[1][i] - b[1][i], second = a[2][i] - b[2][i];
            aside += bend * bend;
            chance += 0.25 * (first * first + u * u * second * second);
        }

        return aside > chance ? chance / aside : 1;
    }

    private static double Score(IRowCarrier carrier, Rows[] judged, ConditionalMoments[] moments, int d, int c)
    {
        var carried = Carried(carrier, judged[0]);
        double score = 0;
        for (var k = 1; k < judged.Length; k++)
        {
            var actual = Left(judged[k].Y, judged[k], moments[k], d);
            var units = Enumerable.Range(0, d).Select(j => Math.Sqrt(Enumerable.Range(0, actual.Length / d).Average(i => actual[i * d + j] * actual[i * d + j])) + 1e-9).ToArray();
            var predicted = Left(carried[k], judged[0], moments[k], d);
            foreach (var category in judged[k].Categories.Distinct())
            {
                float[] from = Joined(predicted, judged[0], category, units, d, c), to = Joined(actual, judged[k], category, units, d, c);
                score += from.Length > 0 ? EnergyDistance.Of(from, to, d + c).Score * to.Length / actual.Length : 0;
            }
        }

        return score;
    }

    private static double[] Left(float[] y, Rows rows, ConditionalMoments moments, int d)
    {
        var left = new double[y.Length];
        var c = rows.X.Length / Math.Max(1, rows.Categories.Length);
        for (var i = 0; i < rows.Categories.Length; i++)
        {
            var mean = moments.MeanAt(rows.X.AsSpan(i * c, c), rows.Categories[i]);
            for (var j = 0; j < d; j++)
            {
                left[i * d + j] = y[i * d + j] - mean[j];
            }
        }

        return left;
    }

    private static float[] Joined(double[] left, Rows rows, int category, double[] units, int d, int c)
    {
        int[] own = [.. Enumerable.Range(0, rows.Categories.Length).Where(i => rows.Categories[i] == category)];
        var joined = new float[own.Length * (d + c)];
        for (var a = 0; a < own.Length; a++)
        {
            for (var j = 0; j < d; j++)
            {
                joined[a * (d + c) + j] = (float)(left[own[a] * d + j] / units[j]);
            }

            rows.X.AsSpan(own[a] * c, c).CopyTo(joined.AsSpan(a * (d + c) + d));
        }

        return joined;
    }

    /// <summary>Of each row whether its context is of the second half: every other context of a category.</summary>
    private static bool[] Halves(float[] x, Trajectories trajectories)
    {
        var c = trajectories.ConditionCount;
        var known = new Dictionary<string, bool>();
        var counts = new int[trajectories.CategoryCount];
        return [.. trajectories.Categories.Select((category, t) =>
        {
            var key = ContextKey.Of(category, x.AsSpan(t * c, c));
            return known.TryGetValue(key, out var isSecond) ? isSecond : known[key] = counts[category]++ % 2 == 1;
        })];
    }

    private sealed record Rows(float[] Y, float[] X, int[] Categories)
    {
        internal static Rows Of(Trajectories trajectories, int k, bool[] halves, bool? isSecond)
        {
            int[] own = [.. Enumerable.Range(0, halves.Length).Where(t => isSecond is null || halves[t] == isSecond)];
            return new Rows(
                Trajectories.Select(trajectories.Points[k], own, trajectories.Dimension), Trajectories.Select(trajectories.Conditions[k], own, trajectories.ConditionCount),
                Array.ConvertAll(own, t => trajectories.Categories[t]));
        }

        internal Rows Thinned(int most, int d, int c)
        {
            var own = ConditionalMoments.Thinned([.. Enumerable.Range(0, Categories.Length)], most);
            return new Rows(Trajectories.Select(Y, own, d), Trajectories.Select(X, own, c), Array.ConvertAll(own, i => Categories[i]));
        }
    }
}
