// How well a surrogate that was fitted without an anchor foretells its samples, in units of the other anchors' scale:
//   deterministic outputs   mean squared error over the contexts
//   draws by context        energy distance within each context, mean over contexts
//   draws by category       energy distance within each category, weighted by the anchor's rows
//   continuous conditions   the same on (y, x) jointly: what is asked of each condition counts, not only the outputs in all
// Two candidates are compared with the standard error of their difference: contexts, or else rows, are taken for independent, and the influence
// of each on the score is subtracted pair by pair.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.SelfTuning;

/// <summary>The score of a surrogate on an anchor that it has not seen.</summary>
/// <param name="Value">The score; less is better.</param>
/// <param name="Influence">What each context or row adds to it, about the mean.</param>
internal sealed record FoldScore(double Value, double[] Influence)
{
    /// <summary>Keeps shares of errors finite where outputs are foretold exactly; in squared standard deviations.</summary>
    private const double LeastError = 1e-10;

    /// <summary>Scores a surrogate.</summary>
    /// <param name="surrogate">Fitted without the anchor.</param>
    /// <param name="actual">The anchor.</param>
    internal static FoldScore Of(TrajectorySurrogate surrogate, Anchor actual) => Of(surrogate.Sample, surrogate.State, actual, false);

    /// <summary>Scores a surrogate of any kind that was fitted without the anchor.</summary>
    /// <param name="sample">Samples it.</param>
    /// <param name="state">Coupling, units and contexts of the other anchors.</param>
    /// <param name="actual">The anchor.</param>
    /// <param name="isScatter">Whether one row a context is a draw of its own, to be judged on (y, x) jointly.</param>
    internal static FoldScore Of(Func<double, Contexts, SurrogateSamples> sample, TrajectoryState state, Anchor actual, bool isScatter)
    {
        var byContext = state.Report.Coupling == CouplingKind.ByContext && !isScatter;
        if (state.Report.Deterministic && !isScatter)
        {
            var answers = sample(actual.Lambda, actual.Samples.Contexts).Samples.Outputs;
            return OverContexts(SquaredErrors(Scaled(answers, state.Outputs), Scaled(actual.Samples.Outputs, state.Outputs), actual.Samples.Dimension), LeastError);
        }

        var predicted = sample(actual.Lambda, state.Contexts).Samples;
        var (left, width) = Rows(predicted, state, !byContext);
        var (right, _) = Rows(actual.Samples, state, !byContext);
        var known = Groups(predicted.Contexts, byContext);
        var groups = Groups(actual.Samples.Contexts, byContext).Where(group => known.ContainsKey(group.Key)).ToArray();
        var parts = groups.Select(group => EnergyDistance.Of(
            Trajectories.Select(left, known[group.Key], width), Trajectories.Select(right, group.Value, width), width)).ToArray();
        if (byContext)
        {
            return OverContexts([.. parts.Select(part => part.Score)], 0);
        }

        return OverRows(parts, [.. groups.Select(group => group.Value.Length)]);
    }

    /// <summary>Mean squared error of answers.</summary>
    /// <param name="predicted">Standardised, [n, D].</param>
    /// <param name="actual">The anchor's own.</param>
    /// <param name="d">D.</param>
    internal static FoldScore OfAnswers(float[] predicted, float[] actual, int d) => OverContexts(SquaredErrors(predicted, actual, d), LeastError);

    /// <summary>Energy distance of draws within each group, weighted by the group's rows.</summary>
    /// <param name="predicted">Standardised, [n, width].</param>
    /// <param name="actual">The anchor's own.</param>
    /// <param name="width">Columns.</param>
    /// <param name="groups">Rows of each group, the same of both.</param>
    internal static FoldScore OfDraws(float[] predicted, float[] actual, int width, int[][] groups)
    {
        groups = [.. groups.Where(group => group.Length > 1)];
        var parts = groups.Select(group => EnergyDistance.Of(Trajectories.Select(predicted, group, width), Trajectories.Select(actual, group, width), width)).ToArray();
        return OverRows(parts, Array.ConvertAll(groups, group => group.Length));
    }

    /// <summary>The score with a weight.</summary>
    internal FoldScore Times(double weight) => new(weight * Value, Array.ConvertAll(Influence, one => weight * one));

    /// <summary>This score as a share of another on the same fold.</summary>
    internal double Share(FoldScore other) => Value / other.Value;

    /// <summary>Standard error of that share, from the rows' influences on the difference.</summary>
    internal double ShareError(FoldScore other) =>
        Math.Sqrt(Influence.Zip(other.Influence, (mine, theirs) => (mine - theirs) * (mine - theirs)).Sum()) / other.Value;

    private static FoldScore OverContexts(double[] scores, double least)
    {
        var mean = scores.Average();
        return new FoldScore(mean + least, Array.ConvertAll(scores, score => (score - mean) / scores.Length));
    }

    private static FoldScore OverRows((double Score, double[] Influence)[] parts, int[] counts)
    {
        double rows = counts.Sum();
        return new FoldScore(
            parts.Select((part, g) => part.Score * counts[g] / rows).Sum(), [.. parts.SelectMany((part, g) => part.Influence.Select(value => value * counts[g] / rows))]);
    }

    private static double[] SquaredErrors(float[] predicted, float[] actual, int d)
    {
        var errors = new double[actual.Length / d];
        for (var i = 0; i < actual.Length; i++)
        {
            double error = predicted[i] - actual[i];
            errors[i / d] += error * error / d;
        }

        return errors;
    }

    private static float[] Scaled(Matrix values, Standardizer units) => Trajectories.Standardised(values, units);

    /// <summary>Outputs, and conditions beside them where wanted, [n, width].</summary>
    private static (float[] Values, int Width) Rows(Samples samples, TrajectoryState state, bool withConditions)
    {
        var y = Scaled(samples.Outputs, state.Outputs);
        int d = samples.Dimension, c = withConditions ? samples.Conditions.Columns : 0;
        return c == 0 ? (y, d) : (Trajectories.Joined(samples.Count, (y, d), (Scaled(samples.Conditions, state.Conditions), c)), d + c);
    }

    private static Dictionary<string, int[]> Groups(Contexts contexts, bool byContext)
    {
        var categories = TrajectoryLookup.CategoriesOf(contexts);
        return Enumerable.Range(0, contexts.Count)
            .GroupBy(i => byContext ? ContextKey.Of(contexts, i) : $"{categories[i]}")
            .ToDictionary(group => group.Key, group => group.ToArray());
    }
}
