using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Preferences;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

/// <summary>Noise, replicates, the strict certificate and the calibration alarm over several hyperparameters.</summary>
public sealed class SpaceRigourTests
{
    private static readonly SearchSpace s_words = SearchSpace.Parse("act=relu,gelu,silu", "lr=0..1");

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void A_noise_that_is_given_counts_by_its_size(double deviation)
    {
        // Eight values without any scatter: what is said of it is all that is known.
        var stream = new RandomStreams(6).Stream("places");
        List<TrainingEnded> trainings = [.. Enumerable.Range(0, 8).Select(i =>
        {
            var place = new Configuration(("a", stream.NextDouble()), ("b", stream.NextDouble()));
            return TrainingEnded.Seen(i, place, 2 * Bowl(place));
        })];

        var analysis = Policy(Square, new SpacePolicyOptions { NoiseVariance = deviation * deviation }).Analyse(trainings, null)!;

        Assert.InRange(analysis.NoiseDeviation, 0.5 * deviation, 2 * deviation);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_configuration_is_trained_again_where_that_tells_more_than_a_new_one(int seed)
    {
        var noise = new RandomStreams(3).Stream("noise");
        var options = new TunerOptions { MaxTrainings = 22, Replicate = true, NoiseVariance = 0.04, UseWholeBudget = true, Epsilon = 0.01, Seed = seed };
        var study = Tuner.Minimize(Square, at => 0.3 * Bowl(at.Configuration) + 0.2 * noise.NextNormal(), options);

        var again = study.Trials.Where(trial => trial.Reason.StartsWith("replicate", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(again);
        Assert.All(again, trial => Assert.Contains(study.Trials, other => other.Number < trial.Number && other.Configuration.Equals(trial.Configuration)));
        Assert.InRange(study.NoiseDeviation, 0.08, 0.5);

        // Not where it is not asked for: trainings that repeat tell nothing new.
        var exact = Tuner.Minimize(Square, at => Bowl(at.Configuration), new TunerOptions { MaxTrainings = 12, UseWholeBudget = true });
        Assert.Equal(exact.Trials.Count, exact.Trials.Select(trial => trial.Configuration).Distinct().Count());
    }

    [Fact]
    public void Features_have_a_noise_of_their_own()
    {
        // The objective's noise is large, the features repeat: their values are what was measured, to a hair.
        using var tuner = new Tuner(
            Network.Create(at => at.Configuration, c => Matrix.FromDoubles(1, 1, [Bowl(c)])), Square, Contexts.None(1),
            new TunerOptions { MaxTrainings = 10, NoiseVariance = 4, UseWholeBudget = true });
        var contexts = Contexts.None(1);
        double Feature(IConditionalModel model) => model.Sample(contexts).Outputs.Exact(0, 0);
        tuner.Optimize(Feature);

        var answer = tuner.Preferences(new Feature("bowl", Feature)).Best(Preference.Weighted([1]));

        Assert.Equal(answer.TrainedValue!.Value, Bowl(answer.TrainedConfiguration!), 1e-6);
        Assert.InRange(answer.High - answer.Low, 0, 0.2);
    }

    [Fact]
    public void The_strict_certificate_challenges_and_leaves_no_wide_part_of_any_range()
    {
        double Value(Configuration c) => Math.Pow(c["lr"].Number - 0.31, 2) + (c["act"].Word == "gelu" ? 0 : 0.3);
        TuningResult Tune(CertificateRule rule) => Tuner.Minimize(
            s_words, at => Value(at.Configuration), new TunerOptions { MaxTrainings = 30, CertificateRule = rule, Epsilon = 0.01, NoiseVariance = 0 });
        var (plain, strict) = (Tune(CertificateRule.TwoPasses), Tune(CertificateRule.Strict));

        Assert.Equal(StopReason.Certified, strict.StopReason);
        Assert.Contains(strict.Trials, trial => trial.Reason == "challenge");
        Assert.DoesNotContain(plain.Trials, trial => trial.Reason == "challenge");
        double[] rates = [0, .. strict.Trials.Select(trial => trial.Configuration["lr"].Number).Order(), 1];
        Assert.True(rates.Zip(rates.Skip(1), (low, high) => high - low).Max() <= 0.25 + 1e-9, string.Join(", ", rates));
        Assert.Equal(3, strict.Trials.Select(trial => trial.Configuration["act"].Word).Distinct().Count());
    }

    [Fact]
    public void Depth_is_that_inside_gaps_wider_than_a_quarter()
    {
        var coordinates = new SpaceCoordinates(Square);
        var cover = new SpaceCover(coordinates, [[0.2, 0.5], [0.45, 0.25], [0.6, 0.75]]);

        Assert.Equal(0, cover.Depth([0.1, 0.3]));
        Assert.Equal(0.15, cover.Depth([0.75, 0.6]), 1e-12);
        Assert.Equal(0.2, cover.Depth([0.8, 0.1]), 1e-12);
        Assert.Equal(0, new SpaceCover(new SpaceCoordinates(s_words), [[1 / 6.0, 0.25], [0.5, 0.5], [5 / 6.0, 0.75]]).Depth([0.5, 0.9]));
        Assert.True(new SpaceCover(new SpaceCoordinates(s_words), [[1 / 6.0, 0.25], [0.5, 0.5]]).Depth([5 / 6.0, 0.3]) > 0);
    }

    [Fact]
    public void Intervals_that_do_not_hold_raise_the_alarm_and_are_widened_until_they_would()
    {
        var calibration = new SpaceCalibration();
        var alarm = new CalibrationAlarm();
        var belief = new SpaceBelief(0, 1, -1.645, 1.645);
        var number = 0;
        double[] values = [0.3, 0.7, 2.4, -3, 4, -0.2, 5, -6, 6];
        foreach (var value in values)
        {
            var isMiss = Math.Abs(value) > 1.645;
            var raised = !alarm.IsRaised && alarm.Observe(isMiss);
            calibration.Test(++number, belief, value, 1e-6, [-5, 5]);
            var test = calibration.Of(number)!;
            Assert.Equal(isMiss, test.IsMiss);
            Assert.Equal(raised, test.RaisedAlarm);
            Assert.Equal(NormalDistribution.Cumulative(value), test.Pit, 1e-12);
            Assert.Equal(-0.5 * value * value - 0.5 * Math.Log(2 * Math.PI), test.LogDensity, 1e-9);
            if (raised)
            {
                break;
            }
        }

        // √2^k the least so that 1.645 √2^k reaches the largest that missed.
        var largest = values.Take(number).Max(Math.Abs);
        Assert.Equal(1, calibration.Alarms);
        Assert.Equal(number, calibration.State.RaisedAt);
        Assert.Equal(Math.Pow(2, 0.5 * Math.Ceiling(2 * Math.Log2(largest / 1.645))), calibration.Widening, 1e-9);

        // A penalty, and what is missed by nothing, are no tests of that.
        calibration.Test(100, belief, 1e9, 1e-6, [-5, 5]);
        Assert.Null(calibration.Of(100));
        calibration.Test(101, belief, 1.645 + 1e-10, 1e-6, [-5, 5]);
        Assert.False(calibration.Of(101)!.IsMiss);
    }

    [Fact]
    public void Widened_beliefs_are_wider_by_that_and_certify_less()
    {
        var trainings = Train(Policy(Square), c => Bowl(c), 3);
        SpaceAnalysis Of(double widening) => Policy(Square, new SpacePolicyOptions { Widening = widening, Epsilon = 0.02 }).Analyse(trainings, null)!;
        // Near the trainings deviations are small, and what the value map bends of them is too.
        var place = new Configuration(("a", 0.55), ("b", 0.45));

        Assert.InRange((Of(2).At(place).High - Of(2).At(place).Low) / (Of(1).At(place).High - Of(1).At(place).Low), 1.8, 2.2);
        Assert.True(Of(4).Judge().Probability <= Of(1).Judge().Probability);
    }

    [Fact]
    public void What_was_forecast_is_tested_as_each_training_ends()
    {
        var study = Tuner.Minimize(Square, at => Bowl(at.Configuration) + 0.1 * Math.Sin(9 * at["a"]), new TunerOptions { MaxTrainings = 14, UseWholeBudget = true, NoiseVariance = 0 });

        var tested = study.Trials.Where(trial => trial.Test is not null).ToList();
        Assert.Equal(10, tested.Count);
        Assert.Equal(tested.Count, study.Calibration.Tests);
        Assert.Equal(tested.Count(trial => trial.Test!.IsMiss), study.Calibration.Misses);
        Assert.All(tested, trial => Assert.True(trial.Test!.IsMiss || trial.Value >= trial.PredictedLow - study.Epsilon && trial.Value <= trial.PredictedHigh + study.Epsilon));
        Assert.Equal(tested.Sum(trial => trial.Test!.LogDensity), study.Calibration.LogDensity, 1e-9);
    }
}
