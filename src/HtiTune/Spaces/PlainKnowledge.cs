// Notation (in the units of the value map, less is better; i, j places, states of the walk averaged)
//   μ_i, S_ij   posterior mean and covariance: those of the states' laws, S = mean of σ² v(x_i, x_j) + (m_i − μ_i)(m_j − μ_j)
//   τ²          mean of σ² ν: the noise of a training
//   A training at j moves the mean to μ_i + b_i Z,  b_i = S_ij/√(S_jj + τ²),  Z standard normal
//   KG(j)       E max_i(−μ_i + b_i Z) − max_i(−μ_i), by KnowledgeGradient.LogGain                                     [Frazier2009]
// That the training will also shift the weights of the states counts only as far as it is linear.

using HtiTune.Acquisition;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>How much a training is expected to lower the least mean over some places, by the values alone.</summary>
internal sealed class PlainKnowledge
{
    private readonly PlainBelief _plain;
    private readonly double[][] _places;
    private readonly double[] _means;
    private readonly (double[] T, double Level, double Mean)[][] _known;
    private readonly double _noise;

    /// <param name="plain">What the values say.</param>
    /// <param name="places">x of the places that are looked at, at least one.</param>
    internal PlainKnowledge(PlainBelief plain, double[][] places)
    {
        (_plain, _places) = (plain, places);
        _known = [.. plain.States.Select(state => Array.ConvertAll(places, x => Projected(state, x)))];
        _means = [.. Enumerable.Range(0, places.Length).Select(i => -_known.Average(state => state[i].Mean))];
        _noise = plain.States.Average(state => state.Scale * state.Scale * state.Kriging.Nugget) * (plain.IsExact ? 0 : 1);
    }

    /// <summary>ln KG of a training at x, which counts among the places then; −∞ where it tells nothing.</summary>
    internal double LogGain(double[] x)
    {
        var slopes = new double[_places.Length + 1];
        double own = 0, mean = 0;
        (double[] T, double Level, double Mean)[] at = [.. _plain.States.Select(state => Projected(state, x))];
        foreach (var (_, _, m) in at)
        {
            mean += m / at.Length;
        }

        for (var s = 0; s < at.Length; s++)
        {
            var state = _plain.States[s];
            var (scale, apart) = (state.Scale * state.Scale, at[s].Mean - mean);
            own += (scale * Math.Max(0, state.Kriging.Covariance(x, at[s].T, at[s].Level, x, at[s].T, at[s].Level)) + apart * apart) / at.Length;
            for (var i = 0; i < _places.Length; i++)
            {
                var (t, level, m) = _known[s][i];
                slopes[i] += (scale * state.Kriging.Covariance(x, at[s].T, at[s].Level, _places[i], t, level) + apart * (m + _means[i])) / at.Length;
            }
        }

        slopes[^1] = own;
        var deviation = Math.Sqrt(own + _noise);
        if (!(deviation > 0))
        {
            return double.NegativeInfinity;
        }

        foreach (ref var slope in slopes.AsSpan())
        {
            slope /= deviation;
        }

        return KnowledgeGradient.LogGain([.. _means, -mean], slopes);
    }

    private static (double[] T, double Level, double Mean) Projected(ValueKriging state, double[] x)
    {
        var t = new double[state.Kriging.Count];
        return (t, state.Kriging.Project(x, t).Level, state.Mean(x));
    }
}
