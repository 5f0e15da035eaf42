namespace HtiTune.Cli;

/// <summary>The best configuration that a study has for an objective now: what its last run recommends, or the best that was trained where none has ended since.</summary>
internal static class BestSoFar
{
    /// <summary>Finds it; null while no training has a value.</summary>
    /// <param name="study">The study.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="objective">The objective's text.</param>
    /// <param name="rows">The study's trainings with their values.</param>
    internal static ResultRecord? Of(StudySpecification study, StudyJournal journal, string objective, IReadOnlyList<TrialRecord> rows)
    {
        var valued = rows.Where(row => row.State == "completed" && row.Value is not null && row.IsFeasible != false).ToList();
        var sign = study.Goal == Goal.Maximize ? -1 : 1;
        if (Recommended(study, journal, objective) is { } end)
        {
            var there = valued.Where(row => row.Configuration.Equals(end.Configuration)).MinBy(row => sign * row.Value);
            return (Record(ResultRecord.Recommended, end.Configuration, there?.Number, end.RealValue) with
            {
                Predicted = end.PredictedValue,
                Deviation = end.PredictedDeviation,
                Remarks = end.Remarks ?? [],
                Epsilon = end.Epsilon,
                TrainingsUsed = end.TrainingsUsed,
                Trust = end.Trust,
            }).With(end.Outcome, end.StopReason.ToString(), StopWords.Of(end.StopReason.ToString()));
        }

        return valued.MinBy(row => sign * row.Value) is { } best ? Record("best-trained", best.Configuration, best.Number, best.Value) : null;

        ResultRecord Record(string kind, Data.Configuration at, int? number, double? value) => new()
        {
            Study = study.File,
            Kind = kind,
            Hyperparameter = study.Space.Label,
            Objective = objective,
            Configuration = at,
            Number = number,
            IsTrained = value is not null,
            Value = value,
            Trainings = rows.Count(row => row.State == "completed" && row.Value is not null),
        };
    }

    /// <summary>What it is, in words.</summary>
    internal static string Describe(ResultRecord best) => FormattableString.Invariant(best.Kind != ResultRecord.Recommended
        ? (FormattableString)$"the best of {best.Trainings} trained so far, {best.Objective} = {best.Value:G6}; no run has ended since"
        : $"recommended after {Amount.Trainings(best.Trainings)}, {best.Objective} = {best.Value?.ToString("G6", CultureInfo.InvariantCulture) ?? "not trained there"}; {best.OutcomeText}");

    // A recommendation stands until something is trained, brought or taken back after it.
    private static RunEnded? Recommended(StudySpecification study, StudyJournal journal, string objective)
    {
        if (journal.Runs.LastOrDefault(run => study.IsOf(run.Began, objective))?.End is not { } end
            || end.Outcome is NotCertified { Unmet: Unmet.NothingFeasible })
        {
            return null;
        }

        var changed = journal.Events.LastOrDefault(entry => entry is TrainingEnded { State: TrialState.Completed } or TrainingsTakenBack)?.Sequence ?? 0;
        return changed < end.Sequence ? end : null;
    }
}
