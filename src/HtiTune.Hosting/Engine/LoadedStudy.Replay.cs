namespace HtiTune.Hosting;

// A study is brought to where its log is by the journal and the replay that studies in folders have too. Of several runs the last alone is repeated: what those before it brought
// stands in the journal, and so does what a run of another version of the algorithm brought, so that it answers preferences and stands behind a new run.
internal sealed partial class LoadedStudy
{
    private RunReplay? _replay;

    /// <summary>Whether a run of another version of the algorithm is left that has not ended: a new one must begin in its place.</summary>
    public bool IsLeftBehind => Began is { } last && last.Algorithm != Problem.Algorithm && !Log.IsRunOver;

    /// <summary>The first event that the last run could not repeat; null where it has come to where the journal is.</summary>
    public JournalEvent? Unrepeatable { get; set; }

    /// <summary>Takes what the log tells beyond what the study knows.</summary>
    /// <returns>The events that the last run has to repeat, in order.</returns>
    public IEnumerable<JournalEvent> TakeUp()
    {
        var entries = Journal.ReadOn();
        if (entries.OfType<RunBegan>().Any())
        {
            Release();
        }

        return Began?.Algorithm == Problem.Algorithm && Unrepeatable is null ? entries.SkipWhile(entry => Run is null && !ReferenceEquals(entry, Began)) : [];
    }

    /// <summary>Takes an event of the last run.</summary>
    /// <returns>False where the tuner would now do something else: another version of the library, or of the surrogate.</returns>
    public bool Repeats(JournalEvent entry)
    {
        switch (entry)
        {
            case RunBegan:
                Begin();
                return true;
            case TrainingEnded ended when !Journal.Runs[^1].Values.ContainsKey(ended.Number):
                // The run had not asked for it.
                return true;
            case RunEnded ended:
                return EndsAt(ended.Configuration);
            default:
                var outputs = entry is TrainingEnded { State: TrialState.Completed } completed ? Journal.LoadOutputs(completed) : null;
                return Run is { } goesOn && (_replay ??= new RunReplay(goesOn)).Repeats(entry, outputs);
        }
    }

    /// <summary>All events are taken, and the run goes on, or has ended without a result.</summary>
    /// <returns>False where it would now not end so.</returns>
    public bool GoesOn()
    {
        if (Run is not null && Log.IsRunOver)
        {
            return EndsAt(null);
        }

        _replay?.GoOn();
        return true;
    }

    // The tuner is asked as it was before it ended, so that it ends alike.
    private bool EndsAt(Configuration? place) => Run is { } run && run.Ask() is null && Equals(Finish().Study?.Configuration, place);
}
