using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace HtiTune.Hosting;

/// <summary>Keeps studies, and the queue of jobs, in PostgreSQL.</summary>
public static class PostgreSqlBuilderExtensions
{
    // Statements kept prepared on each connection: the store has about 80 different ones.
    private const int PreparedStatements = 100;
    private const int KeepAliveSeconds = 20;

    // A server that says nothing does not answer that a statement is given up either.
    private const int CancellationMilliseconds = 500;

    /// <summary>Keeps studies and the queue of jobs in a PostgreSQL database that all machines share. PostgreSQL 13 and up.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">As Npgsql reads it. The role owns its schemas, or an administrator has made the tables.</param>
    /// <returns>The builder.</returns>
    public static IHtiTuneBuilder UsePostgreSql(this IHtiTuneBuilder builder, string connectionString) =>
        UsePostgreSql(builder, new PostgreSqlStoreOptions { ConnectionString = connectionString });

    /// <summary>Keeps studies and the queue of jobs in a PostgreSQL database that all machines share. PostgreSQL 13 and up.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">The database and how it is used.</param>
    /// <returns>The builder.</returns>
    public static IHtiTuneBuilder UsePostgreSql(this IHtiTuneBuilder builder, PostgreSqlStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ConnectionString);
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        connection.KeepAlive = connection.KeepAlive == 0 ? KeepAliveSeconds : connection.KeepAlive;
        connection.MaxAutoPrepare = connection.MaxAutoPrepare == 0 ? PreparedStatements : connection.MaxAutoPrepare;
        connection.CancellationTimeout = connection.ContainsKey("Cancellation Timeout") ? connection.CancellationTimeout : CancellationMilliseconds;
        connection.ApplicationName ??= "HtiTune";
        builder.Services.AddPooledDbContextFactory<PostgreSqlStudyDatabase>(context => context.UseNpgsql(connection.ConnectionString));
        builder.Services.RemoveAll<NpgsqlDataSourceHolder>().RemoveAll<JobStorage>();
        StoreRegistration.Add(builder.Services, services => new PostgreSqlDialect(
            options, services.GetRequiredService<NpgsqlDataSourceHolder>().Source, services.GetRequiredService<IDbContextFactory<PostgreSqlStudyDatabase>>(),
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceHolder(NpgsqlDataSource.Create(connection)));
        builder.Services.AddSingleton<JobStorage>(_ => MakeJobStorage(options, connection.ConnectionString));
        return builder;
    }

    private static PostgreSqlStorage MakeJobStorage(PostgreSqlStoreOptions options, string connectionString)
    {
        var storage = new PostgreSqlStorageOptions
        {
            SchemaName = options.JobSchema,
            QueuePollInterval = options.PollEvery,
            // A job's process is known to live by its beats, not by the job's being short.
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = options.JobInvisibility,
            PrepareSchemaIfNecessary = true,
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(connectionString, storage), storage);
    }

    /// <summary>Owns the pool of connections.</summary>
    private sealed class NpgsqlDataSourceHolder(NpgsqlDataSource source) : IAsyncDisposable, IDisposable
    {
        public NpgsqlDataSource Source => source;

        public ValueTask DisposeAsync() => source.DisposeAsync();

        public void Dispose() => source.Dispose();
    }
}
