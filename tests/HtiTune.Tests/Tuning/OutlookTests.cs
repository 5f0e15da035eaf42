using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>What further trainings are expected to gain, against what is known of it otherwise.</summary>
public sealed class OutlookTests
{
    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void Gains_grow_with_the_trainings_by_less_each_time_and_never_beyond_the_limit(Goal goal)
    {
        var sign = goal == Goal.Minimize ? 1 : -1;
        var outlook = Tuned(goal, lambda => sign * Math.Sin(7 * lambda), 4).Outlook(30)!;
        Assert.Equal(30, outlook.Gains.Count);
        Assert.True(outlook.Gains[0] > 0);
        var steps = outlook.Gains.Zip(outlook.Gains.Skip(1), (before, after) => after - before).Prepend(outlook.Gains[0]).ToList();
        Assert.All(steps, step => Assert.True(step >= 0));
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1e-6 * outlook.Limit));
        Assert.InRange(outlook.Gains[^1], 0.5 * outlook.Limit, outlook.Limit * (1 + 1e-6));
    }

    [Fact]
    public void One_training_gains_the_largest_expected_improvement_by_its_closed_form()
    {
        // The posterior's own marginals, each with the closed form of a normal distribution of the same 90 % interval: of its size, for mixtures have heavier tails.
        var result = Tuned(Goal.Minimize, lambda => Math.Pow(lambda - 0.37, 2) + 0.3 * Math.Sin(9 * lambda), 5);
        var best = result.Trials.Min(trial => trial.Value!.Value);
        var largest = result.Posterior.Max(point =>
        {
            var deviation = (point.High - point.Low) / (2 * 1.6448536269514722);
            var z = (best - point.Mean) / deviation;
            return deviation > 0 ? (best - point.Mean) * NormalDistribution.Cumulative(z) + deviation * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI) : Math.Max(0, best - point.Mean);
        });
        Assert.InRange(result.Outlook(1)!.Gains[0], 0.4 * largest, 3 * largest);
    }

    [Fact]
    public void The_same_seed_looks_ahead_the_same_and_the_number_of_trainings_is_checked()
    {
        var result = Tuned(Goal.Minimize, Math.Cos, 4);
        Assert.Equal(result.Outlook(5)!.Gains, result.Outlook(7)!.Gains.Take(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Outlook(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Outlook(101));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Over_two_hyperparameters_gains_grow_within_their_limit_and_what_is_trained_then_bears_them_out(bool isMaximum)
    {
        var (goal, sign, seeds) = (isMaximum ? Goal.Maximize : Goal.Minimize, isMaximum ? -1 : 1, 6);
        double expected = 0, came = 0;
        for (var seed = 0; seed < seeds; seed++)
        {
            // Off the middle, which is trained first.
            var shift = 0.1 * seed;
            double Objective(Configuration at) => sign * (Math.Pow(at["a"].Number - 0.1 - shift / 2, 2) + 0.5 * Math.Cos(5 * at["b"].Number - 1 - shift) + at["a"].Number * at["b"].Number);
            var few = Tuned(goal, Objective, 7, seed);
            var outlook = few.Outlook(12)!;
            Assert.All(outlook.Gains.Zip(outlook.Gains.Skip(1)), pair => Assert.True(pair.Second >= pair.First));
            Assert.InRange(outlook.Gains[^1], 0.5 * outlook.Limit, outlook.Limit * (1 + 1e-6));
            Assert.Equal(outlook.Gains.Take(3), few.Outlook(3)!.Gains);
            (expected, came) = (expected + outlook.Gains[^1], came + sign * (few.RealValue!.Value - Tuned(goal, Objective, 19, seed).RealValue!.Value));
        }

        // Of the same size: twelve trainings one after the other find about what twelve draws' maxima promise.
        Assert.InRange(came, expected / 4, 4 * expected);
    }

    private static TuningResult Tuned(Goal goal, Func<Configuration, double> objective, int trainings, int seed)
    {
        SearchSpace space = new(Hyperparameter.Continuous("a", 0, 1), Hyperparameter.Continuous("b", 0, 1));
        var options = new TunerOptions { MaxTrainings = trainings, UseWholeBudget = true, Seed = seed };
        return goal == Goal.Minimize ? Tuner.Minimize(space, at => objective(at.Configuration), options) : Tuner.Maximize(space, at => objective(at.Configuration), options);
    }

    private static TuningResult Tuned(Goal goal, Func<double, double> objective, int trainings)
    {
        var options = new TunerOptions { MaxTrainings = trainings, UseWholeBudget = true, Seed = 5 };
        return goal == Goal.Minimize ? Tuner.Minimize("lambda", 0, 1, at => objective(at.Lambda), options) : Tuner.Maximize("lambda", 0, 1, at => objective(at.Lambda), options);
    }
}
