using HtiTune.Data;

namespace HtiTune;

/// <summary>Values of an objective that are so bad beside the others that they count as bad and no more: penalties, and trainings that diverged.</summary>
public static class ExtremeValues
{
    /// <summary>Which of some values are extreme, by the rule of the tuner's own model: what figures leave out of their axes.</summary>
    /// <param name="goal">Which values are better.</param>
    /// <param name="hyperparameter">The hyperparameter: how wide a part of its range is bad matters.</param>
    /// <param name="values">λ in the hyperparameter's own units, each with its value, finite.</param>
    /// <returns>Whether each is extreme, in the order of <paramref name="values"/>.</returns>
    public static IReadOnlyList<bool> Among(Goal goal, ContinuousHyperparameter hyperparameter, IReadOnlyList<(double Lambda, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(hyperparameter);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            return [];
        }

        var map = ValueMap.Of(goal, [.. values.Select(value => (hyperparameter.ToUnit(value.Lambda), value.Value))]);
        return [.. values.Select(value => map.IsExtreme(value.Value))];
    }
}
