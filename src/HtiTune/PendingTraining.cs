namespace HtiTune;

/// <summary>A training that was proposed and has not been told.</summary>
internal sealed class PendingTraining(TrainingRequest proposal, double u, bool isInitial, long since)
{
    public TrainingRequest Proposal => proposal;

    /// <summary>Its place on the unit scale.</summary>
    public double U => u;

    /// <summary>Whether it is one of the first places, before a model chooses.</summary>
    public bool IsInitial => isInitial;

    /// <summary>When it was handed out.</summary>
    public long Since { get; set; } = since;

    /// <summary>When an earlier process had handed it out, by the journal; null where this one has.</summary>
    public DateTimeOffset? Before { get; set; }

    /// <summary>Whether the journal knows that it was handed out by this process.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether it is in the caller's hands.</summary>
    public bool IsOut { get; set; }
}
