using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using static HtiTune.Tests.Surrogates.Spaces.SpaceProblems;

namespace HtiTune.Tests.Surrogates.Spaces;

/// <summary>Kriging over several hyperparameters as it is kept, read and drawn from.</summary>
public class SpaceServingTests
{
    private static double Mean(Samples samples) => samples.Outputs.Values.ToArray().Average(v => (double)v);

    public static TheoryData<string> Models => ["plain", "mixed", "draws", "network", "ridge", "probabilities", "mixture", "own contexts", "regression", "affine", "linear", "stacked"];

    private static SpaceSurrogate Fitted(string model) => model switch
    {
        "plain" => SpaceSurrogate.Fit(Anchors(Square, 9, Conditions(20), Smooth), new SpaceSurrogateOptions { TrainMaps = false }),
        "mixed" => SpaceSurrogate.Fit(Anchors(Mixed, 16, Conditions(20), OfMixed), new SpaceSurrogateOptions { TrainMaps = false }),
        "draws" => SpaceSurrogate.Fit(Draws(40)),
        "network" => SpaceSurrogate.Fit(Anchors(Square, 6, Conditions(60), Smooth), new SpaceSurrogateOptions { MapSteps = 30, HiddenWidth = 8, Maps = ContextMaps.Networks }),
        "ridge" => SpaceSurrogate.Fit(Anchors(Square, 6, Conditions(60), Smooth), new SpaceSurrogateOptions { MapSteps = 30, HiddenWidth = 8 }),
        "mixture" => SpaceSurrogate.Fit(Draws(40), new SpaceSurrogateOptions { Method = SpaceMethod.Mixture }),
        "own contexts" => SpaceSurrogate.Fit(SpaceMethodTests.Own(40, 9)),
        "regression" => SpaceSurrogate.Fit(SpaceMethodTests.Own(40, 9), new SpaceSurrogateOptions { Method = SpaceMethod.Regression }),
        "affine" => SpaceSurrogate.Fit(Draws(40), new SpaceSurrogateOptions { Method = SpaceMethod.Affine }),
        "linear" => SpaceSurrogate.Fit(Anchors(Square, 9, Conditions(20), Smooth), new SpaceSurrogateOptions { TrainMaps = false, Method = SpaceMethod.Linear }),
        "stacked" => SpaceSurrogate.Fit(Anchors(Square, 12, Conditions(20), SpaceStackTests.Leaping), new SpaceSurrogateOptions { TrainMaps = false, Method = SpaceMethod.Stacked }),
        _ => SpaceSurrogate.Fit(Anchors(Square, 8, Conditions(20), Softmax), new SpaceSurrogateOptions { TrainMaps = false, Seed = 4 }),
    };

    private static double[] Softmax(double[] u, double[] x)
    {
        double[] e = [.. Enumerable.Range(0, 4).Select(j => Math.Exp(4 * u[0] * Math.Sin(j + 2 * x[0]) + j * u[1] * x[1]))];
        return [.. e.Select(v => v / e.Sum())];
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_file_gives_back_the_same_surrogate_to_the_last_bit(string model)
    {
        using var folder = new TemporaryFolder();
        var surrogate = Fitted(model);
        surrogate.Save(folder.File("m.hti"));
        var loaded = SpaceSurrogate.Load(folder.File("m.hti"));
        Assert.Equal((surrogate.Space, surrogate.Report.Kind, surrogate.Report.Link, surrogate.Report.Objective), (loaded.Space, loaded.Report.Kind, loaded.Report.Link, loaded.Report.Objective));
        Assert.Equal(surrogate.Anchors, loaded.Anchors);
        Assert.Equal(surrogate.Report.Axes, loaded.Report.Axes);
        Assert.Equal(surrogate.Report.LeaveOneOutErrors, loaded.Report.LeaveOneOutErrors);
        Assert.Equal(surrogate.Report.Notes, loaded.Report.Notes);
        Assert.Equal((surrogate.Report.Method, surrogate.Report.Deterministic, surrogate.Report.Choice!.Note), (loaded.Report.Method, loaded.Report.Deterministic, loaded.Report.Choice!.Note));
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(k => Bits(surrogate.LeaveOut(k))), Enumerable.Range(0, 5).SelectMany(k => Bits(loaded.LeaveOut(k))));
        Assert.Equal(surrogate.Options, loaded.Options);
        Configuration[] places = [.. Places(surrogate.Space, 4, 11), surrogate.Anchors[1]];
        foreach (var at in places)
        {
            Assert.Equal(Bits(surrogate.Sample(at).Samples), Bits(loaded.Sample(at).Samples));
            Assert.Equal(surrogate.Estimate(at, Mean), loaded.Estimate(at, Mean));
            Assert.Equal(surrogate.Distance(at), loaded.Distance(at));
            if (model is not ("plain" or "mixed" or "probabilities" or "linear" or "stacked"))
            {
                var rows = surrogate.Sample(surrogate.Anchors[0]).Samples;
                Assert.Equal(surrogate.Transport(rows, surrogate.Anchors[0], at).Values.ToArray(), loaded.Transport(rows, surrogate.Anchors[0], at).Values.ToArray());
            }
        }

        Assert.Equal(surrogate.Draw(places, 3).SelectMany(Bits), loaded.Draw(places, 3).SelectMany(Bits));
        Assert.True(SurrogateFile.HoldsSpace(folder.File("m.hti")));
        Assert.Contains("SpaceSurrogate.Load", Assert.Throws<DataFormatException>(() => SurrogateFile.Load(folder.File("m.hti"))).Message, StringComparison.Ordinal);

        var next = Places(surrogate.Space, 1, 12)[0];
        var anchor = new Anchor(next, new Samples(surrogate.Sample(next).Samples.Outputs, surrogate.Contexts));
        Assert.Equal(Bits(surrogate.Extend(anchor).Sample(places[0]).Samples), Bits(loaded.Extend(anchor).Sample(places[0]).Samples));
    }

    [Fact]
    public void A_file_of_one_hyperparameter_is_told_from_one_of_several()
    {
        using var folder = new TemporaryFolder();
        TrajectorySurrogate.Fit(Problems.Moving([0, 0.5, 1], lambda => lambda), new TrajectoryOptions { TrainMaps = false }).Save(folder.File("t.hti"));
        Assert.False(SurrogateFile.HoldsSpace(folder.File("t.hti")));
        Assert.Contains("over λ", Assert.Throws<DataFormatException>(() => SpaceSurrogate.Load(folder.File("t.hti"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scale_of_functions_is_given_again_when_loading()
    {
        using var folder = new TemporaryFolder();
        var space = new SearchSpace(Hyperparameter.Continuous("a", 0, 1, Scale.Warp("cubed", v => v * v * v, Math.Cbrt)), Hyperparameter.Continuous("b", 0, 1));
        var surrogate = SpaceSurrogate.Fit(Grid(space), new SpaceSurrogateOptions { TrainMaps = false });
        surrogate.Save(folder.File("m.hti"));
        var at = new Configuration(("a", 0.3), ("b", 0.6));
        Assert.Equal(Bits(surrogate.Sample(at).Samples), Bits(SpaceSurrogate.Load(folder.File("m.hti"), space).Sample(at).Samples));
        Assert.Contains("pass the space", Assert.Throws<DataFormatException>(() => SpaceSurrogate.Load(folder.File("m.hti"))).Message, StringComparison.Ordinal);
        Assert.Contains("the one given", Assert.Throws<DataFormatException>(() => SpaceSurrogate.Load(folder.File("m.hti"), Mixed)).Message, StringComparison.Ordinal);
    }

    private static AnchorSet Grid(SearchSpace space) => new(space, Enumerable.Range(0, 9).Select(k => new Configuration(("a", k % 3 / 2.0), ("b", k / 3 / 2.0)))
        .Select(at => new Anchor(at, new Samples(Matrix.Create(2, 1, (i, row) => row[0] = (float)(at["a"].Number * (i + 1) + at["b"].Number)), Contexts.None(2)))));

    [Fact]
    public void A_damaged_file_is_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        Fitted("network").Save(folder.File("m.hti"));
        var whole = File.ReadAllBytes(folder.File("m.hti"));
        var stream = new RandomStreams(5).Stream("damage");
        for (var i = 0; i < 200; i++)
        {
            var bytes = (byte[])whole.Clone();
            if (i % 4 == 0)
            {
                bytes = bytes[..stream.NextInt(bytes.Length)];
            }
            else
            {
                bytes[stream.NextInt(bytes.Length)] ^= (byte)(1 << stream.NextInt(8));
            }

            File.WriteAllBytes(folder.File("d.hti"), bytes);
            Assert.Contains("expected", Assert.Throws<DataFormatException>(() => SpaceSurrogate.Load(folder.File("d.hti"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_sampled_is_of_its_kind_at_every_place()
    {
        var bounds = new OutputBounds[] { new(-1, 1), new(-1, 1) };
        (string Name, SpaceSurrogate Surrogate, Func<float[], bool> Holds)[] all =
        [
            ("probabilities", Of(Softmax, OutputKind.Probabilities, null), row => Math.Abs(row.Sum(p => (double)p) - 1) < 1e-6 && row.All(p => p is >= 0 and <= 1)),
            ("interval", Of((u, x) => [.. Smooth(u, x).Select(v => Math.Clamp(2 * v - 1, -1, 1))], OutputKind.Interval, bounds), row => row.All(v => v is >= -1 and <= 1)),
            ("positive", Of((u, x) => [.. Smooth(u, x).Select(v => Math.Exp(5 * v))], OutputKind.Positive, null), row => row.All(v => v >= 0)),
            ("integer", Of((u, x) => [.. Smooth(u, x).Select(v => Math.Round(6 * v))], OutputKind.Integer, null), row => row.All(v => v == MathF.Round(v))),
        ];
        foreach (var (name, surrogate, holds) in all)
        {
            // At the mean, and in every draw that a functional sees.
            bool Holds(Samples samples) => Enumerable.Range(0, samples.Count).All(i => holds(samples.Outputs.Row(i).ToArray()));
            Gen.Double[0, 1].Array[2].Sample(u =>
            {
                var at = Square.FromUnit(u);
                Assert.True(Holds(surrogate.Sample(at).Samples), $"{name} at {at}");
                Assert.True(Holds(surrogate.Draw([at], (long)(1e6 * u[0]))[0]), $"{name}, drawn at {at}");
            }, iter: 60, threads: 1);
            Assert.All(Enumerable.Range(0, surrogate.Anchors.Count), k => Assert.True(Holds(surrogate.LeaveOut(k))));
            surrogate.Estimate(new Configuration(("a", 0.31), ("b", 0.62)), samples => Holds(samples) ? Mean(samples) : throw new InvalidOperationException(name));
        }

        // A row that every anchor cuts off at a bound stays there.
        var cut = Of((u, x) => [Math.Clamp(3 * x[0] + u[0] - 1, -1, 1), u[1] - 0.5], OutputKind.Auto, bounds);
        var atBound = Enumerable.Range(0, 25).Where(i => cut.State.Outputs.All(y => y[i, 0] == 1)).ToArray();
        Assert.NotEmpty(atBound);
        Assert.All(Places(Square, 10, 3), at => Assert.All(atBound, i => Assert.Equal(1f, cut.Sample(at).Samples.Outputs[i, 0])));

        static SpaceSurrogate Of(Func<double[], double[], double[]> law, OutputKind kind, OutputBounds[]? bounds)
        {
            var surrogate = SpaceSurrogate.Fit(Anchors(Square, 9, Conditions(25), law), new SpaceSurrogateOptions { TrainMaps = false, Bounds = bounds });
            Assert.Equal(kind == OutputKind.Auto ? OutputKind.Interval : kind, surrogate.Report.Kind);
            return surrogate;
        }
    }

    [Fact]
    public void Intervals_hold_the_truth_about_as_often_as_they_say()
    {
        Func<Samples, double>[] functionals = [Mean, s => s.Outputs.Values.ToArray().Max(), s => Math.Sqrt(s.Outputs.Values.ToArray().Average(v => (double)v * v))];
        int held = 0, asked = 0;
        for (var seed = 1; seed <= 4; seed++)
        {
            var contexts = Conditions(20, seed);
            double[] Law(double[] u, double[] x) => [Math.Sin((3 + seed) * u[0] * x[0] + seed) + Math.Cos(2.5 * u[1] + x[1]) * u[0], Math.Exp(-2 * Math.Abs(u[0] - 0.2 * seed) * u[1]) + x[0]];
            var surrogate = SpaceSurrogate.Fit(Anchors(Square, 12, contexts, Law, seed), new SpaceSurrogateOptions { TrainMaps = false, Seed = seed });
            var places = Places(Square, 20, 50 + seed);
            foreach (var functional in functionals)
            {
                foreach (var (at, estimate) in places.Zip(surrogate.Estimate(places, functional)))
                {
                    var truth = functional(Answer(Square, at, contexts, Law));
                    asked++;
                    held += truth >= estimate.Low && truth <= estimate.High ? 1 : 0;
                    Assert.InRange(estimate.Value, double.MinValue, double.MaxValue);
                }
            }
        }

        Assert.InRange(held / (double)asked, 0.8, 0.99);
    }

    [Fact]
    public void Intervals_of_draws_are_as_wide_as_samples_scatter_and_no_more()
    {
        // The mean of 60 draws of N(2a, (½ + b)²) scatters by (½ + b)/√60, that of those it is foretold from likewise.
        var surrogate = SpaceSurrogate.Fit(Draws(60, 4));
        var stream = new RandomStreams(8).Stream("real");
        var places = Places(Square, 40, 4);
        var (held, width) = (0, 0.0);
        foreach (var (at, estimate) in places.Zip(surrogate.Estimate(places, Mean)))
        {
            var (centre, deviation) = (2 * at["a"].Number, (0.5 + at["b"].Number) / Math.Sqrt(60));
            var real = centre + deviation * stream.NextNormal();
            held += real >= estimate.Low && real <= estimate.High ? 1 : 0;
            width += (estimate.High - estimate.Low) / (2 * 1.645 * deviation) / places.Length;
        }

        // A sample beside what is foretold from nine others has √2 of one's deviation at most, and what is not known of the law is on top.
        Assert.InRange(width, 1, 2.2);
        Assert.InRange(held, 33, 40);
    }

    [Fact]
    public void An_estimate_is_certain_at_an_anchor_repeats_itself_and_widens_away_from_all()
    {
        var surrogate = SpaceSurrogate.Fit(Anchors(Square, 8, Conditions(20), Smooth), new SpaceSurrogateOptions { TrainMaps = false, Nugget = NuggetKind.Fixed });
        var anchor = surrogate.Estimate(surrogate.Anchors[2], Mean);
        Assert.Equal(Mean(surrogate.Sample(surrogate.Anchors[2]).Samples), anchor.Value);
        Assert.InRange(anchor.StandardError, 0, 1e-12);
        Assert.InRange(anchor.High - anchor.Low, 0, 1e-12);
        var at = new Configuration(("a", 0.5), ("b", 0.5));
        Assert.Equal(surrogate.Estimate(at, Mean), surrogate.Estimate(at, Mean));
        Assert.True(surrogate.Estimate(at, Mean, level: 0.99).High > surrogate.Estimate(at, Mean, level: 0.5).High);
        Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Estimate(at, Mean, level: 1));
        Assert.Throws<InvalidOperationException>(() => surrogate.Estimate(at, _ => double.NaN));
        Assert.ThrowsAny<OperationCanceledException>(() => surrogate.Estimate(at, Mean, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Draws_scatter_as_estimates_say_and_are_one_surface()
    {
        var surrogate = SpaceSurrogate.Fit(Anchors(Square, 8, Conditions(20), Smooth), new SpaceSurrogateOptions { TrainMaps = false, Nugget = NuggetKind.Fixed });
        Configuration[] at = [new(("a", 0.05), ("b", 0.9)), new(("a", 0.0501), ("b", 0.9)), surrogate.Anchors[0]];
        var drawn = Enumerable.Range(0, 200).Select(seed => surrogate.Draw(at, seed).Select(Mean).ToArray()).ToArray();
        var spread = Math.Sqrt(drawn.Average(d => Math.Pow(d[0] - drawn.Average(o => o[0]), 2)));
        var apart = Math.Sqrt(drawn.Average(d => Math.Pow(d[0] - d[1], 2)));
        Assert.True(apart < 0.1 * spread, $"{apart} apart, {spread} spread");
        Assert.All(drawn, d => Assert.Equal(Mean(surrogate.Sample(at[2]).Samples), d[2]));
        Assert.InRange(surrogate.Estimate(at[0], Mean).StandardError / spread, 0.7, 4);
    }

    [Fact]
    public void Rows_that_diverged_are_set_aside_and_told()
    {
        using var folder = new TemporaryFolder();
        var anchors = Anchors(Square, 12, Conditions(40), Smooth);
        var wrong = new AnchorSet(Square, anchors.Select((anchor, k) => k != 3 ? anchor : new Anchor(anchor.Configuration, new Samples(
            Matrix.Create(40, 2, (i, row) => (row[0], row[1]) = i is 5 or 9 ? (1e30f, -1e29f) : (anchor.Samples.Outputs[i, 0], anchor.Samples.Outputs[i, 1])), anchor.Samples.Contexts))));
        var options = new SpaceSurrogateOptions { TrainMaps = false, Nugget = NuggetKind.Fixed };
        var (right, surrogate) = (SpaceSurrogate.Fit(anchors, options), SpaceSurrogate.Fit(wrong, options));
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("rows 5, 9 of 40 lie far outside", StringComparison.Ordinal));
        foreach (var at in Places(Square, 10, 21))
        {
            var (truth, got) = (right.Sample(at).Samples.Outputs, surrogate.Sample(at).Samples.Outputs);
            int[] others = [.. Enumerable.Range(0, 40).Where(i => i is not (5 or 9))];
            Assert.InRange(Error(got.SelectRows(others), truth.SelectRows(others)), 0, 1e-3);
            Assert.InRange(Error(got, truth), 0, 0.3);
        }

        Assert.Equal(1e30f, surrogate.Sample(surrogate.Anchors[3]).Samples.Outputs[5, 0]);
        var place = new Configuration(("a", 0.4), ("b", 0.6));
        Assert.InRange(surrogate.Estimate(place, Mean).StandardError, 0, 1);
        surrogate.Save(folder.File("m.hti"));
        Assert.Equal(Bits(surrogate.Sample(place).Samples), Bits(SpaceSurrogate.Load(folder.File("m.hti")).Sample(place).Samples));
        var next = Places(Square, 1, 33)[0];
        Assert.Equal(13, SpaceSurrogate.Load(folder.File("m.hti")).Extend(new Anchor(next, Answer(Square, next, Conditions(40), Smooth))).Anchors.Count);
    }

    [Fact]
    public void Reads_from_many_threads_are_those_of_one()
    {
        var alone = Fitted("network");
        var places = Places(Square, 6, 2);
        var fresh = Conditions(10, 77);
        var expected = places.Select(at => (Bits(alone.Sample(at, fresh).Samples), alone.Estimate(at, Mean, fresh))).ToArray();
        var shared = Fitted("network");
        var found = new (float[] Bits, FunctionalEstimate Estimate)[24];
        Parallel.For(0, found.Length, i => found[i] = (Bits(shared.Sample(places[i % 6], fresh).Samples), shared.Estimate(places[i % 6], Mean, fresh)));
        for (var i = 0; i < found.Length; i++)
        {
            Assert.Equal(expected[i % 6].Item1, found[i].Bits);
            Assert.Equal(expected[i % 6].Item2, found[i].Estimate);
        }
    }

    private static float[] Bits(Samples samples) => samples.Outputs.Values.ToArray();
}
