using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>The front door: a function in a line, and a model whose outputs are kept.</summary>
public class BlackBoxTests
{
    private static readonly TunerOptions s_quick = new() { CertificateDraws = 512, GridSize = 65 };

    [Fact]
    public void A_number_that_is_told_counts_in_double_precision_and_each_seed_of_a_place_keeps_its_own()
    {
        var network = Network.Create((TrainingRequest _) => 0.0, number => Matrix.FromDoubles(1, 1, [number]));
        using var tuner = new Tuner(network, Hyperparameter.Continuous("x", 0, 1), Contexts.None(1), new TunerOptions { UseSurrogate = false, InitialLambdas = [0, 0.5, 1], NoiseVariance = 1, Replicate = true });
        using var run = tuner.Begin(model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0), 12);
        var told = new List<(double Lambda, double Value)>();
        while (run.Ask() is { } proposal)
        {
            // Parts that single precision does not have.
            var value = 1 + 1e-12 * proposal.Number;
            Assert.Equal(value, run.Tell(proposal, value).Value);
            told.Add((proposal.Lambda, value));
        }

        var trials = run.Finish().Trials;
        Assert.Equal(told, trials.Select(trial => (trial.Lambda, trial.Value!.Value)));
        Assert.Equal(told.Count, trials.Select(trial => trial.Value).Distinct().Count());
    }

    [Fact]
    public void A_number_that_is_none_is_a_failed_trial()
    {
        var network = Network.Create((TrainingRequest _) => 0.0, number => Matrix.FromDoubles(1, 1, [number]));
        using var tuner = new Tuner(network, Hyperparameter.Continuous("x", 0, 1), Contexts.None(1), new TunerOptions { UseSurrogate = false });
        using var run = tuner.Begin(model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0), 4);
        Assert.Equal(TrialState.Failed, run.Tell(run.Ask()!, double.NaN).State);
        Assert.Equal(TrialState.Completed, run.Tell(run.Ask()!, 3).State);
    }

    [Fact]
    public void A_function_is_minimised_in_a_line_and_the_result_prints_itself()
    {
        var study = Tuner.Minimize("x", 0, 1, at => (at.Lambda - 0.3) * (at.Lambda - 0.3) + 2, s_quick with { MaxTrainings = 12 });
        Assert.InRange(study.Lambda, 0.28, 0.32);
        Assert.Matches(@"^x = 0\.\d+: 2(\.0\d*)?( predicted)? after \d+ trainings; (not )?certified: ", study.ToString());
    }

    [Fact]
    public void Maximising_is_minimising_the_negative()
    {
        var hyperparameter = Hyperparameter.Continuous("rate", 1e-4, 1, Scale.Log);
        double Score(double rate) => -Math.Pow(Math.Log10(rate) + 2, 2);
        var most = Tuner.Maximize(hyperparameter, at => Score(at.Lambda), s_quick);
        var least = Tuner.Minimize(hyperparameter, at => -Score(at.Lambda), s_quick);
        Assert.Equal(least.Trials.Select(trial => trial.Lambda), most.Trials.Select(trial => trial.Lambda));
        Assert.Equal(Goal.Maximize, most.Goal);
        Assert.InRange(most.Lambda, 0.005, 0.02);
    }

    [Fact]
    public void Numbers_are_kept_as_doubles_whatever_their_size()
    {
        var study = Tuner.Minimize("x", 0, 1, at => 1e9 + 1e-6 * at.Lambda, s_quick with { MaxTrainings = 3 });
        Assert.Equal(1e9 + 1e-6 * study.Trials[1].Lambda, study.Trials[1].Value);
        Assert.Contains(study.Trials, trial => trial.Value == 1e9 + 1e-6);
    }

    [Fact]
    public void What_is_no_number_or_throws_is_a_failed_training()
    {
        var study = Tuner.Minimize("x", 0, 1, at => at.Lambda > 0.9 ? double.NaN : at.Lambda == 0 ? throw new InvalidOperationException("no room") : at.Lambda, s_quick);
        Assert.Contains(study.Trials, trial => trial.State == TrialState.Failed && trial.Error!.Contains("reported NaN; expected a finite number", StringComparison.Ordinal));
        Assert.Contains(study.Trials, trial => trial.State == TrialState.Failed && trial.Error!.Contains("no room", StringComparison.Ordinal));
        Assert.Throws<NoValueException>(() => Tuner.Minimize("x", 0, 1, _ => double.PositiveInfinity, s_quick));
        Assert.Throws<ArgumentException>(() => Tuner.Minimize("x", 1, 0, at => at.Lambda));
    }

    [Fact]
    public void The_result_needs_no_tuner()
    {
        TuningResult study;
        using (var tuner = Tuner.Create("x", 0, 1, at => at.Lambda, Outputs, s_quick))
        {
            study = tuner.Minimize(outputs => Mean(outputs, y => (y - 0.4) * (y - 0.4)));
        }

        Assert.NotEmpty(study.Posterior);
        Assert.InRange(study.Lambda, study.LambdaLow, study.LambdaHigh);
        Assert.Equal(1, study.ProbabilityOfBest.Sum(best => best.Probability), 1e-9);
        Assert.Equal(study.Trials.Count, study.Anchors.Count);
        Assert.StartsWith("x = ", study.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_objective_of_outputs_needs_no_training_and_may_have_the_other_goal()
    {
        var trainings = 0;
        using var tuner = Tuner.Create("x", 0, 1, at => at.Lambda + 0 * ++trainings, Outputs, s_quick);
        var first = tuner.Minimize(outputs => Mean(outputs, y => (y - 0.4) * (y - 0.4)));
        var before = trainings;
        var second = tuner.Maximize(outputs => Mean(outputs, y => -(y - 0.7) * (y - 0.7)), maxTrainings: 0);
        Assert.Equal(before, trainings);
        Assert.Equal(20, tuner.Contexts!.Count);
        Assert.InRange(first.Lambda, 0.3, 0.5);
        Assert.InRange(second.Lambda, 0.6, 0.8);
        Assert.Equal((Goal.Minimize, Goal.Maximize), (first.Goal, second.Goal));
    }

    [Fact]
    public void A_study_on_disk_keeps_its_goal()
    {
        using var folder = new Data.TemporaryFolder();
        using var tuner = Tuner.Open(folder.File("study"), new FormulaNetwork((x, t) => x * t), Hyperparameter.Continuous("x", 0, 1), Contexts.None(4), s_quick);
        Assert.Contains("the goal Minimize", Assert.Throws<InvalidOperationException>(() => tuner.Maximize(outputs => outputs[0, 0])).Message, StringComparison.Ordinal);
    }

    // Twenty draws around λ.
    private static Matrix Outputs(double lambda) => Matrix.FromDoubles(20, 1, [.. Enumerable.Range(0, 20).Select(i => lambda + 0.01 * (i - 9.5))]);

    private static double Mean(Matrix outputs, Func<double, double> of) => Enumerable.Range(0, outputs.Rows).Average(i => of(outputs[i, 0]));
}
