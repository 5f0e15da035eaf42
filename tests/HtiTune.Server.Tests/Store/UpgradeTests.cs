using HtiTune.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests;

/// <summary>A store that an earlier version made is brought to this version's model in place, with all that it holds.</summary>
public abstract class UpgradeContract
{
    /// <summary>The last migration of the first version that anybody used.</summary>
    private const string First = "OpenStudies";

    private static readonly CancellationToken None = CancellationToken.None;

    [StoreFact]
    public async Task A_store_of_the_first_version_keeps_its_studies_and_learns_keys()
    {
        await using var provider = Provider();
        var id = Guid.CreateVersion7();
        await using (var context = Context(provider))
        {
            await context.GetService<IMigrator>().MigrateAsync(context.Database.GetMigrations().Single(name => name.EndsWith(First, StringComparison.Ordinal)));
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO studies (id, tenant, name, definition, queue, priority, parallelism, state, version, last_sequence, trainings_used, created_at, updated_at)
                VALUES ({id}, {"t"}, {"old"}, {"{}"}, {"default"}, {3}, {2}, {1}, {7L}, {9L}, {4}, {10L}, {11L})
                """);
        }

        var store = provider.GetRequiredService<StudyStore>();
        await store.MigrateAsync(None);
        await store.MigrateAsync(None);
        var old = (await store.FindAsync(id, None))!;
        Assert.Equal(("old", 3, 2, StudyState.Paused, 7L, 9L, 4, (string?)null), (old.Name, old.Priority, old.Parallelism, old.State, old.Version, old.LastSequence, old.TrainingsUsed, old.IdempotencyKey));
        StudyRow Row(string? key) => new() { Id = Guid.CreateVersion7(), Tenant = "t", Name = "new", Definition = "{}", Queue = "default", Parallelism = 1, IdempotencyKey = key };
        var made = await store.CreateAsync(Row("k"), [], None);
        Assert.Equal(made.Id, (await store.CreateAsync(Row("k"), [], None)).Id);
        Assert.Equal(made.Id, (await store.FindByKeyAsync("t", "k", None))!.Id);
        Assert.Null(await store.FindByKeyAsync("other", "k", None));

        // Without keys every one is a study of its own.
        Assert.NotEqual((await store.CreateAsync(Row(null), [], None)).Id, (await store.CreateAsync(Row(null), [], None)).Id);
        Assert.Equal(4, await store.CountAsync("t", null, None));
        await using var now = Context(provider);
        Assert.False(now.Database.HasPendingModelChanges());
        Assert.True(await store.DescribeAsync(id, ",a,b,", "noted", None));
        Assert.Equal([id], (await store.ListAsync("t", new StudyQuery { Tag = "b" }, None)).Select(row => row.Id));
        Assert.Equal(1, await store.CountLikeAsync("t", new StudyQuery { Tag = "a" }, None));
    }

    private protected abstract ServiceProvider Provider();

    private protected abstract StudyDatabase Context(IServiceProvider provider);
}

public sealed class SqliteUpgradeTests : UpgradeContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-upgrade-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private protected override ServiceProvider Provider()
    {
        var services = new ServiceCollection();
        services.AddHtiTune().UseSqlite(Path.Combine(_folder, "studies.db"));
        return services.BuildServiceProvider();
    }

    private protected override StudyDatabase Context(IServiceProvider provider) => provider.GetRequiredService<IDbContextFactory<SqliteStudyDatabase>>().CreateDbContext();
}

[NeedsPostgreSql]
public sealed class PostgreSqlUpgradeTests : UpgradeContract, IDisposable
{
    private readonly PostgreSqlCluster? _cluster = PostgreSqlCluster.Missing is null ? PostgreSqlCluster.Start() : null;

    public void Dispose() => _cluster?.Dispose();

    private protected override ServiceProvider Provider()
    {
        var services = new ServiceCollection();
        services.AddHtiTune().UsePostgreSql(_cluster!.ConnectionString);
        return services.BuildServiceProvider();
    }

    private protected override StudyDatabase Context(IServiceProvider provider) => provider.GetRequiredService<IDbContextFactory<PostgreSqlStudyDatabase>>().CreateDbContext();
}
