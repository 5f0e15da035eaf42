using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Spaces;

/// <summary>A tuner over several hyperparameters: runs, folders, resumption, hands, wishes.</summary>
public sealed class SpaceTunerTests : IDisposable
{
    private static readonly SearchSpace s_space = SearchSpace.Parse("lr=1e-5..1e-1:log", "layers=1..4:int", "act=relu,gelu,silu", "slope=0..1 if act=gelu");

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-space").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Minimize_finds_a_configuration_of_numbers_whole_numbers_and_words()
    {
        var study = Tuner.Minimize(s_space, at => Loss(at.Configuration), new TunerOptions { MaxTrainings = 25, Seed = 1 });
        Assert.Equal(study.Trials.Min(trial => trial.Value), study.RealValue);
        Assert.True(study.RealValue < 0.3, $"{study}");
        Assert.Equal("gelu", study.Configuration["act"].Word);
        Assert.All(study.Trials, trial => Assert.Empty(s_space.FaultsOf(trial.Configuration)));
        Assert.Equal(study.Trials.Count, study.Trials.Select(trial => trial.Configuration).Distinct().Count());
        Assert.Contains(study.Trials.Skip(6), trial => trial.PredictedLow <= trial.Value && trial.Value <= trial.PredictedHigh);
        Assert.All(study.Trials.Take(5), trial => Assert.Equal((null, null), (trial.Predicted, trial.Test)));
        Assert.True(double.IsNaN(study.Lambda));
        Assert.StartsWith(study.Configuration.ToText(6) + ": ", study.ToString(), StringComparison.Ordinal);
        var mirrored = Tuner.Maximize(s_space, at => -Loss(at.Configuration), new TunerOptions { MaxTrainings = 25, Seed = 1 });
        Assert.Equal(study.Trials.Select(trial => trial.Configuration), mirrored.Trials.Select(trial => trial.Configuration));
        Assert.Equal(-study.RealValue, mirrored.RealValue);
    }

    [Fact]
    public void What_is_believed_anywhere_and_what_matters_are_told_and_drawn()
    {
        var space = SearchSpace.Parse("a=0..1", "b=0..1", "c=x,y");
        var study = Tuner.Minimize(space, at => 3 * at["a"].Number + at["b"].Number, new TunerOptions { MaxTrainings = 16, UseWholeBudget = true, NoiseVariance = 0 });

        // Of a sum each share is that of its own variance: (9, 1, 0)/10, and nothing acts together.
        Assert.Equal(["a", "b", "c"], study.Importances.Select(one => one.Name));
        Assert.Equal([0.9, 0.1, 0], study.Importances.Select(one => one.Total), (expected, actual) => Math.Abs(expected - actual) < 0.1);
        Assert.Equal([0.9, 0.1, 0], study.Importances.Select(one => one.First), (expected, actual) => Math.Abs(expected - actual) < 0.1);
        Assert.All(study.Importances, one => Assert.InRange(one.Total, one.TotalInterval.Low, one.TotalInterval.High));
        Assert.All(study.Importances, one => Assert.InRange(one.First, one.FirstInterval.Low, one.FirstInterval.High));

        // With as few trainings as there are coordinates little is known, and the intervals say so.
        var early = Tuner.Minimize(space, at => 3 * at["a"].Number + at["b"].Number, new TunerOptions { MaxTrainings = 5, UseWholeBudget = true, NoiseVariance = 0 });
        Assert.True(Widths(early) > 2 * Widths(study), $"{Widths(early)}, later {Widths(study)}");
        static double Widths(TuningResult of) => of.Importances.Sum(one => one.TotalInterval.High - one.TotalInterval.Low);
        var there = study.Predict(new Configuration(("a", 0.5), ("b", 0.5), ("c", "x")));
        Assert.Equal(2, there.Mean, 0.2);
        Assert.InRange(there.Mean, there.Low, there.High);
        Assert.Equal(study.Trials[3].Value!.Value, study.Predict(study.Trials[3].Configuration).Mean, 1e-12);
        Assert.Contains("expected one of x, y", Assert.Throws<ArgumentException>(() => study.Predict(new Configuration(("a", 0.5), ("b", 0.5), ("c", "z")))).Message, StringComparison.Ordinal);
        var file = Path.Combine(_folder, "slices.svg");
        HtiTune.Plotting.StudyFigures.Slices(study, file);
        var svg = File.ReadAllText(file);
        Assert.All(["a: ", "c: below 1 % of the variation"], word => Assert.Contains(word, svg, StringComparison.Ordinal));
        HtiTune.Plotting.StudyFigures.Contours(study, file);
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(File.ReadAllText(file), "<image"));
        HtiTune.Plotting.StudyFigures.Parallel(study, file);
        var best = study.BestTrial!.Value!.Value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(["a", "b", "c", "x", "y", "objective (rank)", best], word => Assert.Contains(word, HtiTune.Tests.Plotting.Picture.Svg(file).Texts));

        // Along one hyperparameter it is the posterior that other figures draw.
        var line = Tuner.Minimize("x", 0, 1, at => Math.Pow(at.Lambda - 0.3, 2));
        var point = line.Posterior[40];
        var same = line.Predict(new Configuration("x", point.Lambda));
        Assert.Equal(point.Mean, same.Mean, 1e-9);
        Assert.Equal([1.0], line.Importances.Select(one => one.Total), (expected, actual) => Math.Abs(expected - actual) < 0.15);
        HtiTune.Plotting.StudyFigures.Slices(line, file);
        Assert.Contains("expected at least two", Assert.Throws<ArgumentException>(() => HtiTune.Plotting.StudyFigures.Contours(line, file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_study_on_disk_goes_on_where_it_was_broken_off_bit_for_bit(int parallel)
    {
        var options = new TunerOptions { MaxTrainings = 9, Seed = 5, Parallelism = parallel, UseSurrogate = false };
        var whole = Ran(Path.Combine(_folder, "whole"), options, 9);
        for (var cut = 1; cut < 9; cut += 3)
        {
            var folder = Path.Combine(_folder, $"cut{cut}");
            Ran(folder, options, cut);
            Assert.Equal(whole, Ran(folder, options, 9));
        }

        var journal = StudyJournal.Read(Path.Combine(_folder, "whole"));
        Assert.Equal((s_space, 4), (journal.Space, journal.Header.Schema));
        Assert.Throws<InvalidOperationException>(() => journal.Hyperparameter);
        Assert.Equal(9, journal.LoadAnchors().Count);
        Assert.Equal(journal.Runs[0].Proposals.Select(p => p.Configuration), journal.Replay(0, Value).Select(p => p.Configuration));
        Assert.Contains(
            "its hyperparameters are lr", Assert.Throws<ArgumentException>(() => Tuner.Open(Path.Combine(_folder, "whole"), new Outside(), SearchSpace.Parse("a=0..1", "b=0..1"), null, options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_user_enqueues_is_trained_next_and_outlives_the_process()
    {
        var folder = Path.Combine(_folder, "wish");
        var options = new TunerOptions { MaxTrainings = 6, UseSurrogate = false };
        Configuration wanted = new(("lr", 0.003), ("layers", 2.0), ("act", "gelu"), ("slope", 0.25)), second = new(("lr", 0.01), ("layers", 3.0), ("act", "relu"));
        using (var tuner = Tuner.Open(folder, new Outside(), s_space, null, options))
        {
            Assert.Equal([wanted, second], tuner.Enqueue([wanted, second, wanted]));
            var fault = Assert.Throws<ArgumentException>(() => tuner.Enqueue([new Configuration(("lr", 1.0), ("layers", 2.5), ("act", "relu"), ("slope", 0.5))])).Message;
            Assert.All(["lr = 1", "layers = 2.5", "slope = 0.5"], word => Assert.Contains(word, fault, StringComparison.Ordinal));
        }

        using var next = Tuner.Open(folder, new Outside(), s_space, null, options);
        Assert.Equal([wanted, second], next.Waiting);
        using var run = next.Begin(Value);
        var first = run.Ask()!;
        Assert.Equal((wanted, TrainingQueue.Reason), (first.Configuration, first.Reason));
        run.Tell(first, new Answer(Loss(wanted)));
        Assert.Equal(second, run.Ask()!.Configuration);
    }

    [Theory]
    [InlineData("layers=1..9:int")]
    [InlineData("n=1..3:int", "a=0..1 if n=3")]
    public void A_configuration_of_one_number_keeps_its_name_on_disk(params string[] texts)
    {
        var space = SearchSpace.Parse(texts);
        var folder = Path.Combine(_folder, "one");
        var options = new TunerOptions { MaxTrainings = 5, UseSurrogate = false };
        List<Configuration> made = [];
        for (var i = 0; i < 5; i++)
        {
            using var tuner = Tuner.Open(folder, new Outside(), space, Contexts.None(1), options);
            Assert.Equal(made, tuner.Anchors?.Select(anchor => anchor.Configuration) ?? []);
            using var run = tuner.Begin(Value);
            if (run.Ask() is not { } proposal)
            {
                break;
            }

            Assert.Empty(space.FaultsOf(proposal.Configuration));
            run.Tell(proposal, new Answer(proposal.Configuration[space[0].Name].Number));
            made.Add(proposal.Configuration);
        }

        Assert.InRange(made.Count, 3, 5);
        Assert.Contains(made, one => one.Count == 1);
        Assert.All(StudyJournal.Read(folder).Events.OfType<TrainingEvent>(), entry => Assert.Empty(space.FaultsOf(entry.Configuration)));
    }

    [Fact]
    public void The_order_in_which_values_are_given_makes_no_other_configuration()
    {
        using var tuner = new Tuner(new Outside(), SearchSpace.Parse("lr=0..1", "layers=1..4:int"), Contexts.None(1), new TunerOptions { MaxTrainings = 3, UseSurrogate = false });
        Configuration straight = new(("lr", 0.5), ("layers", 2.0)), turned = new(("layers", 2.0), ("lr", 0.5));
        Assert.Equal([straight], tuner.Enqueue([turned, straight]));
        using var run = tuner.Begin(Value);
        run.Tell(run.Ask()!, new Answer(1));
        Assert.Empty(run.Enqueue([turned]));
    }

    [Fact]
    public void An_objective_that_cannot_judge_outputs_alone_certifies_nothing_by_that()
    {
        var space = SearchSpace.Parse("a=0..1", "b=0..1", "c=0..1", "d=0..1");
        using var tuner = Tuner.Create(
            space, at => at.Configuration, at => Matrix.FromDoubles(1, 1, [Math.Sin(9 * at["a"].Number) + Math.Sin(7 * at["b"].Number) + at["c"].Number * at["d"].Number]), Contexts.None(1),
            new TunerOptions { MaxTrainings = 9 });
        var study = tuner.Optimize(model => model.IsTrained ? model.Sample(Contexts.None(1)).Outputs.Exact(0, 0) : throw new NotSupportedException("only trained ones"));
        Assert.Equal((9, StopReason.TrainingBudget), (study.TrainingsUsed, study.StopReason));
        Assert.All(study.Trials.Skip(6), trial => Assert.True(double.IsFinite(trial.Predicted!.Value)));
    }

    [Fact]
    public void Options_of_one_hyperparameter_are_refused_all_at_once()
    {
        var fault = Assert.Throws<ArgumentException>(() => new Tuner(
            new Outside(), s_space, null,
            new TunerOptions { InitialLambdas = [0.5], StartLambdas = [0.5], Belief = new OptimumBelief(_ => 1, 1), Bootstrap = 64 })).Message;
        Assert.All(["InitialLambdas", "StartLambdas", "Belief", "Bootstrap"], name => Assert.Contains($"{name} is", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_space_that_is_exhausted_ends_the_run()
    {
        var study = Tuner.Minimize(SearchSpace.Parse("n=1..3:int", "a=x,y"), at => Math.Abs(at["n"].Number - 2) + (at["a"].Word == "x" ? 0 : 1), new TunerOptions { MaxTrainings = 20 });
        Assert.InRange(study.Trials.Count, 3, 6);
        Assert.Equal((2.0, "x"), (study.Configuration["n"].Number, study.Configuration["a"].Word));
        Assert.Contains(study.StopReason, (StopReason[])[StopReason.NoImprovementLeft, StopReason.Certified]);
    }

    [Theory]
    [InlineData(3, "a=x,y,z")]
    [InlineData(5, "n=2..6:int")]
    [InlineData(4, "a=x,y", "b=x,y")]
    [InlineData(3, "a=x,y", "n=1..2:int if a=y")]
    public void Where_every_configuration_has_been_tried_the_best_is_certified_for_sure(int count, params string[] texts)
    {
        var space = SearchSpace.Parse(texts);
        using var tuner = Tuner.Create(space, at => Hash(at.Configuration), value => Matrix.From(new double[,] { { value } }), options: new TunerOptions { MaxTrainings = 20 });
        var study = tuner.Minimize(outputs => outputs[0, 0]);
        var certified = Assert.IsType<Certified>(study.Outcome);
        Assert.Equal((count, true, true, 1.0), (study.Trials.Count, certified.IsExhaustive, study.IsExhausted, certified.Probability));
        Assert.Equal(study.Trials.Min(trial => trial.Value), study.RealValue);
        Assert.Equal("certified: every configuration has been tried, and none is better", study.Outcome.Describe());
        Assert.Equal("""{"outcome":"certified",""", System.Text.Json.JsonSerializer.Serialize(study.Outcome)[..23]);
        Assert.Equal(study.Outcome, System.Text.Json.JsonSerializer.Deserialize<Outcome>(System.Text.Json.JsonSerializer.Serialize(study.Outcome)));

        // Another objective is answered from the same trainings, as surely.
        var other = tuner.Maximize(outputs => outputs[0, 0], maxTrainings: 0);
        Assert.Equal((true, study.Trials.Max(trial => trial.Value)), (other.Outcome is Certified { IsExhaustive: true }, other.RealValue));

        // One that is left out, or fails to be trained, is told apart.
        var early = Tuner.Minimize(space, at => Hash(at.Configuration), new TunerOptions { MaxTrainings = count - 1 });
        Assert.False(early.IsExhausted || early.Outcome is Certified { IsExhaustive: true });
        var bad = study.Trials[1].Configuration;
        var without = Tuner.Minimize(space, at => at.Configuration.Equals(bad) ? double.NaN : Hash(at.Configuration), new TunerOptions { MaxTrainings = 20 });
        Assert.True(without.Outcome is Certified { IsExhaustive: true } && without.Trials.Count == count, $"{without}");

        static double Hash(Configuration at) => at.ToText().Sum(letter => letter * letter % 17.0);
    }

    [Fact]
    public void Failed_trainings_are_told_and_the_run_goes_on()
    {
        var study = Tuner.Minimize(
            s_space, at => at["act"].Word == "relu" ? throw new InvalidOperationException("no relu here") : Loss(at.Configuration), new TunerOptions { MaxTrainings = 20, Seed = 2 });
        Assert.Contains(study.Trials, trial => trial is { State: TrialState.Failed, Error: "no relu here" });
        Assert.NotEqual("relu", study.Configuration["act"].Word);
        Assert.True(study.Trials.Count(trial => trial.State == TrialState.Failed) < 10);
        var hopeless = Assert.Throws<NoValueException>(() => Tuner.Minimize(s_space, double (_) => throw new InvalidOperationException("broken"), new TunerOptions { MaxTrainings = 20 }));
        Assert.Equal(StopReason.AllTrainingsFailed, hopeless.StopReason);
    }

    [Fact]
    public void Outputs_are_kept_and_answer_another_objective_without_a_training()
    {
        var space = SearchSpace.Parse("a=0..1", "b=0..1");
        using var tuner = Tuner.Create(
            space, at => (A: at["a"].Number, B: at["b"].Number),
            at => Matrix.Create(8, 2, (i, row) => (row[0], row[1]) = ((float)(Math.Pow(at.A - 0.3, 2) + 0.01 * i), (float)(Math.Pow(at.B - 0.6, 2) * (1 + 0.1 * i)))),
            Contexts.None(8), new TunerOptions { MaxTrainings = 14, Seed = 3 });
        var first = tuner.Minimize(outputs => Mean(outputs, 0) + Mean(outputs, 1));
        Assert.InRange(first.RealValue!.Value, 0.03, 0.06);
        Assert.Equal(first.Trials.Count, first.Anchors.Count);
        var second = tuner.Minimize(outputs => Math.Abs(Mean(outputs, 0) - 0.2) + Mean(outputs, 1), maxTrainings: 0);
        Assert.Equal(0, second.TrainingsUsed);
        Assert.Equal(first.Trials.Count, second.Trials.Count);
    }

    private static double Mean(Matrix outputs, int column) => Enumerable.Range(0, outputs.Rows).Average(i => outputs.Exact(i, column));

    private static double Loss(Configuration at) => Math.Pow(Math.Log10(at["lr"].Number) + 2.5, 2) + 0.2 * Math.Abs(at["layers"].Number - 2)
        + at["act"].Word switch { "relu" => 1, "silu" => 0.6, _ => Math.Pow(at["slope"].Number - 0.7, 2) };

    private static double Value(IConditionalModel model) => model.Sample(Contexts.None(1)).Outputs.Exact(0, 0);

    // Asks and tells so many trainings in the folder, as a process would that ends then.
    private static (int, Configuration, double?)[] Ran(string folder, TunerOptions options, int count)
    {
        using var tuner = Tuner.Open(folder, new Outside(), s_space, Contexts.None(1), options);
        using var run = tuner.Begin(Value);
        while (tuner.Anchors is null || run.TrainingsUsed < count)
        {
            if (run.Ask() is not { } proposal)
            {
                break;
            }

            run.Tell(proposal, new Answer(Loss(proposal.Configuration)));
        }

        return [.. run.Values.Select(pair => (pair.Key, tuner.Anchors![pair.Key - 1].Configuration, pair.Value))];
    }

    private sealed class Outside : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new InvalidOperationException("Trained elsewhere.");
    }

    private sealed class Answer(double value) : ITrainedNetwork
    {
        Matrix ITrainedNetwork.Answer(Contexts contexts, long seed) => Matrix.FromDoubles(1, 1, [value]);

        public int? Rows => 1;

        public void Dispose()
        {
        }
    }
}
