// Notation, beside that of CompositeSearch and CompositeBelief
//   f_s(x)      draw s of g at x;  bound(x) = mean − √β deviation of the f_s(x)
//   x           where a training may go;  a_s its outputs in draw s, as weights of the known ones
//   m_s(x')     g at the outputs that are expected at x' once a_s is known: Σ_j [w_j(x') + κ_j(x', x)(a_s − w_j(x))]/I over the states j,
//               κ = v(x', x)/(v(x) + ν): what kriging of the trainings and x would give at the same θ                       [Cressie1993]
//   KG(x)       m⁺ − mean over s of min over x' of m_s(x'),  m⁺ the least m(x'): x' the best training, the least mean, what is low by it, and x itself
//                                                                                          [Frazier2009, Astudillo2019]
// All trainings are looked at in their exact values, where these are known: what a training at x tells of them is nothing.

using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Where other acquisitions than expected improvement lead, by draws of the outputs.</summary>
/// <param name="belief">What the outputs say.</param>
/// <param name="search">Its candidates.</param>
/// <param name="incumbent">The best trained value.</param>
/// <param name="isExact">Whether that is known, and not to be told by another training.</param>
internal sealed class CompositeRules(CompositeBelief belief, CompositeSearch search, double incumbent, bool isExact)
{
    private const int Promising = 20, Tries = 8, Joint = 256, Asked = 10, Looked = 8, Outcomes = 8;

    /// <summary>Where the most optimistic value is least; null where there is no place.</summary>
    /// <param name="deviations">√β.</param>
    /// <param name="stream">Chance of the steps from the best candidate.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal double[]? LeastBound(double deviations, RandomStream stream, CancellationToken cancellation)
    {
        (double[] U, double Bound)? best = null;
        foreach (var (u, x, _, _) in search.All.OrderBy(c => c.Mean - deviations * c.Deviation).Take(Promising))
        {
            cancellation.ThrowIfCancellationRequested();
            best = Bound(x, deviations) is var bound && bound < (best?.Bound ?? double.PositiveInfinity) ? (u, bound) : best;
        }

        var radius = 0.1;
        for (var i = 0; i < Tries && best is { } found; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (search.Step(found.U, radius, stream) is { } u && Bound(search.Place(u), deviations) is var bound && bound < found.Bound)
            {
                best = (u, bound);
            }
            else
            {
                radius *= 0.7;
            }
        }

        return best?.U;
    }

    /// <summary>Mean less so many deviations of the draws at x; +∞ where there is no answer.</summary>
    internal double Bound(ReadOnlySpan<double> x, double deviations)
    {
        var values = new double[belief.Draws];
        belief.Draw(x, values);
        return DrawMoments.Of(values) is var (count, mean, square) && count > 0 ? mean - deviations * Math.Sqrt(square / count) : double.PositiveInfinity;
    }

    /// <summary>Where one joint draw of the outputs on the candidates has the least objective; null where there is no place, or no answer anywhere.</summary>
    /// <param name="stream">Chance.</param>
    /// <param name="cancellation">Ends the draw.</param>
    internal double[]? Thompson(RandomStream stream, CancellationToken cancellation)
    {
        (double[] U, double[] X)[] places = [.. search.All.Select(c => (c.U, c.X))];
        stream.Shuffle<(double[] U, double[] X)>(places);
        places = places[..Math.Min(Joint, places.Length)];
        if (places.Length == 0)
        {
            return null;
        }

        // The draw is of a state of chance: draws begin with the first.
        var next = SpaceDraws.Of(belief, [.. places.Select(place => place.X)])(stream);
        var path = next();
        for (var skip = 2 * stream.NextInt(belief.States.Count); skip > 0; skip--)
        {
            path = next();
        }

        (double[] U, double Value)? best = null;
        for (var i = 0; i < places.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            best = path(i) is var value && value < (best?.Value ?? double.PositiveInfinity) ? (places[i].U, value) : best;
        }

        return best?.U;
    }

    /// <summary>Where a training is expected to lower the least expected value the most, and by how much; null where there is no place.</summary>
    /// <param name="cancellation">Ends the search.</param>
    internal (double[] U, double Gain)? LargestKnowledge(CancellationToken cancellation)
    {
        var low = search.All.OrderBy(c => c.Mean - c.Deviation).ToList();
        double[][] looked = [.. low.Take(Looked).Select(c => c.X), .. search.LeastMean(false, cancellation) is { } least ? [search.Place(least.U)] : (double[][])[]];
        (double[] U, double Gain)? best = null;
        foreach (var (u, x, _, _) in low.Take(Asked))
        {
            cancellation.ThrowIfCancellationRequested();
            best = Knowledge(x, looked, Outcomes) is var gain && gain > (best?.Gain ?? double.NegativeInfinity) ? (u, gain) : best;
        }

        return best;
    }

    /// <summary>KG(x), at least 0.</summary>
    /// <param name="x">The place.</param>
    /// <param name="looked">x' beside x and the best training.</param>
    /// <param name="outcomes">Draws of the outputs there, at most <see cref="CompositeBelief.Draws"/>.</param>
    internal double Knowledge(double[] x, double[][] looked, int outcomes)
    {
        double[][] places = [x, .. looked, .. isExact ? [] : (double[][])[search.BestPlace]];
        var after = new KrigingAfter(belief, x, places);
        double now = isExact ? incumbent : double.PositiveInfinity, sum = 0;
        foreach (var place in places)
        {
            now = Math.Min(now, belief.Mean(place));
        }

        for (var s = 0; s < outcomes; s++)
        {
            var least = isExact ? incumbent : double.PositiveInfinity;
            for (var m = 0; m < places.Length; m++)
            {
                least = Math.Min(least, after.Value(s, m));
            }

            sum += double.IsFinite(least) && double.IsFinite(now) ? (now - least) / outcomes : 0;
        }

        return Math.Max(0, sum);
    }
}

/// <summary>What the outputs of a training that is not made yet would lead to expect elsewhere.</summary>
internal sealed class KrigingAfter
{
    private readonly CompositeBelief _belief;
    private readonly double[][] _places;

    // [states][places, K] and [states][places]; at x [states][K] and [states].
    private readonly double[][] _weights, _shares, _own;
    private readonly double[] _reach;

    /// <param name="belief">The belief now.</param>
    /// <param name="x">Where the training would be.</param>
    /// <param name="places">x', where its outputs tell something.</param>
    internal KrigingAfter(CompositeBelief belief, double[] x, double[][] places)
    {
        (_belief, _places) = (belief, places);
        var (states, k) = (belief.States, belief.Fit.Count);
        (_weights, _shares, _own, _reach) = (new double[states.Count][], new double[states.Count][], new double[states.Count][], new double[states.Count]);
        double[] t = new double[k], other = new double[k];
        for (var i = 0; i < states.Count; i++)
        {
            var state = states[i];
            _own[i] = new double[k];
            var smooth = state.Weights(x, _own[i]);
            var variance = smooth + (state.Variant.LearnsNugget ? state.Nugget : 0);
            _reach[i] = Math.Sqrt(variance);
            var level = state.Project(x, t).Level;
            (_weights[i], _shares[i]) = (new double[places.Length * k], new double[places.Length]);
            for (var m = 0; m < places.Length; m++)
            {
                var there = state.Weights(places[m], _weights[i].AsSpan(m * k, k));
                if (variance > 0 && there > 0)
                {
                    var most = Math.Sqrt(there * smooth);
                    var otherLevel = state.Project(places[m], other).Level;
                    var covariance = places[m].AsSpan().SequenceEqual(x) ? smooth : state.Covariance(places[m], other, otherLevel, x, t, level);
                    _shares[i][m] = Math.Clamp(covariance, -most, most) / variance;
                }
            }
        }
    }

    /// <summary>m_s at place m; +∞ where there is no answer.</summary>
    internal double Value(int s, int m)
    {
        var k = _belief.Fit.Count;
        var outcome = Outcome(s);
        var expected = new double[k];
        for (var j = 0; j < _own.Length; j++)
        {
            CholeskyFactor.Add(1.0 / _own.Length, _weights[j].AsSpan(m * k, k), expected);
            CholeskyFactor.Add(_shares[j][m] / _own.Length, outcome, expected);
            CholeskyFactor.Add(-_shares[j][m] / _own.Length, _own[j], expected);
        }

        return _belief.Value(expected, _places[m]);
    }

    /// <summary>a_s, [K].</summary>
    internal double[] Outcome(int s)
    {
        var i = _belief.StateIndexOf(s);
        var outcome = (double[])_own[i].Clone();
        CholeskyFactor.Add(_reach[i], _belief.SpreadOf(s), outcome);
        return outcome;
    }
}
