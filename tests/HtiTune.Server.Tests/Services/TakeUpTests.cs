using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>A process that takes a study up comes to where its journal is, by what the journal says alone.</summary>
public sealed class TakeUpTests : IDisposable
{
    private const string Tenant = "team";
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-take-up").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_that_weighs_by_measured_durations_goes_on_in_another_process_and_meters_count_each_training_once()
    {
        var counted = 0L;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: TunerTelemetry.Name, Name: "htitune.trainings" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, count, tags, _) => Interlocked.Add(ref counted, tags.ToArray().Contains(new("hyperparameter", "dear")) ? count : 0));
        meters.Start();
        var definition = new StudyDefinition { Name = "dear", Hyperparameter = "dear", Minimum = 0, Maximum = 1, MaxTrainings = 12, Seed = 7, Tuner = new TunerSettings { MeasuredCost = true } };
        Guid id;
        await using (var first = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await first.Studies.CreateAsync(Tenant, definition)).Id;
            await TrainAsync(first, id, 8, isNumber: true);
        }

        await using var host = await ServiceHost.StartAsync(StoreFile);
        await TrainAsync(host, id, int.MaxValue, isNumber: true);
        var events = await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None);
        Assert.Single(events, row => row.Kind == StudyEventKind.RunBegan);
        TimeSpan[] durations = [.. events.Where(row => row.Kind == StudyEventKind.Told)
            .Select(row => TimeSpan.Parse(JsonDocument.Parse(row.Data).RootElement.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture))];
        Assert.All(durations, duration => Assert.InRange(duration, TimeSpan.FromMilliseconds(4), TimeSpan.FromMinutes(2)));
        Assert.Equal(durations.Length, (await host.Studies.GetAsync(Tenant, id)).TrainingsUsed);
        Assert.Equal(durations.Length, Interlocked.Read(ref counted));
    }

    [Fact]
    public async Task Of_several_runs_only_the_last_is_repeated()
    {
        var definition = new StudyDefinition
        {
            Name = "two runs", Minimum = 1, Maximum = 8, Scale = "log", Objective = "mean(abs(y0 - 3))", Rows = 5, Columns = ["y0"], MaxTrainings = 4, Seed = 5, UseSurrogate = false,
        };
        Guid id;
        await using (var first = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await first.Studies.CreateAsync(Tenant, definition)).Id;
            await TrainAsync(first, id, int.MaxValue);
            await first.Studies.PreferAsync(Tenant, id, "max(y0) - 0.5 * min(y0)", Goal.Minimize, 3);
            await TrainAsync(first, id, 1);
        }

        await using var host = await ServiceHost.StartAsync(StoreFile);
        var before = await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None);
        Assert.Equal(2, before.Count(row => row.Kind == StudyEventKind.RunBegan));

        // The first run as another library would have made it.
        var asked = before.First(row => row.Kind == StudyEventKind.Asked);
        asked = EventSeal.Seal(asked with { Data = asked.Data.Replace("\"seed\":", "\"number\":77,\"seed\":", StringComparison.Ordinal) });
        await host.Get<StoreDialect>().WriteAsync(
            session => session.ExecuteAsync($"UPDATE events SET data = {asked.Data} WHERE study_id = {id} AND sequence = {asked.Sequence}"), CancellationToken.None);
        await TrainAsync(host, id, int.MaxValue);
        var view = await host.Studies.GetAsync(Tenant, id);
        Assert.Equal(StudyState.Finished, view.State);
        var after = await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None);
        Assert.Equal(2, after.Count(row => row.Kind == StudyEventKind.RunBegan));
        Assert.Equal(view.TrainingsUsed, (await host.Studies.TrialsAsync(Tenant, id)).Count);
    }

    [Fact]
    public async Task A_run_that_ended_without_a_value_ends_so_again_and_its_trainings_answer_another_objective()
    {
        var definition = new StudyDefinition
        {
            Name = "no value", Minimum = 1, Maximum = 8, Scale = "log", Objective = "log(min(y0) - 100)", Rows = 5, Columns = ["y0"], MaxTrainings = 3, Seed = 5, UseSurrogate = false,
        };
        Guid id;
        await using (var first = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await first.Studies.CreateAsync(Tenant, definition)).Id;
            await TrainAsync(first, id, int.MaxValue);
            Assert.Equal(StudyState.Failed, (await first.Studies.GetAsync(Tenant, id)).State);
        }

        await using var host = await ServiceHost.StartAsync(StoreFile);
        Assert.NotNull((await host.Studies.PreferAsync(Tenant, id, "mean(y0)", Goal.Minimize)).Result);
        var journal = await host.Studies.JournalAsync(Tenant, id);
        Assert.Null(Assert.Single(journal.Runs).End);
        Assert.Equal(3, journal.Completed.Count);
        Assert.All(journal.Runs[0].Values.Values, value => Assert.Null(value.Value));
    }

    private static async Task TrainAsync(ServiceHost host, Guid id, int most, bool isNumber = false)
    {
        for (var i = 0; i < most && (await host.Studies.GetAsync(Tenant, id)).State == StudyState.Active; i++)
        {
            ClaimedAttempt? task = null;
            await Wait.UntilAsync(async () => (task = await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id))) is not null
                || (await host.Studies.GetAsync(Tenant, id)).State != StudyState.Active);
            if (task is null)
            {
                return;
            }

            var x = task.Lambda;
            await Task.Delay(TimeSpan.FromMilliseconds(5 + 20 * x));
            var middle = 1.5 + 0.25 * (x - 4) * (x - 4);
            await host.Studies.TellAsync(Tenant, task.Attempt, isNumber
                ? new WorkResult { Lease = task.Lease, Value = (x - 0.3) * (x - 0.3) }
                : new WorkResult { Lease = task.Lease, Outputs = Matrix.Create(5, 1, (row, outputs) => outputs[0] = (float)(middle + 0.1 * x * (row - 2))) });
        }
    }
}
