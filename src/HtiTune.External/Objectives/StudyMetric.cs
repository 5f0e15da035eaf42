namespace HtiTune.External;

/// <summary>An objective beside the study's own, with a goal of its own: of all together the front is looked for.</summary>
/// <param name="Objective">What is measured, as an objective is written.</param>
/// <param name="Goal">Which of its values are better.</param>
internal sealed record StudyMetric(string Objective, Goal Goal)
{
    /// <summary>Its text.</summary>
    internal string Text => $"{(Goal == Goal.Maximize ? "maximize" : "minimize")} {Objective}";

    /// <summary>Reads one, e.g. <c>mean(latency)</c> or <c>maximize mean(accuracy)</c>; null where there is none.</summary>
    internal static StudyMetric? Parse(string text)
    {
        var trimmed = text.Trim();
        var (goal, rest) = trimmed.StartsWith("maximize ", StringComparison.Ordinal) ? (Goal.Maximize, trimmed[9..].Trim())
            : trimmed.StartsWith("minimize ", StringComparison.Ordinal) ? (Goal.Minimize, trimmed[9..].Trim())
            : (Goal.Minimize, trimmed);
        return rest.Length > 0 && rest is not ("maximize" or "minimize") ? new StudyMetric(rest, goal) : null;
    }
}
