using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace HtiTune.Hosting;

/// <summary>
/// SQLite: one file in write-ahead mode. This process writes through one connection, one transaction at a time, with commands prepared once; readers have
/// connections of their own and never wait. Another process that writes is waited for.
/// </summary>
internal sealed class SqliteDialect(SqliteStoreOptions options, IDbContextFactory<SqliteStudyDatabase> contexts, TimeProvider time) : StoreDialect, IDisposable
{
    /// <summary>How long another process's write is waited for.</summary>
    private const int BusyMilliseconds = 30_000;

    private readonly SemaphoreSlim _writing = new(1, 1);
    /// <summary>Readers at once: each has a page cache of up to 2 MB.</summary>
    private const int MostReaders = 16;

    private readonly SemaphoreSlim _reading = new(MostReaders, MostReaders);
    private readonly ConcurrentBag<Link> _readers = [];
    private readonly Lazy<string> _path = new(() => SqliteFile.Prepare(options.Path));
    private Link? _writer;
    private bool _isDisposed;

    protected override string ForUpdate => "";

    /// <summary>Options of a context on this file.</summary>
    public static string ConnectionText(string path) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        ForeignKeys = true,
        DefaultTimeout = BusyMilliseconds / 1000,
        Pooling = false,
    }.ToString();

    public override async Task MigrateAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_path.Value) && !OperatingSystem.IsWindows())
        {
            // Keys' hashes and studies are the owner's alone; the log beside the file takes over its rights.
            using var file = new FileStream(_path.Value, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }

        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await RequireKnownAsync(context, cancellation).ConfigureAwait(false);
            if ((await context.Database.GetPendingMigrationsAsync(cancellation).ConfigureAwait(false)).Any())
            {
                await context.Database.MigrateAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    public override async Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation)
    {
        using var waiting = StorePatience.Wait(time);
        var patience = await EnterAsync(_writing, cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _writer ??= Open();
            return await RunAsync(_writer, "BEGIN IMMEDIATE", patience, work, cancellation).ConfigureAwait(false);
        }
        catch (SqliteException)
        {
            _writer?.Dispose();
            _writer = null;
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation)
    {
        using var waiting = StorePatience.Wait(time);
        var patience = await EnterAsync(_reading, cancellation).ConfigureAwait(false);
        Link? link = null;
        var isWhole = false;
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            link = _readers.TryTake(out var free) ? free : Open();
            var result = await RunAsync(link, "BEGIN", patience, work, cancellation).ConfigureAwait(false);
            isWhole = true;
            return result;
        }
        finally
        {
            if (isWhole && !_isDisposed)
            {
                _readers.Add(link!);
            }
            else
            {
                link?.Dispose();
            }
            _reading.Release();
        }
    }

    public override bool IsAway(Exception fault) => fault is TimeoutException || fault is SqliteException
    {
        // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
        SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14,
    };

    public override long? FreeBytes() => new DriveInfo(OperatingSystem.IsWindows() ? System.IO.Path.GetPathRoot(_path.Value)! : System.IO.Path.GetDirectoryName(_path.Value)!).AvailableFreeSpace;

    public override Task LockAsync(StoreSession session, string name) => Task.CompletedTask;

    public override string Parameter(int index) => "@p" + index.ToString(CultureInfo.InvariantCulture);

    public override object Value(object? value) => value switch
    {
        null => DBNull.Value,
        string text => Clean(text),
        // Neither database orders NaN as arithmetic does; it stands for "there is none".
        double.NaN => DBNull.Value,
        string[] or long[] => JsonSerializer.Serialize(value),
        _ => value,
    };

    public override DbCommand Command(StoreSession session, string sql, object?[] arguments)
    {
        var commands = session.Commands!;
        if (!commands.TryGetValue(sql, out var command))
        {
            command = session.Connection.CreateCommand();
#pragma warning disable CA2100 // Texts are the store's own; what comes from outside is in parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = Parameter(i) });
            }
            commands.Add(sql, command);
        }
        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = Value(arguments[i]);
        }
        return command;
    }

    public void Dispose()
    {
        _writing.Wait();
        _isDisposed = true;
        _writer?.Dispose();
        _writer = null;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
        _writing.Release();
    }

    protected override string InList(string parameter) => $"IN (SELECT value FROM json_each({parameter}))";

    /// <summary>Waits for one's turn, as long as there is patience; returns what is left of it, null where a call waits as long as the store does.</summary>
    private async Task<TimeSpan?> EnterAsync(SemaphoreSlim turn, CancellationToken cancellation)
    {
        if (StorePatience.Current is not { } patience)
        {
            await turn.WaitAsync(cancellation).ConfigureAwait(false);
            return null;
        }

        if (await turn.WaitAsync(0, cancellation).ConfigureAwait(false))
        {
            return patience;
        }

        var began = time.GetTimestamp();
        return await turn.WaitAsync(patience, cancellation).ConfigureAwait(false)
            ? TimeSpan.FromTicks(Math.Max(0, (patience - time.GetElapsedTime(began)).Ticks))
            : throw StorePatience.Over(null);
    }

    private async Task<T> RunAsync<T>(Link link, string begin, TimeSpan? patience, Func<StoreSession, Task<T>> work, CancellationToken cancellation)
    {
        // The turn and another process's transaction are waited for together.
        link.WaitAtMost(patience is { } most ? (int)Math.Min(BusyMilliseconds, most.TotalMilliseconds) : BusyMilliseconds);
        link.Execute(begin);
        var isOpen = true;
        try
        {
            var session = new StoreSession(this, link.Connection, link.Commands, cancellation) { Now = time.GetUtcNow().ToUnixTimeMilliseconds() };
            var result = await work(session).ConfigureAwait(false);
            link.Execute(session.IsAbandoned ? "ROLLBACK" : "COMMIT");
            isOpen = false;
            return result;
        }
        finally
        {
            if (isOpen)
            {
                link.TryRollback();
            }
        }
    }

    private Link Open()
    {
        var connection = new SqliteConnection(ConnectionText(_path.Value));
        try
        {
            connection.Open();
            var link = new Link(connection);
            link.Execute("PRAGMA journal_mode = WAL");
            link.WaitAtMost(BusyMilliseconds);
            link.Execute(options.Durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            link.Execute("PRAGMA temp_store = MEMORY");
            return link;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection with its prepared commands.</summary>
    private sealed class Link(SqliteConnection connection) : IDisposable
    {
        public SqliteConnection Connection => connection;

        private int _waitsAtMost;

        /// <summary>How long a statement waits for another process's transaction, ms.</summary>
        public void WaitAtMost(int milliseconds)
        {
            if (milliseconds == _waitsAtMost)
            {
                return;
            }

            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A number of the store's own.
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {milliseconds}");
#pragma warning restore CA2100
            command.ExecuteNonQuery();

            // SQLite has waited by then: the provider, which tries again until its own time is over, must not begin a second wait.
            connection.DefaultTimeout = Math.Max(1, milliseconds / 2000);
            foreach (var prepared in Commands.Values)
            {
                prepared.CommandTimeout = connection.DefaultTimeout;
            }

            _waitsAtMost = milliseconds;
        }

        public Dictionary<string, DbCommand> Commands { get; } = new(StringComparer.Ordinal);

        public void Execute(string sql)
        {
            if (!Commands.TryGetValue(sql, out var command))
            {
                command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts are the store's own.
                command.CommandText = sql;
#pragma warning restore CA2100
                Commands.Add(sql, command);
            }
            command.ExecuteNonQuery();
        }

        /// <summary>Rolls back unless the database has done so by itself.</summary>
        public void TryRollback()
        {
            try
            {
                Execute("ROLLBACK");
            }
            catch (SqliteException)
            {
                // No transaction is open any more.
            }
        }

        public void Dispose()
        {
            foreach (var command in Commands.Values)
            {
                command.Dispose();
            }
            connection.Dispose();
        }
    }
}
