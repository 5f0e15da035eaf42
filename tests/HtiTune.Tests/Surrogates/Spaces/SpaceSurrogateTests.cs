using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Surrogates.Kriging;
using static HtiTune.Tests.Surrogates.Spaces.SpaceProblems;

namespace HtiTune.Tests.Surrogates.Spaces;

/// <summary>Kriging over several hyperparameters: its numbers, against an independent implementation, and what it promises.</summary>
public class SpaceSurrogateTests
{
    private static readonly SpaceSurrogateOptions s_noMaps = new() { TrainMaps = false };

    public static TheoryData<string> Cases => [.. KrigingCase.All.Where(c => c.Dimension > 1).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_at_given_parameters_are_those_of_the_reference(string name)
    {
        var c = KrigingCase.All.Single(one => one.Name == name);
        var surrogate = At(c, [.. Enumerable.Range(0, c.Anchors)]);
        for (var m = 0; m < c.Variances.Length; m++)
        {
            var at = surrogate.Space.FromUnit(c.Queries.AsSpan(m * c.Dimension, c.Dimension));
            var outputs = surrogate.Sample(at).Samples.Outputs;
            Assert.Equal(c.Variances[m], Math.Pow(surrogate.Distance(at), 2), 1e-6);
            for (var p = 0; p < c.Columns; p++)
            {
                Assert.Equal(c.Predictions[m * c.Columns + p], outputs.Exact(0, p), 1e-6 * c.Deviation + 1e-7 * Math.Abs(outputs.Exact(0, p)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_the_others_foretell_of_an_anchor_is_what_a_fit_without_it_says(string name)
    {
        var c = KrigingCase.All.Single(one => one.Name == name);
        var whole = At(c, [.. Enumerable.Range(0, c.Anchors)]);
        for (var k = 0; k < c.Anchors; k++)
        {
            var without = At(c, [.. Enumerable.Range(0, c.Anchors).Where(l => l != k)]).Sample(whole.Anchors[k]).Samples.Outputs;
            var closed = whole.LeaveOut(k).Outputs;
            for (var p = 0; p < c.Columns; p++)
            {
                Assert.Equal(without.Exact(0, p), closed.Exact(0, p), 1e-4 * c.Deviation);
            }
        }
    }

    [Fact]
    public void Anchors_are_met_to_the_last_bit_whatever_the_hyperparameters_are()
    {
        var contexts = Conditions(30);
        var anchors = Anchors(Mixed, 14, contexts, OfMixed);
        var surrogate = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { TrainMaps = false, Nugget = NuggetKind.Fixed });
        foreach (var anchor in anchors)
        {
            Assert.Equal(anchor.Samples.Outputs.Values.ToArray(), surrogate.Sample(anchor.Configuration).Samples.Outputs.Values.ToArray());
            Assert.Equal(0, surrogate.Distance(anchor.Configuration));
            Assert.False(surrogate.IsExtrapolated(anchor.Configuration));
        }

        Assert.Equal(["lr", "layers", "size", "optimizer", "momentum"], surrogate.Report.Axes.Select(axis => axis.Name));
        Assert.True(surrogate.Report.Deterministic);
        Assert.Equal(14, surrogate.Report.LeaveOneOutErrors.Count);
    }

    [Fact]
    public void Between_anchors_it_is_far_nearer_than_the_nearest_of_them()
    {
        var contexts = Conditions(40);
        foreach (var (space, law, count) in new (SearchSpace, Func<double[], double[], double[]>, int)[] { (Square, Smooth, 12), (Mixed, OfMixed, 40) })
        {
            var anchors = Anchors(space, count, contexts, law);
            var surrogate = SpaceSurrogate.Fit(anchors, s_noMaps);
            double kriged = 0, near = 0;
            foreach (var at in Places(space, 30, 7))
            {
                var truth = Answer(space, at, contexts, law).Outputs;
                kriged += Error(surrogate.Sample(at).Samples.Outputs, truth);
                var x = surrogate.Coordinates.Place(surrogate.Coordinates.Of(at));
                near += Error(anchors.MinBy(anchor => SpaceCoordinates.Distance(x, surrogate.Coordinates.Place(surrogate.Coordinates.Of(anchor.Configuration))))!.Samples.Outputs, truth);
            }

            Assert.True(kriged < 0.2 * near, $"{space}: {kriged / 30} beside {near / 30} of the nearest");
        }
    }

    [Fact]
    public void A_surrogate_that_grows_by_an_anchor_is_that_of_all_of_them()
    {
        // One column: its scale is a factor of all inner products, and parameters do not depend on it.
        double[] Law(double[] u, double[] x) => [Smooth(u, x)[0]];
        var all = Anchors(Square, 12, Conditions(50), Law);
        var whole = SpaceSurrogate.Fit(all, s_noMaps);
        var grown = SpaceSurrogate.Fit(new AnchorSet(Square, all.Take(10)), s_noMaps).Extend(all[10]).Extend(all[11]);
        Assert.Equal(whole.Anchors, grown.Anchors);
        Assert.All(whole.Report.Axes.Zip(grown.Report.Axes), pair => Assert.Equal(pair.First.Length, pair.Second.Length, 1e-3 * pair.First.Length));
        foreach (var at in Places(Square, 20, 5))
        {
            Assert.InRange(Error(grown.Sample(at).Samples.Outputs, whole.Sample(at).Samples.Outputs), 0, 1e-7);
        }

        // Every row of the inner products is what all outputs at once give.
        var linked = grown.State.Kriging.Rows.Linked.Select(rows => rows!).ToArray();
        Assert.Equal(GramMatrix.Of(linked).Centred(), grown.State.Kriging.Kriging.Gram.Centred());
        Assert.Contains("is anchor 3", Assert.Throws<ArgumentException>(() => grown.Extend(all[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_may_grow_within()
    {
        var space = SearchSpace.Parse("a=0..1");
        double[] Law(double[] u, double[] x) => Smooth([u[0], 0.5], x);
        Anchor[] all = [.. new[] { 0.0, 0.3, 0.6, 1 }.Select(a => new Configuration("a", a)).Select(at => new Anchor(at, Answer(space, at, Conditions(20), Law)))];
        var grown = SpaceSurrogate.Fit(new AnchorSet(space, [all[0], all[2], all[3]]), s_noMaps).Extend(all[1]);
        Assert.Equal(all.Select(anchor => anchor.Configuration), grown.Anchors);
        Assert.Equal(all[1].Samples.Outputs.Values.ToArray(), grown.Sample(all[1].Configuration).Samples.Outputs.Values.ToArray());
    }

    [Fact]
    public void Draws_keep_their_spread_and_move_with_their_law()
    {
        var anchors = Draws(150);
        var surrogate = SpaceSurrogate.Fit(anchors);
        Assert.False(surrogate.Report.Deterministic);
        foreach (var (a, b) in new[] { (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75) })
        {
            var at = new Configuration(("a", a), ("b", b));
            foreach (var drawn in (Matrix[])[surrogate.Sample(at).Samples.Outputs, surrogate.Transport(anchors[0].Samples, anchors[0].Configuration, at)])
            {
                double[] values = [.. drawn.Values.ToArray().Select(v => (double)v)];
                var mean = values.Average();
                Assert.InRange(mean, 2 * a - 0.4, 2 * a + 0.4);
                Assert.InRange(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))) / (0.5 + b), 0.85, 1.15);
            }
        }
    }

    [Fact]
    public void Contexts_that_no_anchor_answered_are_given_by_a_network_and_rows_go_with_it()
    {
        var anchors = Anchors(Square, 14, Conditions(200), Smooth);
        var surrogate = SpaceSurrogate.Fit(anchors);
        var fresh = Conditions(40, 9);
        var at = new Configuration(("a", 0.4), ("b", 0.7));
        var truth = Answer(Square, at, fresh, Smooth);
        var sampled = surrogate.Sample(at, fresh);
        Assert.Equal(SampleSource.ConditionalSampler, sampled.Source);
        Assert.InRange(Error(sampled.Samples.Outputs, truth.Outputs), 0, 0.01);
        var from = anchors[5];
        var moved = surrogate.Transport(Answer(Square, from.Configuration, fresh, Smooth), from.Configuration, at);
        Assert.InRange(Error(moved, truth.Outputs), 0, 0.01);
        static double Mean(Samples samples) => samples.Outputs.Values.ToArray().Average(v => (double)v);
        var estimate = surrogate.Estimate(at, Mean, fresh);
        Assert.InRange(Mean(truth), estimate.Low - 0.01, estimate.High + 0.01);

        var without = SpaceSurrogate.Fit(anchors, s_noMaps);
        Assert.InRange(Error(without.Sample(at, fresh).Samples.Outputs, truth.Outputs), 0, 0.2);
        Assert.Contains("TrainMaps", Assert.Throws<InvalidOperationException>(() => without.Transport(from.Samples, from.Configuration, at)).Message, StringComparison.Ordinal);
        Assert.Contains("is no anchor", Assert.Throws<ArgumentException>(() => surrogate.Transport(from.Samples, at, at)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_may_answer_their_contexts_in_any_order()
    {
        var anchors = Anchors(Square, 6, Conditions(25), Smooth);
        int[] turned = [.. Enumerable.Range(0, 25).Reverse()];
        var mixed = new AnchorSet(Square, anchors.Select((anchor, k) => k % 2 == 0 ? anchor : new Anchor(
            anchor.Configuration, new Samples(anchor.Samples.Outputs.SelectRows(turned), anchor.Samples.Contexts.Select(turned)))));
        var at = new Configuration(("a", 0.5), ("b", 0.5));
        Assert.Equal(
            SpaceSurrogate.Fit(anchors, s_noMaps).Sample(at).Samples.Outputs.Values.ToArray(), SpaceSurrogate.Fit(mixed, s_noMaps).Sample(at).Samples.Outputs.Values.ToArray());
        var other = new AnchorSet(Square, anchors.Select((anchor, k) => k != 4 ? anchor : new Anchor(anchor.Configuration, Answer(Square, anchor.Configuration, Conditions(25, 2), Smooth))));
        Assert.Contains(
            "contexts of their own", Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(other, new SpaceSurrogateOptions { Method = SpaceMethod.Kriging })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_beyond_the_anchors_is_told()
    {
        var space = SearchSpace.Parse("a=0..1", "word=x,y,z");
        var anchors = new AnchorSet(space, new[] { 0.1, 0.4, 0.8 }.SelectMany(a => new[] { "x", "y" }.Select(word => new Configuration(("a", a), ("word", word))))
            .Select(at => new Anchor(at, Answer(space, at, Conditions(10), (u, x) => [u[0] + u[1], u[0] * x[0]]))));
        var surrogate = SpaceSurrogate.Fit(anchors, s_noMaps);
        Assert.True(surrogate.IsExtrapolated(new Configuration(("a", 0.9), ("word", "x"))));
        Assert.True(surrogate.IsExtrapolated(new Configuration(("a", 0.5), ("word", "z"))));
        Assert.False(surrogate.IsExtrapolated(new Configuration(("a", 0.5), ("word", "y"))));
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("No anchor has word = z", StringComparison.Ordinal));
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("cover a from 0.1 to 0.8", StringComparison.Ordinal));
        Assert.True(surrogate.Distance(new Configuration(("a", 0.9), ("word", "z"))) > surrogate.Distance(new Configuration(("a", 0.5), ("word", "y"))));
    }

    [Fact]
    public void Faults_of_options_stand_in_one_message_and_a_fit_can_be_ended()
    {
        var anchors = Anchors(Square, 6, Conditions(10), Smooth);
        var fault = Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { MapSteps = 0, HiddenWidth = 1, Kind = OutputKind.Interval }));
        Assert.All(["MapSteps is 0", "HiddenWidth is 1", "Kind is Interval"], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.Contains(
            "expected a whole number", Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Kind = OutputKind.Integer })).Message, StringComparison.Ordinal);
        Assert.Contains("one anchor", Assert.Throws<ArgumentException>(() => SpaceSurrogate.Fit(new AnchorSet(Square, [anchors[0]]))).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<OperationCanceledException>(() => SpaceSurrogate.Fit(anchors, cancellation: new CancellationToken(canceled: true)));
        var told = new List<FitProgress>();
        SpaceSurrogate.Fit(anchors, progress: new Told(told));
        Assert.Equal(("done", 1.0), (told[^1].Stage, told[^1].Share));
        Assert.Equal(told.Select(one => one.Share).Order(), told.Select(one => one.Share));
    }

    /// <summary>A surrogate of a case's anchors at its parameters.</summary>
    internal static SpaceSurrogate At(KrigingCase c, int[] anchors)
    {
        var space = new SearchSpace([.. Enumerable.Range(0, c.Dimension).Select(j => Hyperparameter.Continuous($"u{j}", 0, 1))]);
        Matrix[] outputs = [.. anchors.Select(k => new Matrix(1, c.Columns, c.Rows[k]))];
        double[][] places = [.. anchors.Select(k => c.Places.AsSpan(k * c.Dimension, c.Dimension).ToArray())];
        var scale = new Standardizer(new double[c.Columns], Enumerable.Repeat(1.0, c.Columns));
        var contexts = Contexts.None(1);
        return new SpaceSurrogate(new SpaceState
        {
            Space = space,
            Anchors = Array.ConvertAll(places, u => space.FromUnit(u)),
            Outputs = outputs,
            Contexts = contexts,
            Options = new SpaceSurrogateOptions { Warp = c.Warp },
            Conditions = new Standardizer([], []),
            Kriging = OutputKriging.At(
                new OutputKrigingRequest(new SpaceCoordinates(space).Kriging, places, outputs, contexts), scale, null, OutputKind.Free, OutputLink.Standardised, c.Variant, c.Theta),
            Network = null,
            Notes = [],
        });
    }

    private sealed class Told(List<FitProgress> told) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => told.Add(value);
    }
}
