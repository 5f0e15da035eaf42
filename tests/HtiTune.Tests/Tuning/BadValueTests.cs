using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Preferences;

namespace HtiTune.Tests.Tuning;

/// <summary>What users tell a tuner in the place of honest values: penalties, the largest double, values of any magnitude and offset, constants.</summary>
public class BadValueTests
{
    private static readonly Contexts NoContext = new(Matrix.Create(1, 1, (_, row) => row[0] = 0));
    private static readonly ContinuousHyperparameter X = Hyperparameter.Continuous("x", 0, 1);

    // Powers of two to 1e-9 of the range, offsets of up to a thousand ranges to 1e-6.
    [Fact]
    public void The_same_history_in_other_units_leads_to_the_same_proposal()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var (function, places) = History(seed);
            var (least, most) = (places.Min(function), places.Max(function));
            var expected = Next(function, places);
            foreach (var exponent in (int[])[-900, -1, 13, 900])
            {
                Assert.Equal(expected, Next(x => Math.ScaleB(function(x), exponent), places), 1e-9);
            }

            foreach (var ranges in (double[])[-1000, -3, 1, 47, 1000])
            {
                Assert.Equal(expected, Next(x => function(x) + ranges * (most - least), places), 1e-6);
            }

            Assert.Equal(expected, Next(x => -function(x), places, Goal.Maximize), 1e-12);
        }
    }

    [Fact]
    public void An_offset_of_a_million_ranges_seldom_moves_a_proposal()
    {
        var (moved, all) = (0, 0);
        for (var seed = 1; seed <= 100; seed++)
        {
            var (function, places) = History(seed);
            var range = places.Max(function) - places.Min(function);
            moved += Math.Abs(Next(function, places) - Next(x => function(x) + (seed % 2 == 0 ? 1e6 : -1e6) * range, places)) > 1e-3 ? 1 : 0;
            all++;
        }

        Assert.True(moved <= 0.01 * all, $"{moved} of {all} moved");
    }

    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void With_one_to_three_values_replaced_by_worse_ones_one_of_the_two_best_is_recommended(Goal goal)
    {
        for (var seed = 1; seed <= 120; seed++)
        {
            var (function, places) = History(seed);
            var stream = new RandomStreams(seed).Stream($"bad {goal}");
            var range = places.Max(function) - places.Min(function);
            var bad = new Dictionary<double, double>();
            for (var i = stream.NextInt(3); i >= 0; i--)
            {
                // From a hundredth of the range to the largest double, more often in the middle.
                var decades = stream.NextDouble() < 0.5 ? -2 + 8 * stream.NextDouble() : 300 * stream.NextDouble();
                var place = places[stream.NextInt(places.Length)];
                bad[place] = stream.NextInt(8) == 0 ? double.MaxValue : function(place) + Math.Pow(10, decades) * range;
            }

            var sign = goal == Goal.Minimize ? 1 : -1;
            double Value(double x) => sign * (bad.TryGetValue(x, out var worse) ? worse : function(x));
            using var tuner = Tuner(places, goal);
            var study = tuner.Optimize(model => Value(model.Lambda), places.Length);
            var ranked = places.OrderBy(x => sign * Value(x)).ToList();
            Assert.True(ranked.IndexOf(study.Lambda) is 0 or 1, $"seed {seed}: the {ranked.IndexOf(study.Lambda) + 1}th best of {places.Length} is recommended");
        }
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e6)]
    [InlineData(1e30)]
    [InlineData(double.MaxValue)]
    public void A_penalty_above_nine_tenths_keeps_no_run_from_the_optimum(double penalty)
    {
        foreach (var goal in Enum.GetValues<Goal>())
        {
            var sign = goal == Goal.Minimize ? 1 : -1;
            using var tuner = new Tuner(new FormulaNetwork((_, _) => 0), Hyperparameter.Continuous("x", 0.01, 1), NoContext, Options(20) with { Goal = goal });
            var study = tuner.Optimize(model => sign * (model.Lambda > 0.9 ? penalty : (model.Lambda - 0.3) * (model.Lambda - 0.3)));
            Assert.Equal(0.3, study.Lambda, 0.05);
            Assert.InRange(study.Epsilon, 1e-6, 0.02);
            Assert.Equal(RemarkKind.ExtremeValues, Assert.Single(study.Remarks).Kind);
            Assert.Contains("x = 1", study.Remarks[0].Text, StringComparison.Ordinal);
            Assert.All(study.Posterior, p => Assert.True(double.IsFinite(p.Mean) && double.IsFinite(p.Low) && double.IsFinite(p.High)));

            // Beliefs are in the user's units, at the penalty too.
            Assert.Equal(1, study.Posterior[^1].Mean / (sign * penalty), 0.05);
            Assert.Equal(study.RealValue!.Value, study.PredictedValue, 1e-3);
        }
    }

    [Theory]
    [InlineData(1e-300, 0)]
    [InlineData(1e-200, 0)]
    [InlineData(1e200, 0)]
    [InlineData(1e300, 0)]
    [InlineData(-1e250, 1e250)]
    [InlineData(1, 1e12)]
    [InlineData(1, -1e6)]
    public void Objectives_of_any_magnitude_and_offset_are_tuned_alike(double scale, double offset)
    {
        using var tuner = new Tuner(new FormulaNetwork((_, _) => 0), X, NoContext, Options(12));
        var study = tuner.Optimize(model => offset + scale * ((model.Lambda - 0.3) * (model.Lambda - 0.3) * Math.Sign(scale) + 0.1 * Math.Sign(scale)));
        Assert.Equal(0.3, study.Lambda, 0.05);
        Assert.Empty(study.Remarks);
        Assert.True(study.Epsilon > 0 && double.IsFinite(study.Epsilon));
        Assert.All(study.Trials, t => Assert.True(t.Predicted is null || double.IsFinite(t.Predicted.Value + t.PredictedLow!.Value - t.PredictedHigh!.Value)));
        Assert.True(double.IsFinite(study.Calibration.LogDensity));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(-1e300)]
    [InlineData(1e-305)]
    [InlineData(double.MaxValue)]
    public void An_objective_that_does_not_move_is_told_as_such(double value)
    {
        using var tuner = new Tuner(new FormulaNetwork((_, _) => 0), X, NoContext, Options(6));
        var study = tuner.Optimize(_ => value);
        Assert.Equal(value, study.RealValue);
        var remark = Assert.Single(study.Remarks);
        Assert.Equal(RemarkKind.ConstantObjective, remark.Kind);
        Assert.Contains("does not change", remark.Text, StringComparison.Ordinal);
        Assert.True(study.Epsilon > 0 && double.IsFinite(study.PredictedDeviation));
    }

    // Noise, costs and ε of the user's are in the objective's units, whatever these are; so is what the bootstrap learns.
    [Theory]
    [InlineData(1e-150)]
    [InlineData(1e150)]
    [InlineData(1e280)]
    public void Options_in_units_of_the_objective_follow_its_magnitude(double scale)
    {
        string Run(double s, bool bootstrap)
        {
            var options = Problem.Options(8) with
            {
                Epsilon = 0.01 * s,
                NoiseVariance = !bootstrap && s * s is > 0 and < double.PositiveInfinity ? 1e-4 * s * s : null,
                Bootstrap = bootstrap ? 20 : 0,
                Cost = TrainingCost.InObjectiveUnits(_ => 1e-6 * s),
            };
            using var tuner = new Tuner(new Problem(5).Network(), Problem.Hyperparameter, Problem.Contexts, options);
            var study = tuner.Optimize(m => s * Problem.Tracking(m));
            return string.Join(' ', study.Trials.Select(t => t.Lambda.ToString("F6"))) + $" {study.Outcome.GetType().Name} {study.StopReason}";
        }

        Assert.Equal(Run(1, true), Run(Math.ScaleB(1, Math.ILogB(scale)), true));
        if (scale < 1e154)
        {
            Assert.Equal(Run(1, false), Run(Math.ScaleB(1, Math.ILogB(scale)), false));
        }
    }

    // All at once, with a surrogate, several at a time, and through preferences: no exception, and every number is one.
    [Fact]
    public void Whatever_is_told_no_study_breaks()
    {
        var task = new Problem(2);
        Func<double, double, double>[] spoilt =
        [
            (l, v) => l > 5.5 ? double.MaxValue : v,
            (l, v) => l < 2.5 ? -double.MaxValue : v,
            (l, v) => l is > 3.5 and < 4.5 ? 1e30 : v,
            (l, v) => l > 3 ? 1e200 * l : v,
            (l, v) => l > 5 ? double.MaxValue : l < 3 ? -1e-300 : 1e-300 * v,
            (l, v) => l == 4 ? v : 1e30,
            (l, v) => l == 2 ? double.MaxValue : l == 6 ? -double.MaxValue : 0,
            (l, v) => Math.ScaleB(v, (int)(400 * Math.Sin(9 * l))),
        ];
        foreach (var spoil in spoilt)
        {
            double Objective(IConditionalModel m) => spoil(m.Lambda, Problem.Tracking(m));
            using var tuner = new Tuner(task.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(7) with { GridSize = 65 });
            var study = tuner.Optimize(Objective);
            Assert.True(study.TrainingsUsed is >= 4 and <= 7, $"{Array.IndexOf(spoilt, spoil)}: {study.TrainingsUsed} trainings, {study.StopReason}, {study.Outcome}");
            Assert.All(study.Posterior, p => Assert.True(double.IsFinite(p.Mean) && double.IsFinite(p.Low) && double.IsFinite(p.High)));
            Assert.Equal(1, study.ProbabilityOfBest.Sum(p => p.Probability), 1e-9);
            var values = study.Trials.Select(t => t.Value!.Value).Order().ToList();
            Assert.True(study.RealValue <= values[1], $"{study.RealValue} of {string.Join(' ', values)}");

            var model = tuner.Preferences(new Feature("spoilt", Objective), new Feature("honest", m => Problem.Tracking(m, -0.3)));
            foreach (var weights in (double[][])[[1, 0], [1, 1], [0, 1], [1e10, 1]])
            {
                var answer = model.Best(Preference.Weighted(weights));
                Assert.True(double.IsFinite(answer.PredictedValue) && answer.Low <= answer.High && answer.Epsilon > 0);
            }

            Assert.NotEmpty(model.Front());
        }
    }

    [Fact]
    public void A_penalty_in_a_warm_start_and_in_a_feature_leads_nobody_astray()
    {
        double[] lambdas = [0.1, 0.2, 0.4, 0.8, 0.95];
        var imported = new AnchorSet(X, lambdas.Select(l => new Anchor(l, new Samples(Matrix.Create(1, 1, (_, row) => row[0] = 0), NoContext))));
        double Objective(IConditionalModel m) => m.Lambda > 0.9 ? 1e10 : (m.Lambda - 0.3) * (m.Lambda - 0.3);
        using var tuner = new Tuner(new FormulaNetwork((_, _) => 0), X, NoContext, Options(8) with { WarmStart = [imported] });
        var study = tuner.Optimize(Objective);
        Assert.Equal(0.3, study.Lambda, 0.02);
        Assert.InRange(study.Epsilon, 1e-6, 0.01);
        var answer = tuner.Preferences(new Feature("cost", Objective)).Best(Preference.Weighted([2]));
        Assert.Equal(0.3, answer.Lambda, 0.03);
        Assert.InRange(answer.Epsilon, 1e-6, 0.02);
    }

    private static TunerOptions Options(int trainings) => new() { MaxTrainings = trainings, UseSurrogate = false, GridSize = 65 };

    private static Tuner Tuner(double[] places, Goal goal) =>
        new(new FormulaNetwork((_, _) => 0), X, NoContext, Options(places.Length + 1) with { InitialLambdas = places, Goal = goal, CertificateDraws = 256 });

    private static double Next(Func<double, double> value, double[] places, Goal goal = Goal.Minimize)
    {
        using var tuner = Tuner(places, goal);
        var network = new FormulaNetwork((_, _) => 0);
        using var run = tuner.Begin(model => value(model.Lambda), 60);
        while (run.Ask() is { } proposal)
        {
            if (proposal.ExpectedGain is not null)
            {
                return proposal.Lambda;
            }

            run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, 1), CancellationToken.None));
        }

        // It would end here: in other units too.
        return -1;
    }

    // A smooth random function, and five to ten places to have seen it at.
    private static (Func<double, double> Function, double[] Places) History(int seed)
    {
        var stream = new RandomStreams(seed).Stream("history");
        double[] a = [.. Enumerable.Range(0, 5).Select(_ => stream.NextNormal())];
        double Function(double x) => a[0] + a[1] * Math.Sin(2.2 * x) + a[2] * Math.Cos(5.1 * x) + 0.5 * a[3] * Math.Sin(8.3 * x + a[4]);
        return (Function, [.. Enumerable.Range(0, 5 + stream.NextInt(6)).Select(i => i < 2 ? i : 0.02 + 0.96 * stream.NextDouble())]);
    }
}
