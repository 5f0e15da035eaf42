using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Tests.Tuning.Journal;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning;

public class StopReasonTests
{
    private readonly FakeTimeProvider _clock = new();

    private FormulaNetwork Slow(Func<double, double> minutes) => new(StudyFixture.Task.Output)
    {
        Before = (_, lambda, _) => _clock.Advance(TimeSpan.FromMinutes(minutes(lambda))),
    };

    private TunerOptions Limited(double minutes) =>
        StudyFixture.Options with { MaxTrainings = 10, MaxTime = TimeSpan.FromMinutes(minutes), TimeProvider = _clock };

    [Theory]
    [InlineData(35, 3)]
    [InlineData(40, 4)]
    [InlineData(39.99, 3)]
    [InlineData(1, 1)]
    public void A_training_that_does_not_fit_into_the_time_is_not_begun(double minutes, int trainings)
    {
        using var tuner = new Tuner(Slow(_ => 10), Problem.Hyperparameter, StudyFixture.Contexts, Limited(minutes));
        var study = tuner.Optimize(StudyFixture.First);
        Assert.Equal(trainings, study.TrainingsUsed);
        Assert.Equal(StopReason.TimeLimit, study.StopReason);
        Assert.Equal(TimeSpan.FromMinutes(10 * trainings), study.Elapsed);
    }

    // A training takes ten minutes, and judging one five more: of the real network when it is told, of the surrogate before the next is chosen.
    [Theory]
    [InlineData(60, 4)]
    [InlineData(59.99, 3)]
    [InlineData(45, 3)]
    public void The_time_that_the_objective_takes_counts(double minutes, int trainings)
    {
        using var tuner = new Tuner(Slow(_ => 10), Problem.Hyperparameter, StudyFixture.Contexts, Limited(minutes) with { UseSurrogate = false });
        var told = new List<TunerProgress>();
        var study = tuner.Optimize(
            model =>
            {
                _clock.Advance(TimeSpan.FromMinutes(5));
                return StudyFixture.First(model);
            },
            progress: new Told(told.Add));
        Assert.Equal((trainings, StopReason.TimeLimit), (study.TrainingsUsed, study.StopReason));
        Assert.Equal(TimeSpan.FromMinutes(15 * trainings), study.Elapsed);

        using var free = new Tuner(Slow(_ => 10), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options with { UseSurrogate = false, TimeProvider = _clock });
        told.Clear();
        free.Optimize(
            model =>
            {
                _clock.Advance(TimeSpan.FromMinutes(5));
                return StudyFixture.First(model);
            },
            3,
            new Told(told.Add));
        Assert.Equal([TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(15)], told.Where(p => p.Stage == TunerStage.Trained).Take(2).Select(p => p.Remaining!.Value));
    }

    [Fact]
    public void What_is_certified_already_is_not_announced_to_need_a_training()
    {
        var told = new List<TunerProgress>();
        using var tuner = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, Problem.Options(20));
        Assert.IsType<Certified>(tuner.Optimize(StudyFixture.First, progress: new Told(told.Add)).Outcome);
        Assert.Contains(": 8 (at most 20) trainings to come, time unknown", told[0].Message, StringComparison.Ordinal);
        told.Clear();
        var again = tuner.Optimize(StudyFixture.First, 5, new Told(told.Add));
        Assert.Equal((StopReason.Certified, 0), (again.StopReason, again.TrainingsUsed));
        Assert.Equal(TunerStage.Starting, told[0].Stage);
        Assert.Contains(": 0 trainings to come", told[0].Message, StringComparison.Ordinal);
    }

    private sealed class Told(Action<TunerProgress> report) : IProgress<TunerProgress>
    {
        public void Report(TunerProgress value) => report(value);
    }

    [Fact]
    public void The_last_training_in_time_confirms_the_recommendation()
    {
        TuningResult Run(double minutes)
        {
            // One whose best λ is no anchor after three.
            var network = new FormulaNetwork(new Problem(2).Output) { Before = (_, _, _) => _clock.Advance(TimeSpan.FromMinutes(10)) };
            using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(7) with { MaxTime = TimeSpan.FromMinutes(minutes), TimeProvider = _clock });
            return tuner.Optimize(m => Problem.Tracking(m));
        }

        // After the ends and the middle there is time for one more, or for a year.
        var (study, free) = (Run(45), Run(500_000));
        Assert.Equal((4, StopReason.TimeLimit, true), (study.TrainingsUsed, study.StopReason, study.IsTrained));
        Assert.Equal("confirm the recommendation", study.Trials[3].Reason);
        Assert.Equal("log expected improvement", free.Trials[3].Reason);
        Assert.Equal(free.Trials.Take(3).Select(t => t.Lambda), study.Trials.Take(3).Select(t => t.Lambda));
    }

    [Fact]
    public void Time_of_a_process_that_ended_counts_and_more_time_lets_the_run_go_on()
    {
        using var study = new StudyFixture();
        var first = study.Open(Slow(_ => 10), options: Limited(65));
        using (var run = first.Begin(StudyFixture.First))
        {
            var network = Slow(_ => 10);
            for (var i = 0; i < 4; i++)
            {
                var proposal = run.Ask()!;
                run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
            }
        }

        first.Dispose();
        _clock.Advance(TimeSpan.FromDays(3));
        var second = Slow(_ => 10);
        using (var tuner = study.Open(second, options: Limited(65)))
        {
            var stopped = tuner.Optimize(StudyFixture.First);
            Assert.Equal((6, 2, StopReason.TimeLimit), (stopped.TrainingsUsed, second.Trained.Count, stopped.StopReason));
        }

        // The same program again: the same study, and no training.
        var third = Slow(_ => 10);
        using (var tuner = study.Open(third, options: Limited(65)))
        {
            var again = tuner.Optimize(StudyFixture.First);
            Assert.Equal((6, StopReason.TimeLimit), (again.TrainingsUsed, again.StopReason));
            tuner.Optimize(StudyFixture.Second, 0);
            Assert.Empty(third.Trained);
        }

        // With a run after it, it stays as it ended.
        var fourth = Slow(_ => 10);
        using (var tuner = study.Open(fourth, options: Limited(1000)))
        {
            var again = tuner.Optimize(StudyFixture.First);
            Assert.Equal((6, StopReason.TimeLimit), (again.TrainingsUsed, again.StopReason));
            Assert.Empty(fourth.Trained);
        }
    }

    [Fact]
    public void A_run_that_ran_out_of_time_goes_on_with_more_as_if_it_had_had_it()
    {
        using var study = new StudyFixture();
        string undisturbed;
        using (var tuner = new Tuner(Slow(_ => 10), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options))
        {
            undisturbed = StudyFixture.Text(tuner.Optimize(StudyFixture.First));
        }

        using (var tuner = study.Open(Slow(_ => 10), options: StudyFixture.Options with { MaxTime = TimeSpan.FromMinutes(45), TimeProvider = _clock }))
        {
            Assert.Equal(StopReason.TimeLimit, tuner.Optimize(StudyFixture.First).StopReason);
        }

        var network = Slow(_ => 10);
        using var more = study.Open(network);
        Assert.Equal(undisturbed, StudyFixture.Text(more.Optimize(StudyFixture.First)));
        Assert.Equal(3, network.Trained.Count);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.005)]
    public void By_a_cost_in_its_own_units_the_run_ends_when_no_gain_is_worth_it(double cost)
    {
        var one = new Contexts(Matrix.Create(1, 1, (_, row) => row[0] = 0));
        var network = new FormulaNetwork((lambda, _) => Math.Sin(1.7 * lambda) + 0.3 * lambda);
        var options = new TunerOptions
        {
            UseSurrogate = false, NoiseVariance = 0, Epsilon = 1e-9, MaxTrainings = 30, ConfirmByTraining = false, Cost = TrainingCost.InObjectiveUnits(_ => cost),
        };
        using var tuner = new Tuner(network, Problem.Hyperparameter, one, options);
        using var run = tuner.Begin(m => m.Sample(one).Outputs[0, 0]);
        var known = new List<Observation>();
        while (run.Ask() is { } proposal)
        {
            if (proposal.ExpectedGain is { } gain)
            {
                Assert.True(gain > cost, $"{gain} for {cost}");
                Assert.True(Largest() > cost);
            }

            var trial = run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, 1), default));
            known.Add(new Observation(Problem.Hyperparameter.ToUnit(trial.Lambda), -trial.Value!.Value, NoiseVariance: 0));
        }

        var study = run.Finish();
        Assert.Equal(StopReason.CostExceedsGain, study.StopReason);
        Assert.InRange(study.TrainingsUsed, 5, 29);
        Assert.True(Largest() <= cost * 1.001, $"{Largest()} for {cost}");

        // Nothing is worth training for the same objective anew either, so it is not said to need one.
        Assert.IsType<NotCertified>(tuner.Optimize(m => m.Sample(one).Outputs[0, 0], 0).Outcome);

        double Largest()
        {
            var process = BridgeProcess.Fit(known);
            var separation = ProposalSearch.Separation(process);
            return Enumerable.Range(0, 2001).Select(i => i / 2000.0).Where(u => known.TrueForAll(o => Math.Abs(o.U - u) >= separation))
                .Max(u => Math.Exp(process.At(u).LogExpectedImprovement(process.BestMean)));
        }
    }
}
