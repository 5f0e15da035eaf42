using Hangfire;
using Hangfire.Storage;
using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>What is broken off at any place, or meddled with in the job queue, ends as if nothing had been.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const string Tenant = "team";
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-interruption").FullName;

    private static StudyDefinition Definition => StudyServiceTests.Definition;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A host of its own for each claim and each tell: every event of the journal is followed by a restart at least once.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_study_whose_host_is_restarted_after_every_step_ends_like_one_in_a_single_process(bool isValue)
    {
        var definition = Definition with { Network = null, MaxTrainings = 5 };
        var expected = StudyServiceTests.Tuned(definition with { UseSurrogate = !isValue });
        if (isValue)
        {
            definition = definition with { Objective = "value", Rows = 1, Columns = null };
        }

        Guid id;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, definition)).Id;
        }

        var hosts = 1;
        while (true)
        {
            ClaimedAttempt? claimed;
            await using (var host = await ServiceHost.StartAsync(StoreFile))
            {
                hosts++;
                claimed = await NextAsync(host, id);
            }

            if (claimed is null)
            {
                break;
            }

            await using (var host = await ServiceHost.StartAsync(StoreFile))
            {
                hosts++;
                using var network = new TestNetwork().Train(new TrainingRequest(claimed.Lambda, claimed.Seed), CancellationToken.None);
                var outputs = network.Answer(Contexts.None(Definition.Rows), new TunerOptions { Seed = definition.Seed }.AnswerSeed);
                var values = outputs.Values.ToArray();
                var result = isValue ? new WorkResult { Value = values.Sum(value => (double)value * value) / values.Length } : new WorkResult { Outputs = outputs };
                Assert.Equal(AttemptState.Done, (await host.Studies.TellAsync(Tenant, claimed.Attempt, result with { Lease = claimed.Lease })).State);
            }
        }

        await using var last = await ServiceHost.StartAsync(StoreFile);
        var trials = await last.Studies.TrialsAsync(Tenant, id);
        if (!isValue)
        {
            // Reported numbers have a coarser grid than the library's own default.
            Assert.Equal(expected.Trials.Select(trial => (trial.Lambda, trial.Value)), trials.Select(trial => (trial.Lambda, trial.Value)));
            Assert.Equal(expected.Lambda, (await last.Studies.GetAsync(Tenant, id)).Result!.Lambda);
        }

        var undisturbed = (await last.Studies.CreateAsync(Tenant, definition)).Id;
        while (await NextAsync(last, undisturbed) is { } next)
        {
            var same = trials[next.Trial - 1];
            Assert.Equal(same.Lambda, next.Lambda);
            var result = isValue
                ? new WorkResult { Value = same.Value }
                : new WorkResult { Outputs = NpyFile.FromBytes(await last.Studies.OutputsAsync(Tenant, id, same.Number), "outputs") };
            await last.Studies.TellAsync(Tenant, next.Attempt, result with { Lease = next.Lease });
        }

        Assert.Equal((await last.Studies.GetAsync(Tenant, undisturbed)).Result!.Lambda, (await last.Studies.GetAsync(Tenant, id)).Result!.Lambda);
        Assert.Equal(1 + 2 * trials.Count + 1, hosts);
        Assert.All(await last.Studies.AttemptsAsync(Tenant, id), attempt => Assert.Equal(AttemptState.Done, attempt.State));
    }

    [Fact]
    public async Task Jobs_that_are_deleted_and_queued_again_in_the_job_queues_own_dashboard_change_nothing()
    {
        var begun = new SemaphoreSlim(0);
        var calls = 0;
        var network = new TestNetwork
        {
            Before = (_, cancellation) =>
            {
                begun.Release();
                if (Interlocked.Increment(ref calls) == 2)
                {
                    // The one whose job is taken away under it.
                    cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
                    cancellation.ThrowIfCancellationRequested();
                }
            },
        };
        await using var host = await ServiceHost.StartAsync(StoreFile, network);
        var (storage, definition) = (host.Get<JobStorage>(), Definition with { MaxTrainings = 4 });
        var (jobs, queue) = (new BackgroundJobClient(storage), storage.GetMonitoringApi());
        var id = (await host.Studies.CreateAsync(Tenant, definition)).Id;
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        await begun.WaitAsync(TimeSpan.FromSeconds(30));
        foreach (var job in queue.ProcessingJobs(0, 100).Where(job => job.Value.Job.Method.Name == nameof(TrainingWorker.ServeQueueAsync)))
        {
            Assert.True(jobs.Delete(job.Key));
        }

        // All that has ever been queued, once more.
        foreach (var job in queue.SucceededJobs(0, 100).Select(job => job.Key).Concat(queue.DeletedJobs(0, 100).Select(job => job.Key)).ToList())
        {
            jobs.Requeue(job);
        }

        var study = await host.EndAsync(id, 90);
        var expected = StudyServiceTests.Tuned(definition);
        Assert.Equal(expected.Lambda, study.Result!.Lambda);
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), (await host.Studies.TrialsAsync(Tenant, id)).Select(trial => trial.Lambda));
        var second = (await host.Studies.AttemptsAsync(Tenant, id, 2)).Select(attempt => attempt.State).ToList();
        Assert.Equal([AttemptState.Preempted, AttemptState.Done], second);
    }

    private static async Task<ClaimedAttempt?> NextAsync(ServiceHost host, Guid id)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id)) is { } claimed)
            {
                return claimed;
            }

            if ((await host.Studies.GetAsync(Tenant, id)).State is StudyState.Finished)
            {
                return null;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("Nothing to train after 30 s.");
    }
}
