namespace HtiTune.Preferences;

/// <summary>
/// One of several objectives that a preference weighs against each other: a cost, a reward, a risk. Several features of one network are what a
/// family of preferences and a Pareto front are made of.
/// </summary>
/// <param name="Name">What it is called in figures and errors.</param>
/// <param name="Value">Judges a conditional model, as in <see cref="Tuner.Optimize"/>; must give the same value for the same model.</param>
/// <param name="Goal">Which of its values are better; read by the Pareto front alone, as a preference has a goal of its own.</param>
public sealed record Feature(string Name, Func<IConditionalModel, double> Value, Goal Goal = Goal.Minimize)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Feature), PrintMembers);

    /// <summary>A number that trainings report by this name, for <see cref="TunerAims.Optimize(Aim, HtiTune.Data.SearchSpace, Func{TrainingRequest, IReadOnlyDictionary{string, double}}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="goal">Which of its values are better.</param>
    public static Feature Reported(string name, Goal goal = Goal.Minimize) =>
        new(name, _ => throw new InvalidOperationException($"'{name}' is a number that trainings report, and outputs are judged here; expected a function of them."), goal);

    /// <summary>Throws unless features can stand beside each other.</summary>
    internal static void Require(IReadOnlyList<Feature> features)
    {
        var faults = new List<string>();
        if (features.Count == 0)
        {
            faults.Add("there is none; expected at least one");
        }

        for (var j = 0; j < features.Count; j++)
        {
            if (features[j] is not { Value: not null } feature || string.IsNullOrWhiteSpace(feature.Name))
            {
                faults.Add($"feature {j} has no name or no function; expected both");
            }
            else if (features.Take(j).Any(f => f?.Name == feature.Name))
            {
                faults.Add($"feature {j} is named '{feature.Name}' as an earlier one; expected different names");
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"The features: {string.Join("; ", faults)}.", nameof(features));
        }
    }
}
