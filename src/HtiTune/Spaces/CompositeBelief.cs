// Notation
//   g          the objective at outputs [n, D] and, where it asks for it, the configuration; less is better
//   mean, draws of the outputs, their weights and c: OutputKriging and FunctionalDraws
// The objective's values at draws are its belief: no model of their own is laid over them.

using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>What the outputs of the trainings say of the objective over the space.</summary>
internal sealed class CompositeBelief
{
    /// <summary>Trainings with outputs from which it is made at least.</summary>
    internal const int LeastTrainings = 3;

    private const int DrawsPerState = 4;

    private readonly SpaceCoordinates _coordinates;
    private readonly SpaceObjective _objective;
    private readonly OutputKriging _outputs;
    private readonly AnchorKriging[] _states;
    private readonly FunctionalDraws _draws;

    private CompositeBelief(SpaceCoordinates coordinates, SpaceObjective objective, OutputKriging outputs, double[] flat, double widening, LeftOutErrors errors, RandomStreams streams)
    {
        (_coordinates, _objective, _outputs, Widening) = (coordinates, objective, outputs, widening);
        _states = outputs.States(streams.Stream("composite walk"));
        _draws = new FunctionalDraws(outputs.Kriging, _states, flat, Value, widening, DrawsPerState, streams.Stream("composite draws"), errors: errors);
    }

    /// <summary>The kriging at the optimum of its likelihood.</summary>
    internal AnchorKriging Fit => _outputs.Kriging;

    /// <summary>The states of θ.</summary>
    internal IReadOnlyList<AnchorKriging> States => _states;

    /// <summary>Draws that are fixed for all λ, in pairs on either side of the mean.</summary>
    internal int Draws => _draws.Count;

    /// <summary>What draws are wider by than the trainings' own outputs say, because intervals have not held.</summary>
    internal double Widening { get; }

    /// <summary>Which state draw s is of.</summary>
    internal int StateIndexOf(int s) => _draws.StateOf(s);

    /// <summary>x of training k.</summary>
    internal ReadOnlySpan<double> PlaceOf(int k) => _draws.PlaceOf(k);

    /// <summary>e_s, [K].</summary>
    internal double[] SpreadOf(int s) => _draws.SpreadOf(s);

    /// <summary>How often the objective was called.</summary>
    internal int Calls { get; private set; }

    /// <summary>c: what draws are wider or narrower by, for how far the objective's values at left-out trainings were away.</summary>
    internal double LeftOut => _draws.LeftOut;

    /// <summary>What one call costs beside a small one: outputs are sums over all trainings.</summary>
    internal double Cost => Math.Max(1, (double)_outputs.Rows.Count * _outputs.Scale.Columns * Fit.Count / 3e5);

    /// <summary>Makes it; null where the trainings have no outputs that fit together, or too few.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="places">x of the trainings with outputs.</param>
    /// <param name="outputs">Their outputs.</param>
    /// <param name="contexts">What they answer; null: every row a question of its own.</param>
    /// <param name="objective">g.</param>
    /// <param name="isNoisy">Whether outputs scatter from training to training; null: the data say.</param>
    /// <param name="widening">What draws are widened by, at least 1.</param>
    /// <param name="streams">Chance.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <param name="errors">What draws are widened or narrowed by beside.</param>
    internal static CompositeBelief? Make(
        SpaceCoordinates coordinates, double[][] places, Matrix[] outputs, Contexts? contexts, SpaceObjective objective, bool? isNoisy, double widening, RandomStreams streams,
        CancellationToken cancellation, LeftOutErrors errors = LeftOutErrors.Searched)
    {
        if (outputs.Length < LeastTrainings || outputs[0].Rows * outputs[0].Columns == 0)
        {
            return null;
        }

        // Trainings that repeat themselves do so row by row: draws that are coupled scatter all the same.
        var request = new OutputKrigingRequest(coordinates.Kriging, places, outputs, contexts)
        {
            Nugget = isDraws => isNoisy switch
            {
                true => NuggetKind.Learned,
                false when !isDraws => NuggetKind.Fixed,
                _ => NuggetKind.Auto,
            },
        };
        return new CompositeBelief(coordinates, objective, OutputKriging.Learn(request, cancellation), [.. places.SelectMany(x => x)], widening, errors, streams);
    }

    /// <summary>
    /// What g scatters by from training to training, because outputs do: mean variance at some places, 0 where trainings repeat. Null where there are too few to tell, and where
    /// rows are draws, which scatter by themselves.
    /// </summary>
    /// <param name="places">x.</param>
    internal double? NoiseVariance(double[][] places) => _outputs.Order is not null || Fit.Count < KrigingLearning.LeastForDeterministic ? null
        : Fit.Variant.LearnsNugget ? _draws.NoiseVariance(places)
        : 0;

    /// <summary>g at the mean outputs; +∞ where it has no answer.</summary>
    internal double Mean(ReadOnlySpan<double> x) => _draws.Mean(x);

    /// <summary>√v in the mean over the states: how far x is from what is known, in units of the outputs' own scale.</summary>
    internal double Distance(ReadOnlySpan<double> x)
    {
        var weights = new double[Fit.Count];
        double sum = 0;
        foreach (var state in _states)
        {
            sum += state.Weights(x, weights);
        }

        return Math.Sqrt(sum / _states.Length);
    }

    /// <summary>g at the first draws.</summary>
    /// <param name="x">The place.</param>
    /// <param name="values">Takes the values, at most <see cref="Draws"/>; +∞ where g has no answer.</param>
    internal void Draw(ReadOnlySpan<double> x, Span<double> values) => _draws.Draw(x, values, withNugget: false);

    /// <summary>g at outputs that are the trainings' own, weighted.</summary>
    /// <param name="weights">One a training.</param>
    /// <param name="x">The place that they are expected at.</param>
    internal double Value(ReadOnlySpan<double> weights, ReadOnlySpan<double> x)
    {
        Calls++;
        var place = x.ToArray();
        try
        {
            var values = _outputs.Rows.Weighted(weights, _outputs.Transform, _outputs.Scale.Columns);
            var value = _objective(new Matrix(_outputs.Rows.Count, _outputs.Scale.Columns, values), () => _coordinates.At(_coordinates.UnitOf(place)));
            return double.IsNaN(value) ? double.PositiveInfinity : value;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return double.PositiveInfinity;
        }
    }

    /// <summary>The belief of training k from those before it, at the same θ.</summary>
    /// <param name="k">At least 2.</param>
    /// <param name="draws">Takes g at draws, an even number.</param>
    /// <param name="stream">Chance.</param>
    internal void Ahead(int k, Span<double> draws, RandomStream stream) => _draws.Ahead(k, draws, stream);
}
