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

    public virtual async Task InitializeAsync()
    {
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
