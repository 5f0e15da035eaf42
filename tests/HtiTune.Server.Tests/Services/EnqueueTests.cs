using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Services;

/// <summary>What a user has enqueued outlives the process, and a journal that cannot be repeated.</summary>
public sealed class EnqueueTests : IDisposable
{
    private const string Tenant = "team";

    private static readonly StudyDefinition s_told = new() { Name = "told", Minimum = 0, Maximum = 1, MaxTrainings = 8 };

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-enqueue").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_process_trains_what_is_left_of_it(bool isChanged)
    {
        Guid id;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
            Assert.Equal([0.61, 0.42, 0.77], (await host.Studies.EnqueueAsync(Tenant, id, [0.61, 0.42, 0.77])).Added);
            await TrainAsync(host, id, 2);
        }

        if (isChanged)
        {
            // As another version of the library would find it: what was asked is not what it would ask.
            await ServiceHost.ChangeEventsAsync(StoreFile, "trial.asked", "\"lambda\":", "\"lambda\":1");
        }

        await using var next = await ServiceHost.StartAsync(StoreFile);
        await TrainAsync(next, id, 2);
        var trials = await next.Studies.TrialsAsync(Tenant, id);
        var trained = trials.Where(trial => trial.Status == TrialStatus.Completed).Select(trial => trial.Lambda).ToList();
        Assert.All([0.61, 0.42, 0.77], lambda => Assert.Single(trained, lambda));
    }

    [Fact]
    public async Task What_was_taken_out_stays_out_where_a_journal_cannot_be_repeated()
    {
        Guid id;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
            await TrainAsync(host, id, 1); // The next one is asked for already.
            await host.Studies.EnqueueAsync(Tenant, id, [0.61, 0.42]);
            Assert.Equal([0.61, 0.42], await host.Studies.ClearEnqueuedAsync(Tenant, id));
            await host.Studies.EnqueueAsync(Tenant, id, [0.77]);
            await TrainAsync(host, id, 1);
        }

        await ServiceHost.ChangeEventsAsync(StoreFile, "trial.asked", "\"lambda\":", "\"lambda\":1");
        await using var next = await ServiceHost.StartAsync(StoreFile);
        await TrainAsync(next, id, 4);
        var lambdas = (await next.Studies.TrialsAsync(Tenant, id)).Select(trial => trial.Lambda).ToList();
        Assert.Contains(0.77, lambdas);
        Assert.DoesNotContain(0.61, lambdas);
        Assert.DoesNotContain(0.42, lambdas);
    }

    [Fact]
    public async Task A_run_by_an_older_algorithm_goes_on_as_a_new_run_and_says_so()
    {
        Guid id;
        double[] before;
        await using (var host = await ServiceHost.StartAsync(StoreFile))
        {
            id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
            await TrainAsync(host, id, 3);
            before = [.. (await host.Studies.TrialsAsync(Tenant, id)).Where(trial => trial.Status == TrialStatus.Completed).Select(trial => trial.Lambda)];
        }

        await ServiceHost.ChangeEventsAsync(StoreFile, "run.began", $"\"algorithm\":{Tuner.Algorithm}", "\"algorithm\":1");
        await using var next = await ServiceHost.StartAsync(StoreFile);
        await TrainAsync(next, id, 2);
        var began = new List<System.Text.Json.JsonElement>();
        await foreach (var happened in next.Studies.EventsAsync(Tenant, id, 0, follow: false))
        {
            if (happened.Kind == StudyEventKind.RunBegan)
            {
                began.Add(System.Text.Json.JsonDocument.Parse(happened.Data).RootElement);
            }

            if (began.Count == 2)
            {
                break;
            }
        }

        Assert.Equal((1, 2), (began[0].GetProperty("run").GetInt32(), began[1].GetProperty("run").GetInt32()));
        Assert.Equal($"version {Tuner.Algorithm} of the algorithm follows version 1: what was trained is kept", began[1].GetProperty("why").GetString());

        // The training that the old run had asked for was told first.
        double[] warm = [.. began[1].GetProperty("warm").EnumerateArray().Select(trial => trial.GetProperty("lambda").GetDouble())];
        Assert.Equal(before, warm.Take(3));
        Assert.Equal((4, s_told.MaxTrainings - 4), (warm.Length, began[1].GetProperty("budget").GetInt32()));
        var trials = await next.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(trials.Count, trials.Select(trial => trial.Number).Distinct().Count());
        Assert.Equal(5, trials.Count(trial => trial.Status == TrialStatus.Completed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_could_not_be_written_is_not_granted(bool isEnqueued)
    {
        Interrupted? store = null;
        await using var host = await ServiceHost.StartAsync(StoreFile, use: builder =>
        {
            builder.UseSqlite(StoreFile);
            var real = builder.Services.Last(service => service.ServiceType == typeof(StoreDialect));
            builder.Services.Remove(real);
            builder.Services.AddSingleton<StoreDialect>(provider => store = new Interrupted((StoreDialect)real.ImplementationFactory!(provider)));
        });
        var id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
        await host.Studies.EnqueueAsync(Tenant, id, [0.61, 0.77]);

        // A neighbour cancels the study in the moment before the commit.
        store!.BeforeNextWrite(() => host.Store.ChangeStateAsync(id, [StudyState.Active], StudyState.Cancelled, "user", CancellationToken.None).GetAwaiter().GetResult());
        var refused = await Assert.ThrowsAsync<StudyServiceException>(async () =>
        {
            if (isEnqueued)
            {
                await host.Studies.EnqueueAsync(Tenant, id, [0.42]);
            }
            else
            {
                await host.Studies.ClearEnqueuedAsync(Tenant, id);
            }
        });
        Assert.Equal(StudyServiceError.Conflict, refused.Kind);
        Assert.Contains("The study is cancelled", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Networks_of_the_host_train_them_too()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var id = (await host.Studies.CreateAsync(Tenant, StudyServiceTests.Definition)).Id;
        await host.Studies.EnqueueAsync(Tenant, id, [1.234567890123, 0.1]);
        await host.EndAsync(id);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.All([1.234567890123, 0.1], lambda => Assert.Equal(TrialStatus.Completed, Assert.Single(trials, trial => trial.Lambda == lambda).Status));
        Assert.InRange(trials.Count, 2, StudyServiceTests.Definition.MaxTrainings);
        Assert.Equal(StudyServiceError.Conflict, (await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.EnqueueAsync(Tenant, id, [0.5]))).Kind);
    }

    private static async Task TrainAsync(ServiceHost host, Guid study, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var task = await host.ClaimAsync(Tenant, study, "w");
            await host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Value = Math.Pow(task.Lambda - 0.3, 2) });
        }
    }

    /// <summary>A store before whose next write, of those that the same caller asks for, something happens: a step only reads before it commits.</summary>
    private sealed class Interrupted(StoreDialect inner) : DialectAround(inner)
    {
        private readonly AsyncLocal<bool> _isWatched = new();
        private Action? _before;

        public void BeforeNextWrite(Action before) => (_isWatched.Value, _before) = (true, before);

        public override Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation)
        {
            if (_isWatched.Value && Interlocked.Exchange(ref _before, null) is { } before)
            {
                before();
            }

            return base.WriteAsync(work, cancellation);
        }
    }
}
