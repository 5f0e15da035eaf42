using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Preferences;

namespace HtiTune.Tests.Spaces;

/// <summary>A tuner whose configurations keep constraints: on their sums, and a rule of the caller's own.</summary>
public sealed class SpaceConstraintTests : IDisposable
{
    private static readonly SearchSpace s_space = SearchSpace.Parse("x=0..1", "y=0..1", "x + y >= 1.5");

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-bounds").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    public void The_best_on_the_edge_of_a_constraint_is_found_and_nothing_beyond_it_is_trained(int seed, int parallel)
    {
        // The nearest to (0.2, 0.3) with x + y ≥ 1.5 is (0.7, 0.8), at a squared distance of 0.5.
        var study = Tuner.Minimize(s_space, at => Distance(at.Configuration), new TunerOptions { MaxTrainings = 20, Seed = seed, Parallelism = parallel, NoiseVariance = 0 });
        Assert.All(study.Trials, trial => Assert.Empty(s_space.FaultsOf(trial.Configuration)));
        Assert.Equal(0.5, study.RealValue!.Value, 0.006);
        Assert.IsType<Certified>(study.Outcome);

        // What is believed beyond it is told all the same, for figures.
        Assert.True(double.IsFinite(study.Predict(new Configuration(("x", 0.1), ("y", 0.2))).Mean));
        Assert.Equal(2, study.Importances.Count);
        HtiTune.Plotting.StudyFigures.Contours(study, Path.Combine(_folder, "contours.svg"));
    }

    [Fact]
    public void By_outputs_too_and_for_another_preference_without_a_training()
    {
        using var tuner = Tuner.Create(
            s_space, at => at.Configuration, at => Matrix.From(new double[,] { { at["x"].Number, at["y"].Number } }), options: new TunerOptions { MaxTrainings = 16, NoiseVariance = 0 });
        var study = tuner.Minimize(outputs => Math.Pow(outputs[0, 0] - 0.2, 2) + Math.Pow(outputs[0, 1] - 0.3, 2));
        Assert.Equal(0.5, study.RealValue!.Value, 0.006);
        var other = tuner.Minimize(outputs => 3 * outputs[0, 0] + outputs[0, 1], maxTrainings: 3);
        Assert.All(other.Trials, trial => Assert.Empty(s_space.FaultsOf(trial.Configuration)));

        // 3x + y is least at (0.5, 1).
        Assert.Equal(2.5, other.RealValue ?? other.PredictedValue, 0.03);
        Assert.Empty(s_space.FaultsOf(other.Configuration));
    }

    [Fact]
    public void A_rule_of_the_callers_own_is_kept_and_asked_for_again_by_a_study_on_disk()
    {
        var space = SearchSpace.Parse("x=0..1", "y=0..1");
        var options = new TunerOptions { MaxTrainings = 12, NoiseVariance = 0, UseSurrogate = false, IsAllowed = at => at["x"].Number * at["y"].Number >= 0.25 };
        List<Configuration> trained = [];
        using (var tuner = Tuner.Open(_folder, Network(trained), space, Contexts.None(1), options))
        {
            tuner.Optimize(Objective, maxTrainings: 6);
            var message = Assert.Throws<ArgumentException>(() => tuner.Enqueue([new Configuration(("x", 0.1), ("y", 0.9))])).Message;
            Assert.Contains("x = 0.1, y = 0.9 is not allowed by TunerOptions.IsAllowed", message, StringComparison.Ordinal);
        }

        var without = Assert.Throws<ArgumentException>(() => Tuner.Open(_folder, Network(trained), space, Contexts.None(1), options with { IsAllowed = null }));
        Assert.Contains("a function for IsAllowed", without.Message, StringComparison.Ordinal);
        using (var tuner = Tuner.Open(_folder, Network(trained), space, Contexts.None(1), options))
        {
            // Of x + y under xy ≥ ¼ the least is 1, at (½, ½).
            var study = tuner.Optimize(Objective, maxTrainings: 16);
            Assert.Equal(1, study.RealValue!.Value, 0.02);
        }

        Assert.All(trained, at => Assert.True(options.IsAllowed!(at)));
        Assert.Equal(trained.Count, trained.Distinct().Count());
        Assert.Contains("expected null where one hyperparameter", Assert.Throws<ArgumentException>(() => options.Validate(SearchSpace.Parse("x=0..1"))).Message, StringComparison.Ordinal);

        static double Objective(IConditionalModel model) => model.Sample(Contexts.None(1)).Outputs.Exact(0, 0);
        static INetwork Network(List<Configuration> trained) => new Summing(trained);
    }

    [Fact]
    public void A_study_on_disk_with_constraints_goes_on_bit_for_bit_and_is_another_one_without()
    {
        var options = new TunerOptions { MaxTrainings = 9, Seed = 5, UseSurrogate = false };
        List<Configuration> whole = [], parts = [];
        using (var tuner = Tuner.Open(Path.Combine(_folder, "whole"), new Summing(whole), s_space, Contexts.None(1), options))
        {
            tuner.Optimize(Value);
        }

        var folder = Path.Combine(_folder, "parts");
        using (var tuner = Tuner.Open(folder, new Summing(parts), s_space, Contexts.None(1), options))
        {
            using var run = tuner.Begin(Value);
            for (var i = 0; i < 5; i++)
            {
                var request = run.Ask()!;
                parts.Add(request.Configuration);
                run.Tell(request, new Answer(request.Configuration));
            }
        }

        using (var tuner = Tuner.Open(folder, new Summing(parts), s_space, Contexts.None(1), options))
        {
            tuner.Optimize(Value);
        }

        Assert.Equal(whole, parts);
        Assert.Equal(s_space, StudyJournal.Read(folder).Space);
        var box = Assert.Throws<ArgumentException>(() => Tuner.Open(folder, new Summing(parts), SearchSpace.Parse("x=0..1", "y=0..1"), Contexts.None(1), options));
        Assert.Contains("another study", box.Message, StringComparison.Ordinal);

        static double Value(IConditionalModel model) => model.Sample(Contexts.None(1)).Outputs.Exact(0, 0);
    }

    [Fact]
    public void Of_few_configurations_those_that_keep_them_are_tried_and_then_it_is_certified()
    {
        var space = SearchSpace.Parse("n=1..4:int", "m=1..4:int", "n < m");
        var study = Tuner.Minimize(space, at => at["n"].Number * at["n"].Number - at["m"].Number * at["n"].Number, new TunerOptions { MaxTrainings = 30, NoiseVariance = 0, UseWholeBudget = true });
        Assert.Equal(6, study.Trials.Count);
        Assert.Equal(-4, study.RealValue);
        Assert.True(Assert.IsType<Certified>(study.Outcome).IsExhaustive);
    }

    private static double Distance(Configuration at) => Math.Pow(at["x"].Number - 0.2, 2) + Math.Pow(at["y"].Number - 0.3, 2);

    private sealed class Summing(List<Configuration> trained) : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            trained.Add(request.Configuration);
            return new Answer(request.Configuration);
        }
    }

    private sealed class Answer(Configuration at) : ITrainedNetwork
    {
        Matrix ITrainedNetwork.Answer(Contexts contexts, long seed) => Matrix.From(new double[,] { { at["x"].Number + at["y"].Number } });

        public void Dispose()
        {
        }
    }
}
