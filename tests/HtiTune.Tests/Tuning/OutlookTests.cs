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

    private static TuningResult Tuned(Goal goal, Func<double, double> objective, int trainings)
    {
        var options = new TunerOptions { MaxTrainings = trainings, UseWholeBudget = true, Seed = 5 };
        return goal == Goal.Minimize ? Tuner.Minimize("lambda", 0, 1, at => objective(at.Lambda), options) : Tuner.Maximize("lambda", 0, 1, at => objective(at.Lambda), options);
    }
}
