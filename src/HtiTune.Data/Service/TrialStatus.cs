namespace HtiTune.Service;

/// <summary>Where a trial, one training of a study, stands.</summary>
public enum TrialStatus
{
    /// <summary>It waits for a worker.</summary>
    Queued,

    /// <summary>An attempt at it is under way.</summary>
    Running,

    /// <summary>It has its result.</summary>
    Completed,

    /// <summary>All its attempts failed.</summary>
    Failed,

    /// <summary>It is not wanted any more.</summary>
    Cancelled,
}
