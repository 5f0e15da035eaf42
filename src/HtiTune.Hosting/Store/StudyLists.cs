namespace HtiTune.Hosting;

/// <summary>Lists of studies.</summary>
internal static class StudyLists
{
    /// <summary>Studies of a tenant (null: all) that are like a query, newest first.</summary>
    public static Task<IReadOnlyList<StudyRow>> ListAsync(this StudyStore store, string? tenant, StudyQuery query, CancellationToken cancellation) => store.ReadAsync(async session =>
    {
        var cursor = query.After is { } id ? await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {id}").ConfigureAwait(false) : null;
        var sql = Like(new SqlText().Add($"SELECT * FROM studies"), tenant, PageOf(query))
            .AddIf(cursor is not null, $"AND (created_at < {cursor?.CreatedAt} OR (created_at = {cursor?.CreatedAt} AND id < {cursor?.Id}))")
            // Ids are in the order of time too: where the last one seen was deleted meanwhile, the list goes on behind it all the same.
            .AddIf(cursor is null && query.After is not null, $"AND id < {query.After}")
            .Add($"ORDER BY created_at DESC, id DESC LIMIT {query.Size}");
        return (IReadOnlyList<StudyRow>)await session.RowsAsync<StudyRow>(sql.ToSql()).ConfigureAwait(false);
    }, cancellation);

    /// <summary>How many studies of a tenant (null: of all) are like a query, before and behind its cursor.</summary>
    public static Task<int> CountLikeAsync(this StudyStore store, string? tenant, StudyQuery query, CancellationToken cancellation) =>
        store.ReadAsync(session => CountAsync(session, tenant, PageOf(query)), cancellation);

    public static Task<int> CountAsync(this StudyStore store, string? tenant, StudyState? state, CancellationToken cancellation) =>
        store.ReadAsync(session => CountAsync(session, tenant, new StudyPageQuery { State = state }), cancellation);

    private static async Task<int> CountAsync(StoreSession session, string? tenant, StudyPageQuery query) =>
        (int)(await session.NumberAsync(Like(new SqlText().Add($"SELECT COUNT(*) FROM studies"), tenant, query).ToSql()).ConfigureAwait(false) ?? 0);

    /// <summary>What a query asks for, whatever its cursor and size.</summary>
    private static StudyPageQuery PageOf(StudyQuery query) => new() { State = query.State, Search = query.Search, Tag = query.Tag };

    /// <summary>A page of a tenant's studies (null: of all), the number of all that are like it, and the tenants of whom any are.</summary>
    public static Task<(IReadOnlyList<StudyRow> Rows, int Total, IReadOnlyList<string> Tenants)> PageAsync(
        this StudyStore store, string? tenant, StudyPageQuery query, CancellationToken cancellation) => store.ReadAsync(async session =>
    {
        // Ids come first, sorted without all that hangs on them.
        var sql = Like(new SqlText().Add($"SELECT id FROM studies"), tenant, query);
        sql = (query.Order, query.IsAscending) switch
        {
            (StudyOrder.Created, true) => sql.Add($"ORDER BY created_at, id"),
            (StudyOrder.Created, false) => sql.Add($"ORDER BY created_at DESC, id DESC"),
            (StudyOrder.Updated, true) => sql.Add($"ORDER BY updated_at, id"),
            (StudyOrder.Updated, false) => sql.Add($"ORDER BY updated_at DESC, id DESC"),
            (StudyOrder.Name, true) => sql.Add($"ORDER BY LOWER(name), id DESC"),
            (StudyOrder.Name, false) => sql.Add($"ORDER BY LOWER(name) DESC, id DESC"),
            (StudyOrder.State, true) => sql.Add($"ORDER BY state, id DESC"),
            (StudyOrder.State, false) => sql.Add($"ORDER BY state DESC, id DESC"),
            (StudyOrder.Trainings, true) => sql.Add($"ORDER BY trainings_used, id DESC"),
            (StudyOrder.Trainings, false) => sql.Add($"ORDER BY trainings_used DESC, id DESC"),
            (_, true) => sql.Add($"ORDER BY tenant, id DESC"),
            (_, false) => sql.Add($"ORDER BY tenant DESC, id DESC"),
        };
        var ids = await session.ColumnAsync<Guid>(sql.Add($"LIMIT {query.Size} OFFSET {query.Skip}").ToSql()).ConfigureAwait(false);
        var rows = new List<StudyRow>(ids.Count);
        foreach (var id in ids)
        {
            rows.Add((await session.RowAsync<StudyRow>($"SELECT * FROM studies WHERE id = {id}").ConfigureAwait(false))!);
        }
        var total = await CountAsync(session, tenant, query).ConfigureAwait(false);
        IReadOnlyList<string> tenants = tenant is not null ? [tenant] : await session.ColumnAsync<string>($"SELECT DISTINCT tenant FROM studies ORDER BY tenant").ConfigureAwait(false);
        return ((IReadOnlyList<StudyRow>)rows, total, tenants);
    }, cancellation);

    private static SqlText Like(SqlText sql, string? tenant, StudyPageQuery query) => sql.Add($"WHERE id IS NOT NULL")
        .AddIf(tenant is not null, $"AND tenant = {tenant}")
        .AddIf(query.OfTenant is not null, $"AND tenant = {query.OfTenant}")
        .AddIf(query.State is not null, $"AND state = {(int?)query.State}")
        .AddIf(!string.IsNullOrEmpty(query.Search), $"AND LOWER(name) LIKE {Pattern(query.Search)} ESCAPE '\\'")
        .AddIf(query.Tag is not null, $"AND tags LIKE {WordColumn.Pattern(Plain(query.Tag))} ESCAPE '\\'");

    private static string Pattern(string? search) => $"%{Plain(search)}%";

    private static string? Plain(string? text) => text?.ToLowerInvariant().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
}
