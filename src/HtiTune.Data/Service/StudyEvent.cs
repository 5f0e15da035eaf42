namespace HtiTune.Service;

/// <summary>An event of a study that a service keeps.</summary>
/// <param name="Sequence">Its number, 1 and up without a hole.</param>
/// <param name="Time">When; null where it comes by a stream, which does not tell it.</param>
/// <param name="Kind">Its kind, e.g. <c>trial.told</c>.</param>
/// <param name="Data">Its data as JSON.</param>
public sealed record StudyEvent(long Sequence, DateTimeOffset? Time, string Kind, string Data)
{
    /// <summary>Its study, in a service's table.</summary>
    internal Guid StudyId { get; init; }
}
