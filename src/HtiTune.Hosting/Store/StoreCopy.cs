namespace HtiTune.Hosting;

/// <summary>Copies a whole store into an empty one, of the same provider or another: one state of the one, in one transaction of the other.</summary>
internal static class StoreCopy
{
    /// <summary>Copies all rows.</summary>
    /// <param name="from">The store; nothing should write to it meanwhile, for what comes later is not copied.</param>
    /// <param name="to">The other, brought to its model and without studies and keys.</param>
    /// <param name="cancellation">Ends it; then nothing is copied.</param>
    /// <returns>Rows by table.</returns>
    /// <exception cref="InvalidOperationException">The other store is not empty.</exception>
    public static Task<IReadOnlyDictionary<string, int>> CopyAsync(StoreDialect from, StoreDialect to, CancellationToken cancellation) =>
        to.WriteAsync(target => from.ReadAsync(source => CopyAsync(source, target), cancellation), cancellation);

    private static async Task<IReadOnlyDictionary<string, int>> CopyAsync(StoreSession source, StoreSession target)
    {
        if (await target.NumberAsync($"SELECT 1 FROM studies UNION SELECT 1 FROM api_keys UNION SELECT 1 FROM blobs LIMIT 1").ConfigureAwait(false) is not null)
        {
            throw new InvalidOperationException("The store to copy into is not empty: it has studies or keys of its own. Choose another database, or delete what is in it.");
        }
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        // Bytes one at a time: together they may not fit into memory.
        var hashes = await source.ColumnAsync<string>($"SELECT hash FROM blobs").ConfigureAwait(false);
        foreach (var hash in hashes)
        {
            await target.InsertAsync((await source.RowAsync<BlobRow>($"SELECT * FROM blobs WHERE hash = {hash}").ConfigureAwait(false))!).ConfigureAwait(false);
        }
        counts[RowMap.Tables[typeof(BlobRow)]] = hashes.Count;
        var studies = await CopyAsync<StudyRow>($"SELECT * FROM studies").ConfigureAwait(false);
        foreach (var study in studies)
        {
            await CopyAsync<TrialRow>($"SELECT * FROM trials WHERE study_id = {study.Id}").ConfigureAwait(false);
            await CopyAsync<AttemptRow>($"SELECT * FROM attempts WHERE study_id = {study.Id}").ConfigureAwait(false);
            await CopyAsync<AttemptValueRow>($"SELECT v.* FROM attempt_values AS v JOIN attempts AS a ON a.id = v.attempt_id WHERE a.study_id = {study.Id}").ConfigureAwait(false);
            await CopyAsync<StudyEvent>($"SELECT * FROM events WHERE study_id = {study.Id}").ConfigureAwait(false);
            await CopyAsync<SurrogateRow>($"SELECT * FROM surrogates WHERE study_id = {study.Id}").ConfigureAwait(false);
            await CopyAsync<OutboxRow>($"SELECT * FROM outbox WHERE study_id = {study.Id} ORDER BY id").ConfigureAwait(false);
        }
        await CopyAsync<WorkerRow>($"SELECT * FROM workers").ConfigureAwait(false);
        await CopyAsync<ApiKeyRow>($"SELECT * FROM api_keys").ConfigureAwait(false);
        await CopyAsync<WebhookRow>($"SELECT * FROM webhooks").ConfigureAwait(false);
        await CopyAsync<WebhookCallRow>($"SELECT * FROM webhook_calls").ConfigureAwait(false);
        return counts;

        async Task<List<T>> CopyAsync<T>(FormattableString sql)
            where T : class
        {
            var rows = await source.RowsAsync<T>(sql).ConfigureAwait(false);
            foreach (var row in rows)
            {
                await target.InsertAsync(row).ConfigureAwait(false);
            }
            var table = RowMap.Tables[typeof(T)];
            counts[table] = counts.GetValueOrDefault(table) + rows.Count;
            return rows;
        }
    }
}
