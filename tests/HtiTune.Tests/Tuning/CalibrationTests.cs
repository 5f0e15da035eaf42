using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning;

public class CalibrationTests
{
    // Outputs that grow a hundredfold from training to training: no interval can hold them. With a goal towards better values, for those that are so
    // much worse count as penalties and are no tests; else from side to side.
    private static FormulaNetwork Exploding(Goal? better = null)
    {
        FormulaNetwork? network = null;
        network = new FormulaNetwork((_, _) => (better is null ? 1 : better == Goal.Maximize ? 1 : -1) * Math.Pow(better is null ? -100 : 100, Math.Min(6, network!.Trained.Count)) * (1 + 1e-3 * network.Trained.Count));
        return network;
    }

    private static double First(IConditionalModel model) => model.Sample(Problem.Contexts).Outputs[0, 0];

    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void Evidence_is_that_of_the_published_intervals_by_the_formula(Goal goal)
    {
        using var tuner = new Tuner(Exploding(goal), Problem.Hyperparameter, Problem.Contexts, Problem.Options(10) with { Goal = goal, UseSurrogate = false });
        var study = tuner.Optimize(First);
        Assert.All(study.Trials.Take(2), t => Assert.Null(t.Test));
        double two = 1, five = 1;
        var alarms = new List<int>();
        var misses = 0;
        foreach (var trial in study.Trials.Skip(2))
        {
            // Bets on 20 % and 50 % misses against 10 %.
            var isMiss = trial.Value < trial.PredictedLow || trial.Value > trial.PredictedHigh;
            two *= isMiss ? 2 : 0.8 / 0.9;
            five *= isMiss ? 5 : 0.5 / 0.9;
            misses += isMiss ? 1 : 0;
            var test = trial.Test!;
            Assert.Equal(isMiss, test.IsMiss);
            Assert.Equal(isMiss, test.Pit is < 0.05 or > 0.95);
            Assert.Equal(trial.Value < trial.Predicted, test.Pit < 0.5);
            Assert.Equal(0.5 * (two + five), test.Evidence, 1e-9 * test.Evidence);
            Assert.Equal(test.Evidence >= 20, test.RaisedAlarm);
            if (test.RaisedAlarm)
            {
                alarms.Add(trial.Number);
                (two, five) = (1, 1);
            }
        }

        // Three misses in the first three tests: ½ (2³ + 5³) = 66.5.
        Assert.Equal(66.5, study.Trials[4].Test!.Evidence, 1e-9);
        Assert.Equal((8, misses, alarms.Count, (int?)5), (study.Calibration.Tests, study.Calibration.Misses, study.Calibration.Alarms, study.Calibration.RaisedAt));
        Assert.Equal(0.5 * (two + five), study.Calibration.Evidence, 1e-9 * study.Calibration.Evidence);
        Assert.True(study.Calibration.IsAlarmed);
        Assert.Contains("withdrawn", study.Calibration.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_is_no_test_of_the_intervals()
    {
        using var tuner = new Tuner(
            new FormulaNetwork((lambda, _) => lambda > 4.5 ? 1e9 : (lambda - 3) * (lambda - 3)), Problem.Hyperparameter, Problem.Contexts,
            Problem.Options(10) with { UseSurrogate = false, InitialLambdas = [2, 6, 4, 3, 5] });
        var study = tuner.Optimize(First);
        Assert.All(study.Trials.Skip(4).Where(t => t.Lambda > 4.5), t => Assert.Null(t.Test));
        Assert.All(study.Trials.Skip(4).Where(t => t.Lambda <= 4.5), t => Assert.NotNull(t.Test));
        Assert.Contains(study.Trials.Skip(4), t => t.Lambda > 4.5);
        Assert.False(study.Calibration.IsAlarmed);
    }

    [Fact]
    public void An_alarm_sets_the_surrogate_aside_and_widens_the_scale_just_enough_to_hold_what_was_missed()
    {
        using var tuner = new Tuner(Exploding(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(6));
        var study = tuner.Optimize(First);
        Assert.Equal(0, study.Trust);
        Assert.NotNull(study.Surrogate);

        // The same from the public parts: the process of the values alone.
        var observations = study.Trials.Select(t => new Observation(Problem.Hyperparameter.ToUnit(t.Lambda), -t.Value!.Value)).ToList();
        BridgeProcess Before(int i, double scale) => BridgeProcess.Fit(observations[..i], null, new BridgeOptions { ValueScale = scale });
        bool Holds(int i, double scale)
        {
            var prediction = Before(i, scale).Predict(observations[i].U);
            return prediction.Quantile(0.05) <= observations[i].Value && observations[i].Value <= prediction.Quantile(0.95);
        }

        var scale = BridgeProcess.Fit(observations[..5]).Scale;
        var narrow = 0.0;
        while (!Enumerable.Range(2, 3).All(i => Holds(i, scale)))
        {
            (narrow, scale) = (scale, scale * Math.Sqrt(2));
        }

        Assert.True(narrow > 0);
        var published = study.Trials[5];
        var expected = Before(5, scale).Predict(observations[5].U);
        Assert.Equal(-expected.Mean, published.Predicted!.Value, 1e-6 * expected.Deviation);
        Assert.Equal(-expected.Quantile(0.95), published.PredictedLow!.Value, 1e-6 * expected.Deviation);
        Assert.Equal(-expected.Quantile(0.05), published.PredictedHigh!.Value, 1e-6 * expected.Deviation);
    }

    [Fact]
    public void Intervals_that_hold_raise_no_alarm_and_the_study_says_so()
    {
        using var tuner = new Tuner(new Problem(1).Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(10));
        var study = tuner.Optimize(m => Problem.Tracking(m));
        Assert.Equal((0, null, false), (study.Calibration.Alarms, study.Calibration.RaisedAt, study.Calibration.IsAlarmed));
        Assert.Equal(study.TrainingsUsed - 2, study.Calibration.Tests);
        Assert.Equal(study.Trials.Count(t => t.Test is { IsMiss: true }), study.Calibration.Misses);
        Assert.DoesNotContain("alarm", study.Calibration.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_of_the_same_anchors_are_withheld_after_an_alarm_until_two_new_passes()
    {
        // (λ − 2)⁴ met from its flat end: every value is far beyond the scale of those before. In another order nothing surprises.
        double[] flat = [2, 2.001, 2.002, 2.1, 3, 6];
        var rest = Enumerable.Range(1, 31).Select(i => 2 + i / 8.0).Where(l => !flat.Contains(l)).ToArray();
        static double Quartic(IConditionalModel model) => Math.Pow(model.Lambda - 2, 4);
        TuningResult Run(int trainings, params double[][] order)
        {
            var contexts = new Contexts(Matrix.Create(1, 1, (_, row) => row[0] = 0));
            var network = new FormulaNetwork((_, _) => 0);
            AnchorSet Set(double[] lambdas) => new(Problem.Hyperparameter, lambdas.Order().Select(l => new Anchor(l, new Samples(Matrix.Create(1, 1, (_, row) => row[0] = 0), contexts))));
            using var tuner = new Tuner(network, Problem.Hyperparameter, contexts, Problem.Options() with
            {
                UseSurrogate = false,
                Epsilon = 0.5,
                WarmStart = [.. order.Select(Set)],
                NoiseVariance = 0,
            });
            return tuner.Optimize(Quartic, trainings);
        }

        var calm = Run(0, [[2, 4, 6], rest, flat[1..5]]);
        Assert.False(calm.Calibration.IsAlarmed, calm.Calibration.ToString());
        Assert.IsType<Certified>(calm.Outcome);
        double[][] surprising = [.. flat.Select(l => new[] { l }), rest];
        var withdrawn = Run(0, surprising);
        Assert.True(withdrawn.Calibration.IsAlarmed);
        Assert.IsNotType<Certified>(withdrawn.Outcome);
        Assert.NotEqual(StopReason.Certified, withdrawn.StopReason);
        var regained = Run(4, surprising);
        Assert.True(regained.Calibration.IsAlarmed);
        Assert.Equal(StopReason.Certified, regained.StopReason);
        Assert.InRange(((Certified)regained.Outcome).Trainings, 1, 4);
        Assert.Equal(2, regained.Lambda, 0.5);
    }
}
