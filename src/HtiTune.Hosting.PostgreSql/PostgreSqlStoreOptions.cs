namespace HtiTune.Hosting;

/// <summary>How studies are kept in PostgreSQL, shared by many machines.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>The connection string. Its maximum pool size must hold this process's workers and requests; keep-alives are set to 20 s where it sets none.</summary>
    public required string ConnectionString { get; set; }

    /// <summary>How long a database that is away, restarting or busy is waited for before a call fails.</summary>
    /// <value>2 min.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Schema of the job queue's tables.</summary>
    /// <value>"hangfire".</value>
    public string JobSchema { get; set; } = "hangfire";

    /// <summary>How often a job queue is looked at for jobs of other machines.</summary>
    /// <value>2 s.</value>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long a job whose process has died is given to another.</summary>
    /// <value>10 min; a process that lives renews it each fifth of that.</value>
    public TimeSpan JobInvisibility { get; set; } = TimeSpan.FromMinutes(10);
}
