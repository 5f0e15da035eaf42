namespace HtiTune.Service;

/// <summary>Where a study stands.</summary>
public enum StudyState
{
    /// <summary>It is being tuned, or waits for trainings.</summary>
    Active,

    /// <summary>Nothing new is begun until it is resumed; what trains goes on.</summary>
    Paused,

    /// <summary>It has its result.</summary>
    Finished,

    /// <summary>A user ended it.</summary>
    Cancelled,

    /// <summary>It cannot go on; the reason says why.</summary>
    Failed,
}
