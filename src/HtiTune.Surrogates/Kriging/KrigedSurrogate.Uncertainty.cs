// Notation
//   F          a functional of the outputs
//   θ_s        8 parameter states of the walk (HyperparameterWalk)
//   a          a draw of anchor weights at λ (WeightDraws): the outputs ψ⁻¹(Σ_k a_k q_k) are one draw of the network's, F of them one of F
//   m_s, v_s   mean and variance of F over 8 draws and their reflections at θ_s;  S standard error of F over the rows, for draws; else 0
// Law of F at λ:  1/8 Σ_s N(m_s, v_s + 2S²);  2S²: the real network would be judged by draws of its own.
// Chance is drawn once, the same at every λ: intervals move smoothly with λ. Rows of contexts that no anchor answered are drawn with the errors of the
// networks that give them (CarryErrors).

using HtiTune.Data;
using HtiTune.Surrogates.Uncertainty;

namespace HtiTune.Surrogates;

public sealed partial class KrigedSurrogate
{
    private const int PairsPerState = 8;

    /// <summary>
    /// A functional of the outputs at λ with its standard error and an interval for the real network's value: joint draws of the outputs, averaged over
    /// lengths and warps that the anchors allow. The first call learns those (a fraction of a second), and they are kept.
    /// </summary>
    /// <param name="lambda">λ in the hyperparameter's range.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="functional">A number that samples have; called about two hundred times.</param>
    /// <param name="level">Probability of the interval, between 0 and 1.</param>
    /// <param name="cancellation">Ends the drawing.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is outside the hyperparameter's range, or the level is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The functional is not finite.</exception>
    /// <remarks>
    /// The interval is conditional on outputs that change smoothly: what no anchor has come near, a jump or a narrow dip, is outside it. Where each context
    /// has one answer, errors of the networks that answer new contexts are in it, by contexts that were kept out; those of rows of draws are not.
    /// </remarks>
    public FunctionalEstimate Estimate(
        double lambda, Contexts contexts, Func<Samples, double> functional, double level = 0.9, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(functional);
        FunctionalEstimate.RequireLevel(level);
        var weights = WeightsAt(lambda);
        var (rows, _) = Resolve(contexts, null);
        var errors = _laws is null && Report.Deterministic && _carrier.IsGiven(contexts) ? _carryErrors.Value : null;
        var nearest = errors?.NearestOf(contexts);
        var beside = _regression?.At(PlaceOf(lambda), contexts, weights);
        var samples = Weighted(rows, weights, contexts, beside);
        var value = Finite(functional(samples));
        double chance = 0;
        if (!Report.Deterministic)
        {
            var error = Bootstrap.StandardErrors(
                contexts.Count,
                chosen => [Finite(functional(new Samples(samples.Outputs.SelectRows(chosen), contexts.Select(chosen))))],
                new RandomStreams(_carrier.Options.Seed).Fork("uncertainty").Stream("rows"))[0];
            chance = 2 * error * error;
        }

        // Draws are about the kriged weights; where outputs go straight, they are moved beside those.
        var kriged = new double[weights.Length];
        _kriging.Weights([PlaceOf(lambda)], kriged);
        var law = new ErrorMixture();
        double[] draw = new double[weights.Length], reflected = new double[weights.Length];
        var random = new RandomStreams(_carrier.Options.Seed).Fork("kriging").Stream("draws");
        var chanceOfRows = new RandomStreams(_carrier.Options.Seed).Fork("kriging").Stream("errors of rows");
        foreach (var state in _states.Value)
        {
            var draws = new WeightDraws(state, [PlaceOf(lambda)], withNugget: true);
            double sum = 0, squares = 0;
            for (var pair = 0; pair < PairsPerState; pair++)
            {
                cancellation.ThrowIfCancellationRequested();
                draws.Next(random, draw, reflected);
                for (var k = 0; k < kriged.Length; k++)
                {
                    draw[k] += weights[k] - kriged[k];
                    reflected[k] += weights[k] - kriged[k];
                }

                var drawn = errors is null ? rows : Linked(errors.Drawn(rows.Standardised, nearest!, chanceOfRows), contexts.Count);
                Add(draw, drawn);
                Add(reflected, drawn);
            }

            var mean = sum / (2 * PairsPerState);
            law.AddNormal(1.0 / HyperparameterWalk.States, value + mean, Math.Max(0, squares / (2 * PairsPerState) - mean * mean) + chance);

            void Add(double[] anchorWeights, AnchorRows drawn)
            {
                // About the value, so that what is far from zero does not cancel.
                var away = Finite(functional(Weighted(drawn, anchorWeights, contexts, beside))) - value;
                sum += away;
                squares += away * away;
            }
        }

        return new FunctionalEstimate(value, law.Deviation(), law.Quantile((1 - level) / 2), law.Quantile((1 + level) / 2), level);

        double Finite(double number) => double.IsFinite(number)
            ? number
            : throw new InvalidOperationException($"The functional is {number} at λ = {lambda:R}, or for outputs drawn there; expected a finite number.");
    }
}
