namespace HtiTune.Diagnostics;

/// <summary>Values of an objective that are so bad beside the others that they count as bad and no more: penalties, and trainings that diverged.</summary>
public sealed class ExtremeValues
{
    private ExtremeValues(Goal goal, double[] values, bool[] isExtreme)
    {
        var (extreme, good) = (values.Where((_, i) => isExtreme[i]).ToList(), values.Where((_, i) => !isExtreme[i]).ToList());
        IsExtreme = isExtreme;
        Count = extreme.Count;
        Worst = goal == Goal.Maximize ? extreme.Min() : extreme.Max();
        (Low, High) = (good.Min(), good.Max());
    }

    /// <summary>Whether each value is extreme, in the order in which they were given.</summary>
    public IReadOnlyList<bool> IsExtreme { get; }

    /// <summary>How many are, at least 1.</summary>
    public int Count { get; }

    /// <summary>The worst of them.</summary>
    public double Worst { get; }

    /// <summary>The least of the others.</summary>
    public double Low { get; }

    /// <summary>The greatest of the others.</summary>
    public double High { get; }

    /// <summary>Which of some values are extreme, by the rule of the tuner's own model: what figures leave out of their axes.</summary>
    /// <param name="goal">Which values are better.</param>
    /// <param name="hyperparameter">The hyperparameter: how wide a part of its range is bad matters.</param>
    /// <param name="values">λ in the hyperparameter's own units, each with its value, finite.</param>
    /// <returns>The extreme ones; null where none is.</returns>
    public static ExtremeValues? Among(Goal goal, ContinuousHyperparameter hyperparameter, IReadOnlyList<(double Lambda, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(hyperparameter);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            return null;
        }

        var map = ValueMap.Of(goal, [.. values.Select(value => (hyperparameter.ToUnit(value.Lambda), value.Value))]);
        return Of(goal, [.. values.Select(value => value.Value)], map.IsExtreme);
    }

    /// <summary>The same over several hyperparameters.</summary>
    /// <param name="goal">Which values are better.</param>
    /// <param name="space">The search space: how large a part of it is bad matters.</param>
    /// <param name="values">Configurations of the space, each with its value, finite.</param>
    /// <returns>The extreme ones; null where none is.</returns>
    public static ExtremeValues? Among(Goal goal, SearchSpace space, IReadOnlyList<(Configuration Configuration, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(values);
        if (space.IsLine)
        {
            return Among(goal, space.Line, [.. values.Select(value => (value.Configuration.Lambda, value.Value))]);
        }

        if (values.Count == 0)
        {
            return null;
        }

        var (coordinates, sign) = (new SpaceCoordinates(space), goal == Goal.Maximize ? -1 : 1);
        double[] signed = [.. values.Select(value => sign * value.Value)];
        double[][] places = [.. values.Select(value => coordinates.Place(value.Configuration))];
        var map = SpaceValueMap.Of(signed, PlainBelief.Shares(coordinates, places, signed, new RandomStreams(0)), [0])[0];
        return Of(goal, [.. values.Select(value => value.Value)], value => map.ToModel(sign * value) > map.Knee);
    }

    private static ExtremeValues? Of(Goal goal, double[] values, Func<double, bool> isExtreme)
    {
        var extreme = Array.ConvertAll(values, value => isExtreme(value));
        return extreme.Contains(true) ? new ExtremeValues(goal, values, extreme) : null;
    }
}
