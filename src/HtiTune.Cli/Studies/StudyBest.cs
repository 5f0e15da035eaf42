using System.Globalization;
using HtiTune.Journal;

namespace HtiTune.Cli;

/// <summary>The best configuration that a study has for an objective now: what its last run recommends, or the best that was trained where none has ended since.</summary>
/// <param name="Configuration">The values of the hyperparameters.</param>
/// <param name="Number">The training there; null where the recommended λ was not trained.</param>
/// <param name="Value">The objective of the real network there; null where it was not trained.</param>
/// <param name="Trained">Trainings with a value.</param>
/// <param name="End">The end of the run that recommends it; null: it is the best of the trainings so far.</param>
internal sealed record StudyBest(Data.Configuration Configuration, int? Number, double? Value, int Trained, RunEnded? End)
{
    /// <summary>What it is, for JSON.</summary>
    internal string Kind => End is null ? "best-trained" : "recommended";

    /// <summary>Finds it; null while no training has a value.</summary>
    /// <param name="study">The study.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="objective">The objective's text.</param>
    /// <param name="rows">The study's trainings with their values.</param>
    internal static StudyBest? Of(StudySpecification study, StudyJournal journal, string objective, IReadOnlyList<TrialRecord> rows)
    {
        var valued = rows.Where(row => row.State == "completed" && row.Value is not null && row.IsFeasible != false).ToList();
        var sign = study.Goal == Goal.Maximize ? -1 : 1;
        if (Recommended(study, journal, objective) is { } end)
        {
            var there = valued.Where(row => row.Configuration.Equals(end.Configuration)).MinBy(row => sign * row.Value);
            return new StudyBest(end.Configuration, there?.Number, end.RealValue, valued.Count, end);
        }

        return valued.MinBy(row => sign * row.Value) is { } best ? new StudyBest(best.Configuration, best.Number, best.Value, valued.Count, null) : null;
    }

    /// <summary>What it is, in words.</summary>
    internal string Describe(StudySpecification study, string objective) => FormattableString.Invariant(End is null
        ? (FormattableString)$"the best of {Trained} trained so far, {objective} = {Value:G6}; no run has ended since"
        : $"recommended after {Trained} trainings, {objective} = {(Value is { } value ? value.ToString("G6", CultureInfo.InvariantCulture) : "not trained there")}; {End.Outcome.Describe(study.Space.Label)}");

    // A recommendation stands until something is trained, brought or taken back after it.
    private static RunEnded? Recommended(StudySpecification study, StudyJournal journal, string objective)
    {
        if (journal.Runs.LastOrDefault(run => run.Began.Objective == study.RunName(objective) && run.Began.Settings.Goal == study.Goal)?.End is not { } end
            || end.Outcome is NotCertified { Unmet: Unmet.NothingFeasible })
        {
            return null;
        }

        var changed = journal.Events.LastOrDefault(entry => entry is TrainingCompleted or TrainingsTakenBack)?.Sequence ?? 0;
        return changed < end.Sequence ? end : null;
    }
}
