namespace HtiTune;

/// <summary>What a run is doing.</summary>
public enum TunerStage
{
    /// <summary>The run starts: it knows whether it has anything to train, and the message holds the forecast.</summary>
    Starting,

    /// <summary>The network is being trained.</summary>
    Training,

    /// <summary>A trial ended: completed, failed or cancelled.</summary>
    Trained,

    /// <summary>The surrogate is fitted and the next λ is chosen.</summary>
    Choosing,

    /// <summary>The run ended.</summary>
    Finished,

    /// <summary>Many trainings that are there already are being weighed; told each second or two of it.</summary>
    Weighing,
}

/// <summary>How far a run has come.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Message">The same in words, for people.</param>
/// <param name="Lambda">The λ that it concerns, if any.</param>
/// <param name="Share">
/// Share of the trainings that is done, 0 to 1, counted against the budget; 1 when finished. While trainings are weighed, the share of them that was gone through.
/// </param>
/// <param name="TrainingsUsed">Trainings ended in this run.</param>
/// <param name="TrainingsPlanned">Trainings allowed in this run.</param>
/// <param name="Remaining">Expected time to come; null before the first training.</param>
/// <param name="Trial">The trial that has just ended, if any.</param>
public sealed record TunerProgress(
    TunerStage Stage,
    string Message,
    double? Lambda,
    double Share,
    int TrainingsUsed,
    int TrainingsPlanned,
    TimeSpan? Remaining,
    Trial? Trial)
{
    /// <summary>The configuration that it concerns, if any.</summary>
    public Configuration? Configuration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(TunerProgress), PrintMembers);
}
