using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests;

/// <summary>A store of one provider for a class of tests.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private ServiceProvider? _services;

    internal StudyStore Store => Services.GetRequiredService<StudyStore>();

    internal StoreDialect Dialect => Services.GetRequiredService<StoreDialect>();

    internal IServiceProvider Services => _services ?? throw new InvalidOperationException("The fixture has not begun.");

    /// <summary>Whether the provider is there; without, all tests are skipped.</summary>
    protected virtual bool IsThere => true;

    public async Task InitializeAsync()
    {
        if (!IsThere)
        {
            return;
        }
        var builder = new Builder();
        await ConfigureAsync(builder);
        _services = builder.Services.BuildServiceProvider();
        await Store.MigrateAsync(CancellationToken.None);
    }

    public virtual async Task DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }

    protected abstract Task ConfigureAsync(IHtiTuneBuilder builder);

    private sealed class Builder : IHtiTuneBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();
    }
}

/// <summary>SQLite in a file of its own.</summary>
public sealed class SqliteFixture : StoreFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-store-").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override Task ConfigureAsync(IHtiTuneBuilder builder)
    {
        builder.UseSqlite(Path.Combine(_folder, "studies.db"));
        return Task.CompletedTask;
    }
}

public sealed class SqliteStoreTests(SqliteFixture fixture) : StoreContract(fixture), IClassFixture<SqliteFixture>;

/// <summary>PostgreSQL in a cluster of its own.</summary>
public sealed class PostgreSqlFixture : StoreFixture
{
    private PostgreSqlCluster? _cluster;

    internal PostgreSqlCluster Cluster => _cluster ?? throw new InvalidOperationException("The fixture has not begun.");

    protected override bool IsThere => PostgreSqlCluster.Missing is null;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _cluster?.Dispose();
    }

    protected override Task ConfigureAsync(IHtiTuneBuilder builder)
    {
        _cluster = PostgreSqlCluster.Start();
        builder.UsePostgreSql(_cluster.ConnectionString);
        return Task.CompletedTask;
    }
}

[NeedsPostgreSql]
public sealed class PostgreSqlStoreTests(PostgreSqlFixture fixture) : StoreContract(fixture), IClassFixture<PostgreSqlFixture>
{
    [StoreFact]
    public async Task All_rows_move_from_SQLite_and_only_into_an_empty_database()
    {
        var none = CancellationToken.None;
        var file = new SqliteFixture();
        await file.InitializeAsync();
        var row = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "moved", Name = "n", Definition = "{}", Queue = "moved", Network = "net", Parallelism = 2 };
        await file.Store.CreateAsync(row, [new TrialRow { Number = 1, Lambda = 0.5, Reason = "file", Samples = await file.Store.KeepAsync(new byte[] { 1, 2, 3 }, none) }], none);
        var asked = new TrialRow { Number = 2, Lambda = 0.1 + 0.2, Seed = long.MaxValue, Reason = "r", MaxAttempts = 3 };
        await file.Store.CommitAsync(new StudyCommit(row.Id, 0, [new StudyEvent(0, null, StudyEventKind.Asked, """{"number":2}""")]) { Asked = [asked], Trust = 0.25 }, none);
        var held = (await file.Store.ClaimAsync(new WorkRequest("w", LeaseFor: TimeSpan.FromMinutes(1)), none)).Attempt!;
        await file.Store.RenewAsync(held.Id, new AttemptReport(held.Lease!.Value, 0.5, null, TimeSpan.FromMinutes(1), [new(3, 0.1), new(long.MaxValue, -0.2)]), none);
        await file.Store.AddKeyAsync(new ApiKeyRow { Id = "moved", Hash = "h", Tenant = "moved", Name = "n", Scopes = "read" }, none);
        using var cluster = PostgreSqlCluster.Start();
        var services = new ServiceCollection();
        services.AddHtiTune().UsePostgreSql(cluster.ConnectionString);
        await using var provider = services.BuildServiceProvider();
        var (store, dialect) = (provider.GetRequiredService<StudyStore>(), provider.GetRequiredService<StoreDialect>());
        await store.MigrateAsync(none);
        var counts = await StoreCopy.CopyAsync(file.Dialect, dialect, none);
        Assert.Equal(2, (await store.ValuesAsync(held.Id, none)).Count);
        Assert.Equal(await file.Store.ValuesAsync(held.Id, none), await store.ValuesAsync(held.Id, none));
        Assert.Equal((1, 2, 1, 5, 1, 1), (counts["studies"], counts["trials"], counts["attempts"], counts["events"], counts["workers"], counts["api_keys"]));
        static string Text<T>(IEnumerable<T> rows) => System.Text.Json.JsonSerializer.Serialize(rows);
        Assert.Equal(Text([await file.Store.FindAsync(row.Id, none)]), Text([await store.FindAsync(row.Id, none)]));
        Assert.Equal(Text(await file.Store.TrialsAsync(row.Id, none)), Text(await store.TrialsAsync(row.Id, none)));
        Assert.Equal(Text(await file.Store.AttemptsAsync(row.Id, null, none)), Text(await store.AttemptsAsync(row.Id, null, none)));
        Assert.Equal(Text(await file.Store.EventsAsync(row.Id, 0, 100, none)), Text(await store.EventsAsync(row.Id, 0, 100, none)));
        Assert.Equal((await file.Store.OutboxAsync(100, none)).Select(l => (l.Kind, l.AttemptId)), (await store.OutboxAsync(100, none)).Select(l => (l.Kind, l.AttemptId)));
        // Who trained goes on there.
        Assert.True((await store.RenewAsync(held.Id, new AttemptReport(held.Lease!.Value, 0.5, null, TimeSpan.FromMinutes(1)), none)).Holds);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StoreCopy.CopyAsync(file.Dialect, dialect, none));
        await file.DisposeAsync();
    }

    [StoreFact]
    public async Task A_machine_whose_clock_is_off_by_an_hour_loses_no_lease_and_takes_none_away()
    {
        var none = CancellationToken.None;
        foreach (var hours in (int[])[-1, 1])
        {
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(hours)));
            services.AddHtiTune().UsePostgreSql(fixture.Cluster.ConnectionString);
            await using var provider = services.BuildServiceProvider();
            var off = provider.GetRequiredService<StudyStore>();
            var row = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "clock", Name = "n", Definition = "{}", Queue = $"clock{hours}", Network = "net", Parallelism = 2 };
            await off.CreateAsync(row, [], none);
            TrialRow[] asked = [new() { Number = 1, Lambda = 0.1, Reason = "r", MaxAttempts = 3 }, new() { Number = 2, Lambda = 0.2, Reason = "r", MaxAttempts = 3 }];
            await off.CommitAsync(new StudyCommit(row.Id, 0, [.. asked.Select(t => new StudyEvent(0, null, StudyEventKind.Asked, $$"""{"number":{{t.Number}}}"""))]) { Asked = asked }, none);
            WorkRequest Request(string worker) => new(worker, Queues: [row.Queue], LeaseFor: TimeSpan.FromMinutes(3));
            var theirs = (await off.ClaimAsync(Request($"off{hours}"), none)).Attempt!;
            var ours = (await fixture.Store.ClaimAsync(Request($"right{hours}"), none)).Attempt!;
            Assert.Equal((0, 0), ((await fixture.Store.SweepAsync(new SweepSettings(TimeSpan.FromSeconds(20)), none)).Lost, (await off.SweepAsync(new SweepSettings(TimeSpan.FromSeconds(20)), none)).Lost));
            Assert.True((await off.RenewAsync(theirs.Id, new AttemptReport(theirs.Lease!.Value, 0.1, null, TimeSpan.FromMinutes(3)), none)).Holds);
            Assert.True((await fixture.Store.RenewAsync(ours.Id, new AttemptReport(ours.Lease!.Value, 0.1, null, TimeSpan.FromMinutes(3)), none)).Holds);
            var attempts = await fixture.Store.AttemptsAsync(row.Id, null, none);
            var now = await fixture.Store.NowAsync(none);
            Assert.All(attempts, attempt => Assert.InRange(attempt.LeaseUntil!.Value - now, 120_000, 200_000));
        }
    }

    [StoreFact]
    public async Task A_server_that_is_killed_and_started_again_is_waited_for()
    {
        var key = new Hosting.ApiKeyRow { Id = "survivor", Hash = "", Tenant = "t", Name = "n", Scopes = "read" };
        await fixture.Store.AddKeyAsync(key, CancellationToken.None);
        fixture.Cluster.Kill();
        var during = fixture.Store.RevokeKeyAsync("survivor", CancellationToken.None);
        fixture.Cluster.Begin();
        Assert.True(await during);
        Assert.NotNull((await fixture.Store.FindKeyAsync("survivor", CancellationToken.None))!.RevokedAt);
    }
}
