namespace HtiTune.Hosting;

/// <summary>Intermediate values in a store.</summary>
internal static class AttemptValues
{
    // A statement's parameters are three each; some databases take a thousand.
    private const int AtOnce = 200;

    /// <summary>Keeps values of an attempt; where they are too many every second one goes, but for the last.</summary>
    public static async Task KeepAsync(StoreSession session, Guid attempt, IReadOnlyList<IntermediateValue> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        // Of a step that is told twice the last, for no statement may meet a row twice.
        foreach (var some in values.GroupBy(value => value.Step).Select(told => told.Last()).Chunk(AtOnce))
        {
            var sql = new SqlText().Add($"INSERT INTO attempt_values (attempt_id, step, value) VALUES");
            foreach (var (i, value) in some.Index())
            {
                sql.AddIf(i > 0, $",").Add($"({attempt}, {value.Step}, {value.Value})");
            }

            await session.ExecuteAsync(sql.Add($"ON CONFLICT (attempt_id, step) DO UPDATE SET value = excluded.value").ToSql()).ConfigureAwait(false);
        }

        if (await session.NumberAsync($"SELECT COUNT(*) FROM attempt_values WHERE attempt_id = {attempt}").ConfigureAwait(false) > WaitingValues.Most)
        {
            await session.ExecuteAsync(
                $"""
                DELETE FROM attempt_values WHERE attempt_id = {attempt} AND step IN (
                  SELECT step FROM (SELECT step, ROW_NUMBER() OVER (ORDER BY step DESC) AS place FROM attempt_values WHERE attempt_id = {attempt}) AS placed WHERE place % 2 = 0)
                """).ConfigureAwait(false);
        }
    }

    /// <summary>The values of an attempt, by step.</summary>
    public static async Task<IReadOnlyList<IntermediateValue>> OfAsync(StoreSession session, Guid attempt) =>
        [.. (await session.RowsAsync<AttemptValueRow>($"SELECT * FROM attempt_values WHERE attempt_id = {attempt} ORDER BY step").ConfigureAwait(false))
            .Select(row => new IntermediateValue(row.Step, row.Value))];
}
