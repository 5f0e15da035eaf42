using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>Outputs that do not look like the first ones are a failed training, and stay one: they come back neither into a new run nor into a preference.</summary>
public sealed class OtherShapeTests : IDisposable
{
    private const string Tenant = "team";

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-shape").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_with_other_columns_is_left_out_by_a_new_run_and_by_preferences(bool isOfOtherAlgorithm)
    {
        Guid id;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, new StudyDefinition { Name = "told", Minimum = 0, Maximum = 1, Objective = "mean(outputs)", Rows = 3, MaxTrainings = 7, Parallelism = 2 })).Id;
            await TellAsync(host, await host.ClaimAsync(Tenant, id, "a"), Outputs(3, 1));
            await TellAsync(host, await host.ClaimAsync(Tenant, id, "b"), Outputs(3, 2));
        }

        await (isOfOtherAlgorithm
            ? ServiceHost.ChangeEventsAsync(StoreFile, "run.began", $"\"algorithm\":{Tuner.Algorithm}", "\"algorithm\":1")
            : ServiceHost.ChangeEventsAsync(StoreFile, "trial.asked", "\"lambda\":", "\"lambda\":1"));
        await using var next = await ServiceHost.StartAsync(StoreFile);
        await Wait.UntilAsync(async () =>
        {
            if (await next.Studies.ClaimAsync(Tenant, new WorkRequest("a", Study: id)) is { } task)
            {
                await TellAsync(next, task, Outputs(3, 1));
            }

            return (await next.Studies.GetAsync(Tenant, id)).State != StudyState.Active;
        });
        var ended = await next.Studies.GetAsync(Tenant, id);
        Assert.Equal((StudyState.Finished, null), (ended.State, ended.Reason));
        Assert.NotNull((await next.Studies.PreferAsync(Tenant, id, "max(outputs)", Goal.Minimize)).Result);
    }

    [Fact]
    public async Task A_study_without_a_result_begins_anew_too()
    {
        Guid id;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, new StudyDefinition { Name = "asked", Minimum = 0, Maximum = 1, Objective = "mean(outputs)", Rows = 3, MaxTrainings = 4 })).Id;
            await host.ClaimAsync(Tenant, id, "a");
        }

        await ServiceHost.ChangeEventsAsync(StoreFile, "run.began", $"\"algorithm\":{Tuner.Algorithm}", "\"algorithm\":1");
        await using var next = await ServiceHost.StartAsync(StoreFile);
        await next.Get<StudyEngine>().AdvanceAsync(id, CancellationToken.None);
        var view = await next.Studies.GetAsync(Tenant, id);
        Assert.Equal((StudyState.Active, null), (view.State, view.Reason));
    }

    [Fact]
    public async Task The_first_that_arrived_says_how_many_rows_there_are_and_not_the_first_by_number()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile);
        var id = (await host.Studies.CreateAsync(Tenant, new StudyDefinition { Name = "open", Minimum = 0, Maximum = 1, Objective = "mean(outputs)", Rows = 0, MaxTrainings = 6, Parallelism = 2, MaxAttempts = 1 })).Id;
        var first = await host.ClaimAsync(Tenant, id, "a");
        await TellAsync(host, await host.ClaimAsync(Tenant, id, "b"), Outputs(4, 1));

        // Its worker had asked before the other one's answer was known.
        await host.Store.EndAsync(
            first.Attempt, first.Lease, new WorkResult { Samples = await host.Store.KeepAsync(NpyFile.ToBytes(Outputs(3, 1)), CancellationToken.None) }, CancellationToken.None);
        await host.Get<StudyEngine>().AdvanceAsync(id, CancellationToken.None);
        var third = await host.ClaimAsync(Tenant, id, "a");
        Assert.Equal(AttemptState.Done, (await TellAsync(host, third, Outputs(4, 1))).State);
        await host.Get<StudyEngine>().AdvanceAsync(id, CancellationToken.None);
        Assert.NotNull((await host.Studies.TrialsAsync(Tenant, id)).Single(trial => trial.Number == third.Trial).Value);
    }

    private static Matrix Outputs(int rows, int columns) => Matrix.Create(rows, columns, (i, row) => row.Fill(i + 1));

    private static Task<TellOutcome> TellAsync(ServiceHost host, ClaimedAttempt task, Matrix outputs) =>
        host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Outputs = outputs });
}
