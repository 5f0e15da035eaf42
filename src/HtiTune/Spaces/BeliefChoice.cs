// Notation (values in the units of the plain belief's map, so that both are measured alike)
//   t_k     value of training k;  m_k, s_k what a belief made of the trainings before it says of it, at the θ of all
//   score   ln of a Student density of 4 degrees of freedom at (t_k − m_k)/s_k, less ln s_k: heavy tails, for s_k is of a few draws
//   trust   1/(1 + e^(−4 − Σ (composite − plain))) over the last trainings, the first d + 3 left out,
//           which tell nothing of either: outputs are believed until the values say otherwise

using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Whether the outputs between the trainings are believed, by how well they foretold the trainings.</summary>
/// <param name="Plain">The belief of the values: where outputs scatter from training to training values do too.</param>
/// <param name="Serves">The belief of the outputs, where it serves.</param>
/// <param name="Trust">0 to 1.</param>
internal readonly record struct BeliefChoice(PlainBelief Plain, CompositeBelief? Serves, double Trust)
{
    private const int Last = 12, Draws = 8, Probes = 5, Best = 3;
    private const double Credit = 4, LeastShare = 1e-3;

    // What values that are all alike count as differing by, of their size.
    private const double ShareOfSize = 0.01;

    // At one θ, taken as known, draws are too narrow by about this.
    private const double Widening = 1.5;

    /// <summary>Makes the beliefs of the values and of the outputs, and tests these.</summary>
    /// <param name="ground">Where the trainings are.</param>
    /// <param name="known">Those that have a value.</param>
    /// <param name="objective">The objective at outputs; null where only the values are used.</param>
    /// <param name="options">How.</param>
    /// <param name="settings">How beliefs of values are fitted.</param>
    /// <param name="streams">All chance.</param>
    /// <param name="cancellation">Ends the fits.</param>
    internal static BeliefChoice Of(
        SpaceGround ground, TrainingEnded[] known, SpaceObjective? objective, SpacePolicyOptions options, PlainSettings settings, RandomStreams streams, CancellationToken cancellation)
    {
        double[] values = [.. known.Select(t => t.Value!.Value)];
        var plain = PlainBelief.Fit(ground.Coordinates, ground.Places, values, options, settings, streams, cancellation);
        if (objective is null)
        {
            return new BeliefChoice(plain, null, 0);
        }

        // Those that answered to the same contexts as the last one that has outputs; a penalty's outputs, or those of a training that diverged, tell nothing of the others.
        var last = known.LastOrDefault(t => t.Outputs is not null);
        var shape = last?.Outputs;
        int[] with = [.. Enumerable.Range(0, known.Length).Where(k => known[k].Outputs is { } y && y.Rows == shape!.Rows && y.Columns == shape.Columns && !plain.IsExtreme(k) && IsFinite(y))];
        if (with.Length < Math.Max(CompositeBelief.LeastTrainings, known.Length - with.Length)
            || CompositeBelief.Make(
                ground.Coordinates, [.. with.Select(k => ground.Places[k])], [.. with.Select(k => known[k].Outputs!)], last!.Contexts, objective,
                options.IsKnownToScatter ? true : null, options.Widening, streams, cancellation, options.Before is null ? LeftOutErrors.Searched : LeftOutErrors.Answered) is not { } composite
            || !Carry(composite, ground, known, with))
        {
            return new BeliefChoice(plain, null, 0);
        }

        // An objective that asks for what no expected outputs have says nothing between the trainings.
        int[] probed = [.. with.TakeLast(Probes)];
        if (probed.Count(k => double.IsFinite(composite.Mean(ground.Places[k]))) * 2 < probed.Length)
        {
            return new BeliefChoice(plain, null, 0);
        }

        // The value is the objective of the outputs, and these are many: they tell better than the values whether trainings repeat.
        if (options.NoiseVariance is null && !options.MayRepeat
            && composite.NoiseVariance([.. with.OrderBy(k => values[k]).Take(Best).Select(k => ground.Places[k])]) is { } scatter && plain.IsExact != (scatter == 0))
        {
            plain = PlainBelief.Fit(ground.Coordinates, ground.Places, values, options with { NoiseVariance = scatter }, settings, streams, cancellation);
        }

        var least = LeastShare * (with.Max(k => plain.Values[k]) - with.Min(k => plain.Values[k]));
        var stream = streams.Stream("ahead");
        Span<double> draws = stackalloc double[Draws];
        double difference = 0;
        for (var i = Math.Max(ground.Coordinates.Hyperparameters + 3, with.Length - Last); i < with.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            composite.Ahead(i, draws, stream);
            double mean = 0, square = 0;
            foreach (ref var draw in draws)
            {
                draw = plain.Map.ToModel(Math.Clamp(draw, -double.MaxValue, double.MaxValue));
                mean += draw / Draws;
            }

            foreach (var draw in draws)
            {
                square += (draw - mean) * (draw - mean) / Draws;
            }

            var value = plain.Values[with[i]];
            var (other, deviation) = plain.Ahead(with[i]);
            difference += Score(value, mean, Widening * Math.Sqrt(square), least) - Score(value, other, deviation, least);
        }

        var trust = 1 / (1 + Math.Exp(-Credit - difference));
        return new BeliefChoice(plain, trust >= 0.5 ? composite : null, trust);
    }

    // Outputs are kept in single precision: of values that lie close together beside their size, or beyond its range, they may tell nothing. The best and the worst show it.
    private static bool Carry(CompositeBelief composite, SpaceGround ground, TrainingEnded[] known, int[] with)
    {
        var (best, worst) = (Enumerable.Range(0, with.Length).MinBy(Value), Enumerable.Range(0, with.Length).MaxBy(Value));

        // Halves, whose differences do not overflow.
        var own = new double[with.Length];
        var most = LeastShare * Math.Max(0.5 * Value(worst) - 0.5 * Value(best), ShareOfSize * Math.Max(Math.Abs(Value(best)), Math.Abs(Value(worst))) + 1e-300);
        return Meets(best) && Meets(worst);

        double Value(int i) => known[with[i]].Value!.Value;

        bool Meets(int i)
        {
            Array.Clear(own);
            own[i] = 1;
            return Math.Abs(0.5 * composite.Value(own, ground.Places[with[i]]) - 0.5 * Value(i)) <= most;
        }
    }

    private static double Score(double value, double mean, double deviation, double least)
    {
        var width = Math.Max(deviation, least) + 1e-300;
        var z = (value - mean) / width;
        return Math.Log(0.375) - 2.5 * Math.Log(1 + z * z / 4) - Math.Log(width);
    }

    private static bool IsFinite(Matrix outputs)
    {
        foreach (var value in outputs.Values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
