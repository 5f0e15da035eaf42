using CsCheck;
using HtiTune.Data;
using HtiTune.Preferences;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Tuning;

/// <summary>Preferences among features whose best λ and Pareto front are known in closed form.</summary>
public class PreferenceModelTests
{
    // φ₁ = λ², φ₂ = (λ − 1)²: the best λ of w φ₁ + (1 − w) φ₂ is 1 − w, and every λ is on the front.
    private static readonly ContinuousHyperparameter Lambda = Hyperparameter.Continuous("λ", 0, 1);
    private static readonly Contexts Nothing = Contexts.None(1);
    private static readonly Feature Low = new("low", model => Math.Pow(Of(model), 2));
    private static readonly Feature High = new("high", model => Math.Pow(Of(model) - 1, 2));

    private static double Of(IConditionalModel model) => model.Sample(Nothing).Outputs[0, 0];

    private static Preference Mix(double w) => Preference.Weighted([w, 1 - w]);

    /// <summary>A tuner that has trained at evenly spread λ; by trajectories, which answer a straight line exactly, unless the default is asked for.</summary>
    private static Tuner Trained(int trainings, Action<int, double, CancellationToken>? before = null, bool isDefault = false)
    {
        // Both ends first: what lies between them tests the surrogate.
        var lambdas = Enumerable.Range(0, trainings).Select(i => i / (trainings - 1.0)).OrderBy(lambda => lambda is > 0 and < 1).ToList();
        var tuner = new Tuner(
            new Itself { Before = before }, Lambda, Nothing, new TunerOptions
            {
                InitialLambdas = lambdas, MaxTrainings = trainings, NoiseVariance = 0,
                SurrogateFactory = isDefault ? null : anchors => TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false }),
            });
        using var run = tuner.Begin(Of);
        for (var i = 0; i < trainings && run.Ask() is { } proposal; i++)
        {
            try
            {
                run.Tell(proposal, new Itself { Before = before }.Train(new TrainingRequest(proposal.Lambda, proposal.Seed, null), default));
            }
            catch (InvalidOperationException error)
            {
                run.TellFailed(proposal, error.Message);
            }
        }

        return tuner;
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.4)]
    [InlineData(0.75)]
    public void The_best_trained_value_stands_beside_every_answer_as_it_was_measured(double w)
    {
        using var tuner = Trained(4);
        double Cost(double lambda) => w * lambda * lambda + (1 - w) * (lambda - 1) * (lambda - 1);
        var best = tuner.Anchors!.Lambdas.MinBy(Cost);
        var answer = tuner.Preferences(Low, High).Best(Mix(w));
        Assert.Equal(best, answer.TrainedLambda);
        Assert.Equal(Cost(best), answer.TrainedValue!.Value, 1e-7);

        var study = tuner.Optimize(model => w * Low.Value(model) + (1 - w) * High.Value(model), maxTrainings: 0);
        Assert.Equal(best, study.BestTrial!.Lambda);
        Assert.Equal(Cost(best), study.BestTrial.Value!.Value, 1e-7);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public void The_curve_of_a_family_is_the_one_in_closed_form_and_costs_no_training(bool isDefault, int leastCertified)
    {
        using var tuner = Trained(7, isDefault: isDefault);
        var before = tuner.Anchors!.Count;
        var curve = tuner.Preferences(Low, High).Curve([0.1, 0.25, 0.4, 0.5, 0.65, 0.9], Mix);
        Assert.Equal(before, tuner.Anchors!.Count);
        Assert.All(curve, point =>
        {
            var w = point.Weight!.Value;
            var best = 1 - w;
            Assert.InRange(point.Lambda, best - 0.012, best + 0.012);
            Assert.InRange(best, point.LambdaLow - 0.004, point.LambdaHigh + 0.004);
            Assert.Equal(w * best * best + (1 - w) * w * w, point.PredictedValue, 5e-4);
        });
        var certified = curve.Select(point => point.Outcome).OfType<Certified>().ToList();
        Assert.True(certified.Count >= leastCertified, string.Join("\n", curve));
        Assert.All(certified, outcome => Assert.Equal((0, true), (outcome.Trainings, outcome.Probability >= 0.95)));
    }

    [Fact]
    public void A_linear_preference_is_judged_by_the_posterior_means_exactly()
    {
        using var tuner = Trained(4);
        var model = tuner.Preferences(Low, High);
        foreach (var w in new[] { 0.2, 0.37, 0.8 })
        {
            var answer = model.Best(Mix(w));
            Assert.Equal(w * answer.Features[0] + (1 - w) * answer.Features[1], answer.PredictedValue, 9);
            Assert.InRange(answer.PredictedValue, answer.Low, answer.High);
        }
    }

    [Fact]
    public void Maximising_the_negative_is_the_same()
    {
        using var tuner = Trained(6);
        var minimised = tuner.Preferences(Low, High).Best(Mix(0.3));
        var maximised = tuner.Preferences(Low, High).Best(Preference.Weighted([-0.3, -0.7], Goal.Maximize));
        Assert.Equal(minimised.Lambda, maximised.Lambda);
        Assert.Equal(minimised.PredictedValue, -maximised.PredictedValue, 12);
        Assert.Equal(minimised.Epsilon, maximised.Epsilon, 12);
    }

    [Fact]
    public void A_preference_answers_as_an_objective_of_the_same_formula_does()
    {
        using var tuner = Trained(7);
        var asked = tuner.Preferences(Low, High).Best(Mix(0.35));
        var study = tuner.Optimize(model => 0.35 * Low.Value(model) + 0.65 * High.Value(model), maxTrainings: 0);
        Assert.Equal(study.Lambda, asked.Lambda, 0.01);
        Assert.Equal(study.PredictedValue, asked.PredictedValue, 3);
        Assert.Equal(study.Epsilon, asked.Epsilon, 0.02 * study.Epsilon);
    }

    [Fact]
    public void Features_in_conflict_have_all_of_the_range_on_their_front_and_features_in_accord_one_place()
    {
        using var tuner = Trained(7);
        var conflict = tuner.Preferences(Low, High).Front();
        Assert.Equal((0.0, 1.0), (conflict[0].Lambda, conflict[^1].Lambda));
        Assert.True(conflict.Count > 240, $"{conflict.Count} places");
        Assert.All(conflict.Where(p => p.IsTrained && p.Lambda is > 0.1 and < 0.9), p => Assert.InRange(p.Probability, 0.95, 1));

        var accord = tuner.Preferences(High, new Feature("the same", model => -2 * High.Value(model), Goal.Maximize)).Front();
        Assert.Equal(1, Assert.Single(accord).Lambda);
    }

    [Fact]
    public void Places_on_a_front_do_not_dominate_each_other_and_hold_every_weighted_optimum() =>
        Gen.Select(Gen.Double[-0.5, 1.5], Gen.Double[-0.5, 1.5], Gen.Double[0.2, 3], Gen.Double[0.05, 0.95]).Sample(
            (a, b, slope, w) =>
            {
                using var tuner = Trained(5);
                Feature[] features =
                [
                    new("bowl", model => Math.Pow(Of(model) - a, 2)),
                    new("wave", model => Math.Sin(slope * (Of(model) - b)), Goal.Maximize),
                ];
                var model = tuner.Preferences(features);
                var front = model.Front();
                foreach (var (one, other) in front.Zip(front.Skip(1)))
                {
                    Assert.False(one.Features[0] <= other.Features[0] && one.Features[1] >= other.Features[1] && !one.Features.SequenceEqual(other.Features));
                    Assert.False(other.Features[0] <= one.Features[0] && other.Features[1] >= one.Features[1] && !one.Features.SequenceEqual(other.Features));
                }

                var answer = model.Best(Preference.Weighted([w, w - 1]));
                double Weighed(IReadOnlyList<double> f) => w * f[0] + (w - 1) * f[1];
                Assert.InRange(front.Min(p => Weighed(p.Features)), double.NegativeInfinity, Weighed(answer.Features) + 1e-12);
                Assert.InRange(Weighed(answer.Features), double.NegativeInfinity, front.Min(p => Weighed(p.Features)) + 0.05 * answer.Epsilon + 1e-12);
            },
            iter: 12);

    [Fact]
    public void A_preference_need_not_be_linear()
    {
        using var tuner = Trained(7);
        // The worse of two is best where both are equal.
        var answer = tuner.Preferences(Low, High).Best(new Preference(values => Math.Max(values[0], values[1])));
        Assert.InRange(answer.Lambda, 0.49, 0.51);
    }

    [Fact]
    public void Too_few_trainings_ask_for_one_more()
    {
        using var tuner = Trained(3);
        var answer = tuner.Preferences(Low, High).Best(Mix(0.3));
        var needed = Assert.IsType<NeedsTraining>(answer.Outcome);
        Assert.InRange(needed.At, 0.5, 1);
        Assert.True(needed.ExpectedGain > 0 && answer.LambdaHigh - answer.LambdaLow > 0.02);
    }

    [Fact]
    public void The_same_anchors_give_the_same_answers_and_later_trainings_do_not_move_them()
    {
        using var tuner = Trained(4);
        var model = tuner.Preferences(Low, High);
        var first = model.Best(Mix(0.4));
        tuner.Optimize(m => Low.Value(m) + High.Value(m), maxTrainings: 1);
        var second = model.Best(Mix(0.4));
        Assert.Equal((first.Lambda, first.LambdaLow, first.Low, first.PredictedValue), (second.Lambda, second.LambdaLow, second.Low, second.PredictedValue));
    }

    [Fact]
    public void Places_near_a_failure_are_not_recommended()
    {
        // The best λ for w = ½ is the middle, where training fails.
        using var tuner = Trained(7, (_, lambda, _) =>
        {
            if (Math.Abs(lambda - 0.5) < 0.01)
            {
                throw new InvalidOperationException("diverged");
            }
        });
        Assert.NotEqual(0.5, tuner.Preferences(Low, High).Best(Mix(0.5)).Lambda);
    }

    [Fact]
    public void Faults_are_named()
    {
        using var tuner = Trained(3);
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => tuner.Preferences()).Message);
        Assert.Contains("feature 1 is named 'low'", Assert.Throws<ArgumentException>(() => tuner.Preferences(Low, Low)).Message);
        Assert.Contains("feature 0 has no name", Assert.Throws<ArgumentException>(() => tuner.Preferences(Low with { Name = " " })).Message);
        Assert.Contains("'bad'", Assert.Throws<InvalidOperationException>(() => tuner.Preferences(new Feature("bad", _ => double.NaN))).Message);
        var model = tuner.Preferences(Low, High);
        Assert.Contains("weighs 3 features; expected 2: low, high", Assert.Throws<ArgumentException>(() => model.Best(Preference.Weighted([1, 2, 3]))).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => Preference.Weighted([1, double.NaN])).Message);
        Assert.Contains("is NaN", Assert.Throws<InvalidOperationException>(() => model.Best(new Preference(_ => double.NaN))).Message);
        Assert.Contains("ε is -1", Assert.Throws<ArgumentException>(() => model.Best(Mix(0.5), -1)).Message);
        using var run = tuner.Begin(Of);
        Assert.Contains("going on", Assert.Throws<InvalidOperationException>(() => tuner.Preferences(Low)).Message);
    }

    /// <summary>A network that answers λ itself.</summary>
    private sealed class Itself : INetwork
    {
        public Action<int, double, CancellationToken>? Before { get; init; }

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            Before?.Invoke(0, request.Lambda, cancellation);
            return new Trained_(request.Lambda);
        }

        private sealed class Trained_(double lambda) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 1, (_, row) => row[0] = (float)lambda);

            public void Dispose()
            {
            }
        }
    }
}
