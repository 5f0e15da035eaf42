using HtiTune.Data;
using HtiTune.Surrogates;
using static HtiTune.Tests.Surrogates.Spaces.SpaceProblems;

namespace HtiTune.Tests.Surrogates.Spaces;

/// <summary>How outputs over a space come about where kriging of coupled rows is not the way, and how the data choose.</summary>
public class SpaceMethodTests
{
    /// <summary>Draws of N(2a + sin 3x, (½ + b)²), each anchor in contexts of its own.</summary>
    internal static AnchorSet Own(int rows, int count, long seed = 5) => Drawn(count, seed, _ => rows, OwnLaw, null);

    private static double OwnLaw(double[] u, double x, RandomStream stream) => 2 * u[0] + Math.Sin(3 * x) + (0.5 + u[1]) * stream.NextNormal();

    /// <summary>Either of two modes, whose weights move with a and x.</summary>
    private static double Modes(double[] u, double x, RandomStream stream) => (stream.NextDouble() < 1 / (1 + Math.Exp(-6 * (u[0] + 0.3 * x - 0.65))) ? 2 : -2) + 0.2 * stream.NextNormal();

    private static AnchorSet Drawn(int count, long seed, Func<int, int> rowsOf, Func<double[], double, RandomStream, double> law, Contexts? shared)
    {
        var stream = new RandomStreams(seed).Stream("own contexts");
        return new AnchorSet(Square, Places(Square, count, seed).Select((at, k) =>
        {
            var contexts = shared ?? new Contexts(Matrix.Create(rowsOf(k), 1, (_, row) => row[0] = (float)stream.NextDouble()));
            var u = Square.ToUnit(at);
            double At(int i) => law(u, contexts.Conditions.Columns == 0 ? 0.5 : contexts.Conditions[i, 0], stream);
            return new Anchor(at, new Samples(Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)At(i)), contexts));
        }));
    }

    private static (double Mean, double Deviation) Moments(Matrix y, Func<int, double> without)
    {
        double[] values = [.. Enumerable.Range(0, y.Rows).Select(i => y[i, 0] - without(i))];
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }

    [Fact]
    public void Anchors_of_contexts_of_their_own_tell_the_law_in_any_context()
    {
        var anchors = Own(250, 12);
        var surrogate = SpaceSurrogate.Fit(anchors);
        Assert.True(surrogate.Report.Choice!.OwnContexts);
        Assert.Contains(surrogate.Report.Method, new[] { SpaceMethod.Affine, SpaceMethod.Regression });
        Assert.False(surrogate.Report.Deterministic);
        var fresh = new Contexts(Matrix.Create(250, 1, (i, row) => row[0] = (i + 0.5f) / 250));
        var from = anchors[3];
        foreach (var (a, b) in new[] { (0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.6, 0.6) })
        {
            var at = new Configuration(("a", a), ("b", b));
            Check(surrogate.Sample(at, fresh).Samples.Outputs, fresh);
            Check(surrogate.Sample(at).Samples.Outputs, surrogate.Contexts);
            Check(surrogate.Transport(from.Samples, from.Configuration, at), from.Samples.Contexts);
            var estimate = surrogate.Estimate(at, samples => samples.Outputs.Values.ToArray().Average(v => (double)v), fresh);
            Assert.InRange(2 * a + Enumerable.Range(0, 250).Average(i => Math.Sin(3 * fresh.Conditions[i, 0])), estimate.Low - 0.1, estimate.High + 0.1);

            void Check(Matrix drawn, Contexts contexts)
            {
                var (mean, deviation) = Moments(drawn, i => Math.Sin(3 * contexts.Conditions[i, 0]));
                Assert.InRange(mean, 2 * a - 0.25, 2 * a + 0.25);
                Assert.InRange(deviation / (0.5 + b), 0.8, 1.2);
            }
        }

        Assert.Equal(anchors[4].Samples.Outputs.Values.ToArray(), surrogate.OutputsOf(4).Outputs.Values.ToArray());
        Assert.True(surrogate.LeaveOut(4).Contexts.SameAs(anchors[4].Samples.Contexts));
    }

    [Fact]
    public void One_draw_a_context_that_comes_anew_at_every_anchor_keeps_its_spread()
    {
        var contexts = new Contexts(Matrix.Create(200, 1, (i, row) => row[0] = (i + 0.5f) / 200));
        var surrogate = SpaceSurrogate.Fit(Drawn(12, 5, _ => 200, OwnLaw, contexts));
        Assert.True(surrogate.Report.Choice!.TakenForDraws);
        foreach (var at in Places(Square, 8, 9))
        {
            var u = Square.ToUnit(at);
            Assert.InRange(Moments(surrogate.Sample(at).Samples.Outputs, i => Math.Sin(3 * contexts.Conditions[i, 0])).Deviation / (0.5 + u[1]), 0.8, 1.2);
        }

        // Answers of the same contexts, rough in them and smooth in the hyperparameters, are none.
        var answers = Anchors(Square, 12, Conditions(200), (u, x) => [Math.Sin(400 * x[0]) + Math.Sin(300 * x[1]) * u[0] + u[1]]);
        Assert.False(SpaceSurrogate.Fit(answers, new SpaceSurrogateOptions { TrainMaps = false }).Report.Choice!.TakenForDraws);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mass_that_moves_is_mixed_and_stands_nowhere_between(bool ownContexts)
    {
        var anchors = ownContexts ? Drawn(12, 3, _ => 200, Modes, null) : Drawn(12, 3, _ => 200, Modes, Contexts.None(200));
        var surrogate = SpaceSurrogate.Fit(anchors);
        Assert.Equal(SpaceMethod.Mixture, surrogate.Report.Method);
        Assert.Contains("Mixture is clearly better", surrogate.Report.Choice!.Note, StringComparison.Ordinal);
        HashSet<float> own = [.. anchors.SelectMany(anchor => anchor.Samples.Outputs.Values.ToArray())];
        foreach (var at in Places(Square, 12, 8))
        {
            var u = Square.ToUnit(at);
            var rows = surrogate.Sample(at).Samples;
            float[] values = rows.Outputs.Values.ToArray();
            Assert.DoesNotContain(values, v => Math.Abs(v) < 1);
            Assert.True(ownContexts || values.All(own.Contains));
            var share = Enumerable.Range(0, values.Length).Average(i => 1 / (1 + Math.Exp(-6 * (u[0] + 0.3 * (ownContexts ? rows.Conditions[i, 0] : 0.5) - 0.65))));
            Assert.InRange(values.Average(v => v > 0 ? 1 : 0), share - 0.13, share + 0.13);
            Assert.All(surrogate.Transport(anchors[0].Samples, anchors[0].Configuration, at).Values.ToArray(), v => Assert.True(Math.Abs(v) > 1));
        }
    }

    [Fact]
    public void Draws_without_conditions_may_be_more_at_one_anchor_than_at_another()
    {
        var stream = new RandomStreams(4).Stream("counts");
        var anchors = new AnchorSet(Square, Places(Square, 9, 2).Select((at, k) => new Anchor(at, new Samples(
            Matrix.Create(80 + 10 * k, 1, (_, row) => row[0] = (float)(2 * at["a"].Number + (0.5 + at["b"].Number) * stream.NextNormal())), Contexts.None(80 + 10 * k)))));
        var surrogate = SpaceSurrogate.Fit(anchors);
        Assert.Equal(80, surrogate.Contexts.Count);
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("80 of each are taken", StringComparison.Ordinal));
        var (mean, deviation) = Moments(surrogate.Sample(new Configuration(("a", 0.5), ("b", 0.5))).Samples.Outputs, _ => 0);
        Assert.InRange(mean, 0.7, 1.3);
        Assert.InRange(deviation, 0.75, 1.25);
    }

    [Fact]
    public void Kriging_stands_on_smooth_answers_and_what_is_asked_for_is_taken_or_refused_in_words()
    {
        var anchors = Anchors(Square, 24, Conditions(30), Smooth);
        var chosen = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { TrainMaps = false });
        Assert.Equal((SpaceMethod.Kriging, 24), (chosen.Report.Method, chosen.Report.Choice!.LeftOut.Count));
        Assert.Equal(["Kriging", "Linear", "Nearest", "Stacked"], chosen.Report.Choice.Candidates.Select(candidate => candidate.Name));
        Assert.True(chosen.Report.Choice.Candidates[2].Share > 5);
        foreach (var (method, set, words) in new[]
        {
            (SpaceMethod.Mixture, anchors, "each context has one output"), (SpaceMethod.Regression, Draws(30), "it needs continuous conditions"),
            (SpaceMethod.Kriging, Own(30, 6), "contexts of their own"), (SpaceMethod.Stacked, Draws(30), "rows are draws"),
        })
        {
            Assert.Contains(words, Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(set, new SpaceSurrogateOptions { Method = method })).Message, StringComparison.Ordinal);
        }

        Assert.Contains("Method is 99", Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Method = (SpaceMethod)99 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_anchors_on_a_grid_straight_ones_reproduce_planes_and_stay_continuous()
    {
        // No warp and no nugget: coordinates are the unit ones but for their lengths, which planes do not see.
        Configuration[] grid = [.. Enumerable.Range(0, 9).Select(k => new Configuration(("a", k % 3 / 2.0), ("b", k / 3 / 2.0)))];
        static double[] Plane(double[] u) => [3 * u[0] - 2 * u[1] + 1, Math.Sin(5 * u[0]) * u[1]];
        var anchors = new AnchorSet(Square, grid.Select(at => new Anchor(at, new Samples(
            Matrix.Create(1, 2, (_, row) => (row[0], row[1]) = ((float)Plane(Square.ToUnit(at))[0], (float)Plane(Square.ToUnit(at))[1])), Contexts.None(1)))));
        var surrogate = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Method = SpaceMethod.Linear, Warp = false, Nugget = NuggetKind.Fixed });
        Assert.Equal(SpaceMethod.Linear, surrogate.Report.Method);
        Configuration? before = null;
        foreach (var at in Enumerable.Range(0, 400).Select(i => new Configuration(("a", (i % 20 + 0.31) / 20), ("b", (i / 20 + 0.47) / 20))))
        {
            var weights = surrogate.WeightsAt(at);
            Assert.All(weights, w => Assert.InRange(w, 0, 1 + 1e-9));
            Assert.InRange(weights.Count(w => w > 1e-9), 1, 3);
            Assert.Equal(1, weights.Sum(), 1e-9);
            Assert.Equal(Plane(Square.ToUnit(at))[0], surrogate.Sample(at).Samples.Outputs[0, 0], 1e-4);
            if (before is not null && before["b"].Number == at["b"].Number)
            {
                // Along a row it is steeper nowhere than the steepest edge.
                Assert.InRange(Math.Abs(surrogate.Sample(at).Samples.Outputs[0, 1] - surrogate.Sample(before).Samples.Outputs[0, 1]), 0, 0.05 * 5.5);
            }

            before = at;
        }

        var nearest = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Method = SpaceMethod.Nearest, Warp = false, Nugget = NuggetKind.Fixed });
        Assert.Equal(anchors[4].Samples.Outputs.Values.ToArray(), nearest.Sample(new Configuration(("a", 0.52), ("b", 0.49))).Samples.Outputs.Values.ToArray());
    }

    [Fact]
    public void A_nugget_serves_where_trainings_scatter_and_not_where_outputs_turn_fast()
    {
        var stream = new RandomStreams(3).Stream("scatter");
        var contexts = Conditions(20);
        var scattered = new AnchorSet(Square, Places(Square, 24, 6).Select(at =>
        {
            double[] wave = [stream.NextNormal(), stream.NextNormal()];
            return new Anchor(at, Answer(Square, at, contexts, (u, x) => [Smooth(u, x)[0] + 0.2 * (wave[0] + wave[1] * x[0])]));
        }));
        Assert.InRange(SpaceSurrogate.Fit(scattered, new SpaceSurrogateOptions { TrainMaps = false }).Report.Nugget, 1e-4, 1);

        // It turns more than once between the anchors: whatever the likelihood says, left-out anchors are not foretold better by smoothing.
        for (var seed = 1; seed <= 6; seed++)
        {
            var turning = Anchors(Square, 24, contexts, (u, x) => [Math.Sin(9 * u[0] + 8 * x[0]) + Math.Cos(10 * u[1] * u[0])], seed);
            var chosen = SpaceSurrogate.Fit(turning, new SpaceSurrogateOptions { TrainMaps = false, Method = SpaceMethod.Kriging });
            var smoothed = SpaceSurrogate.Fit(turning, new SpaceSurrogateOptions { TrainMaps = false, Method = SpaceMethod.Kriging, Nugget = NuggetKind.Learned });
            Assert.True(chosen.Report.LeaveOneOutErrors.Sum() <= smoothed.Report.LeaveOneOutErrors.Sum() * 1.0001 || chosen.Report.Nugget < 1e-6);
        }
    }

    [Fact]
    public void Distances_alone_give_the_inner_products_of_outputs()
    {
        var stream = new RandomStreams(1).Stream("squares");
        float[][] rows = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 11).Select(_ => (float)stream.NextNormal()).ToArray())];
        double[] squares = [.. rows.SelectMany(a => rows.Select(b => a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum() / 11))];
        var given = GramMatrix.OfSquares(squares, 6).Centred();
        Assert.All(GramMatrix.Of(rows).Centred().Zip(given), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }
}
