namespace HtiTune.External;

/// <summary>An objective beside the study's own, with a goal of its own: of all together the front is looked for.</summary>
/// <param name="Objective">What is measured, as an objective is written.</param>
/// <param name="IsMaximized">Whether its larger values are better; else the smaller ones.</param>
internal sealed record StudyMetric(string Objective, bool IsMaximized)
{
    /// <summary>Its text.</summary>
    internal string Text => $"{(IsMaximized ? "maximize" : "minimize")} {Objective}";

    /// <summary>Reads one, e.g. <c>mean(latency)</c> or <c>maximize mean(accuracy)</c>; null where there is none.</summary>
    internal static StudyMetric? Parse(string text)
    {
        var trimmed = text.Trim();
        var (isMaximized, rest) = trimmed.StartsWith("maximize ", StringComparison.Ordinal) ? (true, trimmed[9..].Trim())
            : trimmed.StartsWith("minimize ", StringComparison.Ordinal) ? (false, trimmed[9..].Trim())
            : (false, trimmed);
        return rest.Length > 0 && rest is not ("maximize" or "minimize") ? new StudyMetric(rest, isMaximized) : null;
    }
}
