namespace HtiTune;

/// <summary>The course of a run: what is trained next, and why the run should end.</summary>
internal sealed class RunCourse(
    AnchorStore store, ObjectiveView view, RunPolicy policy, RunTrials trials, PendingTrainings pending, FirstPlaces first, RunTime time, TunerOptions options, ILogger logger,
    RunRecorder? recorder, int budget)
{
    /// <summary>After so many trainings without a value, of this objective or any, a run ends.</summary>
    public const int HopelessTrainings = 3;

    private long _asked;

    /// <summary>Trainings that the run may use.</summary>
    public int Budget => budget;

    /// <summary>Trainings used so far, failed ones included.</summary>
    public int Used { get; private set; }

    /// <summary>Why the run should end; null while it may go on.</summary>
    public StopReason? StoppedBy { get; set; }

    /// <summary>Whether any training, of this run or before, has given a value.</summary>
    public bool HasValue => view.ValueCount(store.Anchors.Count) > 0;

    /// <summary>Brings the model to the trainings so far; false while none of them has a value.</summary>
    public bool Analyse()
    {
        var hasValue = policy.Analyse();
        trials.TellAlarm();
        return hasValue;
    }

    /// <summary>Takes a training that was told.</summary>
    /// <param name="training">The training; it is in the store.</param>
    /// <param name="isUsed">Whether it counts against the budget.</param>
    public Trial Record(TrainingEnded training, bool isUsed)
    {
        // What was told is told to its end: a cancellation may stop who weighs where to train next, and never leave a training half told.
        var weighing = view.Weighing;
        view.Weighing = null;
        try
        {
            Used += isUsed ? 1 : 0;
            var trial = trials.Record(training);
            JudgeNow();
            return trial;
        }
        finally
        {
            view.Weighing = weighing;
        }
    }

    /// <summary>A run that wanted to end goes on where something waits.</summary>
    public void GoOnWithQueue()
    {
        if (StoppedBy is not StopReason.Cancelled && first.Waiting.Count > 0)
        {
            StoppedBy = null;
        }
    }

    /// <summary>Proposes one more training; null where the run should end, or must wait for what is pending.</summary>
    public TrainingRequest? Next()
    {
        using var trace = time.IsRunning ? TunerTelemetry.Source.StartActivity("htitune.proposal") : null;
        _asked = options.TimeProvider.GetTimestamp();
        var used = Used + pending.Count;
        if (used >= budget)
        {
            return StopOrWait(StopReason.TrainingBudget);
        }

        if (time.IsUp)
        {
            return Stop(StopReason.TimeLimit);
        }

        if (Used >= HopelessTrainings && !HasValue)
        {
            return StopOrWait(StopReason.AllTrainingsFailed);
        }

        if (first.Wanted() is { } wanted)
        {
            return ProposeWanted(wanted);
        }

        if (first.TryInitial(out var place))
        {
            return Propose(place.Configuration, place.Reason, null, isInitial: true);
        }

        if (!Analyse())
        {
            return policy.Apart(pending.Places) is { } any ? Propose(any, "widest gap: nothing has succeeded yet", null) : StopOrWait(StopReason.NoImprovementLeft);
        }

        // Nothing is judged before the first places have ended.
        var isJudged = !pending.HasInitial;
        if (isJudged && policy.Judge(Used) && !options.UseWholeBudget)
        {
            return StopOrWait(StopReason.Certified);
        }

        if (!options.UseWholeBudget && policy.IsNotWorthIt())
        {
            return StopOrWait(StopReason.CostExceedsGain);
        }

        if (pending.Count > 0 && used == budget - 1)
        {
            return null;
        }

        if (policy.Next(isJudged, used, time.IsLast, pending.Places) is { } next)
        {
            return Propose(next.Configuration, next.Reason, next.Gain);
        }

        // With the whole budget to be used, no place that the model would choose is left: go where least is known.
        return options.UseWholeBudget && pending.Count == 0 && policy.Apart([]) is { } apart
            ? Propose(apart, "widest gap: the whole budget is used", null)
            : StopOrWait(StopReason.NoImprovementLeft);
    }

    private TrainingRequest? Stop(StopReason reason)
    {
        StoppedBy = reason;
        return null;
    }

    // While others are under way nothing is final: what they bring may change it.
    private TrainingRequest? StopOrWait(StopReason reason) => pending.Count > 0 ? null : Stop(reason);

    /// <summary>Proposes what the user wants; it stays the next where there is no time for it.</summary>
    private TrainingRequest? ProposeWanted(Configuration wanted)
    {
        var proposal = Propose(wanted, TrainingQueue.Reason, null);
        if (proposal is not null)
        {
            first.Proposed(wanted);
        }

        return proposal;
    }

    private TrainingRequest? Propose(Configuration configuration, string reason, double? gain, bool isInitial = false)
    {
        if (!time.HasRoomFor(store.PlaceOf(configuration)))
        {
            return Stop(StopReason.TimeLimit);
        }

        var proposal = pending.Add(configuration, reason, gain, isInitial);
        policy.Note(proposal, isByModel: gain is not null);
        if (time.IsRunning)
        {
            TunerTelemetry.Proposed(store.Space.Label, options.TimeProvider.GetElapsedTime(_asked, proposal.Since), gain is null ? null : policy.Trust);
        }

        Log.Training(logger, proposal.Number, Log.Shown(configuration), reason);
        recorder?.Proposed(proposal, () => policy.LineOf(proposal, isByModel: gain is not null));
        return pending.HandOut(proposal);
    }

    // With one training at a time every state is judged when the next is asked for. Several may be told before that, and what counts as a
    // pass must not depend on how often it is asked.
    private void JudgeNow()
    {
        if (options.Parallelism > 1 && StoppedBy is null && first.AreProposed && Used < budget && !pending.HasInitial && Analyse())
        {
            policy.Judge(Used);
        }
    }
}
