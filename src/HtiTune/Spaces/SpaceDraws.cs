using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>
/// Joint draws of the objective at some places of a space. A stream begins them; each call of what it returns makes one, as a function of the place's number.
/// They go round the states of the hyperparameter walk.
/// </summary>
internal static class SpaceDraws
{
    /// <summary>By the values alone, in units of the objective.</summary>
    /// <param name="plain">The belief.</param>
    /// <param name="places">x, at least one.</param>
    internal static Func<RandomStream, Func<Func<int, double>>> Of(PlainBelief plain, double[][] places)
    {
        var states = plain.States;
        var flat = places.SelectMany(x => x).ToArray();
        var draws = new WeightDraws[states.Count];
        double[][] means = [.. states.Select(state => Array.ConvertAll(places, x => state.Mean(x)))];
        var shape = new double[places.Length];
        return stream =>
        {
            var drawn = 0;
            return () =>
            {
                var i = drawn++ % draws.Length;
                draws[i] ??= new WeightDraws(states[i].Kriging, flat, false);
                draws[i].Shape(stream, shape);
                var square = WeightDraws.ChiSquare(stream, states[i].Kriging.Count - 1);
                var scale = states[i].Square > 0 && square > 0 ? Math.Sqrt(states[i].Square / square) : states[i].Scale;
                return m => plain.Map.ToValue(means[i][m] + scale * shape[m]);
            };
        };
    }

    /// <summary>By the outputs; +∞ where the objective has no answer. The same stream gives the same outputs to every objective of the same trainings.</summary>
    /// <param name="composite">The belief.</param>
    /// <param name="places">x, at least one.</param>
    internal static Func<RandomStream, Func<Func<int, double>>> Of(CompositeBelief composite, double[][] places)
    {
        var flat = places.SelectMany(x => x).ToArray();
        var draws = new WeightDraws[composite.States.Count];
        var k = composite.Fit.Count;
        double[] weights = new double[places.Length * k], opposite = new double[weights.Length];
        return stream =>
        {
            var drawn = 0;
            return () =>
            {
                var (i, isOpposite) = (drawn / 2 % draws.Length, drawn++ % 2 == 1);
                if (!isOpposite)
                {
                    draws[i] ??= new WeightDraws(composite.States[i], flat, false) { Widening = composite.Widening * composite.LeftOut };
                    draws[i].Next(stream, weights, opposite);
                }

                return m => composite.Value((isOpposite ? opposite : weights).AsSpan(m * k, k), places[m]);
            };
        };
    }
}
