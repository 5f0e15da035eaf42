using HtiTune.Data;

namespace HtiTune;

/// <summary>
/// Goes through a recorded run again with its recorded trainings in the place of real ones: the same code on the same answers comes to the
/// same state, and so to the same proposals.
/// </summary>
internal static class RunReplay
{
    /// <summary>How far a replay came.</summary>
    public enum Result
    {
        /// <summary>The run stands where the journal ends, or has ended as it did.</summary>
        Same,

        /// <summary>It is another objective: its values differ.</summary>
        OtherObjective,

        /// <summary>The values are the same, but not the proposals: the library or the surrogate has changed.</summary>
        OtherProposals,
    }

    /// <summary>Replays the trainings of a recorded run.</summary>
    /// <param name="run">A run made from the trainings before it.</param>
    /// <param name="recorded">What the journal tells of it.</param>
    /// <param name="trainings">Its trainings, in order.</param>
    public static Result Replay(TuningRun run, RecordedRun recorded, IEnumerable<Training> trainings)
    {
        if (!run.MeasuresAs(recorded.Values))
        {
            return Result.OtherObjective;
        }

        foreach (var training in trainings.Where(t => t.State != TrialState.Cancelled))
        {
            if (run.Ask() is not { } proposal || proposal.Number != training.Number || proposal.Lambda != training.Lambda)
            {
                return Result.OtherProposals;
            }

            run.Replay(proposal, training);
            if (!run.MeasuresAs(recorded.Values))
            {
                return Result.OtherObjective;
            }
        }

        // A run that ended has nothing more to ask.
        return recorded.IsEnded && run.Ask() is not null ? Result.OtherProposals : Result.Same;
    }

    /// <summary>The proposals of a recorded run, computed afresh.</summary>
    public static List<Proposal> Proposals(StudyJournal journal, RecordedRun recorded, Func<IConditionalModel, double> objective, TunerOptions? options)
    {
        var settings = recorded.Began.Settings;
        Tuner.RequireFunctions(journal.Folder, settings, options, isAsRecorded: true);
        var trainings = journal.LoadTrainings(journal.TrainingCount, null);
        using var tuner = new Tuner(
            new NoNetwork(),
            journal.Hyperparameter,
            journal.LoadContexts(),
            settings.ToOptions(options) with { WarmStart = null, MaxTime = null },
            trainings[..recorded.TrainingsBefore]);
        using var run = tuner.Begin(objective, recorded.Began.Budget);
        var proposals = new List<Proposal>();
        while (proposals.Count < recorded.Proposals.Count && run.Ask() is { } proposal)
        {
            proposals.Add(proposal);
            if (trainings.Find(t => t.Number == proposal.Number) is not { } training
                || training.Lambda != proposal.Lambda || training.State == TrialState.Cancelled)
            {
                break;
            }

            run.Replay(proposal, training);
        }

        return proposals;
    }

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("A replay does not train.");
    }
}
