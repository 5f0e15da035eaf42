using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Tuning;

public class TunerQualityTests
{
    private static double Objective(IConditionalModel model) => Problem.Tracking(model);

    private static TuningResult Run(Problem problem, TunerOptions options)
    {
        using var tuner = new Tuner(problem.Network(), Problem.Hyperparameter, Problem.Contexts, options);
        return tuner.Optimize(Objective);
    }

    [Fact]
    public void Finds_known_optima_within_the_budget_and_beats_random_search()
    {
        var regrets = new List<double>();
        var random = new List<double>();
        for (var seed = 1; seed <= 12; seed++)
        {
            var problem = new Problem(seed);
            regrets.Add(problem.Regret(Objective, Run(problem, Problem.Options()).Lambda));
            var stream = new RandomStreams(seed).Stream("random search");
            random.Add(Enumerable.Range(0, 8).Min(_ => problem.Regret(Objective, Problem.Hyperparameter.FromUnit(stream.NextDouble()))));
        }

        regrets.Sort();
        random.Sort();
        Assert.True(regrets[6] < 0.002, $"Median regret {regrets[6]:P2}");
        Assert.True(regrets[10] < 0.02, $"Second worst regret {regrets[10]:P2}");
        Assert.True(regrets[6] < 0.25 * random[6], $"Random search: {random[6]:P2}");
    }

    [Fact]
    public void The_quantile_that_the_theory_names_is_found()
    {
        // Pinball loss at 4 : 1 is least at the 0.8 quantile, whatever the distribution.
        var quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99);
        var network = new FormulaNetwork((lambda, x) => 3 * x + (1 + 0.5 * x) * Problem.NormalQuantile(lambda));
        var contexts = new Contexts(Matrix.Create(20, 1, (i, row) => row[0] = i / 20f));
        double Cost(IConditionalModel model)
        {
            var forecasts = model.Sample(contexts).Outputs;
            double cost = 0;
            for (var i = 0; i < contexts.Count; i++)
            {
                for (var k = 0; k < 101; k++)
                {
                    var x = contexts.Conditions[i, 0];
                    var truth = 3 * x + (1 + 0.5 * x) * Problem.Contexts.Conditions[k, 0];
                    cost += truth > forecasts[i, 0] ? 4 * (truth - forecasts[i, 0]) : forecasts[i, 0] - truth;
                }
            }

            return cost / contexts.Count / 101;
        }

        using var tuner = new Tuner(network, quantile, contexts, Problem.Options());
        var study = tuner.Optimize(Cost);
        Assert.Equal(0.8, study.Lambda, 0.05);
        Assert.True(study.IsTrained);
    }

    [Fact]
    public void A_new_objective_is_answered_without_training_and_more_exactly_than_by_a_plain_process()
    {
        var with = new List<double>();
        var without = new List<double>();
        for (var seed = 1; seed <= 8; seed++)
        {
            var problem = new Problem(seed);
            foreach (var useSurrogate in new[] { true, false })
            {
                var network = problem.Network();
                using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(6) with { UseSurrogate = useSurrogate });
                var first = tuner.Optimize(Objective);
                var before = network.Trained.Count;
                double Other(IConditionalModel model) => Problem.Tracking(model, target: -0.7);
                var second = tuner.Optimize(Other, maxTrainings: 0);
                Assert.Equal(before, network.Trained.Count);
                Assert.Equal(0, second.TrainingsUsed);
                Assert.True(second.Outcome is Certified { Trainings: 0 } or NeedsTraining or NotCertified);
                Assert.Equal(second.Outcome is Certified, second.StopReason == StopReason.Certified);
                Assert.All(second.Trials, t => Assert.True(t.IsReused));
                Assert.Equal(first.Trials.Count, second.Trials.Count);
                (useSurrogate ? with : without).Add(problem.Regret(Other, second.Lambda));
            }
        }

        with.Sort();
        without.Sort();
        Assert.True(with[4] < 0.02, $"Median regret {with[4]:P2}");
        Assert.True(with.Average() <= without.Average(), $"{with.Average():P2} against {without.Average():P2}");
    }

    [Fact]
    public void What_needs_training_is_trained_there_when_it_is_allowed()
    {
        var problem = new Problem(3);
        var network = problem.Network();
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(4));
        tuner.Optimize(Objective);
        double Other(IConditionalModel model) => Problem.Tracking(model, target: -0.7);
        var needs = Assert.IsType<NeedsTraining>(tuner.Optimize(Other, maxTrainings: 0).Outcome);
        Assert.True(needs.ExpectedGain > 0);
        var study = tuner.Optimize(Other, maxTrainings: 1);
        Assert.Equal(1, study.TrainingsUsed);
        Assert.Equal(needs.At, study.Trials[^1].Lambda, 1e-12);
        Assert.True(study.IsTrained);
    }

    [Fact]
    public void A_surrogate_that_misleads_is_distrusted_and_costs_little()
    {
        var problem = new Problem(2);
        var good = Run(problem, Problem.Options(10) with { Epsilon = 1e-9 });
        var bad = Run(problem, Problem.Options(10) with { Epsilon = 1e-9, SurrogateFactory = anchors => new Sabotaged(anchors) });
        Assert.True(bad.Trust < 0.3, $"{bad.Trust}");
        Assert.True(good.Trust > bad.Trust, $"{good.Trust}");
        Assert.True(problem.Regret(Objective, bad.Lambda) < 0.05);
    }

    [Fact]
    public void Certificates_on_easy_problems_come_within_the_budget_and_are_true()
    {
        var issued = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var problem = new Problem(seed);
            var study = Run(problem, Problem.Options(14));
            if (study.Outcome is Certified certified)
            {
                issued++;
                var (best, _) = problem.Sweep(Objective);
                Assert.True(problem.At(Objective, study.Lambda) - best <= certified.Epsilon, $"Seed {seed}: {certified}");
                Assert.Equal(study.TrainingsUsed, certified.Trainings);
                Assert.Equal(StopReason.Certified, study.StopReason);
                Assert.True(study.TrainingsUsed < 14);
            }
        }

        Assert.True(issued >= 4, $"{issued} of 6");
    }

    private sealed class Sabotaged(AnchorSet anchors) : ISurrogate
    {
        private readonly CubicSurrogate _inner = new(anchors);

        public ContinuousHyperparameter Hyperparameter => _inner.Hyperparameter;

        public IReadOnlyList<double> Anchors => _inner.Anchors;

        // Right at the anchors, wrong by up to 2 between them.
        public HtiTune.Surrogates.SurrogateSamples Sample(double lambda, Contexts contexts)
        {
            var u = Hyperparameter.ToUnit(lambda);
            var distance = Anchors.Min(a => Math.Abs(Hyperparameter.ToUnit(a) - u));
            var sample = _inner.Sample(lambda, contexts);
            var shift = 2 * Math.Sin(60 * u) * Math.Min(1, 30 * distance);
            var moved = Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)(sample.Samples.Outputs[i, 0] + shift));
            return sample with { Samples = new Samples(moved, contexts) };
        }

        public Matrix Transport(Samples rows, double from, double to) => throw new NotSupportedException();
    }
}
