// Notation
//   m(λ)    g at the mean outputs;  D(λ) distance from what is known (CompositeBelief)
//   γ       median of 1.5 |g(draw) − m|/D over a few candidates: how much of g a distance is worth
// Calls of the objective are few: every candidate is asked for m, from those with the least m − γD that is lowered, and all that are low by it are
// asked for draws.

using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune;

/// <summary>Where the kriged outputs promise the most.</summary>
internal sealed class CompositeSearch
{
    private const double Candidates = 0.28, GreedySeparation = 0.005;
    // The least distance of a candidate from a good training, as a decimal logarithm: what is nearer tells nothing new of outputs.
    private const double LeastRadius = -2;

    private const int Pairs = 12, Promising = 20, GainDraws = 16, Tries = 6, MeanStarts = 3, MeanSteps = 8, LowStarts = 3, LowSteps = 6;

    private readonly SpaceGround _ground;
    private readonly CompositeBelief _belief;
    private readonly double[][] _waiting;
    private readonly (double[] U, double[] X, double Mean, double Distance)[] _candidates;
    private readonly SpaceSearch _search;
    private readonly double[] _bestUnit;
    private readonly double _best, _worth, _edge;
    private readonly RandomStream _stream;

    /// <param name="ground">Where a training may go.</param>
    /// <param name="belief">What the outputs say.</param>
    /// <param name="values">Values of the trainings, less is better.</param>
    /// <param name="best">Which of them is the best.</param>
    /// <param name="incumbent">What is to be improved on.</param>
    /// <param name="waiting">x of what is under way.</param>
    /// <param name="edge">What an improvement at an end of a range counts less, as a logarithm.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal CompositeSearch(
        SpaceGround ground, CompositeBelief belief, double[] values, int best, double incumbent, double[][] waiting, double edge, RandomStream stream, CancellationToken cancellation)
    {
        (_ground, _belief, _waiting, _edge, _best, _bestUnit, _stream) = (ground, belief, waiting, edge, incumbent, ground.Units[best], stream);
        double[][] good = [.. Enumerable.Range(0, values.Length).OrderBy(k => values[k]).Take(3).Select(k => ground.Units[k])];
        var share = Candidates / Math.Sqrt(belief.Cost);
        _search = new SpaceSearch(ground.Coordinates, good, stream, share, LeastRadius);
        double[][] units = _search.Candidates;
        if (ground.Coordinates.Listed is not null)
        {
            units = (double[][])units.Clone();
            stream.Shuffle<double[]>(units);
            units = units[..Math.Min(units.Length, Math.Max(64, (int)(share * 1200)))];
        }

        var candidates = new List<(double[] U, double[] X, double Mean, double Distance)>();
        foreach (var u in units)
        {
            cancellation.ThrowIfCancellationRequested();
            var x = ground.Coordinates.Place(u);
            if (ground.IsOpen(x, waiting))
            {
                candidates.Add((u, x, belief.Mean(x), belief.Distance(x)));
            }
        }

        _candidates = [.. candidates.OrderBy(c => c.Mean)];
        _worth = Worth();
    }

    /// <summary>The candidates, the least mean first, each with its distance in units of the objective.</summary>
    internal IEnumerable<(double[] X, double Mean, double Deviation)> Ranked => _candidates.Select(c => (c.X, c.Mean, _worth * c.Distance));

    /// <summary>The same with their snapped u.</summary>
    internal IEnumerable<(double[] U, double[] X, double Mean, double Deviation)> All => _candidates.Select(c => (c.U, c.X, c.Mean, _worth * c.Distance));

    /// <summary>x of the best training.</summary>
    internal double[] BestPlace => Place(_bestUnit);

    /// <summary>x of a snapped u.</summary>
    internal double[] Place(double[] u) => _ground.Coordinates.Place(u);

    /// <summary>Where g at the mean outputs is least; null where it has no answer anywhere.</summary>
    /// <param name="isFree">Whether it must be at a distance from what is trained.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double Mean)? LeastMean(bool isFree, CancellationToken cancellation)
    {
        var separation = isFree ? GreedySeparation * Math.Sqrt(_ground.Coordinates.Count) : 0;
        (double[] U, double Mean)? best = null;
        foreach (var start in _candidates.Take(MeanStarts).Select(c => c.U).Append(_bestUnit))
        {
            cancellation.ThrowIfCancellationRequested();
            var (u, score) = _search.Ascend(start, Score, MeanSteps, 1e-3);
            best = double.IsFinite(score) && (best is null || -score < best.Value.Mean) ? (u, -score) : best;
        }

        return best;

        double Score(ReadOnlySpan<double> u, ReadOnlySpan<double> x) =>
            isFree && !_ground.IsOpen(x, _waiting, separation) ? double.NegativeInfinity : -_belief.Mean(x);
    }

    /// <summary>Where the draws promise the largest improvement; null where there is no place left.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double Gain)? LargestGain(CancellationToken cancellation)
    {
        (double[] U, double Log)? best = null;
        double[][] low = [.. _candidates.OrderBy(c => c.Mean - _worth * c.Distance).Take(Promising).Select(c => c.U)];
        List<double[]> lowered = [];
        foreach (var start in low.Take(LowStarts - 1).Append(_bestUnit))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_search.Ascend(start, Low, LowSteps, 1e-3) is var (u, score) && double.IsFinite(score))
            {
                lowered.Add(u);
            }
        }

        foreach (var u in lowered.Concat(low))
        {
            cancellation.ThrowIfCancellationRequested();
            var x = Place(u);
            var log = LogGain(x) - _edge * _ground.Edges(u);
            best = best is null || log > best.Value.Log ? (u, log) : best;
        }

        if (best is not { } found)
        {
            return null;
        }

        // A few steps from there, shorter where none is better.
        var radius = 0.1;
        for (var i = 0; i < Tries && _ground.Coordinates.Listed is null; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var trial = Step(found.U, radius, _stream);
            var log = trial is null ? double.NegativeInfinity : LogGain(Place(trial)) - _edge * _ground.Edges(trial);
            (found, radius) = log > found.Log ? ((trial!, log), radius) : (found, 0.7 * radius);
        }

        return (found.U, Math.Exp(found.Log + _edge * _ground.Edges(found.U)));

        double Low(ReadOnlySpan<double> u, ReadOnlySpan<double> x) => _ground.IsOpen(x, _waiting)
            ? _worth * _belief.Distance(x) - _belief.Mean(x)
            : double.NegativeInfinity;
    }

    /// <summary>Where the worth that a caller's own acquisition gives to mean and deviation of the draws is largest, among the candidates; null where none has any.</summary>
    /// <param name="own">The acquisition.</param>
    internal double[]? LargestWorth(PlaceAcquisition own)
    {
        // Mean and distance rank all candidates, draws the best of them.
        var values = new double[Math.Min(GainDraws, _belief.Draws)];
        (double[] U, double Log)? best = null;
        foreach (var (u, x, _, _) in _candidates.OrderByDescending(c => own.LogWorth(new PlaceBelief(-c.Mean, _worth * c.Distance, -_best))).Take(Promising))
        {
            _belief.Draw(x, values);
            var (count, mean, square) = DrawMoments.Of(values);
            var log = count == 0 ? double.NegativeInfinity : own.LogWorth(new PlaceBelief(-mean, Math.Sqrt(square / count), -_best));
            best = log > (best?.Log ?? double.NegativeInfinity) ? (u, log) : best;
        }

        return best?.U;
    }

    /// <summary>Logarithm of the expected improvement at a place, by draws.</summary>
    internal double LogGain(ReadOnlySpan<double> x)
    {
        Span<double> values = stackalloc double[Math.Min(GainDraws, _belief.Draws)];
        _belief.Draw(x, values);
        double gain = 0;
        foreach (var value in values)
        {
            gain += Math.Max(0, _best - value) / values.Length;
        }

        var (count, mean, square) = DrawMoments.Of(values);

        // A few draws see no tail: a small share of what a normal law with their moments promises ranks places where none of them improves.
        var tail = count < 2 || !double.IsFinite(square) ? double.NegativeInfinity
            : Math.Log(1e-3) + LogExpectedImprovement.Normal(-mean, Math.Sqrt(square / count), -_best);
        var log = DrawMoments.LogSum(Math.Log(Math.Min(gain, double.MaxValue)), tail);
        return double.IsNegativeInfinity(log) ? -1e300 : log;
    }

    /// <summary>A step of chance from a place in its continuous coordinates; null where no training may go there.</summary>
    /// <param name="from">Snapped u.</param>
    /// <param name="radius">Its size, as a share of each range.</param>
    /// <param name="stream">Chance.</param>
    internal double[]? Step(double[] from, double radius, RandomStream stream)
    {
        var trial = (double[])from.Clone();
        for (var j = 0; j < trial.Length; j++)
        {
            var step = stream.NextNormal();
            trial[j] = double.IsNaN(trial[j]) || _ground.Coordinates.Levels(j) > 0 ? trial[j] : Math.Clamp(trial[j] + radius * step, 0, 1);
        }

        return _ground.Coordinates.Listed is null && _ground.IsOpen(Place(trial), _waiting) && _ground.Coordinates.Allows(trial) ? trial : null;
    }

    private double Worth()
    {
        var worths = new List<double>();
        Span<double> pair = stackalloc double[2];
        for (var i = 0; i < Math.Min(Pairs, _candidates.Length); i++)
        {
            var (_, x, mean, distance) = _candidates[i * _candidates.Length / Math.Min(Pairs, _candidates.Length)];
            _belief.Draw(x, pair);
            foreach (var value in pair)
            {
                if (distance > 0 && double.IsFinite(value - mean))
                {
                    worths.Add(1.5 * Math.Abs(value - mean) / distance);
                }
            }
        }

        worths.Sort();
        return worths.Count == 0 ? 0 : Math.Min(worths[worths.Count / 2], 1e300);
    }
}
