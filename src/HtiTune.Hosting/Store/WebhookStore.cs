namespace HtiTune.Hosting;

/// <summary>What an address may be told of.</summary>
internal static class WebhookKind
{
    /// <summary>A study has ended: finished, cancelled or failed.</summary>
    public const string StudyEnded = "study.ended";

    /// <summary>A training waits for an outside worker.</summary>
    public const string TrainingWanted = "training.wanted";

    public static IReadOnlyList<string> All { get; } = [StudyEnded, TrainingWanted];
}

/// <summary>Addresses that are told of what happens, and the calls that are to be made.</summary>
internal sealed class WebhookStore(StoreDialect dialect)
{
    private const string CallsLock = "webhooks";

    /// <summary>Tenants' own, or (null) all.</summary>
    public Task<List<WebhookRow>> ListAsync(string? tenant, CancellationToken cancellation) => dialect.ReadAsync(session => session.RowsAsync<WebhookRow>(new SqlText()
        .Add($"SELECT * FROM webhooks WHERE id IS NOT NULL").AddIf(tenant is not null, $"AND tenant = {tenant}").Add($"ORDER BY created_at, id").ToSql()), cancellation);

    /// <summary>Adds one; false where the tenant has as many as it may.</summary>
    public Task<bool> AddAsync(WebhookRow hook, int most, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        (hook.Id, hook.CreatedAt) = (StudyWrites.NewId(session), session.Now);
        return await session.NumberAsync($"SELECT COUNT(*) FROM webhooks WHERE tenant = {hook.Tenant}").ConfigureAwait(false) < most && await session.InsertNewAsync(hook).ConfigureAwait(false);
    }, cancellation);

    /// <summary>Deletes one, with its calls; false where the tenant (null: nobody) has none of this id.</summary>
    public Task<bool> DeleteAsync(string? tenant, Guid id, CancellationToken cancellation) => dialect.WriteAsync(async session => await session.ExecuteAsync(new SqlText()
        .Add($"DELETE FROM webhooks WHERE id = {id}").AddIf(tenant is not null, $"AND tenant = {tenant}").ToSql()).ConfigureAwait(false) > 0, cancellation);

    /// <summary>Takes calls that are due: until <paramref name="hold"/> is over nobody else takes them.</summary>
    public Task<List<(WebhookCallRow Call, WebhookRow Hook)>> TakeDueAsync(int most, TimeSpan hold, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        // Servers that look at the same time take different ones.
        await session.LockAsync(CallsLock).ConfigureAwait(false);
        var due = new List<(WebhookCallRow, WebhookRow)>();
        foreach (var call in await session.RowsAsync<WebhookCallRow>($"SELECT * FROM webhook_calls WHERE next_at <= {session.Now} ORDER BY next_at, id LIMIT {most}").ConfigureAwait(false))
        {
            call.Tries++;
            await session.ExecuteAsync($"UPDATE webhook_calls SET tries = {call.Tries}, next_at = {session.Now + (long)hold.TotalMilliseconds} WHERE id = {call.Id}").ConfigureAwait(false);
            due.Add((call, (await session.RowAsync<WebhookRow>($"SELECT * FROM webhooks WHERE id = {call.WebhookId}").ConfigureAwait(false))!));
        }

        return due;
    }, cancellation);

    /// <summary>Whether any call is due; a look that writes nothing.</summary>
    public Task<bool> IsAnyDueAsync(CancellationToken cancellation) => dialect.ReadAsync(
        async session => await session.NumberAsync($"SELECT 1 FROM webhook_calls WHERE next_at <= {session.Now} LIMIT 1").ConfigureAwait(false) is not null, cancellation);

    /// <summary>A call was taken.</summary>
    public Task DoneAsync(WebhookCallRow call, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        await session.ExecuteAsync($"DELETE FROM webhook_calls WHERE id = {call.Id}").ConfigureAwait(false);
        return await session.ExecuteAsync($"UPDATE webhooks SET sent_at = {session.Now}, error = NULL, failed_at = NULL WHERE id = {call.WebhookId}").ConfigureAwait(false);
    }, cancellation);

    /// <summary>A call failed: it is made again after a while, or (null) given up.</summary>
    public Task FailedAsync(WebhookCallRow call, string error, TimeSpan? again, CancellationToken cancellation) => dialect.WriteAsync(async session =>
    {
        await (again is { } wait
            ? session.ExecuteAsync($"UPDATE webhook_calls SET next_at = {session.Now + (long)wait.TotalMilliseconds} WHERE id = {call.Id}")
            : session.ExecuteAsync($"DELETE FROM webhook_calls WHERE id = {call.Id}")).ConfigureAwait(false);
        return await session.ExecuteAsync($"UPDATE webhooks SET error = {error}, failed_at = {session.Now} WHERE id = {call.WebhookId}").ConfigureAwait(false);
    }, cancellation);

    /// <summary>Writes the calls that the end of a study makes necessary, in the transaction that ends it.</summary>
    internal static Task EndedAsync(StoreSession session, StudyRow study) => WriteAsync(session, study, WebhookKind.StudyEnded, null);

    /// <summary>Writes the calls of a training that waits for an outside worker, in the transaction that queues it.</summary>
    internal static Task WantedAsync(StoreSession session, StudyRow study, Guid trial) => WriteAsync(session, study, WebhookKind.TrainingWanted, trial);

    private static async Task WriteAsync(StoreSession session, StudyRow study, string kind, Guid? wanted)
    {
        var hooks = await session.ColumnAsync<Guid>($"SELECT id FROM webhooks WHERE tenant = {study.Tenant} AND kinds LIKE {WordColumn.Pattern(kind)}").ConfigureAwait(false);
        if (hooks.Count == 0)
        {
            return;
        }

        var trial = wanted is { } id ? await session.RowAsync<TrialRow>($"SELECT * FROM trials WHERE id = {id}").ConfigureAwait(false) : null;
        foreach (var hook in hooks)
        {
            var call = StudyWrites.NewId(session);
            var body = Body(call, kind, session.Now, study, trial);
            await session.InsertAsync(new WebhookCallRow { Id = call, WebhookId = hook, Kind = kind, Body = body, CreatedAt = session.Now, NextAt = session.Now }).ConfigureAwait(false);
        }
    }

    private static string Body(Guid id, string kind, long now, StudyRow study, TrialRow? trial) => JsonSerializer.Serialize(new
    {
        id,
        kind,
        time = DateTimeOffset.FromUnixTimeMilliseconds(now),
        study = new
        {
            id = study.Id,
            name = study.Name,
            state = StudyJson.Word(study.State),
            reason = study.Reason,
            trainingsUsed = study.TrainingsUsed,
            bestValue = study.BestValue,
            lambda = study.Lambda,
            configuration = Configuration(study.Configuration),
            tags = WordColumn.Words(study.Tags),
        },
        training = trial is null ? null : new
        {
            trial = trial.Number, lambda = trial.Configuration is null ? trial.Lambda : (double?)null, configuration = Configuration(trial.Configuration), seed = trial.Seed,
        },
    });

    private static JsonElement? Configuration(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
