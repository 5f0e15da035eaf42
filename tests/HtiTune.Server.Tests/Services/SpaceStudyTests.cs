using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Journal;

namespace HtiTune.Server.Tests.Services;

/// <summary>Studies over several hyperparameters: told values and outputs, to the end and over restarts, as the library itself makes them.</summary>
public abstract class SpaceStudyContract : IDisposable
{
    private const string Tenant = "team";

    private static readonly StudyDefinition s_three = new()
    {
        Name = "three", Hyperparameters = ["lr=1e-4..1e-1:log", "layers=1..4:int", "act=relu,gelu"], MaxTrainings = 12, Seed = 3,
    };

    private static readonly StudyDefinition s_two = new()
    {
        Name = "two", Hyperparameters = ["rate=0.01..1:log", "width=1..8:int"], Objective = "mean(y0 * y0)", Columns = ["y0"], Rows = 16, MaxTrainings = 10, Seed = 5,
    };

    protected string Folder { get; } = Directory.CreateTempSubdirectory("htitune-spaces").FullName;

    public virtual void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [StoreFact]
    public async Task Told_values_of_three_hyperparameters_lead_where_the_library_itself_goes_whoever_restarts_in_between()
    {
        var id = await TrainAsync(s_three, at => new WorkResult { Value = Loss(at) }, restarts: 4);
        await using var host = await OpenAsync();
        var study = await host.Studies.GetAsync(Tenant, id);
        Assert.Equal(StudyState.Finished, study.State);
        var trials = await host.Studies.TrialsAsync(Tenant, id);

        // The same run by the library, in one process and without a store.
        var space = SearchSpace.Parse([.. s_three.Hyperparameters!]);
        using var tuner = new Tuner(new NoNetwork(), space, Contexts.None(1), new TunerOptions { MaxTrainings = s_three.MaxTrainings, Seed = s_three.Seed, UseSurrogate = false, GridSize = 65, CertificateDraws = 1024 });
        using var run = tuner.Begin(model => Loss(model.Configuration));
        var number = 0;
        while (run.Ask() is { } proposal)
        {
            Assert.Equal(proposal.Configuration, trials[number].Configuration);
            Assert.Equal(Loss(proposal.Configuration), trials[number++].Value);
            run.Tell(proposal, new Silent());
        }

        var own = run.Finish();
        Assert.Equal(number, trials.Count);
        Assert.Equal(own.Configuration, study.Result!.Configuration);
        Assert.Equal((own.RealValue, own.StopReason, own.Outcome), (study.Result.Value, study.Result.StopReason, study.Result.Outcome));
        Assert.Equal(own.Configuration, study.Configuration);
        Assert.Null(study.Lambda);
        Assert.All(trials, trial => Assert.True(double.IsNaN(trial.Lambda)));
        Assert.All(await host.Studies.AttemptsAsync(Tenant, id), attempt => Assert.Equal(trials[attempt.Trial - 1].Configuration, attempt.Configuration));

        // Its events carry the configuration, and no λ.
        var events = (await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None)).Where(row => row.Kind is StudyEventKind.Asked or StudyEventKind.Told or StudyEventKind.RunEnded).ToList();
        Assert.Equal(2 * trials.Count + 1, events.Count);
        Assert.All(events, row => Assert.Contains("\"configuration\":{\"lr\":", row.Data, StringComparison.Ordinal));
        Assert.All(events, row => Assert.DoesNotContain("\"lambda", row.Data, StringComparison.Ordinal));
    }

    [StoreFact]
    public async Task Outputs_of_two_hyperparameters_answer_what_is_believed_and_another_objective_without_a_training()
    {
        var id = await TrainAsync(s_two, at => new WorkResult { Outputs = Outputs(at) }, restarts: 3);
        await using var host = await OpenAsync();
        var study = await host.Studies.GetAsync(Tenant, id);
        Assert.True(study.State == StudyState.Finished, study.Reason);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.All(trials, trial => Assert.Equal(Enumerable.Range(0, 16).Average(i => Math.Pow(Outputs(trial.Configuration)[i, 0], 2)), trial.Value!.Value, 1e-6));
        Assert.True(study.Result!.Value <= trials.Min(trial => trial.Value)!.Value + study.Result.Epsilon);

        // Where it was trained, what is believed is what was measured.
        var belief = (await host.Studies.PredictAsync(Tenant, id, [.. trials.Select(trial => trial.Configuration)], importances: true))!;
        Assert.All(belief.Predictions.Zip(trials), pair => Assert.Equal(pair.Second.Value!.Value, pair.First.Mean, 1e-3));
        Assert.All(belief.Predictions, one => Assert.True(one.Low <= one.Mean && one.Mean <= one.High));
        Assert.Equal(["rate", "width"], belief.Importances!.Select(one => one.Name));
        Assert.All(belief.Importances!, one => Assert.InRange(one.Total, 0, 1.5));

        var answered = await host.Studies.PreferAsync(Tenant, id, "mean(abs(y0 - 0.5))", Goal.Minimize);
        Assert.Equal(study.Result.Configuration, answered.BeforeConfiguration);
        Assert.NotNull(answered.Result!.Configuration);
        Assert.Equal(2, answered.Result.Configuration.Count);
        Assert.Equal(2, (await host.Studies.PreferencesAsync(Tenant, id)).Count);
        Assert.Equal(trials.Count, (await host.Studies.TrialsAsync(Tenant, id)).Count);
        if (answered.Result.Outcome is NeedsTraining needs)
        {
            Assert.Equal(2, needs.Configuration.Count);
        }

        // With trainings allowed it goes on from what there is.
        var further = await host.Studies.PreferAsync(Tenant, id, "mean(abs(y0 + 0.4))", Goal.Minimize, mayTrain: 2);
        Assert.Equal(3, further.Version);
        while ((await host.Studies.GetAsync(Tenant, id)).State == StudyState.Active)
        {
            if (await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id)) is { } claimed)
            {
                await host.Studies.TellAsync(Tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, Outputs = Outputs(claimed.Configuration) });
            }
        }

        Assert.InRange((await host.Studies.TrialsAsync(Tenant, id)).Count, trials.Count, trials.Count + 2);
    }

    [StoreFact]
    public async Task Trainings_made_before_are_where_the_study_begins()
    {
        (double, int)[] places = [(0.02, 2), (0.1, 5), (0.3, 7), (0.8, 3), (0.05, 8)];
        EarlierTraining[] anchors = [.. places.Select(at => new Configuration([("rate", at.Item1), ("width", at.Item2)])).Select(at => new EarlierTraining(at, Outputs(at)))];
        var definition = s_two with { MaxTrainings = 3 };
        Guid id;
        await using (var host = await OpenAsync())
        {
            id = (await host.Studies.CreateOnceAsync(Tenant, definition, anchors, "once")).Id;
            Assert.Equal(id, (await host.Studies.CreateOnceAsync(Tenant, definition, [.. anchors.Select(one => new EarlierTraining(new Configuration([.. one.Configuration!.Pairs.Reverse().Select(pair => (pair.Key, pair.Value))]), one.Outputs))], "once")).Id);
            var other = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateOnceAsync(Tenant, definition, [.. anchors.SkipLast(1)], "once"));
            Assert.Equal(StudyServiceError.KeyReused, other.Kind);
            foreach (var (faulty, words) in (ValueTuple<EarlierTraining, string>[])
            [
                (new(new Configuration([("rate", 7), ("width", 2)]), anchors[0].Outputs), "[1] rate = 7; expected"), (new(new Configuration("rate", 0.1), anchors[0].Outputs), "[1] width has no value; expected"),
                (anchors[0], "[1] is at rate = 0.02, width = 2 as an earlier one; expected each configuration once"),
            ])
            {
                Assert.Contains(words, (await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, definition, [anchors[0], faulty]))).Message, StringComparison.Ordinal);
            }

            // What was trained before is judged, and no place of an initial design is asked for.
            var claimed = await host.ClaimAsync(Tenant, id);
            Assert.DoesNotContain(anchors, one => claimed.Configuration.Equals(one.Configuration));
            Assert.DoesNotContain("initial", (await host.Studies.TrialsAsync(Tenant, id))[5].Reason, StringComparison.OrdinalIgnoreCase);
            await host.Studies.TellAsync(Tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, Outputs = Outputs(claimed.Configuration) });
        }

        // A process that follows sees the same trainings, each with its configuration and value.
        await using var next = await OpenAsync();
        await Wait.UntilAsync(async () =>
        {
            if (await next.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id)) is { } claimed)
            {
                await next.Studies.TellAsync(Tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, Outputs = Outputs(claimed.Configuration) });
            }

            return (await next.Studies.GetAsync(Tenant, id)).State != StudyState.Active;
        });
        var study = await next.Studies.GetAsync(Tenant, id);
        Assert.True(study.State == StudyState.Finished, study.Reason);
        Assert.InRange(study.TrainingsUsed, 1, 3);
        var trials = await next.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(anchors.Select(one => one.Configuration), trials.Where(trial => trial.IsImported).Select(trial => trial.Configuration));
        Assert.All(trials, trial => Assert.Equal(Enumerable.Range(0, 16).Average(i => Math.Pow(Outputs(trial.Configuration)[i, 0], 2)), trial.Value!.Value, 1e-6));
        var imported = Assert.Single(await next.Store.EventsAsync(id, 0, 1000, CancellationToken.None), row => row.Kind == StudyEventKind.Imported);
        Assert.Contains("\"configuration\":{\"rate\":0.02,\"width\":2}", imported.Data, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task Configurations_of_ones_own_choice_are_trained_next_and_taken_out_again()
    {
        await using var host = await OpenAsync();
        var id = (await host.Studies.CreateAsync(Tenant, s_three)).Id;
        var (one, other) = (At(0.003, 2, "gelu"), At(0.05, 4, "relu"));
        Assert.Equal([one, other], (await host.Studies.EnqueueAsync(Tenant, id, (IReadOnlyList<Configuration>)[one, other])).AddedConfigurations);
        Assert.Equal([other], (await host.Studies.EnqueueAsync(Tenant, id, (IReadOnlyList<Configuration>)[other, At(0.002, 1, "relu")])).WaitingConfigurations.Where(other.Equals));
        var trained = new List<Configuration>();
        for (var i = 0; i < 2; i++)
        {
            var claimed = await host.ClaimAsync(Tenant, id);
            trained.Add(claimed.Configuration);
            await host.Studies.TellAsync(Tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, Value = Loss(claimed.Configuration) });
        }

        Assert.Contains(one, trained);

        // What waits while nothing is asked for is taken out.
        await host.Studies.PauseAsync(Tenant, id);
        await host.Studies.EnqueueAsync(Tenant, id, (IReadOnlyList<Configuration>)[At(0.09, 1, "gelu")]);
        Assert.Contains(At(0.09, 1, "gelu"), await host.Studies.ClearWaitingAsync(Tenant, id));
        foreach (var (refused, words) in (ValueTuple<Func<Task>, string>[])
        [
            (() => host.Studies.EnqueueAsync(Tenant, id, [0.3]), "lambdas are given, and the study tunes lr, layers, act; expected configurations"),
            (() => host.Studies.EnqueueAsync(Tenant, id, (IReadOnlyList<Configuration>)[At(0.5, 2, "gelu")]), "configurations[0]: lr = 0.5; expected"),
            (() => host.Studies.PredictAsync(Tenant, id, [At(0.01, 9, "tanh")]), "act = tanh; expected"),
            (() => host.Studies.CurveAsync(Tenant, id), "what is asked is told of one continuous hyperparameter alone"),
            (() => host.Studies.DistributionAsync(Tenant, id, 0.3), "what is asked is told of one continuous hyperparameter alone"),
            (() => host.Studies.CreateAsync(Tenant, s_two, [new EarlierTraining(0.3, new Matrix(16, 1, new float[16]))]), "The anchors: [0] is at λ = 0.3; expected a configuration of rate, width."),
            (() => host.Studies.CreateAsync(Tenant, s_two with { Minimum = 0 }), "hyperparameters stand beside hyperparameter, minimum, maximum or scale"),
            (() => host.Studies.CreateAsync(Tenant, s_two with { Hyperparameters = ["rate=2..1"] }), "hyperparameters: "),
            (() => host.Studies.CreateAsync(Tenant, s_two with { Objective = "mean(y0) + lambda" }), "it names lambda, and several hyperparameters are tuned"),
            (() => host.Studies.CreateAsync(Tenant, s_two with { Hyperparameters = null }), "minimum and maximum is missing and missing; expected finite numbers"),
        ])
        {
            Assert.Contains(words, (await Assert.ThrowsAsync<StudyServiceException>(refused)).Message, StringComparison.Ordinal);
        }
    }

    [StoreFact]
    public async Task One_continuous_hyperparameter_written_as_several_is_the_short_form()
    {
        await using var host = await OpenAsync();
        var study = await host.Studies.CreateAsync(Tenant, s_three with { Hyperparameters = ["lr=1e-4..1e-1:log"] });
        Assert.Equal((null, "lr", 1e-4, 1e-1, "log"), ((object?)study.Definition.Hyperparameters, study.Definition.Hyperparameter, study.Definition.Minimum, study.Definition.Maximum, study.Definition.Scale));
        var claimed = await host.ClaimAsync(Tenant, study.Id);
        Assert.Equal(new Configuration("lr", claimed.Lambda), claimed.Configuration);
    }

    private protected abstract Task<ServiceHost> OpenAsync();

    private static Configuration At(double lr, int layers, string act) => new([("lr", lr), ("layers", layers), ("act", act)]);

    private static double Loss(Configuration at) =>
        Math.Pow(Math.Log10(at["lr"]) + 2.4, 2) + 0.3 * Math.Pow(at["layers"] - 3, 2) + (at["act"].Word == "gelu" ? 0 : 0.4);

    // y_i = (log rate + 1.5)(1 + i/32) + (width − 5)/4 + s_i: mean squares have one valley in both.
    private static Matrix Outputs(Configuration at) => Matrix.Create(16, 1, (i, row) =>
        row[0] = (float)((Math.Log10(at["rate"]) + 0.8) * (1 + i / 32.0) + (at["width"] - 5) / 8 * Math.Cos(i)));

    private async Task<Guid> TrainAsync(StudyDefinition definition, Func<Configuration, WorkResult> train, int restarts)
    {
        var id = Guid.Empty;
        for (var part = 0; ; part++)
        {
            await using var host = await OpenAsync();
            id = id == Guid.Empty ? (await host.Studies.CreateAsync(Tenant, definition)).Id : id;
            for (var i = 0; part == restarts || i < 2; i++)
            {
                ClaimedAttempt? claimed = null;
                await Wait.UntilAsync(async () => (claimed = await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id))) is not null
                    || (await host.Studies.GetAsync(Tenant, id)).State != StudyState.Active);
                if (claimed is null)
                {
                    return id;
                }

                await host.Studies.TellAsync(Tenant, claimed.Attempt, train(claimed.Configuration) with { Lease = claimed.Lease });
            }
        }
    }

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new InvalidOperationException("Nothing is trained by the tuner.");
    }

    private sealed class Silent : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => new(1, 1, [0]);

        public void Dispose()
        {
        }
    }
}

public sealed class SqliteSpaceStudyTests : SpaceStudyContract
{
    private protected override Task<ServiceHost> OpenAsync() => ServiceHost.StartAsync(Path.Combine(Folder, "studies.db"));
}

[NeedsPostgreSql]
public sealed class PostgreSqlSpaceStudyTests : SpaceStudyContract
{
    private readonly PostgreSqlCluster? _cluster = PostgreSqlCluster.Missing is null ? PostgreSqlCluster.Start() : null;

    public override void Dispose()
    {
        _cluster?.Dispose();
        base.Dispose();
    }

    private protected override Task<ServiceHost> OpenAsync() => ServiceHost.StartAsync(Path.Combine(Folder, "unused.db"), use: service => service.UsePostgreSql(_cluster!.ConnectionString));
}
