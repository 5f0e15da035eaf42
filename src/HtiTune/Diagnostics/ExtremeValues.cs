using HtiTune.Data;

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
        bool[] isExtreme = [.. values.Select(value => map.IsExtreme(value.Value))];
        return isExtreme.Contains(true) ? new ExtremeValues(goal, [.. values.Select(value => value.Value)], isExtreme) : null;
    }
}
