namespace HtiTune.Cli;

/// <summary>The words in which other tools say how a run ended.</summary>
internal static class RunStates
{
    /// <summary>Columns that hold a state, the likeliest first.</summary>
    internal static readonly string[] Columns = ["trial_status", "state", "State", "status", "Status", "done"];

    // Optuna; Ax and Keras Tuner; W&B and MLflow; SMAC; Ray; Hyperopt; a column "done".
    private static readonly HashSet<string> s_finished =
        new(["complete", "completed", "finished", "success", "terminated", "ok", "true"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_others = new(
        [
            "running", "waiting", "pruned", "fail",                                                     // Optuna
            "failed", "abandoned", "early_stopped", "candidate", "staged", "dispatched",                // Ax
            "crashed", "killed", "pending", "preempted", "preempting", "scheduled",                     // W&B, MLflow
            "timeout", "memout", "abort", "capped", "stop", "donotadvance",                             // SMAC
            "error", "paused", "new", "suspended", "invalid", "idle", "stopped", "false",               // Ray, Hyperopt, Keras Tuner, "done"
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A state without the name of its type: <c>TrialState.COMPLETE</c> is COMPLETE.</summary>
    internal static string Bare(string state) => state[(state.LastIndexOf('.') + 1)..].Trim();

    /// <summary>Whether a run in this state has finished; null where the word is not known.</summary>
    /// <param name="state">The state, bare.</param>
    /// <param name="finished">Words that mean so by the user's own saying; null: those of the tools.</param>
    internal static bool? IsFinished(string state, IReadOnlyCollection<string>? finished) =>
        finished is not null ? finished.Select(Bare).Contains(state, StringComparer.OrdinalIgnoreCase)
        : s_finished.Contains(state) ? true
        : s_others.Contains(state) ? false
        : null;
}
