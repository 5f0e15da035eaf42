namespace HtiTune.Journal;

/// <summary>What one run tells the journal. While a recorded run is replayed it is silent; then it writes what the journal lacks.</summary>
internal sealed class RunRecorder(StudyRecorder study, RecordedRun? recorded)
{
    private readonly HashSet<int> _measured = [.. recorded?.Values.Keys ?? []];
    private bool _hasEnded = recorded is { IsEnded: true };

    /// <summary>Whether a recorded run is being replayed.</summary>
    public bool IsReplaying { get; set; } = recorded is not null;

    public void Began(RunBegan run) => study.Began(run);

    /// <summary>Writes a proposal before it is handed out.</summary>
    public void Proposed(TrainingRequest proposal, Func<TrainingProposed> line)
    {
        if (!IsReplaying)
        {
            study.Write(line(), TrainingProposed.Started(proposal));
        }
    }

    /// <summary>Writes that a proposal is handed out again, which a process that ended had begun.</summary>
    public void Started(TrainingRequest proposal)
    {
        if (!IsReplaying)
        {
            study.Write(TrainingProposed.Started(proposal));
        }
    }

    public void Ended(TrainingEnded training, AnchorStore store)
    {
        if (!IsReplaying)
        {
            study.Ended(training, training.State == TrialState.Completed ? store.Samples(training.Anchor, store.Contexts!).Outputs : null);
        }
    }

    /// <summary>Writes the values of all anchors that the journal lacks.</summary>
    public void Measured(AnchorStore store, ObjectiveView view)
    {
        if (IsReplaying)
        {
            return;
        }

        var lines = new List<JournalEvent>();
        for (var i = 0; i < store.Anchors.Count; i++)
        {
            if (_measured.Add(store.Anchors[i].Number))
            {
                var measured = view.Measured(i);
                lines.Add(new ValueMeasured(
                    store.Anchors[i].Number, measured.Value, measured.Error, view.Calibration.TestOf(i), view.Calibration.Of(i + 1)));
            }
        }

        if (lines.Count > 0)
        {
            study.Write([.. lines]);
        }
    }

    public void Finished(TuningResult result)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            study.Finished(result);
        }
    }

    public void Flush()
    {
        if (!IsReplaying)
        {
            study.Flush();
        }
    }
}
