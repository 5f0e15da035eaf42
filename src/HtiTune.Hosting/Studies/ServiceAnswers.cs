namespace HtiTune.Hosting;

/// <summary>Answers of the service from rows of the store.</summary>
internal static class ServiceAnswers
{
    /// <summary>A worker of a tenant's is known by both names, so that no other tenant's can pass for it.</summary>
    public const char TenantMark = '/';

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } at ? Time(at) : null;

    public static StudyView View(StudyRow row) => new(
        row.Id, row.Tenant, StudyJson.Read<StudyDefinition>(row.Definition), row.State, row.Reason, row.TrainingsUsed, row.BestValue, row.Lambda, row.Trust,
        row.Result is { } result ? StudyJson.Read<StudyResult>(result) : null, row.SurrogateId, Time(row.CreatedAt), Time(row.UpdatedAt), Time(row.EndedAt), row.LastSequence);

    public static TrialView View(TrialRow row, int attempts) => new(
        row.Number, row.Lambda, row.Seed, row.Reason, row.ExpectedGain, row.Predicted, row.PredictedLow, row.PredictedHigh, row.Status, row.IsImported, row.Value, row.Error, attempts,
        Time(row.QueuedAt), Time(row.StartedAt), Time(row.EndedAt));

    public static AttemptView View(AttemptRow row, int trial) => new(
        row.Id, trial, row.Number, row.Queue, row.State, row.Reason, row.Worker is { } worker ? Short(worker) : null, row.Progress, Time(row.QueuedAt), Time(row.StartedAt), Time(row.RenewedAt),
        Time(row.EndedAt), Time(row.StopAskedAt), Time(row.KillAskedAt), Time(row.AcknowledgedAt), row.ExitCode);

    public static WorkerView View(WorkerRow row) => new(
        Short(row.Name), row.Tenant, row.Queues.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Slots, Time(row.LastSeenAt), row.SetAsideAt is not null, row.Reason, row.Running);

    public static string Short(string worker) => worker[(worker.IndexOf(TenantMark, StringComparison.Ordinal) + 1)..];
}
