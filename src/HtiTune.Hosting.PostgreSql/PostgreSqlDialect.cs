using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HtiTune.Hosting;

/// <summary>
/// PostgreSQL: read-committed transactions that lock the study's row; the server's clock. A transaction is tried again from its begin where the server asks
/// for that, is away or restarts; every method of the store can bear being done twice, for the answer to a commit may be lost.
/// </summary>
internal sealed class PostgreSqlDialect(PostgreSqlStoreOptions options, NpgsqlDataSource source, IDbContextFactory<PostgreSqlStudyDatabase> contexts, TimeProvider time) : StoreDialect
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private const int MostRaces = 3;

    protected override string ForUpdate => " FOR NO KEY UPDATE";

    public override Task MigrateAsync(CancellationToken cancellation) => PersistAsync(async cancellation =>
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await RequireKnownAsync(context, cancellation).ConfigureAwait(false);

            // Two servers that begin at once: the second waits here for the first.
            await context.Database.MigrateAsync(cancellation).ConfigureAwait(false);
            return true;
        }
    }, cancellation);

    public override Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) =>
        PersistAsync(within => RunAsync(System.Data.IsolationLevel.ReadCommitted, work, within), cancellation);

    public override Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) =>
        PersistAsync(within => RunAsync(System.Data.IsolationLevel.RepeatableRead, work, within), cancellation);

    public override async Task LockAsync(StoreSession session, string name) =>
        await session.NumberAsync($"SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended({"htitune:" + name}, 0))) AS l").ConfigureAwait(false);

    public override string Parameter(int index) => "$" + (index + 1).ToString(CultureInfo.InvariantCulture);

    public override object Value(object? value) => value switch
    {
        null or double.NaN => DBNull.Value,
        string text => Clean(text),
        _ => value,
    };

    public override DbCommand Command(StoreSession session, string sql, object?[] arguments)
    {
        var command = ((NpgsqlConnection)session.Connection).CreateCommand();
#pragma warning disable CA2100 // Texts are the store's own; what comes from outside is in parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Value(argument) });
        }
        return command;
    }

    protected override string InList(string parameter) => $"= ANY({parameter})";

    private async Task<T> RunAsync<T>(System.Data.IsolationLevel isolation, Func<StoreSession, Task<T>> work, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(isolation, cancellation).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var session = new StoreSession(this, connection, null, cancellation);
                session.Now = await session.NumberAsync($"SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)").ConfigureAwait(false) ?? 0;
                var result = await work(session).ConfigureAwait(false);
                if (session.IsAbandoned)
                {
                    await transaction.RollbackAsync(cancellation).ConfigureAwait(false);
                }
                else
                {
                    await transaction.CommitAsync(cancellation).ConfigureAwait(false);
                }
                return result;
            }
        }
    }

    /// <summary>Does it again, from its begin, while the fault is one that passes and there is patience.</summary>
    private async Task<T> PersistAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        var refused = 0;
        var patience = StorePatience.Current ?? options.Patience;

        // A database that takes a connection and says nothing is waited for as little as one that is not there.
        using var waiting = StorePatience.Wait(time);
        using var within = StorePatience.Within(cancellation);
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await attempt(within.Token).ConfigureAwait(false);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested && within.IsCancellationRequested)
            {
                throw StorePatience.Over(fault);
            }
            catch (Exception fault) when ((Passes(fault) || (IsRace(fault) && ++refused <= MostRaces)) && !cancellation.IsCancellationRequested && time.GetElapsedTime(begin) + wait < patience)
            {
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    // A blob was taken up by one transaction while another deleted it with the last study that held it: again, it is seen as it is.
    private static bool IsRace(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation, ConstraintName: { } name } && name.Contains("_blobs_", StringComparison.Ordinal);

    public override bool IsAway(Exception fault) => Passes(fault) || fault is PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.ReadOnlySqlTransaction }
        || fault is DbUpdateException { InnerException: { } inner } && IsAway(inner);

    private static bool Passes(Exception fault) => fault switch
    {
        PostgresException postgres => postgres.IsTransient || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        NpgsqlException => true,
        TimeoutException => true,
        // The connection broke between two statements.
        IOException or System.Net.Sockets.SocketException => true,
        InvalidOperationException { InnerException: { } inner } => Passes(inner),
        _ => false,
    };
}
