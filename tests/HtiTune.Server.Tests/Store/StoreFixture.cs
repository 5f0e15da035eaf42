using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests;

/// <summary>A store of one provider for a class of tests.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private ServiceProvider? _services;

    internal IStudyStore Store => Services.GetRequiredService<IStudyStore>();

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
