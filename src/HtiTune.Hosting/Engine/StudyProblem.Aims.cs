using HtiTune.External;

namespace HtiTune.Hosting;

// What a run looks for beyond the best of one objective.
internal sealed partial class StudyProblem
{
    private const int ConstraintLimit = 32, FrontLimit = 8;

    /// <summary>What every configuration must hold.</summary>
    internal IReadOnlyList<StudyConstraint> Constraints => [.. (_definition.Constraints ?? []).Select(text => StudyConstraint.Parse(text)!)];

    /// <summary>Objectives beside the study's own, with which it makes a front.</summary>
    internal IReadOnlyList<StudyMetric> Front => [.. (_definition.Front ?? []).Select(text => StudyMetric.Parse(text)!)];

    /// <summary>What a study measures beside its objective: the others of its front, and what constraints bound; each once.</summary>
    internal static IReadOnlyList<string> MeasuresBeside(StudyDefinition definition) =>
    [
        .. (definition.Front ?? []).Select(text => StudyMetric.Parse(text)?.Objective).Concat((definition.Constraints ?? []).Select(text => StudyConstraint.Parse(text)?.Objective))
            .OfType<string>().Where(text => text != definition.Objective).Distinct(),
    ];

    /// <summary>Whether a run for an objective measures more than that.</summary>
    internal bool HasAim(string objective) => _definition.Constraints is { Count: > 0 } || _definition.IsFrontOf(objective);

    /// <summary>What a run looks for: the best of an objective, or its front with others, where every constraint is met.</summary>
    internal Aim Aim(string objective, Goal goal, Tuner tuner)
    {
        return Preferences.Aim.Of(
            [Feature(objective, goal), .. (_definition.IsFrontOf(objective) ? Front : []).Select(metric => Feature(metric.Objective, metric.Goal))],
            [.. Constraints.Select(one => Constraint.Of(Feature(one.Objective, Goal.Minimize), one.Bound, one.IsUpper))]);

        Feature Feature(string text, Goal best) => new(text, Objective(text), best);

        Func<IConditionalModel, double> Objective(string text)
        {
            if (IsValue)
            {
                return model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0);
            }

            var judge = Judge(text);

            // Nothing is judged before a training has succeeded, and then the tuner knows its contexts.
            return model => judge(model.Sample(tuner.Contexts!), model.Lambda);
        }
    }

    /// <summary>What is wrong with the constraints and the front; empty where nothing is.</summary>
    internal IEnumerable<string> AimFaults(int lengthLimit)
    {
        var (constraints, front) = (_definition.Constraints ?? [], _definition.Front ?? []);
        if (IsValue && constraints.Count + front.Count > 0)
        {
            yield return (constraints.Count > 0 ? "constraints stand" : "front stands")
                + " beside the objective value; expected an objective over outputs: let each training leave a row of named numbers (rows 1, columns), such as mean(loss)";
            yield break;
        }

        if (constraints.Count > ConstraintLimit)
        {
            yield return $"constraints has {constraints.Count} members; expected at most {ConstraintLimit}";
        }

        if (front.Count > FrontLimit)
        {
            yield return $"front has {front.Count} members; expected at most {FrontLimit}";
        }

        foreach (var (text, i) in constraints.Select((text, i) => (text, i)))
        {
            var one = text is { } given && given.Length <= lengthLimit ? StudyConstraint.Parse(given) : null;
            if (FaultOf(one?.Objective, text, "an objective, <= or >=, and a number, such as mean(latency) <= 20") is { } fault)
            {
                yield return $"constraints[{i}] {fault}";
            }
        }

        foreach (var (text, i) in front.Select((text, i) => (text, i)))
        {
            var one = text is { } given && given.Length <= lengthLimit ? StudyMetric.Parse(given) : null;
            if (FaultOf(one?.Objective, text, "an objective, such as mean(latency) or maximize mean(accuracy)") is { } fault)
            {
                yield return $"front[{i}] {fault}";
            }
        }

        string? FaultOf(string? objective, string? text, string expected)
        {
            if (objective is null)
            {
                return $"is {(text is null ? "null" : text.Length > lengthLimit ? $"of {text.Length} characters" : $"'{text}'")}; expected {expected}";
            }

            try
            {
                Require(objective);
                return null;
            }
            catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidOperationException)
            {
                return $"'{text}': {problem.Message.TrimEnd('.')}";
            }
        }
    }

    /// <summary>Throws where settings of the tuner, or members of the aim together, cannot be; each member is known to be right by itself.</summary>
    /// <exception cref="ArgumentException">They cannot; the message says what and why.</exception>
    internal void RequireAim(TimeProvider clock)
    {
        if (HasAim(_definition.Objective))
        {
            using var tuner = Tuner(Options(_definition.Goal, clock), [], _ => throw new InvalidOperationException("There are no trainings."), 0);
            tuner.Begin(Aim(_definition.Objective, _definition.Goal, tuner), _definition.MaxTrainings).Dispose();
        }
    }
}
