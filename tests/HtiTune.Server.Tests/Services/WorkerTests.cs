using HtiTune.Data;
using HtiTune.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace HtiTune.Server.Tests.Services;

public sealed class WorkerTests : IDisposable
{
    private const string Tenant = "team";
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-worker").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    private static StudyDefinition Definition => StudyServiceTests.Definition with { MaxTrainings = 4 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, "stopped")]
    [InlineData(true, "killed")]
    public async Task A_training_that_a_user_ends_is_acknowledged_with_its_reason_and_the_study_goes_on(bool kill, string reason)
    {
        var begun = new TaskCompletionSource();
        using var free = new ManualResetEventSlim();
        var network = new TestNetwork
        {
            Before = (_, cancellation) =>
            {
                if (!begun.TrySetResult())
                {
                    return;
                }

                // The one reacts to a gentle end, the other to nothing.
                WaitHandle.WaitAny(kill ? [free.WaitHandle] : [free.WaitHandle, cancellation.WaitHandle]);
                cancellation.ThrowIfCancellationRequested();
            },
        };
        try
        {
            await using var host = await ServiceHost.StartAsync(StoreFile, network);
            var id = (await host.Studies.CreateAsync(Tenant, Definition)).Id;
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
            var running = Assert.Single(await host.Studies.AttemptsAsync(Tenant, id, 1));
            await host.Studies.EndAttemptAsync(Tenant, id, running.Id, kill);
            var study = await host.EndAsync(id);
            var ended = (await host.Studies.AttemptsAsync(Tenant, id, 1))[0];
            Assert.Equal(AttemptState.Cancelled, ended.State);
            Assert.StartsWith(reason, ended.Reason);
            Assert.NotNull(ended.AcknowledgedAt);
            Assert.Equal(StudyState.Finished, study.State);
            Assert.Equal(TrialStatus.Cancelled, (await host.Studies.TrialsAsync(Tenant, id))[0].Status);
        }
        finally
        {
            free.Set();
        }
    }

    [Fact]
    public async Task A_training_beyond_its_time_limit_is_ended_and_tried_again()
    {
        var calls = 0;
        var network = new TestNetwork
        {
            Before = (_, cancellation) =>
            {
                if (Interlocked.Increment(ref calls) == 1)
                {
                    cancellation.WaitHandle.WaitOne();
                    cancellation.ThrowIfCancellationRequested();
                }
            },
        };
        await using var host = await ServiceHost.StartAsync(StoreFile, network);
        var id = (await host.Studies.CreateAsync(Tenant, Definition with { TimeLimit = TimeSpan.FromSeconds(2) })).Id;
        var study = await host.EndAsync(id);
        Assert.Equal(StudyServiceTests.Tuned(Definition).Lambda, study.Result!.Lambda);
        Assert.Equal([AttemptState.TimedOut, AttemptState.Done], (await host.Studies.AttemptsAsync(Tenant, id, 1)).Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Jobs_that_are_delivered_twice_do_nothing_more()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork(), options => options.Slots = 2);
        var id = (await host.Studies.CreateAsync(Tenant, Definition)).Id;
        var (engine, worker) = (host.Get<StudyEngine>(), host.Get<TrainingWorker>());
        var ended = host.EndAsync(id);
        while (!ended.IsCompleted)
        {
            await Task.WhenAll(
                engine.AdvanceInTurnAsync(id, CancellationToken.None), engine.AdvanceInTurnAsync(id, CancellationToken.None),
                worker.ServeQueueAsync("default", CancellationToken.None), worker.ServeQueueAsync("default", CancellationToken.None));
        }

        var expected = StudyServiceTests.Tuned(Definition);
        Assert.Equal(expected.Lambda, (await ended).Result!.Lambda);
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), (await host.Studies.TrialsAsync(Tenant, id)).Select(trial => trial.Lambda));
        Assert.All(await host.Studies.AttemptsAsync(Tenant, id), attempt => Assert.Equal(AttemptState.Done, attempt.State));
        var sequence = (await host.Studies.GetAsync(Tenant, id)).LastSequence;
        await engine.AdvanceInTurnAsync(id, CancellationToken.None);
        Assert.Equal(sequence, (await host.Studies.GetAsync(Tenant, id)).LastSequence);
    }

    [Fact]
    public async Task A_result_that_comes_after_its_lease_is_used_where_there_is_no_other()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, null, options => (options.Lease, options.RenewEvery) = (TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(50)));
        var id = (await host.Studies.CreateAsync(Tenant, new StudyDefinition { Name = "late", Minimum = 0, Maximum = 1, MaxTrainings = 3 })).Id;
        var slow = await host.Studies.ClaimAsync(Tenant, new WorkRequest("slow", Study: id));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var _ in host.Studies.EventsAsync(Tenant, id, 0, follow: true, patience.Token))
        {
            if ((await host.Studies.AttemptsAsync(Tenant, id, slow!.Trial))[0].State == AttemptState.Lost)
            {
                break;
            }
        }

        var told = await host.Studies.TellAsync(Tenant, slow!.Attempt, new WorkResult { Lease = slow.Lease, Value = 0.25 });
        Assert.Equal(AttemptState.Late, told.State);
        var trial = (await host.Studies.TrialsAsync(Tenant, id))[0];
        Assert.Equal(TrialStatus.Completed, trial.Status);
        Assert.Equal([AttemptState.Late, AttemptState.Cancelled], (await host.Studies.AttemptsAsync(Tenant, id, slow.Trial)).Select(attempt => attempt.State));
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_does_not_grow_and_is_all_that_operators_are_told()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        for (var i = 0; i < 3; i++)
        {
            await host.Studies.CreateAsync(Tenant, Definition with { Queue = "elsewhere" });
        }

        var dispatcher = host.Get<Dispatcher>();
        for (var i = 0; i < 100; i++)
        {
            await dispatcher.ReconcileAsync(CancellationToken.None);
        }

        Assert.InRange(host.Get<Hangfire.JobStorage>().GetMonitoringApi().EnqueuedCount(HtiTuneNames.TrainingQueue("elsewhere")), 0, 66);
        var health = await host.Get<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("No process trains the network 'test' in queue 'elsewhere', for which 3 active studies wait.", health.Entries["htitune"].Description);
    }

    [Fact]
    public async Task All_violations_of_the_options_are_told_when_the_host_starts()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ServiceHost.StartAsync(StoreFile, null, options =>
        {
            (options.Slots, options.StudiesInMemory, options.RenewEvery, options.Lease) = (0, 0, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
            options.Queues.Add("GPU 1");
            options.Networks.Add("empty", new CommandNetworkOptions());
        }));
        Assert.All(["Slots", "StudiesInMemory", "RenewEvery", "GPU 1", "Networks:empty:Command"], part => Assert.Contains(part, error.Message));
    }
}
