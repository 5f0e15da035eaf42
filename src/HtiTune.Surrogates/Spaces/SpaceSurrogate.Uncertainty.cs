// Notation
//   F          a functional of the outputs
//   m_i, v_i   mean and variance of F over the draws of state i (FunctionalDraws, ν and c included);  S standard error of F over the rows, for draws; else 0
//   E          variance of F by the errors of rows of contexts that no anchor answered (CarryErrors); else 0
// Law of F at λ:  1/I Σ_i N(m_i, v_i + 2S² + E);  2S²: the real network would be judged by draws of its own.
// Chance is drawn once, the same at every λ: intervals move smoothly with λ.

using HtiTune.Data;
using HtiTune.Surrogates.Uncertainty;

namespace HtiTune.Surrogates;

public sealed partial class SpaceSurrogate
{
    private const int DrawsPerState = 16, ErrorDraws = 16, MostScattered = 8;

    /// <summary>
    /// A functional of the outputs at a configuration with its standard error and an interval for the real network's value: joint draws of the outputs, averaged over
    /// lengths and warps that the anchors allow, and as wide as the functional's own values at anchors that are left out ask for.
    /// </summary>
    /// <param name="configuration">A configuration of the space.</param>
    /// <param name="functional">A number that samples have; called some hundred times, and a dozen times an anchor.</param>
    /// <param name="contexts">n contexts; null: those of the anchors.</param>
    /// <param name="level">Probability of the interval, between 0 and 1.</param>
    /// <param name="cancellation">Ends the drawing.</param>
    /// <exception cref="ArgumentException">It is no configuration of the space, or contexts have other conditions or categories than the anchors'.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The functional is not finite.</exception>
    /// <remarks>The interval is conditional on outputs that change smoothly: what no anchor has come near, a jump or a narrow dip, is outside it.</remarks>
    public FunctionalEstimate Estimate(
        Configuration configuration, Func<Samples, double> functional, Contexts? contexts = null, double level = 0.9, CancellationToken cancellation = default) =>
        Estimate([configuration], functional, contexts, level, cancellation)[0];

    /// <summary>The same at several configurations, which share what is asked at the anchors.</summary>
    /// <param name="configurations">Configurations of the space.</param>
    /// <param name="functional">A number that samples have; called some hundred times a configuration, and a dozen times an anchor.</param>
    /// <param name="contexts">n contexts; null: those of the anchors.</param>
    /// <param name="level">Probability of each interval, between 0 and 1.</param>
    /// <param name="cancellation">Ends the drawing.</param>
    /// <returns>An estimate for each configuration.</returns>
    /// <exception cref="ArgumentException">One is no configuration of the space, or contexts have other conditions or categories than the anchors'.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The functional is not finite.</exception>
    public IReadOnlyList<FunctionalEstimate> Estimate(
        IReadOnlyList<Configuration> configurations, Func<Samples, double> functional, Contexts? contexts = null, double level = 0.9, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        ArgumentNullException.ThrowIfNull(functional);
        FunctionalEstimate.RequireLevel(level);
        double[][] places = [.. configurations.Select(PlaceOf)];
        contexts ??= Contexts;
        double[]? shift = null;
        var (rows, _) = _carrier.Resolve(contexts);
        rows = _state.IsScreened ? rows with { Own = null } : rows; // What is set aside at an anchor is no value that the functional's law could be told by.
        var draws = new FunctionalDraws(
            _kriging, _states.Value, _flat, (weights, x) => Of(rows, weights, x), 1, DrawsPerState, Streams.Stream("draws"), Report.Deterministic ? 0 : Scatter(), LeftOutErrors.Told);
        var errors = _carrier.ErrorsOf(contexts);
        var nearest = errors?.NearestOf(contexts);
        return [.. places.Select(At)];

        FunctionalEstimate At(double[] x)
        {
            var weights = _weights.At(x);
            shift = _weights.Shift(x, weights);
            var samples = Weighted(rows, weights, contexts, x);
            var value = Finite(functional(samples));
            var chance = errors is null ? 0 : ErrorVariance(weights, value, x);
            chance += Report.Deterministic ? 0 : 2 * SquaredError(samples);
            var values = new double[draws.Count];
            draws.Draw(x, values, withNugget: true);
            var law = new ErrorMixture();
            foreach (var state in Enumerable.Range(0, values.Length).GroupBy(draws.StateOf, s => values[s] - value))
            {
                // About the value, so that what is far from zero does not cancel.
                double mean = state.Average(), square = state.Average(away => away * away);
                law.AddNormal(1, value + mean, Math.Max(0, square - mean * mean) + chance);
            }

            return new FunctionalEstimate(value, law.Deviation(), law.Quantile((1 - level) / 2), law.Quantile((1 + level) / 2), level);
        }

        // S² in the mean over some anchors; one that is left out is a sample as those are that foretell it.
        double Scatter()
        {
            int[] some = [.. Enumerable.Range(0, Math.Min(MostScattered, _kriging.Count)).Select(i => i * _kriging.Count / Math.Min(MostScattered, _kriging.Count))];
            return some.Average(k =>
            {
                var own = new double[_kriging.Count];
                own[k] = 1;
                return SquaredError(Weighted(rows, own, contexts, _state.Places[k]));
            });
        }

        // S² of rows as they are drawn.
        double SquaredError(Samples samples)
        {
            var error = Bootstrap.StandardErrors(
                contexts.Count, chosen => [Finite(functional(new Samples(samples.Outputs.SelectRows(chosen), contexts.Select(chosen))))], Streams.Stream("rows"))[0];
            return error * error;
        }

        double ErrorVariance(double[] weights, double value, double[] x)
        {
            var random = Streams.Stream("errors of rows");
            double square = 0;
            for (var s = 0; s < ErrorDraws; s++)
            {
                var away = Of(_carrier.Linked(errors!.Drawn(rows.Standardised, nearest!, random), contexts.Count), weights, x) - value;
                square += away * away / ErrorDraws;
            }

            return square;
        }

        // Draws are those of the kriging, about what the method gives.
        double Of(AnchorRows some, ReadOnlySpan<double> weights, ReadOnlySpan<double> x)
        {
            cancellation.ThrowIfCancellationRequested();
            return Finite(functional(Weighted(some, shift is null ? weights : Moved(weights, shift), contexts, x)));
        }

        static double Finite(double number) => double.IsFinite(number)
            ? number
            : throw new InvalidOperationException($"The functional is {number} at the configuration, at an anchor, or for outputs drawn there; expected a finite number.");
    }

    /// <summary>One joint draw of the outputs at several configurations, as the anchors allow them: another surface for each seed.</summary>
    /// <param name="configurations">Configurations of the space.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>Samples in the anchors' contexts for each configuration.</returns>
    /// <exception cref="ArgumentException">One is no configuration of the space.</exception>
    public IReadOnlyList<Samples> Draw(IReadOnlyList<Configuration> configurations, long seed)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        double[] places = [.. configurations.SelectMany(PlaceOf)];
        var stream = new RandomStreams(seed).Fork("space").Stream("surface");
        var state = _states.Value[stream.NextInt(_states.Value.Length)];
        var weights = new double[configurations.Count * _kriging.Count];
        new WeightDraws(state, places, withNugget: true).Next(stream, weights, []);
        return [.. configurations.Select((_, m) =>
        {
            var own = weights.AsSpan(m * _kriging.Count, _kriging.Count);
            var x = places[(m * _coordinates.Count)..((m + 1) * _coordinates.Count)];
            return Weighted(_carrier.Stored, _weights.Shift(x, _weights.At(x)) is { } shift ? Moved(own, shift) : own, Contexts, x);
        })];
    }

    private static double[] Moved(ReadOnlySpan<double> weights, double[] shift)
    {
        var moved = weights.ToArray();
        CholeskyFactor.Add(1, shift, moved);
        return moved;
    }
}
