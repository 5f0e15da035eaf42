using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

public sealed class StudyServiceTests : IDisposable
{
    private const string Tenant = "team";
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-service").FullName;

    private string StoreFile => Path.Combine(_folder, "studies.db");

    internal static StudyDefinition Definition { get; } = new()
    {
        Name = "least square", Network = "test", Minimum = 0.1, Maximum = 2, Objective = "mean(y0 * y0)", Rows = 40, MaxTrainings = 6, Columns = ["y0"], Seed = 3,
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_study_of_the_service_is_the_tuners_own_bit_for_bit()
    {
        var expected = Tuned(Definition);
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var created = await host.Studies.CreateAsync(Tenant, Definition);
        var study = await host.EndAsync(created.Id);
        var trials = await host.Studies.TrialsAsync(Tenant, created.Id);
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), trials.Select(trial => trial.Lambda));
        Assert.Equal(expected.Trials.Select(trial => trial.Value), trials.Select(trial => trial.Value));

        // Frozen before the training: behind the first places there is no model yet.
        Assert.Equal(expected.Trials.Skip(3).Select(trial => trial.Predicted), trials.Skip(3).Select(trial => trial.Predicted));
        Assert.Equal((StudyState.Finished, expected.Lambda, expected.RealValue, expected.StopReason), (study.State, study.Result!.Lambda, study.Result.Value, study.Result.StopReason));
        Assert.Equal(expected.Trust, study.Result.Trust);
        Assert.True(study.Result.LambdaLow <= study.Result.Lambda && study.Result.Lambda <= study.Result.LambdaHigh);
    }

    [Fact]
    public async Task Settings_of_the_tuner_reach_it_and_are_checked_by_its_own_check()
    {
        var settings = new TunerSettings { Acquisition = "knowledge-gradient", StrictCertificate = true, StartLambdas = [0.7], UseWholeBudget = true, CertificateDraws = 512, GridSize = 65 };
        var definition = Definition with { Tuner = settings };
        var expected = Tuned(definition);
        Assert.Contains(expected.Trials, trial => trial.Lambda == 0.7);
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var created = await host.Studies.CreateAsync(Tenant, definition);
        var study = await host.EndAsync(created.Id);
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), (await host.Studies.TrialsAsync(Tenant, created.Id)).Select(trial => trial.Lambda));
        Assert.Equal(settings.Acquisition, study.Definition.Tuner!.Acquisition);
        var wrong = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, Definition with { Tuner = new TunerSettings { NoiseVariance = -1, GridSize = 5 } }));
        Assert.Contains("NoiseVariance is -1; expected a finite number of at least 0, or null; GridSize is 5", wrong.Message, StringComparison.Ordinal);
        wrong = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, Definition with { Objective = "value", Columns = null, Tuner = new TunerSettings { Replicate = true } }));
        Assert.Contains("tuner.replicate", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task A_host_that_ends_in_the_middle_is_followed_by_one_that_goes_on_alike(int trainings)
    {
        var expected = Tuned(Definition);
        Guid id;
        var reached = new TaskCompletionSource();
        var begun = 0;
        var network = new TestNetwork
        {
            Before = (_, cancellation) =>
            {
                if (Interlocked.Increment(ref begun) == trainings)
                {
                    reached.SetResult();
                    cancellation.WaitHandle.WaitOne();
                    cancellation.ThrowIfCancellationRequested();
                }
            },
        };
        await using (var host = await ServiceHost.StartAsync(StoreFile, network))
        {
            id = (await host.Studies.CreateAsync(Tenant, Definition)).Id;
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await using var next = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var study = await next.EndAsync(id);
        var trials = await next.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), trials.Select(trial => trial.Lambda));
        Assert.Equal(expected.Trials.Select(trial => trial.Value), trials.Select(trial => trial.Value));
        Assert.Equal(expected.Lambda, study.Result!.Lambda);
        var attempts = await next.Studies.AttemptsAsync(Tenant, id, trainings);
        Assert.Equal([AttemptState.Preempted, AttemptState.Done], attempts.Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Studies_that_give_way_in_memory_end_as_if_they_had_not()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork(), options => (options.StudiesInMemory, options.Slots) = (1, 2));
        var ids = new List<(Guid Id, long Seed)>();
        for (var seed = 1; seed <= 3; seed++)
        {
            ids.Add(((await host.Studies.CreateAsync(Tenant, Definition with { Seed = seed, MaxTrainings = 4 })).Id, seed));
        }

        foreach (var (id, seed) in ids)
        {
            var study = await host.EndAsync(id);
            Assert.Equal(Tuned(Definition with { Seed = seed, MaxTrainings = 4 }).Lambda, study.Result!.Lambda);
        }
    }

    [Fact]
    public async Task Reported_numbers_are_asked_and_told_in_one_breath()
    {
        var definition = new StudyDefinition { Name = "parabola", Minimum = 0, Maximum = 1, MaxTrainings = 7 };
        await using var host = await ServiceHost.StartAsync(StoreFile);
        var id = (await host.Studies.CreateAsync(Tenant, definition)).Id;
        var asked = await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id));
        var lambdas = new List<double>();
        while (asked is not null)
        {
            lambdas.Add(asked.Lambda);
            var told = await host.Studies.TellAsync(
                Tenant, asked.Attempt, new WorkResult { Lease = asked.Lease, Value = Math.Pow(asked.Lambda - 0.3, 2), Next = new WorkRequest("w", Study: id) });
            Assert.Equal(AttemptState.Done, told.State);
            asked = told.Next;
        }

        var study = await host.EndAsync(id, 5);
        using var tuner = new Tuner(
            new Reporting(), Hyperparameter.Continuous("lambda", 0, 1), Contexts.None(1), new TunerOptions { MaxTrainings = 7, UseSurrogate = false, GridSize = 65 });
        var expected = tuner.Optimize(model => Math.Pow(model.Lambda - 0.3, 2));
        Assert.Equal(expected.Trials.Select(trial => trial.Lambda), lambdas);
        Assert.Equal(expected.Lambda, study.Result!.Lambda);
        Assert.Equal(expected.RealValue, study.Result.Value);
        Assert.NotNull(await host.Studies.CurveAsync(Tenant, id));
    }

    [Fact]
    public async Task A_network_that_fails_now_and_then_costs_attempts_and_no_trial()
    {
        var calls = 0;
        var network = new TestNetwork
        {
            Before = (_, _) =>
            {
                if (Interlocked.Increment(ref calls) % 2 == 1)
                {
                    throw new InvalidOperationException("the machine hiccups");
                }
            },
        };
        await using var host = await ServiceHost.StartAsync(StoreFile, network);
        var id = (await host.Studies.CreateAsync(Tenant, Definition with { MaxTrainings = 4 })).Id;
        var study = await host.EndAsync(id);
        Assert.Equal(Tuned(Definition with { MaxTrainings = 4 }).Lambda, study.Result!.Lambda);
        var attempts = await host.Studies.AttemptsAsync(Tenant, id);
        Assert.Equal(attempts.Count / 2, attempts.Count(attempt => attempt.State == AttemptState.Failed));
        Assert.All(attempts.Where(attempt => attempt.State == AttemptState.Failed), attempt => Assert.Contains("the machine hiccups", attempt.Reason));
    }

    [Fact]
    public async Task A_preference_is_answered_without_a_training_and_goes_on_where_it_may()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var id = (await host.Studies.CreateAsync(Tenant, Definition)).Id;
        await host.EndAsync(id);
        var used = (await host.Studies.TrialsAsync(Tenant, id)).Count;
        var answer = await host.Studies.PreferAsync(Tenant, id, "mean(y0)", Goal.Maximize);
        Assert.Equal(2, answer.Version);
        Assert.Equal(used, (await host.Studies.TrialsAsync(Tenant, id)).Count);

        // The greatest mean of sin 3λ is at π/6.
        Assert.InRange(answer.Result!.Lambda, 0.3, 0.8);
        await host.Studies.PreferAsync(Tenant, id, "mean(y0)", Goal.Minimize, mayTrain: 3);
        var study = await host.EndAsync(id);
        Assert.Equal(StudyState.Finished, study.State);
        Assert.InRange(study.Result!.Lambda, 1.3, 1.8);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.InRange(trials.Count, used, used + 3);
        Assert.Equal(Enumerable.Range(1, trials.Count), trials.Select(trial => trial.Number));
        Assert.Equal([1, 2, 3], (await host.Studies.PreferencesAsync(Tenant, id)).Select(preference => preference.Version));
    }

    [Fact]
    public async Task The_surrogate_of_a_study_is_sampled_and_shown()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile, new TestNetwork());
        var id = (await host.Studies.CreateAsync(Tenant, Definition)).Id;
        var study = await host.EndAsync(id);
        var rows = await host.Studies.SampleAsync(Tenant, id, 0.9, Matrix.Empty(5));
        Assert.Equal((5, 1), (rows.Rows, rows.Columns));
        var trained = await host.Studies.DistributionAsync(Tenant, id, study.Result!.Lambda);
        Assert.Equal(DistributionKind.Trained, trained!.Kind);
        var between = await host.Studies.DistributionAsync(Tenant, id, 0.61);
        Assert.Equal(DistributionKind.Interpolated, between!.Kind);
        var mean = between.Outputs.Values.ToArray().Average();
        Assert.InRange(mean, Math.Sin(3 * 0.61) - 0.3, Math.Sin(3 * 0.61) + 0.3);
        Assert.NotEmpty(await host.Studies.SurrogateFileAsync(Tenant, study.SurrogateId!.Value, onnx: true));
        var other = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.GetAsync("others", id));
        Assert.Equal(StudyServiceError.NotFound, other.Kind);
    }

    [Fact]
    public async Task All_faults_of_a_definition_are_told_at_once()
    {
        await using var host = await ServiceHost.StartAsync(StoreFile);
        var wrong = Definition with { Name = "", Minimum = 2, Maximum = 1, Rows = -1, MaxTrainings = 0, Queue = "A b", Delta = double.NaN };
        var error = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, wrong));
        Assert.Equal(StudyServiceError.Invalid, error.Kind);
        Assert.All(["name", "minimum and maximum", "rows", "maxTrainings", "queue", "delta"], part => Assert.Contains(part, error.Message));
        Assert.Empty(await host.Studies.ListAsync(Tenant, new StudyQuery()));
        var command = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, Definition with { Objective = "command:rm x" }));
        Assert.Contains("objective", command.Message);
    }

    internal static TuningResult Tuned(StudyDefinition definition, INetwork? network = null)
    {
        var contexts = Contexts.None(definition.Rows);
        var options = new TunerOptions { MaxTrainings = definition.MaxTrainings, Seed = definition.Seed, Parallelism = definition.Parallelism, Goal = definition.Goal, UseSurrogate = definition.UseSurrogate };
        var tuner = new Tuner(
            network ?? new TestNetwork(), definition.ToSpace(), contexts,
            definition.Tuner is { } settings ? options.With(settings) : options);
        return tuner.Optimize(model =>
        {
            // Expressions take a mean from the first value, so that equal values have themselves for a mean.
            var outputs = model.Sample(contexts).Outputs;
            double[] values = [.. Enumerable.Range(0, outputs.Rows * outputs.Columns).Select(i => outputs.Exact(i / outputs.Columns, i % outputs.Columns))];
            var (first, sum) = (values[0] * values[0], 0.0);
            foreach (var value in values)
            {
                sum += value * value - first;
            }

            return first + sum / values.Length;
        });
    }

    private sealed class Reporting : INetwork, ITrainedNetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => this;

        public Matrix Answer(Contexts contexts, long seed) => new(1, 1, [0]);

        public void Dispose()
        {
        }
    }
}
