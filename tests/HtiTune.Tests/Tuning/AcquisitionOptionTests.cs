using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Tests.Tuning.Journal;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning;

public class AcquisitionOptionTests
{
    private static readonly Contexts One = new(Matrix.Create(1, 1, (_, row) => row[0] = 0));

    private static readonly TunerOptions Plain = new() { UseSurrogate = false, NoiseVariance = 0, GridSize = 129, Epsilon = 1e-9, MaxTrainings = 9 };

    // Two equal minima, at a quarter and three quarters of [2, 6]: nothing but cost or belief prefers one.
    private static double Twin(double lambda) => Math.Pow(Math.Abs(lambda - 4) - 1, 2);

    private static double AtLambda(IConditionalModel model) => model.Sample(One).Outputs[0, 0];

    /// <summary>Places that the model chose, after both ends and the middle.</summary>
    private static List<double> Chosen(TunerOptions options, int trainings, Func<double, double>? formula = null, Action<double>? train = null)
    {
        var network = new FormulaNetwork((lambda, _) => (formula ?? Twin)(lambda)) { Before = (_, lambda, _) => train?.Invoke(lambda) };
        using var tuner = new Tuner(network, Problem.Hyperparameter, One, options with { InitialLambdas = [2, 6, 4] });
        tuner.Optimize(AtLambda, trainings);
        return network.Trained[3..];
    }

    [Fact]
    public void The_default_is_log_expected_improvement()
    {
        Assert.Equal(AcquisitionRule.LogExpectedImprovement, new TunerOptions().Acquisition);
        var options = Plain with { Acquisition = AcquisitionRule.LogExpectedImprovement, Belief = new OptimumBelief(_ => 1), Cost = TrainingCost.Of(_ => 1) };
        double[] expected = [.. Chosen(Plain, 9)];
        var weighted = Chosen(options, 9);
        Assert.Equal(expected.Length, weighted.Count);
        Assert.All(expected.Zip(weighted), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    public static TheoryData<AcquisitionRule, string> Rules => new()
    {
        { AcquisitionRule.LogExpectedImprovement, "log expected improvement" },
        { AcquisitionRule.KnowledgeGradient, "knowledge gradient" },
        { AcquisitionRule.LowerConfidenceBound(), "confidence bound" },
        { AcquisitionRule.LowerConfidenceBoundAtRisk(0.1), "confidence bound" },
        { AcquisitionRule.Thompson, "Thompson sampling" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_finds_a_known_optimum_says_why_and_is_reproducible(AcquisitionRule rule, string name)
    {
        var problem = new Problem(1);
        using var one = new Tuner(problem.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(13) with { Acquisition = rule });
        var study = one.Optimize(m => Problem.Tracking(m));
        Assert.Contains(study.Trials, t => t.Reason == name);
        Assert.True(problem.Regret(m => Problem.Tracking(m), study.Lambda) < 0.05, $"{problem.Regret(m => Problem.Tracking(m), study.Lambda):P1}");
        using var two = new Tuner(problem.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(13) with { Acquisition = rule });
        Assert.Equal(study.Trials.Select(t => t.Lambda), two.Optimize(m => Problem.Tracking(m)).Trials.Select(t => t.Lambda));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void The_confidence_bound_trains_where_mean_less_root_beta_deviations_is_least(double beta)
    {
        static double Formula(double lambda) => Math.Sin(1.7 * lambda) + 0.3 * lambda;
        var chosen = Chosen(Plain with { Acquisition = AcquisitionRule.LowerConfidenceBound(beta), ConfirmByTraining = false }, 4, Formula).Single();
        Observation[] known = [.. new[] { 2.0, 6, 4 }.Select(l => new Observation(Problem.Hyperparameter.ToUnit(l), -(float)Formula(l), NoiseVariance: 0))];
        var process = BridgeProcess.Fit(known);
        double Bound(double lambda)
        {
            var mixture = process.At(Problem.Hyperparameter.ToUnit(lambda));
            return -mixture.Mean - Math.Sqrt(beta) * mixture.Deviation;
        }

        var separation = 4 * ProposalSearch.Separation(process);
        var free = Enumerable.Range(0, 4001).Select(i => 2 + i / 1000.0).Where(l => new[] { 2.0, 6, 4 }.All(t => Math.Abs(l - t) >= separation)).ToList();
        var least = free.Min(Bound);
        Assert.True(Bound(chosen) <= least + 1e-3 * (free.Max(Bound) - least), $"{chosen}: {Bound(chosen)} against {least}");
    }

    [Fact]
    public void The_bound_at_a_risk_has_the_width_of_the_theorem()
    {
        // β = 2 ln(100 · 5² π²/(6 · 0.1)) = 2 ln 41123.35 = 21.2486
        Assert.Equal(4.60962, AcquisitionRule.Deviations(0.1, 5, 100), 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_equal_places_the_cheap_the_believed_and_the_quick_are_trained(bool left)
    {
        double Dear(double lambda) => lambda < 4 == left ? 1 : 20;
        var clock = new FakeTimeProvider();
        foreach (var options in new[]
        {
            Plain with { Cost = TrainingCost.Of(Dear) },
            Plain with { Cost = TrainingCost.Of(Dear), Acquisition = AcquisitionRule.KnowledgeGradient },
            Plain with { Belief = new OptimumBelief(lambda => 1 / Dear(lambda)) },
            Plain with { Cost = TrainingCost.Measured(), TimeProvider = clock },
        })
        {
            var chosen = Chosen(options, 4, train: lambda => clock.Advance(TimeSpan.FromMinutes(Dear(lambda))));
            Assert.True(chosen.Single() < 4 == left, $"{chosen[0]}");
        }
    }

    [Fact]
    public void Nothing_is_trained_where_the_belief_is_zero()
    {
        var chosen = Chosen(Plain with { Belief = new OptimumBelief(lambda => lambda is > 4.5 and < 5.5 ? 1 : 0), ConfirmByTraining = false }, 8);
        Assert.Equal(5, chosen.Count);
        Assert.All(chosen, lambda => Assert.InRange(lambda, 4.5, 5.5));
    }

    [Fact]
    public void Durations_are_learned_from_trainings_and_not_beyond_twice_their_range()
    {
        DurationModel Of(params (double U, double Seconds)[] trainings)
        {
            var store = new AnchorStore(Problem.Hyperparameter, One, 1, null, (_, _) => { });
            foreach (var (u, seconds) in trainings)
            {
                store.Add(new TrainingEnded(1, new("x", Problem.Hyperparameter.FromUnit(u)), "", TimeSpan.FromSeconds(seconds))
                {
                    U = u,
                    Network = new FormulaNetwork((_, _) => 0).Train(new TrainingRequest(2, 1), default),
                });
            }

            return DurationModel.Of(store)!;
        }

        Assert.Null(DurationModel.Of(new AnchorStore(Problem.Hyperparameter, One, 1, null, (_, _) => { })));
        Assert.Equal(7, Of((0, 7), (0.5, 7), (1, 7)).At(0.3).TotalSeconds, 1e-6);
        Assert.Equal(8, Of((0, 4), (1, 16)).Mean.TotalSeconds, 1e-6);

        // ln d = 1 + 2u at fifty places: the ridge of 0.09 shrinks little.
        var steep = Of([.. Enumerable.Range(0, 50).Select(i => (i / 49.0, Math.Exp(1 + 2 * i / 49.0)))]);
        foreach (var u in new[] { 0.0, 0.31, 0.77, 1 })
        {
            Assert.Equal(1 + 2 * u, Math.Log(steep.At(u).TotalSeconds), 0.02);
        }

        var far = Of((0.4, 1), (0.5, 1000));
        Assert.InRange(far.At(1).TotalSeconds, 0.5, 2000);
    }

    [Fact]
    public void Every_fault_is_named_in_one_error()
    {
        var error = Assert.Throws<ArgumentException>(() => new Tuner(new Problem(1).Network(), Problem.Hyperparameter, One, new TunerOptions
        {
            Acquisition = AcquisitionRule.LowerConfidenceBound(-1),
            Cost = TrainingCost.Of(lambda => lambda - 3),
            Belief = new OptimumBelief(lambda => lambda > 5 ? double.NaN : 1, 0),
            MaxTime = TimeSpan.Zero,
        }));
        foreach (var part in new[] { "Acquisition has β = -1", "Cost is -1 at λ = 2", "Belief.Strength is 0", "Belief is NaN at λ = 5", "MaxTime is 00:00:00" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("δ = 1", AcquisitionRule.LowerConfidenceBoundAtRisk(1).Fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => (Plain with { Cost = TrainingCost.Measured(0) }).Validate(Problem.Hyperparameter));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_study_on_disk_goes_on_with_its_rule_cost_and_belief(AcquisitionRule rule, string name)
    {
        using var study = new StudyFixture();
        var clock = new FakeTimeProvider();
        var options = StudyFixture.Options with { Acquisition = rule, Cost = TrainingCost.Measured(), TimeProvider = clock };
        FormulaNetwork Network(int most) => new(StudyFixture.Task.Output)
        {
            Before = (n, lambda, _) => clock.Advance(n > most ? throw new IOException("killed") : TimeSpan.FromSeconds(lambda * lambda)),
        };
        string expected;
        using (var undisturbed = new Tuner(Network(99), Problem.Hyperparameter, StudyFixture.Contexts, options))
        {
            expected = StudyFixture.Text(undisturbed.Optimize(StudyFixture.First));
        }

        Assert.Contains($"{name} per cost", expected, StringComparison.Ordinal);
        var first = study.Open(Network(99), options: options);
        var run = first.Begin(StudyFixture.First);
        var trainer = Network(99);
        for (var i = 0; i < 6; i++)
        {
            var proposal = run.Ask()!;
            run.Tell(proposal, trainer.Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
        }

        first.Dispose();
        var network = Network(99);
        using (var resumed = Tuner.Resume(study.Folder, network, options with { Acquisition = rule }))
        {
            Assert.Equal(expected, StudyFixture.Text(resumed.Optimize(StudyFixture.First)));
            Assert.Single(network.Trained);
        }

        var journal = StudyJournal.Read(study.Folder);
        Assert.Equal(rule, journal.Header.Settings.Acquisition);
        Assert.Equal(TrainingCost.Measured(), journal.Header.Settings.Cost);
        Assert.Equal(journal.Runs[0].Proposals, journal.Replay(0, StudyFixture.First, StudyFixture.Options));
    }

    [Fact]
    public void Functions_that_a_file_cannot_hold_are_asked_for_by_name()
    {
        using var study = new StudyFixture();
        var options = Plain with { Cost = TrainingCost.InObjectiveUnits(_ => 0.1), Belief = new OptimumBelief(_ => 1, 2) };
        using (study.Open(StudyFixture.Task.Network(), options: options))
        {
        }

        var error = Assert.Throws<ArgumentException>(() => Tuner.Resume(study.Folder, StudyFixture.Task.Network()));
        Assert.Contains("Cost and Belief", error.Message, StringComparison.Ordinal);
        using var resumed = Tuner.Resume(study.Folder, StudyFixture.Task.Network(), options);
        Assert.Equal(2, resumed.Options.Belief!.Strength);
    }
}
