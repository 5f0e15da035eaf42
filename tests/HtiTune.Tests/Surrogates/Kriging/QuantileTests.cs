using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Rows that are carried by their levels in conditional laws, beside laws whose quantiles are known in closed form.</summary>
public class QuantileTests
{
    private static readonly KrigingOptions s_levels = new() { Carrying = RowCarrying.Quantiles };

    /// <summary>Waiting times −log(1 − v)·s(x, λ): the quantile at a level is in closed form.</summary>
    private static double Scale(double x, double lambda) => Math.Exp(0.8 * x + 1.2 * lambda);

    private static AnchorSet Waiting(int rows, params double[] lambdas) => Own(rows, (x, lambda, random) => -Math.Log(1 - random.NextDouble()) * Scale(x, lambda), lambdas);

    private static AnchorSet Own(int rows, Func<double, double, RandomStream, double> draw, params double[] lambdas) => new(Problems.Unit, lambdas.Select(lambda =>
    {
        var random = new RandomStreams(11).Fork("levels").Stream($"{lambda}");
        var x = Matrix.Create(rows, 1, (_, row) => row[0] = (float)(2 * random.NextDouble() - 1));
        return new Anchor(lambda, new Samples(Matrix.Create(rows, 1, (i, row) => row[0] = (float)draw(x[i, 0], lambda, random)), new Contexts(x)));
    }));

    private static Samples At(double x, params double[] y) =>
        new(Matrix.Create(y.Length, 1, (i, row) => row[0] = (float)y[i]), new Contexts(Matrix.Create(y.Length, 1, (_, row) => row[0] = (float)x)));

    [Theory]
    [InlineData(-0.5)]
    [InlineData(0.4)]
    public void A_row_keeps_its_level_in_the_law_of_its_context(double x)
    {
        var surrogate = KrigedSurrogate.Fit(Waiting(1500, 0, 0.5, 1), s_levels);
        foreach (var level in new[] { 0.1, 0.3, 0.5, 0.7, 0.9 })
        {
            var rate = -Math.Log(1 - level);
            var moved = surrogate.Transport(At(x, rate * Scale(x, 0)), 0, 1)[0, 0];

            // Some two hundred near rows tell a level: an eighth of the law's scale is four standard errors of a quantile there.
            Assert.Equal(rate, moved / Scale(x, 1), 0.05 + 0.25 * rate);
        }
    }

    [Fact]
    public void A_skewed_law_is_met_where_affine_maps_meet_mean_and_variance_alone()
    {
        var anchors = Own(1200, (x, lambda, random) => lambda == 0 ? x + random.NextNormal() : x - Math.Log(1 - random.NextDouble()), 0, 1);
        var random = new RandomStreams(3).Stream("start");
        var start = At(0.2, [.. Enumerable.Range(0, 2000).Select(_ => 0.2 + random.NextNormal())]);
        double Below(RowCarrying carrying) => KrigedSurrogate.Fit(anchors, new KrigingOptions { Carrying = carrying }).Transport(start, 0, 1).Values.ToArray().Count(y => y < 0.2) / 2000.0;

        // No waiting time lies below 0.2 at x = 0.2; of a normal law of the same moments 16 % do.
        Assert.InRange(Below(RowCarrying.Quantiles), 0, 0.06);
        Assert.InRange(Below(RowCarrying.Affine), 0.1, 0.25);
    }

    [Fact]
    public void Whole_numbers_stay_whole_and_keep_their_mean()
    {
        static double Draw(double x, double lambda, RandomStream random) => Enumerable.Range(0, 5).Count(_ => random.NextDouble() < 0.2 + 0.5 * lambda + 0.1 * x);
        var surrogate = KrigedSurrogate.Fit(Own(1500, Draw, 0, 0.5, 1), s_levels);
        Assert.Equal(OutputKind.Integer, surrogate.Report.Kind);
        var random = new RandomStreams(4).Stream("start");
        var start = At(0.3, [.. Enumerable.Range(0, 3000).Select(_ => Draw(0.3, 0, random))]);
        foreach (var lambda in new[] { 0.25, 1 })
        {
            var moved = surrogate.Transport(start, 0, lambda).Values.ToArray();
            Assert.All(moved, y => Assert.Equal(Math.Round(y), y));
            Assert.Equal(5 * (0.2 + 0.5 * lambda + 0.03), moved.Average(), 0.15);
        }
    }

    [Fact]
    public void A_share_of_zeros_becomes_that_of_the_other_law()
    {
        static double Draw(double x, double lambda, RandomStream random) => random.NextDouble() < 0.2 + 0.5 * lambda ? 0 : 1 + Math.Exp(0.3 * x + 0.2 * random.NextNormal());
        var surrogate = KrigedSurrogate.Fit(Own(1500, Draw, 0, 1), s_levels);
        var random = new RandomStreams(6).Stream("start");
        var start = At(0.1, [.. Enumerable.Range(0, 2000).Select(_ => Draw(0.1, 0, random))]);
        Assert.Equal(0.7, surrogate.Transport(start, 0, 1).Values.ToArray().Count(y => y < 1e-5) / 2000.0, 0.06);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // The spread follows the context, and is learned with another width in each round.
    public void A_model_file_gives_back_the_same_levels_and_older_programs_refuse_it(bool isSpread)
    {
        using var folder = new TemporaryFolder();
        static double Spread(double x, double lambda, RandomStream random) => x + (0.1 + lambda + Math.Abs(x)) * random.NextNormal();
        var surrogate = KrigedSurrogate.Fit(isSpread ? Own(300, Spread, 0, 0.5, 1) : Waiting(300, 0, 0.5, 1), s_levels with { StraightShare = 0.3 });
        surrogate.Save(folder.File("m.hti"));
        var loaded = KrigedSurrogate.Load(folder.File("m.hti"));
        var rows = Waiting(40, 0.5)[0].Samples;
        Assert.Equal(surrogate.Transport(rows, 0.5, 0.8).Values.ToArray(), loaded.Transport(rows, 0.5, 0.8).Values.ToArray());
        Assert.Equal(surrogate.Sample(0.8, rows.Contexts).Samples.Outputs.Values.ToArray(), loaded.Sample(0.8, rows.Contexts).Samples.Outputs.Values.ToArray());
        Assert.Equal((RowCarrying.Quantiles, 0.3), (loaded.Options.Carrying, loaded.Options.StraightShare));
        Assert.Equal(7, ModelContainer.VersionOf(folder.File("m.hti")));
    }

    [Fact]
    public void A_part_of_the_way_is_straight()
    {
        var anchors = Waiting(200, 0, 0.4, 1);
        var half = KrigedSurrogate.Fit(anchors, s_levels with { StraightShare = 0.5 });
        double[] kriged = KrigedSurrogate.Fit(anchors, s_levels).WeightsAt(0.7), straight = KrigedSurrogate.Fit(anchors, s_levels with { Straight = true }).WeightsAt(0.7);
        Assert.Equal(kriged.Zip(straight, (a, b) => 0.5 * (a + b)), half.WeightsAt(0.7), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 1, 0], half.WeightsAt(0.4));
        Assert.Throws<ArgumentException>(() => KrigedSurrogate.Fit(anchors, s_levels with { StraightShare = 1.5 }));
    }

    [Fact]
    public void An_interval_holds_the_mean_that_the_law_has()
    {
        var surrogate = KrigedSurrogate.Fit(Waiting(800, 0, 0.5, 1), s_levels);
        var contexts = new Contexts(Matrix.Create(400, 1, (i, row) => row[0] = (float)(i / 200.0 - 1)));
        var estimate = surrogate.Estimate(0.75, contexts, samples => samples.Outputs.Values.ToArray().Average(y => (double)y));
        var truth = Enumerable.Range(0, 400).Average(i => Scale(i / 200.0 - 1, 0.75));
        Assert.InRange(truth, estimate.Low, estimate.High);
        Assert.True(estimate.High - estimate.Low < truth);
    }

    [Fact]
    public void The_trial_tells_dependence_among_columns_from_the_form_of_each()
    {
        static AnchorSet Of(Func<double, RandomStream, (double, double)> draw) => new(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda =>
        {
            var random = new RandomStreams(8).Fork("trial").Stream($"{lambda}");
            var x = new Contexts(Matrix.Create(600, 1, (_, row) => row[0] = (float)random.NextNormal()));
            return new Anchor(lambda, new Samples(Matrix.Create(600, 2, (_, row) =>
            {
                var (a, b) = draw(lambda, random);
                (row[0], row[1]) = ((float)a, (float)b);
            }), x));
        }));

        LawTrial Trial(AnchorSet anchors)
        {
            var carrier = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { Method = Method.Linear, TrainMaps = false });
            return LawTrial.Of(carrier.State.Trajectories, [0, 0.5, 1], default);
        }

        // A stick that turns; and two waiting times, whose form changes.
        var turning = Trial(Of((lambda, random) =>
        {
            double a = random.NextNormal(), b = 0.1 * random.NextNormal(), angle = 1.5 * lambda;
            return (a * Math.Cos(angle) - b * Math.Sin(angle), a * Math.Sin(angle) + b * Math.Cos(angle));
        }));
        var waiting = Trial(Of((lambda, random) => (lambda < 0.3 ? random.NextNormal() : -Math.Log(1 - random.NextDouble()), lambda < 0.3 ? random.NextNormal() : Math.Log(1 - random.NextDouble()))));
        Assert.True(turning.Affine < turning.Quantiles);
        Assert.True(waiting.Quantiles < waiting.Affine);

        // Nothing bends but by chance in the second.
        Assert.InRange(waiting.QuantilesStraight, 0, 1);
    }

    [Fact]
    public void Levels_stand_for_one_output_in_contexts_of_each_anchors_own()
    {
        var chosen = SurrogateChoice.Fit(Waiting(300, 0, 0.5, 1), new KrigingOptions { Coupling = new() { TrainMaps = false } });
        Assert.Equal("quantiles", chosen.Report.Chosen);
        Assert.Equal(RowCarrying.Quantiles, Assert.IsType<KrigedSurrogate>(chosen.Surrogate).Options.Carrying);
    }

    [Fact]
    public void A_stick_that_lies_along_the_columns_at_both_ends_and_turns_between_them_is_carried_by_affine_maps()
    {
        Assert.Equal("affine", Tenfold((lambda, x, random) =>
        {
            double a = 0.5 * random.NextNormal(), b = 0.1 * random.NextNormal(), angle = Math.PI / 2 * lambda;
            return (x + a * Math.Cos(angle) - b * Math.Sin(angle), a * Math.Sin(angle) + b * Math.Cos(angle));
        }, null));
    }

    [Fact]
    public void Draws_that_bounds_cut_off_are_carried_as_latent_values() => Assert.Equal("affine", Tenfold(
        (lambda, x, random) => (Math.Clamp(lambda + 0.3 * x + 0.5 * random.NextNormal(), 0, 1), Math.Clamp(0.5 - lambda + 0.5 * random.NextNormal(), 0, 1)), [new(0, 1), new(0, 1)]));

    private static string Tenfold(Func<double, double, RandomStream, (double, double)> draw, OutputBounds[]? bounds)
    {
        var contexts = new Contexts(Problems.Conditions(60, 5).Conditions.SelectColumns(0, 1).SelectRows([.. Enumerable.Range(0, 600).Select(i => i / 10)]));
        var chosen = SurrogateChoice.Fit(new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda =>
        {
            var random = new RandomStreams(9).Fork("tenfold").Stream($"{lambda}");
            return new Anchor(lambda, new Samples(Matrix.Create(600, 2, (i, row) =>
            {
                var (a, b) = draw(lambda, contexts.Conditions[i, 0], random);
                (row[0], row[1]) = ((float)a, (float)b);
            }), contexts));
        })), new KrigingOptions { Coupling = new() { MapSteps = 60, Bounds = bounds } }).Report.Chosen;
        return chosen.Split(' ')[0];
    }

    [Fact]
    public void The_level_of_a_value_and_the_value_of_a_level_are_inverse()
    {
        var law = new ConditionalLaw([-1, 0, 0, 2], [1, 2, 2, 3], 5, 2);
        Assert.Equal(64 / 18.0, law.Rows, 1e-12);
        foreach (var level in new[] { 0.0625, 0.2, 0.5, 0.75, 0.8125 })
        {
            Assert.Equal(level, law.Of(law.At(level, 0), 0.75).Level, 0.126);
        }

        // −1, 0 and 2 are 3, 5 and 9; half of the rows share 5, and what lies beyond 9 stays as far beyond.
        Assert.Equal(0.125 + 0.5 * 0.4, law.Of(5, 0.4).Level, 1e-12);
        Assert.Equal(5, law.At(0.4, 0), 1e-12);
        Assert.Equal((1 - 3 / 16.0, 1.5), law.Of(12, 0.5));
        Assert.Equal(12, law.At(1 - 3 / 16.0, 1.5), 1e-12);
    }
}
