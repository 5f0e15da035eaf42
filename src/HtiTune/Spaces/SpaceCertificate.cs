// Notation (less is better)
//   f̂       value of the recommended configuration, drawn where it is not known (it is not trained, or trainings scatter);  bar = its mean − ε
//   f⁺       the best trained value, where trainings repeat
//   P(x)     marginal probability that f(x) < bar;  the places are ranked by it
//   Δ_s      f̂ − min(f⁺, min over the first M places of joint draw s), at least 0: the regret;  k = #{s: Δ_s ≤ ε} of S draws, p̂ = k/S
//   M        64, doubled with the same draws until p̂ moves by less than .01, at most 256
//   S        256, or what is asked for; where the bound of p̂ misses 1 − δ by so few draws, twice and four times as many: each look has the risk η of its own
//   c        what a draw at a place costs beside one of small outputs (CompositeBelief.Cost): where outputs are large M and S end earlier, which costs certificates and makes none
// Draws go round the states of the hyperparameter walk. They end early once the share that misses is above δ for sure, at a risk of .02, which costs a certificate and makes none.

using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune;

/// <summary>How sure it is that nothing in a space is better than a recommended configuration by more than ε.</summary>
/// <param name="options">δ and the number of draws.</param>
/// <param name="epsilon">ε, in units of the objective.</param>
/// <param name="streams">Chance.</param>
internal sealed class SpaceCertificate(SpacePolicyOptions options, double epsilon, RandomStreams streams)
{
    private const int First = 64, Most = 256, Looks = 4, Dear = 4, MostDraws = 1 << 16;
    private const double Settled = 0.01, Futile = 0.02;

    /// <summary>By the values alone.</summary>
    /// <param name="plain">The belief.</param>
    /// <param name="places">x of candidates.</param>
    /// <param name="recommended">What is recommended.</param>
    /// <param name="cancellation">Ends the draws.</param>
    internal SpaceJudgement Of(PlainBelief plain, double[][] places, Recommendation recommended, CancellationToken cancellation)
    {
        var bar = plain.Map.ToModel(recommended.Mean - epsilon);
        double[][] chosen = [.. Likeliest(places, x => plain.LogChanceBelow(x, bar), recommended.IsKnown ? null : recommended.Place)];
        return Judge(chosen.Length, SpaceDraws.Of(plain, chosen), recommended, cancellation);
    }

    /// <summary>By the outputs.</summary>
    /// <param name="composite">The belief.</param>
    /// <param name="search">Its candidates.</param>
    /// <param name="recommended">What is recommended.</param>
    /// <param name="cancellation">Ends the draws.</param>
    internal SpaceJudgement Of(CompositeBelief composite, CompositeSearch search, Recommendation recommended, CancellationToken cancellation)
    {
        var bar = recommended.Mean - epsilon;
        var ranked = search.Ranked.Where(c => double.IsFinite(c.Mean)).OrderByDescending(c => c.Deviation > 0 ? (bar - c.Mean) / c.Deviation : c.Mean < bar ? 1e9 : -1e9);
        double[][] least = search.LeastMean(false, cancellation) is { } found ? [search.Place(found.U)] : [];
        double[][] chosen = [.. recommended.IsKnown ? [] : (double[][])[recommended.Place], .. least, .. ranked.Select(c => c.X)];
        chosen = chosen[..Math.Min(Most, chosen.Length)];
        if (chosen.Length == 0 && search.Ranked.Any())
        {
            // There are places, and the objective answers at none of them.
            return new SpaceJudgement(0, 0, double.MaxValue, 0, false);
        }

        return Judge(chosen.Length, SpaceDraws.Of(composite, chosen), recommended, cancellation, composite.Cost);
    }

    /// <summary>By draws of the caller's own.</summary>
    /// <param name="places">x, those likeliest to be better first; what is recommended before them where its value is not known.</param>
    /// <param name="begin">Begins draws at some places, the same each time; +∞ where a place does not count.</param>
    /// <param name="recommended">What is recommended.</param>
    /// <param name="cancellation">Ends the draws.</param>
    internal SpaceJudgement Of(double[][] places, Func<double[][], Func<Func<int, double>>> begin, Recommendation recommended, CancellationToken cancellation)
    {
        double[][] chosen = places[..Math.Min(Most, places.Length)];
        return Judge(chosen.Length, _ => begin(chosen), recommended, cancellation);
    }

    // Places in descending order of ln P, the one that must be there first.
    private static IEnumerable<double[]> Likeliest(double[][] places, Func<double[], double> logChance, double[]? first)
    {
        double[] keys = [.. places.Select(x => -logChance(x))];
        var sorted = (double[][])places.Clone();
        Array.Sort(keys, sorted);
        return (first is null ? sorted : sorted.Prepend(first)).Take(Most);
    }

    /// <summary>The most places, and how often more draws are looked at.</summary>
    /// <param name="cost">c, at least 1.</param>
    internal static (int Most, int Looks) Effort(double cost) => cost <= 1 ? (Most, Looks) : cost <= Dear ? (Most / 2, Looks / 2) : (First, 1);

    /// <summary>Draws and counts.</summary>
    /// <param name="count">Number of places.</param>
    /// <param name="begin">Begins the draws from a stream: each call of what it returns makes one, as a function of the place.</param>
    /// <param name="recommended">What is recommended; where its value is not known it is drawn at place 0.</param>
    /// <param name="cancellation">Ends the draws.</param>
    /// <param name="cost">c, at least 1.</param>
    private SpaceJudgement Judge(int count, Func<RandomStream, Func<Func<int, double>>> begin, Recommendation recommended, CancellationToken cancellation, double cost = 1)
    {
        if (count == 0)
        {
            // Nothing is left that could be better.
            return new SpaceJudgement(1, 1, 0, Total(), true);
        }

        // What the first places came to in each draw stands when more places are looked at: the draws are the same.
        SpaceJudgement? last = null;
        var (most, looks) = Effort(cost);
        var known = new List<(double Best, double Least)>();
        for (var (m, before) = (First, 0); ; (m, before) = (2 * m, m))
        {
            var judgement = Draw(before, Math.Min(m, count), known, looks, begin(streams.Stream("draws")), recommended, cancellation);
            if (m >= Math.Min(count, most) || (last is not null && Math.Abs(last.Probability - judgement.Probability) < Settled) || !judgement.Holds)
            {
                return judgement;
            }

            last = judgement;
        }
    }

    private SpaceJudgement Draw(
        int before, int places, List<(double Best, double Least)> known, int looks, Func<Func<int, double>> draw, Recommendation recommended, CancellationToken cancellation)
    {
        var total = Total();
        var regrets = new List<double>();
        var holds = false;
        for (var (s, misses, look) = (0, 0, total); s < looks * total && !holds; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = draw();
            var isSeen = s < known.Count;
            var best = isSeen ? known[s].Best : recommended.IsKnown ? recommended.Mean : path(0);
            var least = isSeen ? known[s].Least : Math.Min(best, recommended.LeastKnown);
            for (var m = isSeen ? before : 0; m < places; m++)
            {
                least = Math.Min(least, path(m));
            }

            if (!isSeen)
            {
                known.Add(default);
            }

            known[s] = (best, least);
            var regret = double.IsFinite(best) ? Math.Min(best - least, double.MaxValue) : double.MaxValue;
            regrets.Add(regret);
            misses += regret <= epsilon ? 0 : 1;
            if (regret > epsilon && Certificate.LowerConfidenceBound(misses, s + 1, Futile) > options.Delta)
            {
                break;
            }

            if (s + 1 == look)
            {
                look *= 2;
                holds = Certificate.LowerConfidenceBound(s + 1 - misses, s + 1, Certificate.DefaultEta) >= 1 - options.Delta;
            }
        }

        var certificate = Certificate.Of([.. regrets], epsilon, options.Delta);
        return new SpaceJudgement(certificate.Probability, certificate.LowerBound, certificate.RegretQuantile, regrets.Count, holds);
    }

    // S of the first look. A small δ needs more draws than are asked for: without a miss η^(1/S) ≥ 1 − δ. One that needs more than can be drawn is not certified, and is told so after
    // as many as are asked for.
    private int Total()
    {
        var needed = 1.3 * Math.Log(Certificate.DefaultEta) / Math.Log(1 - options.Delta);
        return needed > MostDraws ? options.Draws : Math.Max(options.Draws, (int)Math.Ceiling(needed));
    }
}

/// <summary>A configuration that is recommended.</summary>
/// <param name="Place">x.</param>
/// <param name="Mean">Its value, as believed.</param>
/// <param name="IsKnown">Whether that is its value, and no belief.</param>
/// <param name="LeastKnown">The least value that is known; +∞ where none is.</param>
internal readonly record struct Recommendation(double[] Place, double Mean, bool IsKnown, double LeastKnown = double.PositiveInfinity);
