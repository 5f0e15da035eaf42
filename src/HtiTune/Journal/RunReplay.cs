using HtiTune.Data;

namespace HtiTune.Journal;

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

        var ended = trainings.Where(t => t.State != TrialState.Cancelled).ToDictionary(t => t.Number);
        var lastEnd = recorded.Steps.FindLastIndex(step => step.Kind == RunStepKind.End && ended.ContainsKey(step.Number));
        for (var i = 0; i < recorded.Steps.Count; i++)
        {
            var (kind, number, enqueued) = recorded.Steps[i];
            if (kind is RunStepKind.Enqueue or RunStepKind.Clear)
            {
                run.ReplayQueue(enqueued);
                continue;
            }

            if (kind == RunStepKind.Start)
            {
                var at = recorded.Proposals.Single(p => p.Number == number).Configuration;
                if (run.Ask() is { } proposal && proposal.Number == number && proposal.Configuration.Equals(at))
                {
                    continue;
                }

                // What was begun and never ended need not be the same: it is begun anew.
                if (i < lastEnd)
                {
                    return Result.OtherProposals;
                }

                break;
            }

            if (!ended.TryGetValue(number, out var training) || !training.Configuration.Equals(run.PendingAt(number)))
            {
                return Result.OtherProposals;
            }

            run.Replay(training);
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
        StudyIdentity.RequireFunctions(journal.Folder, settings, options, isAsRecorded: true);
        var trainings = journal.LoadTrainings(int.MaxValue, null, recorded);
        using var tuner = new Tuner(
            new NoNetwork(),
            journal.Space,
            journal.LoadContexts(),
            settings.ToOptions(options) with { WarmStart = null, MaxTime = null },
            trainings[..recorded.TrainingsBefore],
            journal.LastNumberTaken(recorded));
        tuner.History.Bring(journal);
        tuner.History.Queue.Set(recorded.EnqueuedBefore);
        using var run = tuner.Begin(objective, recorded.Began.Budget);
        var proposals = new List<Proposal>();
        foreach (var (kind, number, enqueued) in recorded.Steps)
        {
            if (kind is RunStepKind.Enqueue or RunStepKind.Clear)
            {
                run.ReplayQueue(enqueued);
            }
            else if (kind == RunStepKind.Start)
            {
                if (run.Ask() is not { } proposal)
                {
                    break;
                }

                proposals.Add(proposal);
            }
            else if (trainings.Find(t => t.Number == number) is { } training && training.Configuration.Equals(run.PendingAt(number)))
            {
                run.Replay(training);
            }
            else
            {
                break;
            }
        }

        return proposals;
    }

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("A replay does not train.");
    }
}
