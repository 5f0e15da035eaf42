using System.Collections.Concurrent;
using System.Data.Common;

namespace HtiTune.Hosting;

/// <summary>One transaction. Statements are interpolated strings whose holes are parameters; all results are read at once.</summary>
internal sealed class StoreSession(StoreDialect dialect, DbConnection connection, Dictionary<string, DbCommand>? commands, CancellationToken cancellation)
{
    private static readonly ConcurrentDictionary<(Type, string), int[]> PlacesOf = new();

    public DbConnection Connection => connection;

    /// <summary>Commands prepared on this connection; null where the driver keeps them.</summary>
    public Dictionary<string, DbCommand>? Commands => commands;

    public CancellationToken Cancellation => cancellation;

    /// <summary>The database's clock at the transaction's begin, ms since 1970.</summary>
    public long Now { get; set; }

    /// <summary>Whether the transaction is to be rolled back.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Rolls back when the work returns; gives the value back.</summary>
    public T Abandon<T>(T value)
    {
        IsAbandoned = true;
        return value;
    }

    /// <summary>Waits until no other transaction holds the lock of this name.</summary>
    public Task LockAsync(string name) => dialect.LockAsync(this, name);

    /// <summary>Runs a statement; returns the number of rows it changed.</summary>
    public Task<int> ExecuteAsync(FormattableString sql) => Command(sql).ExecuteNonQueryAsync(cancellation);

    /// <summary>A whole number; null where there is no row or no value.</summary>
    public async Task<long?> NumberAsync(FormattableString sql)
    {
        var value = await Command(sql).ExecuteScalarAsync(cancellation).ConfigureAwait(false);
        return value is null or DBNull ? null : Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }

    /// <summary>The first column of each row.</summary>
    public async Task<List<T>> ColumnAsync<T>(FormattableString sql)
    {
        var values = new List<T>();
        var reader = await Command(sql).ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                values.Add(reader.GetFieldValue<T>(0));
            }
        }
        return values;
    }

    /// <summary>Rows.</summary>
    public async Task<List<T>> RowsAsync<T>(FormattableString sql)
        where T : class
    {
        var rows = new List<T>();
        var reader = await Command(sql).ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var places = PlacesOf.GetOrAdd((typeof(T), sql.Format), static (_, r) => RowMap<T>.Places(r), reader);
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            {
                rows.Add(RowMap<T>.Read(reader, places));
            }
        }
        return rows;
    }

    /// <summary>The first row; null where there is none.</summary>
    public async Task<T?> RowAsync<T>(FormattableString sql)
        where T : class
    {
        var rows = await RowsAsync<T>(sql).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>Inserts a row.</summary>
    public Task<int> InsertAsync<T>(T row)
        where T : class => Command(RowMap<T>.Insert, RowMap<T>.Values(row)).ExecuteNonQueryAsync(cancellation);

    /// <summary>Inserts a row unless one with its key is there; returns whether it was not.</summary>
    public async Task<bool> InsertNewAsync<T>(T row)
        where T : class => await Command(Fresh<T>.Insert, RowMap<T>.Values(row)).ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) > 0;

    private DbCommand Command(FormattableString sql) => Command(sql.Format, sql.GetArguments());

    private DbCommand Command(string format, object?[] arguments) => dialect.Command(this, dialect.Translate(format), arguments);

    private static class Fresh<T>
        where T : class
    {
        public static readonly string Insert = RowMap<T>.Insert + " ON CONFLICT DO NOTHING";
    }
}
