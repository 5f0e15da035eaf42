namespace HtiTune.Service;

/// <summary>Where an attempt at a trial stands, and how it ended.</summary>
public enum AttemptState
{
    /// <summary>It waits for a worker.</summary>
    Queued,

    /// <summary>A worker has claimed it and prepares.</summary>
    Starting,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>Its worker has missed three renewals; its lease still holds.</summary>
    Silent,

    /// <summary>Its worker was shut down and gave it back; it does not count against the trial's attempts.</summary>
    Preempted,

    /// <summary>Its lease ended without a word.</summary>
    Lost,

    /// <summary>It failed; the reason says why.</summary>
    Failed,

    /// <summary>Its time limit was up.</summary>
    TimedOut,

    /// <summary>It was stopped or killed because nobody wants it any more.</summary>
    Cancelled,

    /// <summary>It brought the trial's result.</summary>
    Done,

    /// <summary>It brought a valid result after its lease had ended, which is kept as a replicate.</summary>
    Late,
}
