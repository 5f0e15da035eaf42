using HtiTune.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests;

public sealed class SqliteFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nfs4", false)]
    [InlineData("cifs", false)]
    [InlineData("anything", true)]
    public void A_network_file_system_is_refused_in_words(string format, bool isNetwork)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => SqliteFile.Prepare(Path.Combine(_folder, "studies.db"), _ => (format, isNetwork)));
        Assert.Contains(format, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_of_this_machine_is_taken_and_the_folder_made()
    {
        var file = SqliteFile.Prepare(Path.Combine(_folder, "new", "studies.db"));
        Assert.True(Directory.Exists(Path.GetDirectoryName(file)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_model_has_the_columns_that_the_statements_name(bool isSqlite)
    {
        var services = new ServiceCollection();
        var builder = services.AddHtiTune();
        _ = isSqlite ? builder.UseSqlite(Path.Combine(_folder, "model.db")) : builder.UsePostgreSql("Host=nowhere");
        await using var provider = services.BuildServiceProvider();
        await using StudyDatabase context = isSqlite
            ? provider.GetRequiredService<IDbContextFactory<SqliteStudyDatabase>>().CreateDbContext()
            : provider.GetRequiredService<IDbContextFactory<PostgreSqlStudyDatabase>>().CreateDbContext();
        Assert.False(context.Database.HasPendingModelChanges(), "A migration is missing.");
        Assert.All(context.Model.GetEntityTypes(), entity => Assert.Equal(
            RowMap.Members(entity.ClrType).Where(p => !RowMap.IsCounted(p)).Select(p => RowMap.Column(p.Name)).Order(), entity.GetProperties().Select(p => p.GetColumnName()).Order()));
        Assert.Equal(RowMap.Tables.Keys.Select(t => t.Name).Order(), context.Model.GetEntityTypes().Select(e => e.ClrType.Name).Order());
    }

    [Fact]
    public async Task Two_stores_on_one_file_write_by_turns()
    {
        async Task WriteAsync(int writer)
        {
            var services = new ServiceCollection();
            services.AddHtiTune().UseSqlite(Path.Combine(_folder, "shared.db"));
            await using var provider = services.BuildServiceProvider();
            var store = provider.GetRequiredService<StudyStore>();
            for (var i = 0; i < 100; i++)
            {
                await store.AddKeyAsync(new ApiKeyRow { Id = $"{writer}-{i}", Hash = "", Tenant = "t", Name = "n", Scopes = "read" }, CancellationToken.None);
            }
        }

        var first = new ServiceCollection();
        first.AddHtiTune().UseSqlite(Path.Combine(_folder, "shared.db"));
        await using var provider = first.BuildServiceProvider();
        await provider.GetRequiredService<StudyStore>().MigrateAsync(CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(() => WriteAsync(writer))));
        Assert.Equal(300, (await provider.GetRequiredService<StudyStore>().KeysAsync("t", CancellationToken.None)).Count);
    }
}
