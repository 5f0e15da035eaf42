using System.Net.Sockets;
using HtiTune.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HtiTune.Server.Tests.Services;

/// <summary>A step that meets a fault of its own leaves its study paused with a reason and all its values, and never active without a way on.</summary>
public sealed class FaultTests : IDisposable
{
    private const string Tenant = "team";

    private static readonly StudyDefinition s_told = new() { Name = "told", Minimum = 0, Maximum = 1, MaxTrainings = 6 };

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-fault").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_fault_while_a_value_is_told_keeps_the_value_and_pauses_the_study_until_it_is_resumed()
    {
        var clock = new FaultyClock();
        await using var host = await ServiceHost.StartAsync(StoreFile, time: clock);
        var id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
        var first = await host.ClaimAsync(Tenant, id);
        clock.IsFaulty = true;
        var told = await host.Studies.TellAsync(Tenant, first.Attempt, new WorkResult { Lease = first.Lease, Value = 0.5 });
        Assert.Equal((AttemptState.Done, StudyState.Paused), (told.State, told.Study));
        var view = await host.Studies.GetAsync(Tenant, id);
        Assert.Equal(StudyState.Paused, view.State);
        Assert.StartsWith("fault: ", view.Reason, StringComparison.Ordinal);
        Assert.Contains(FaultyClock.Words, view.Reason, StringComparison.Ordinal);
        Assert.Contains("resume", view.Reason, StringComparison.Ordinal);
        Assert.Equal(TrialStatus.Completed, Assert.Single(await host.Studies.TrialsAsync(Tenant, id)).Status);
        var health = await host.Get<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("1 studies were paused by a fault", health.Entries["htitune"].Description, StringComparison.Ordinal);

        // Nobody asks for the same step again and again.
        var events = await CountAsync(host, id);
        await host.Get<StudyEngine>().AdvanceAsync(id, CancellationToken.None);
        await host.Get<Dispatcher>().ReconcileAsync(CancellationToken.None);
        Assert.Equal(events, await CountAsync(host, id));
        Assert.Null(await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id)));

        clock.IsFaulty = false;
        await host.Studies.ResumeAsync(Tenant, id);
        var result = await FinishAsync(host, id);
        Assert.Null(result.Reason);
        Assert.Equal(0.5, (await host.Studies.TrialsAsync(Tenant, id))[0].Value);

        // What was seen holds for a second.
        await Wait.UntilAsync(async () => (await host.Get<HealthCheckService>().CheckHealthAsync()).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_study_that_a_fault_has_paused_is_taken_up_by_the_next_process_and_one_that_a_user_has_paused_is_not()
    {
        Guid id, paused;
        var clock = new FaultyClock();
        await using (var host = await ServiceHost.StartAsync(StoreFile, time: clock))
        {
            id = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
            paused = (await host.Studies.CreateAsync(Tenant, s_told)).Id;
            await host.Studies.PauseAsync(Tenant, paused);
            var first = await host.ClaimAsync(Tenant, id);
            clock.IsFaulty = true;
            await host.Studies.TellAsync(Tenant, first.Attempt, new WorkResult { Lease = first.Lease, Value = 0.5 });

            // The fault meets the paused one too, which stays the user's.
            await host.Studies.EnqueueAsync(Tenant, paused, [0.4]).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.Null((await host.Studies.GetAsync(Tenant, paused)).Reason);
        }

        await using var next = await ServiceHost.StartAsync(StoreFile);
        var result = await FinishAsync(next, id);
        Assert.Equal(0.5, (await next.Studies.TrialsAsync(Tenant, id))[0].Value);
        Assert.True(result.TrainingsUsed > 1);
        Assert.Equal(StudyState.Paused, (await next.Studies.GetAsync(Tenant, paused)).State);
    }

    [Fact]
    public async Task A_fault_of_a_study_with_outputs_loses_no_training_and_its_answer_is_as_without()
    {
        var clock = new FaultyClock();
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork { Before = (request, _) => clock.IsFaulty |= request.Seed != 0 }, time: clock);
        var id = (await host.Studies.CreateAsync(Tenant, StudyServiceTests.Definition)).Id;
        await Wait.UntilAsync(async () => (await host.Studies.GetAsync(Tenant, id)).State == StudyState.Paused);
        Assert.StartsWith("fault: ", (await host.Studies.GetAsync(Tenant, id)).Reason, StringComparison.Ordinal);
        clock.IsCured = true;
        await host.Studies.ResumeAsync(Tenant, id);
        var ended = await host.EndAsync(id);
        var plain = await host.EndAsync((await host.Studies.CreateAsync(Tenant, StudyServiceTests.Definition)).Id);
        Assert.Equal((plain.Result!.Lambda, plain.TrainingsUsed), (ended.Result!.Lambda, ended.TrainingsUsed));
        Assert.All(await host.Studies.TrialsAsync(Tenant, id), trial => Assert.Equal(1, trial.Attempts));
    }

    [Fact]
    public async Task What_a_user_enqueues_while_the_step_meets_a_fault_is_not_granted()
    {
        var clock = new FaultyClock();
        Guid id;
        await using (var first = await ServiceHost.StartAsync(StoreFile, time: clock))
        {
            id = (await first.Studies.CreateAsync(Tenant, s_told)).Id;
            var task = await first.ClaimAsync(Tenant, id);

            // Without its jobs, nothing but what the user asks for takes the result in.
            await first.StopAsync();
            await first.Store.EndAsync(task.Attempt, task.Lease, new WorkResult { Value = 0.5 }, CancellationToken.None);
            clock.IsFaulty = true;
            var refused = await Assert.ThrowsAsync<StudyServiceException>(() => first.Studies.EnqueueAsync(Tenant, id, [0.4]));
            Assert.Equal(StudyServiceError.Conflict, refused.Kind);
            Assert.StartsWith($"Nothing was changed: {FaultyClock.Words}", refused.Message, StringComparison.Ordinal);
            clock.IsCured = true;
        }

        await using var host = await ServiceHost.StartAsync(StoreFile, time: clock);
        await host.Studies.ResumeAsync(Tenant, id);
        await FinishAsync(host, id);
        Assert.DoesNotContain(0.4, (await host.Studies.TrialsAsync(Tenant, id)).Select(trial => trial.Lambda));
    }

    [Fact]
    public void What_passes_by_itself_is_no_fault_of_a_study()
    {
        Exception[] passing =
        [
            new OperationCanceledException(), new IOException(), new UnauthorizedAccessException(), new TimeoutException(), new SocketException(), new Microsoft.Data.Sqlite.SqliteException("busy", 5),
            new InvalidOperationException("wrapped", new IOException()),
        ];
        Assert.All(passing, problem => Assert.IsType(problem.GetType(), Record.Exception(() => StudyFault.Within(() => throw problem))));
        Exception[] own = [new InvalidOperationException("Sequence contains no elements"), new ArithmeticException(), new FormatException(), new IndexOutOfRangeException()];
        Assert.All(own, problem => Assert.Same(problem, Assert.IsType<StudyFault>(Record.Exception(() => StudyFault.Within(() => throw problem))).InnerException));
    }

    private static async Task<int> CountAsync(ServiceHost host, Guid study) => (await host.Store.EventsAsync(study, 0, int.MaxValue, CancellationToken.None)).Count;

    private static async Task<StudyView> FinishAsync(ServiceHost host, Guid study)
    {
        while (true)
        {
            var view = await host.Studies.GetAsync(Tenant, study);
            if (view.State is not (StudyState.Active or StudyState.Paused))
            {
                Assert.Equal(StudyState.Finished, view.State);
                return view;
            }

            var task = await host.ClaimAsync(Tenant, study);
            await host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Value = Math.Pow(task.Lambda - 0.3, 2) });
        }
    }

    /// <summary>The real clock, which a study's tuner alone finds broken.</summary>
    private sealed class FaultyClock : TimeProvider
    {
        public const string Words = "the clock of the tuner is broken";

        public bool IsFaulty { get; set; }

        public bool IsCured { get; set; }

        public override DateTimeOffset GetUtcNow() => IsFaulty && !IsCured && IsTuners(Environment.StackTrace) ? throw new InvalidOperationException(Words) : System.GetUtcNow();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => GetUtcNow().Ticks;

        // Within a step alone: a study that is not in memory is taken up before it, and a fault of that begins a new run. What catches a step's faults is never put into its caller.
        private static bool IsTuners(string stack) => stack.Contains($".{nameof(StudyFault)}.", StringComparison.Ordinal);
    }
}
