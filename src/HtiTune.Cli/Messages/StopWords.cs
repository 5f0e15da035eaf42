namespace HtiTune.Cli;

/// <summary>Why a run ended, in a sentence that names the condition.</summary>
internal static class StopWords
{
    /// <summary>The sentence of a run.</summary>
    /// <param name="study">What the run found.</param>
    /// <param name="specification">The study.</param>
    /// <param name="made">Trainings that the study's runs have made.</param>
    internal static string Of(TuningResult study, StudySpecification specification, int made)
    {
        var timed = study.Trials.Where(trial => trial.State == TrialState.Completed && trial.Duration > TimeSpan.Zero).ToList();
        return FormattableString.Invariant(study.StopReason switch
        {
            StopReason.TrainingBudget when study.TrainingsUsed == 0 => (FormattableString)$"it ended because no training was allowed beyond the {made} that are made",
            StopReason.TrainingBudget when specification.JudgedBy is not null => $"it ended because the {study.TrainingsUsed} trainings that were allowed are made",
            StopReason.TrainingBudget => $"it ended because the {specification.Trainings} trainings that the study may have are made",
            StopReason.NoImprovementLeft => $"it ended because no further training is expected to gain more than {1e-3 * study.Epsilon:G2}, a thousandth of the regret that does not matter",
            StopReason.TimeLimit when timed.Count == 0 => $"it ended because its time is up",
            StopReason.TimeLimit =>
                $"it ended because its time of {Duration.Show(specification.MaxTime ?? study.Elapsed)} has no room for another training of about {Duration.Show(TimeSpan.FromSeconds(timed.Average(trial => trial.Duration.TotalSeconds)))}",
            var reason => $"{Of(reason.ToString())}",
        });
    }

    /// <summary>The sentence of a reason where nothing else is known: by its name, in whichever letters.</summary>
    internal static string Of(string reason) => reason.ToUpperInvariant() switch
    {
        "CERTIFIED" => "it ended because the recommendation is certified",
        "TRAININGBUDGET" => "it ended because all trainings that were allowed are made",
        "NOIMPROVEMENTLEFT" => "it ended because no further training is expected to gain anything that matters",
        "TIMELIMIT" => "it ended because its time has no room for another training",
        "COSTEXCEEDSGAIN" => "it ended because no further training is expected to gain what it costs",
        "ALLTRAININGSFAILED" => "it ended because three trainings failed and none succeeded",
        "CANCELLED" => "it ended because it was interrupted",
        _ => string.Create(CultureInfo.InvariantCulture, $"it ended: {reason}"),
    };
}
