using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>The choice among kinds of surrogates by leaving anchors out.</summary>
public class SurrogateChoiceTests
{
    private static readonly KrigingOptions s_noMaps = new() { Coupling = new() { TrainMaps = false } };

    private static AnchorSet Smooth(params double[] lambdas) => Problems.Deterministic(
        Problems.Unit, lambdas, 60, 1, (lambda, x) => [Math.Sin(4 * lambda + x[0]) + 0.5 * x[1], lambda * lambda * (2 + x[1]) - x[0] * lambda]);

    /// <summary>The same contexts at every anchor, one draw of each.</summary>
    private static AnchorSet OneDraw(double noise, double[] lambdas, Func<double, float, double> law) => new(Problems.Unit, lambdas.Select(lambda =>
    {
        var contexts = Problems.Conditions(400, 3);
        var random = new RandomStreams(8).Fork($"{lambda}").Stream("draws");
        return new Anchor(lambda, new Samples(
            Matrix.Create(400, 1, (i, row) => row[0] = (float)(law(lambda, contexts.Conditions[i, 0]) + noise * random.NextNormal())), contexts));
    }));

    [Fact]
    public void Two_anchors_leave_the_stated_default()
    {
        var chosen = SurrogateChoice.Fit(Smooth(0, 1), s_noMaps);
        Assert.Empty(chosen.Report.Folds);
        Assert.Equal("trajectories", chosen.Report.Chosen);
        Assert.IsType<TrajectorySurrogate>(chosen.Surrogate);
        Assert.Contains("default", chosen.Report.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_answers_on_a_wrong_scale_keep_the_clock_and_those_on_a_right_one_are_kriged()
    {
        // What matters is log λ, from 10⁻⁴ to 1, and the axis is λ itself.
        AnchorSet Over(ContinuousHyperparameter hyperparameter) => Problems.Deterministic(
            hyperparameter, [1e-4, 1e-2, 1], 60, 4, (lambda, x) => [Math.Log10(lambda) * (1 + 0.3 * x[0]) + 0.2 * x[1], x[0] + 0.5 * Math.Log10(lambda)]);
        var wrong = SurrogateChoice.Fit(Over(Hyperparameter.Continuous("lambda", 1e-4, 1)), s_noMaps);
        Assert.Equal("trajectories", wrong.Report.Chosen);
        var curved = Problems.Deterministic(
            Problems.Unit, [0, 0.5, 1], 60, 4, (lambda, x) => [Math.Sin(3 * lambda) * (1 + 0.3 * x[0]) + 0.2 * x[1], x[0] + lambda]);
        Assert.Equal("kriging smooth, sixth parabola", SurrogateChoice.Fit(curved, s_noMaps).Report.Chosen);
    }

    [Theory]
    [InlineData(1, "trajectories")]
    [InlineData(0.5, "trajectories")]
    [InlineData(2.5, "kriging with trend, third parabola")]
    public void Three_answers_on_a_line_keep_their_trajectories_unless_the_middle_lags(double power, string expected) =>
        Assert.Equal(expected, SurrogateChoice.Fit(
            Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 60, 4, (lambda, x) => [x[0] + Math.Pow(lambda, power) * (1 + x[1]), Math.Pow(lambda, power) - x[1]]), s_noMaps).Report.Chosen);

    [Theory]
    [InlineData(1.2, "kriging with trend")]
    [InlineData(2.5, "kriging smooth, sixth parabola")]
    public void Three_answers_beside_the_line_follow_a_trend_and_those_far_from_it_do_not(double turn, string expected) =>
        Assert.Equal(expected, SurrogateChoice.Fit(
            Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 60, 4, (lambda, x) => [x[0] + Math.Cos(turn * lambda), x[1] + Math.Sin(turn * lambda)]), s_noMaps).Report.Chosen);

    [Fact]
    public void Draws_of_the_same_contexts_are_carried_by_levels_and_keep_their_spread_in_new_ones()
    {
        var contexts = new Contexts(Problems.Conditions(40, 5).Conditions.SelectRows([.. Enumerable.Range(0, 400).Select(i => i / 10)]));
        var random = new RandomStreams(3).Stream("draws");
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(400, 1, (i, row) => row[0] = (float)(Math.Sin(2 * lambda + contexts.Conditions[i, 0]) + 0.3 * (1 + lambda) * random.NextNormal())), contexts))));
        var chosen = SurrogateChoice.Fit(anchors, s_noMaps);
        Assert.Equal("quantiles", chosen.Report.Chosen);
        var one = new Contexts(Matrix.Create(1000, 2, (_, row) => (row[0], row[1]) = (0.4f, 0.2f)));
        var rows = new Samples(Matrix.Create(1000, 1, (_, row) => row[0] = (float)(Math.Sin(0.4) + 0.3 * random.NextNormal())), one);
        var moved = chosen.Surrogate.Transport(rows, 0, 0.75).Values.ToArray();
        var mean = moved.Average();
        Assert.InRange(Math.Sqrt(moved.Average(y => (y - mean) * (y - mean))) / 0.525, 0.8, 1.2);
    }

    [Fact]
    public void Draws_that_have_not_moved_at_the_middle_of_three_anchors_keep_the_clock()
    {
        var late = SurrogateChoice.Fit(Problems.Moving([0, 0.5, 1], lambda => Math.Pow(lambda, 9)), s_noMaps);
        Assert.Equal("trajectories", late.Report.Chosen);
        Assert.Equal("kriging", SurrogateChoice.Fit(Problems.Moving([0, 0.5, 1], lambda => lambda), s_noMaps).Report.Chosen);
    }

    [Fact]
    public void Draws_that_curve_keep_trajectories_and_clouds_that_move_are_kriged()
    {
        // A quarter turn on an arc whose samples spread along it: straight ways lead inside, where none is.
        var arc = Draws([0, 1], (lambda, random) =>
        {
            var (angle, radius) = (2 * lambda + 0.5 * random.NextNormal(), 1 + 0.03 * random.NextNormal());
            return [radius * Math.Cos(angle), radius * Math.Sin(angle)];
        });
        var curved = SurrogateChoice.Fit(arc, s_noMaps);
        Assert.Equal("trajectories", curved.Report.Chosen);
        Assert.IsType<TrajectorySurrogate>(curved.Surrogate);
        var cloud = SurrogateChoice.Fit(
            Draws([0, 0.5, 1], (lambda, random) => [2 * Math.Cos(2.4 * lambda) + 0.3 * random.NextNormal(), 2 * Math.Sin(2.4 * lambda) + 0.3 * random.NextNormal()]), s_noMaps);
        Assert.Equal("kriging", cloud.Report.Chosen);
        var middle = cloud.Surrogate.Sample(0.25, Contexts.None(150)).Samples.Outputs;
        Assert.Equal(2 * Math.Cos(0.6), Enumerable.Range(0, 150).Average(i => (double)middle[i, 0]), 0.15);
        Assert.Equal(2 * Math.Sin(0.6), Enumerable.Range(0, 150).Average(i => (double)middle[i, 1]), 0.15);
    }

    [Fact]
    public void Mass_that_moves_without_rows_between_is_mixed()
    {
        var mass = Draws([0, 0.5, 1], (lambda, random) => [(random.NextDouble() < 0.1 + 0.8 * lambda ? 2 : -2) + 0.3 * random.NextNormal(), 0.3 * random.NextNormal()]);
        var chosen = SurrogateChoice.Fit(mass, s_noMaps);
        Assert.Equal("mixture", chosen.Report.Chosen);
        Assert.InRange(chosen.Surrogate.Sample(0.25, Contexts.None(150)).Samples.Outputs.Values.ToArray().Where((_, i) => i % 2 == 0).Count(y => Math.Abs(y) < 1), 0, 2);
    }

    private static AnchorSet Draws(double[] lambdas, Func<double, RandomStream, double[]> law) => new(Problems.Unit, lambdas.Select(lambda =>
    {
        var random = new RandomStreams(1).Fork($"{lambda}").Stream("draws");
        return new Anchor(lambda, new Samples(Matrix.Create(150, 2, (_, row) => (row[0], row[1]) = law(lambda, random) is var y ? ((float)y[0], (float)y[1]) : default), Contexts.None(150)));
    }));

    [Fact]
    public void Smooth_deterministic_outputs_are_kriged_and_the_report_names_what_was_tried()
    {
        var report = SurrogateChoice.Fit(Smooth(0, 0.2, 0.4, 0.6, 0.8, 1), s_noMaps).Report;
        Assert.StartsWith("kriging", report.Chosen, StringComparison.Ordinal);
        Assert.False(report.TakenForDraws);
        Assert.Equal([0.2, 0.4, 0.6, 0.8], report.Folds);
        Assert.Equal(["trajectories", "kriging", "kriging without warp", "kriging with trend", "kriging smooth", "kriging smooth without warp", "linear"], report.Candidates.Select(c => c.Name));
        Assert.All(report.Candidates, candidate => Assert.Equal(4, candidate.Scores.Count));
        Assert.True(report.Candidates.Single(c => c.Name == "linear").Share > 2);
        Assert.Equal(1, report.Candidates.Single(c => c.Name == "kriging").Share, 1e-12);
    }

    [Fact]
    public void Outputs_that_jump_are_not_kriged()
    {
        var jump = Problems.Deterministic(
            Problems.Unit, [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1], 60, 1, (lambda, x) => [(lambda < 0.5 ? -1 : 1) * (1 + 0.2 * x[0]), (lambda < 0.5 ? 0 : 1) + x[1]]);
        Assert.DoesNotContain("kriging", SurrogateChoice.Fit(jump, s_noMaps).Report.Chosen, StringComparison.Ordinal);
    }

    [Fact]
    public void One_draw_of_each_context_is_told_from_an_answer_and_keeps_its_spread()
    {
        var chosen = SurrogateChoice.Fit(OneDraw(0.4, [0, 0.5, 1], (lambda, x) => Math.Sin(2 * lambda + x)), s_noMaps);
        Assert.True(chosen.Report.TakenForDraws);
        Assert.Equal("quantiles", chosen.Report.Chosen);
        var contexts = new Contexts(Matrix.Create(2000, 2, (_, row) => (row[0], row[1]) = (0.3f, 0.1f)));
        var random = new RandomStreams(1).Stream("rows");
        var rows = new Samples(Matrix.Create(2000, 1, (_, row) => row[0] = (float)(Math.Sin(0.3) + 0.4 * random.NextNormal())), contexts);
        var moved = chosen.Surrogate.Transport(rows, 0, 0.25);
        var mean = moved.Values.ToArray().Average();
        Assert.Equal(Math.Sin(0.8), mean, 0.12);
        Assert.InRange(Math.Sqrt(moved.Values.ToArray().Average(y => (y - mean) * (y - mean))), 0.32, 0.48);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0)]
    public void Answers_stay_answers_even_where_they_are_rough_in_the_context(double noise)
    {
        double[] lambdas = [0, 0.25, 0.5, 1];
        Assert.False(SurrogateChoice.Fit(OneDraw(noise, lambdas, (lambda, x) => Math.Sin(40 * x) + lambda * Math.Cos(30 * x)), s_noMaps).Report.TakenForDraws);
        Assert.False(SurrogateChoice.Fit(OneDraw(noise, lambdas, (lambda, x) => Math.Sin(60 * x + 3 * lambda)), s_noMaps).Report.TakenForDraws);
    }

    [Fact]
    public void A_choice_repeats_itself_on_any_number_of_threads()
    {
        var anchors = Problems.Moving([0, 0.3, 0.6, 1], lambda => lambda * lambda, rows: 80);
        var one = SurrogateChoice.Fit(anchors, s_noMaps with { Coupling = s_noMaps.Coupling with { Threads = 1 } }).Report;
        var four = SurrogateChoice.Fit(anchors, s_noMaps with { Coupling = s_noMaps.Coupling with { Threads = 4 } }).Report;
        Assert.Equal(one.Note, four.Note);
        Assert.Equal(one.Candidates.SelectMany(c => c.Scores), four.Candidates.SelectMany(c => c.Scores));
    }
}
