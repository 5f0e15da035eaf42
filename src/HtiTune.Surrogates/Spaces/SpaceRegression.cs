// Notation, beside that of JointRegression
//   y(λ)    Σ_k w_k y_k + m(x, λ) − Σ_k w_k m(x, λ_k), which is y_k at every anchor

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What a regression over conditions and all hyperparameters together adds to outputs that are kriged.</summary>
internal sealed class SpaceRegression
{
    /// <summary>Conditions and coordinates together up to which the metric can be learned from so few rows.</summary>
    internal const int MostInputs = 9;

    private readonly JointRegression _regression;
    private readonly double[][] _places;
    private readonly Standardizer _conditions, _scale;

    // Who asks at many places asks for the same contexts, and for many weights at one place.
    private Asked? _asked;

    private SpaceRegression(JointRegression regression, double[][] places, Standardizer conditions, Standardizer scale) =>
        (_regression, _places, _conditions, _scale) = (regression, places, conditions, scale);

    /// <summary>What was learned.</summary>
    internal JointState State => _regression.State;

    /// <summary>Whether a regression can be learned of such rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="coordinates">c.</param>
    internal static bool IsPossible(SpaceRows rows, int coordinates) =>
        rows.Served.CategoryCount <= 1 && rows.Served.Conditions.Columns is > 0 and var c && c + coordinates <= MostInputs;

    /// <summary>Learns it.</summary>
    /// <param name="laws">The anchors' rows.</param>
    /// <param name="places">Their coordinates.</param>
    /// <param name="conditions">Scale of the conditions.</param>
    /// <param name="scale">Scale of the outputs.</param>
    /// <param name="state">What was learned; null to learn it.</param>
    /// <param name="without">An anchor whose rows are left out, or −1.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static SpaceRegression Of(
        ConditionalLaws laws, double[][] places, Standardizer conditions, Standardizer scale, JointState? state, int without = -1, CancellationToken cancellation = default)
    {
        int d = scale.Columns, c = conditions.Columns;
        int[] kept = [.. Enumerable.Range(0, places.Length).Where(k => k != without)];
        var count = kept.Min(k => laws.Outputs[k].Length / d);
        int[][] rows = [.. kept.Select(k => ConditionalMoments.Thinned([.. Enumerable.Range(0, laws.Outputs[k].Length / d)], count))];
        var trajectories = new Trajectories(
            [.. kept.Select((k, i) => Trajectories.Select(laws.Outputs[k], rows[i], d))], [.. kept.Select((k, i) => Trajectories.Select(laws.Conditions[k], rows[i], c))],
            new int[count], d, c, 1, rows);
        double[][] known = [.. kept.Select(k => places[k])];
        var regression = state is null ? JointRegression.Whole(trajectories, known, cancellation) : JointRegression.At(trajectories, known, state);
        return new SpaceRegression(regression, places, conditions, scale);
    }

    /// <summary>Adds m(x, λ) − Σ_k w_k m(x, λ_k) to outputs [n, D], in their own units.</summary>
    /// <param name="outputs">Outputs.</param>
    /// <param name="x">Coordinates of λ.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="weights">w.</param>
    internal void Add(float[] outputs, ReadOnlySpan<double> x, Contexts contexts, ReadOnlySpan<double> weights)
    {
        var asked = _asked;
        if (asked is null || !ReferenceEquals(asked.Contexts, contexts))
        {
            asked = new Asked(contexts, Trajectories.Standardised(contexts.Conditions, _conditions), new float[_places.Length][], null, null);
        }

        if (asked.Place is null || !x.SequenceEqual(asked.Place))
        {
            asked = asked with { Place = x.ToArray(), Means = _regression.Means(asked.Conditions, x) };
        }

        _asked = asked;
        var sum = Array.ConvertAll(asked.Means!, value => (double)value);
        for (var k = 0; k < weights.Length; k++)
        {
            // Two threads that compute the same come to the same.
            var at = asked.Anchors[k] ??= _regression.Means(asked.Conditions, _places[k]);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] -= weights[k] * at[i];
            }
        }

        var deviations = _scale.Deviations;
        for (var i = 0; i < sum.Length; i++)
        {
            outputs[i] += (float)(State.Share * deviations[i % deviations.Length] * sum[i]);
        }
    }

    private sealed record Asked(Contexts Contexts, float[] Conditions, float[]?[] Anchors, double[]? Place, float[]? Means);
}
