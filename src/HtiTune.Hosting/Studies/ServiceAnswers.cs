namespace HtiTune.Hosting;

/// <summary>Answers of the service from rows of the store.</summary>
internal static class ServiceAnswers
{
    /// <summary>A worker of a tenant's is known by both names, so that no other tenant's can pass for it.</summary>
    public const char TenantMark = '/';

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } at ? Time(at) : null;

    public static StudyView View(StudyRow row, StudyProblem problem)
    {
        var result = row.Result is { } text ? StudyJson.Read<StudyResult>(text) : null;
        return new StudyView(
            row.Id, row.Tenant, problem.Definition, row.State, row.Reason, row.TrainingsUsed, row.BestValue, row.Lambda, row.Trust,
            result is null ? null : result with { Configuration = problem.At(result.Lambda, result.Configuration) },
            row.SurrogateId, Time(row.CreatedAt), Time(row.UpdatedAt), Time(row.EndedAt), row.LastSequence)
        {
            Configuration = row.Configuration is { } best ? StudyJson.Read<Configuration>(best) : row.Lambda is { } lambda ? problem.At(lambda, null) : null,
            Tags = WordColumn.Words(row.Tags),
            Notes = row.Notes,
        };
    }

    public static TrialView View(TrialRow row, Configuration at, int attempts)
    {
        var measures = row.Measures is { } text ? StudyJson.Read<TrialMeasures>(text) : null;
        return new(
            row.Number, at.Lambda, row.Seed, row.Reason, row.ExpectedGain, row.Predicted, row.PredictedLow, row.PredictedHigh, row.Status, row.IsImported, row.Value, row.Error, attempts,
            Time(row.QueuedAt), Time(row.StartedAt), Time(row.EndedAt))
        {
            Configuration = at,
            Features = measures?.Features,
            IsFeasible = measures?.IsFeasible,
        };
    }

    public static AttemptView View(AttemptRow row, int trial, Configuration at) => new(
        row.Id, trial, row.Number, row.Queue, row.State, row.Reason, row.Worker is { } worker ? Short(worker) : null, row.Progress, Time(row.QueuedAt), Time(row.StartedAt), Time(row.RenewedAt),
        Time(row.EndedAt), Time(row.StopAskedAt), Time(row.KillAskedAt), Time(row.AcknowledgedAt), row.ExitCode)
    { Configuration = at };

    public static WorkerView View(WorkerRow row) => new(
        Short(row.Name), row.Tenant, row.Queues.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.Slots, Time(row.LastSeenAt), row.SetAsideAt is not null, row.Reason, row.Running);

    public static string Short(string worker) => worker[(worker.IndexOf(TenantMark, StringComparison.Ordinal) + 1)..];
}
