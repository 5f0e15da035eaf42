namespace HtiTune.Cli;

/// <summary>Reads what a study file bounds sums of hyperparameters by.</summary>
internal static class BoundsReader
{
    /// <summary>The space with its bounds, which stand among the hyperparameters or among the constraints on what comes of them; null where one is wrong.</summary>
    /// <param name="space">The space without them.</param>
    /// <param name="list">The hyperparameters and bounds; null where there is one hyperparameter in its own form.</param>
    /// <param name="constraints">The constraints; null where there are none.</param>
    /// <param name="names">The hyperparameters' names.</param>
    /// <param name="fault">Takes the line of what is wrong, and what.</param>
    internal static SearchSpace? Read(SearchSpace space, LocatedJson? list, LocatedJson? constraints, IReadOnlyList<string> names, Action<int, ArgumentException> fault)
    {
        var isRight = true;
        var bounds = Texts(list).Where(text => LinearConstraint.IsMeant(text.Text)).Concat(Texts(constraints).Where(text => LinearConstraint.IsOf(text.Text, names)));
        foreach (var bound in bounds)
        {
            try
            {
                space = space.SubjectTo(bound.Text);
                new TunerOptions().Validate(space);
            }
            catch (ArgumentException problem)
            {
                isRight = false;
                fault(bound.Line, problem);
            }
        }

        return isRight ? space : null;
    }

    private static IEnumerable<LocatedJson> Texts(LocatedJson? list) => list?.Elements.Where(element => element.Kind == JsonTokenType.String) ?? [];
}
