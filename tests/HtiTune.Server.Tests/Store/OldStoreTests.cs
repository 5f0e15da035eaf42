using HtiTune.Hosting;
using HtiTune.Server.Tests.Services;
using Npgsql;

namespace HtiTune.Server.Tests;

/// <summary>A database of commit c522a9f, whose algorithm was another one: it opens, keeps what it holds, and goes on as a new run.</summary>
public abstract class OldStoreContract : IDisposable
{
    private const string Tenant = "default";

    protected string Folder { get; } = Directory.CreateTempSubdirectory("htitune-old").FullName;

    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [StoreFact]
    public async Task A_database_of_the_old_schema_keeps_its_studies_and_goes_on()
    {
        await using var host = await OpenAsync();
        var studies = (await host.Studies.ListAsync(Tenant, new StudyQuery())).ToDictionary(study => study.Definition.Name);
        Assert.Equal(["broken off", "outputs", "reported"], studies.Keys.Order(StringComparer.Ordinal));
        var (reported, outputs, broken) = (studies["reported"], studies["outputs"], studies["broken off"]);
        Assert.Equal((StudyState.Finished, 7, 0.3084232353496731), (reported.State, reported.TrainingsUsed, reported.Result!.Lambda));
        Assert.Equal((StudyState.Finished, 6, 0.296875), (outputs.State, outputs.TrainingsUsed, outputs.Result!.Lambda));
        Assert.Equal(["mean(y0 * y0)", "max(y0)"], (await host.Studies.PreferencesAsync(Tenant, outputs.Id)).Select(preference => preference.Objective));
        var ended = await host.Studies.TrialsAsync(Tenant, reported.Id);
        Assert.Equal(Enumerable.Range(1, 7), ended.Select(trial => trial.Number));
        Assert.All(ended, trial => Assert.Equal(Value(trial.Lambda), trial.Value!.Value, 1e-15));

        // Its outputs answer another preference, without a training.
        var preferred = await host.Studies.PreferAsync(Tenant, outputs.Id, "mean(abs(y0))", Goal.Minimize);
        Assert.InRange(preferred.Result!.Lambda, 0, 1);

        // What was broken off goes on: the five trainings count, and a new run of this algorithm makes the other three.
        var before = (await host.Studies.TrialsAsync(Tenant, broken.Id)).Where(trial => trial.Value is not null).Select(trial => (trial.Number, trial.Lambda, trial.Value)).ToList();
        Assert.Equal(5, before.Count);
        await GoldenService.TellAllAsync(host, Tenant, broken.Id, Value);
        var study = await host.EndAsync(broken.Id);
        var after = await host.Studies.TrialsAsync(Tenant, broken.Id);
        Assert.Equal(before, after.Take(5).Select(trial => (trial.Number, trial.Lambda, trial.Value)));
        Assert.Equal(StudyState.Finished, study.State);
        Assert.InRange(study.TrainingsUsed, 6, 8);
        Assert.InRange(study.Result!.Lambda, 0.28, 0.32);
        var began = (await host.Store.EventsAsync(broken.Id, 0, 1000, CancellationToken.None)).Where(row => row.Kind == StudyEventKind.RunBegan).Select(row => row.Data).ToList();
        Assert.Equal(2, began.Count);
        Assert.DoesNotContain("\"algorithm\"", began[0], StringComparison.Ordinal);
        Assert.Contains($"\"algorithm\":{Tuner.Algorithm}", began[1], StringComparison.Ordinal);
    }

    private protected abstract Task<ServiceHost> OpenAsync();

    protected static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Store", name);

    private static double Value(double lambda) => (lambda - 0.3) * (lambda - 0.3);
}

public sealed class SqliteOldStoreTests : OldStoreContract
{
    private protected override Task<ServiceHost> OpenAsync()
    {
        var file = Path.Combine(Folder, "studies.db");
        File.Copy(Fixture("c522a9f.db"), file);
        return ServiceHost.StartAsync(file);
    }
}

[NeedsPostgreSql]
public sealed class PostgreSqlOldStoreTests : OldStoreContract
{
    private readonly PostgreSqlCluster? _cluster = PostgreSqlCluster.Missing is null ? PostgreSqlCluster.Start() : null;

    public override void Dispose()
    {
        _cluster?.Dispose();
        base.Dispose();
    }

    private protected override async Task<ServiceHost> OpenAsync()
    {
        await using (var source = NpgsqlDataSource.Create(_cluster!.ConnectionString))
        {
            await using var command = source.CreateCommand(await File.ReadAllTextAsync(Fixture("c522a9f.sql")));
            await command.ExecuteNonQueryAsync();
        }

        return await ServiceHost.StartAsync(Path.Combine(Folder, "unused.db"), use: service => service.UsePostgreSql(_cluster.ConnectionString));
    }
}
