// Notation as in AimAnalysis; Φ, EI of normal laws with the draws' moments
//   tail   10⁻³ times: EI of the goal, or of a front what its means less two deviations add, times Π Φ of the limits

using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune;

/// <summary>What a training at a place promises an aim, by draws of its goals and limits.</summary>
internal sealed class AimScore
{
    private const int PlainDraws = 48, FrontDraws = 24;
    private const double Optimism = 2;

    private static readonly double s_tail = Math.Log(1e-3);

    private readonly SpaceAnalysis[] _all;
    private readonly int _goals;
    private readonly double? _incumbent;
    private readonly double[][] _front;
    private readonly double[]? _reference;
    private readonly double[][] _normals;

    /// <param name="goals">What is believed of the goals.</param>
    /// <param name="limits">What is believed of the excesses.</param>
    /// <param name="incumbent">f⁺; null while no training meets every limit.</param>
    /// <param name="front">The known front, [N][J].</param>
    /// <param name="reference">r; null where there is a single best.</param>
    /// <param name="streams">Chance.</param>
    internal AimScore(SpaceAnalysis[] goals, SpaceAnalysis[] limits, double? incumbent, double[][] front, double[]? reference, RandomStreams streams)
    {
        (_all, _goals, _incumbent, _front, _reference) = ([.. goals, .. limits], goals.Length, incumbent, front, reference);
        HasOutputs = _all.Any(analysis => analysis.IsComposite);
        Draws = _all.Min(analysis => analysis.MostDraws) is var most && most < int.MaxValue ? most : reference is null ? PlainDraws : FrontDraws;
        Box = reference is null ? 1 : Math.Max(1e-300, reference.Select((worst, j) => worst - (front.Length == 0 ? worst - 1 : front.Min(p => p[j]))).Aggregate(1.0, (product, side) => product * side));
        _normals = [.. _all.Select((_, i) => Scores(Draws, streams.Stream($"scores {i}")))];
    }

    /// <summary>S.</summary>
    internal int Draws { get; }

    /// <summary>Whether the outputs serve some of the beliefs, so that calls are dear.</summary>
    internal bool HasOutputs { get; }

    /// <summary>The volume between the best known values of a front and its reference; else 1.</summary>
    internal double Box { get; }

    /// <summary>What one call costs beside a small one.</summary>
    internal double Cost => _all.Max(analysis => analysis.DrawCost) * _all.Length;

    /// <summary>Logarithm of the score at x, finite.</summary>
    /// <param name="x">The place.</param>
    /// <param name="draws">Draws, at most S.</param>
    internal double LogGain(ReadOnlySpan<double> x, int draws)
    {
        var values = Drawn(x, draws);
        var (log, met) = (LogLimits(values), Met(values, draws));
        if (_incumbent is not { } incumbent)
        {
            return Sum(met.Count(one => one) / (double)draws, s_tail + log);
        }

        double sum = 0;
        for (var s = 0; s < draws; s++)
        {
            sum += met[s] ? (_reference is null ? Math.Max(0, incumbent - values[0][s]) : Added(values, s)) / draws : 0;
        }

        return Sum(Math.Min(sum, double.MaxValue), s_tail + log + (_reference is null ? LogImprovement(values[0], incumbent) : LogAdded(values)));
    }

    /// <summary>Logarithm of the probability that x meets every limit and its goal is below a bar.</summary>
    internal double LogBetter(ReadOnlySpan<double> x, double bar)
    {
        var draws = HasOutputs ? Math.Min(4, Draws) : Draws;
        var values = Drawn(x, draws);
        var met = Met(values, draws);
        var (mean, deviation) = Moments(values[0]);
        return Sum(Enumerable.Range(0, draws).Count(s => met[s] && values[0][s] < bar) / (double)draws, s_tail + LogLimits(values) + LogBelow((bar - mean) / deviation));
    }

    /// <summary>The probability that x meets every limit.</summary>
    internal double Feasible(ReadOnlySpan<double> x)
    {
        var values = Drawn(x, Draws);
        return Met(values, Draws).Count(one => one) / (double)Draws;
    }

    // [all][draws]
    private double[][] Drawn(ReadOnlySpan<double> x, int draws)
    {
        var values = new double[_all.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new double[draws];
            _all[i].Draw(x, _normals[i], values[i]);
        }

        return values;
    }

    private bool[] Met(double[][] values, int draws)
    {
        var met = new bool[draws];
        for (var s = 0; s < draws; s++)
        {
            met[s] = true;
            for (var i = _goals; i < values.Length && met[s]; i++)
            {
                met[s] = values[i][s] <= 0;
            }
        }

        return met;
    }

    private double Added(double[][] values, int s)
    {
        var y = new double[_goals];
        for (var j = 0; j < y.Length; j++)
        {
            y[j] = values[j][s];
        }

        return Hypervolume.Gain(_front, y, _reference!);
    }

    private double LogAdded(double[][] values)
    {
        double[] y = [.. values.Take(_goals).Select(one => Moments(one) is var (mean, deviation) ? mean - Optimism * deviation : 0)];
        return Array.TrueForAll(y, double.IsFinite) ? Math.Log(Hypervolume.Gain(_front, y, _reference!)) : double.NegativeInfinity;
    }

    private static double LogImprovement(double[] values, double incumbent) =>
        Moments(values) is var (mean, deviation) && double.IsFinite(mean) && double.IsFinite(deviation) ? LogExpectedImprovement.Normal(-mean, deviation, -incumbent) : double.NegativeInfinity;

    private double LogLimits(double[][] values)
    {
        double sum = 0;
        for (var i = _goals; i < values.Length; i++)
        {
            var (mean, deviation) = Moments(values[i]);
            sum += LogBelow(-mean / deviation);
        }

        return sum;
    }

    // ln Φ(z), or what is near it far out; a certain answer, 0/0, is one where the limit is just met.
    private static double LogBelow(double z) => double.IsNaN(z) ? 0 : NormalDistribution.Cumulative(z) is > 1e-300 and var p ? Math.Log(p) : -0.5 * Math.Min(z * z, 1e300);

    private static (double Mean, double Deviation) Moments(double[] values)
    {
        var (count, mean, square) = DrawMoments.Of(values);
        return count == 0 ? (double.PositiveInfinity, 1) : (mean, Math.Sqrt(square / count));
    }

    private static double Sum(double certain, double logTail) => DrawMoments.LogSum(Math.Log(certain), logTail) is var log && double.IsFinite(log) ? log : -1e300;

    // Quantiles of the middles of S equal shares, in an order of chance: what is believed by itself goes with nothing else.
    private static double[] Scores(int count, RandomStream stream)
    {
        double[] scores = [.. Enumerable.Range(0, count).Select(i => NormalDistribution.Quantile((i + 0.5) / count))];
        stream.Shuffle<double>(scores);
        return scores;
    }
}
