using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>A surrogate by kriging, from anchors to samples and files.</summary>
public class KrigedSurrogateTests
{
    private static readonly Func<double, double[], double[]> s_smooth = (lambda, x) =>
        [Math.Sin(3 * lambda + x[0]) + 0.5 * x[1], (lambda - 0.4) * (lambda - 0.4) * (2 + x[1]) - x[0] * lambda];

    private static readonly KrigingOptions s_noMaps = new() { Coupling = new() { TrainMaps = false } };

    private static AnchorSet Smooth(int anchors, int rows = 80) =>
        Problems.Deterministic(Problems.Unit, [.. Enumerable.Range(0, anchors).Select(k => k / (anchors - 1.0))], rows, 1, s_smooth);

    private static double Error(ISurrogate surrogate, AnchorSet anchors, double lambda) =>
        OutputDistance.Squared(surrogate.Sample(lambda, anchors[0].Samples.Contexts).Samples, Problems.Answer(anchors[0].Samples.Contexts, lambda, s_smooth));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Smooth_outputs_are_nearer_than_by_trajectories(int count)
    {
        var anchors = Smooth(count);
        var kriged = KrigedSurrogate.Fit(anchors, s_noMaps);
        var trajectories = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });
        double[] places = [0.07, 0.19, 0.31, 0.43, 0.56, 0.68, 0.81, 0.93];
        Assert.InRange(places.Sum(lambda => Error(kriged, anchors, lambda)), 0, 0.7 * places.Sum(lambda => Error(trajectories, anchors, lambda)));
    }

    [Fact]
    public void A_fit_and_its_extension_tell_how_far_they_are_and_end_where_they_are_cancelled()
    {
        AnchorSet anchors = Smooth(5), more = Problems.Deterministic(Problems.Unit, [0, 0.25, 0.4, 0.5, 0.75, 1], 80, 1, s_smooth);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        foreach (var fit in (Action<IProgress<FitProgress>, CancellationToken>[])
            [(progress, token) => KrigedSurrogate.Fit(anchors, s_noMaps, progress, token), (progress, token) => surrogate.Extend(more, progress, token)])
        {
            var told = new List<FitProgress>();
            fit(new Now(told.Add), default);
            Assert.Equal(told.Select(one => one.Share).Order(), told.Select(one => one.Share));
            Assert.Equal(["kriging", "done"], told[^2..].Select(one => one.Stage));
            Assert.Equal(1, told[^1].Share);
            foreach (var stage in told.Select(one => one.Stage).Distinct().SkipLast(1))
            {
                using var source = new CancellationTokenSource();
                Assert.Throws<OperationCanceledException>(() => fit(new Now(one => (one.Stage == stage ? source.Cancel : (Action)(() => { }))()), source.Token));
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(30)]
    public void Stored_contexts_meet_every_anchor(int count)
    {
        var anchors = Smooth(count, rows: 20);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        Assert.All(anchors, anchor => Assert.InRange(Error(surrogate, anchors, anchor.Lambda), 0, 1e-12));
        Assert.Equal(SampleSource.StoredOutputs, surrogate.Sample(0.4, anchors[0].Samples.Contexts).Source);
    }

    [Fact]
    public void Rows_of_new_contexts_are_carried_to_all_anchors_and_weighted()
    {
        var anchors = Smooth(4, rows: 400);
        var surrogate = KrigedSurrogate.Fit(anchors);
        var contexts = Problems.Conditions(100, seed: 9);
        var rows = Problems.Answer(contexts, 0, s_smooth);
        var moved = new Samples(surrogate.Transport(rows, 0, 0.5), contexts);
        var truth = Problems.Answer(contexts, 0.5, s_smooth);
        Assert.InRange(OutputDistance.Squared(moved, truth), 0, 0.1 * OutputDistance.Squared(rows, truth));
        Assert.True(rows.Outputs.Values.SequenceEqual(surrogate.Transport(rows, 0, 0).Values) || OutputDistance.Squared(new Samples(surrogate.Transport(rows, 0, 0), contexts), rows) < 1e-12);

        var sampled = surrogate.Sample(0.5, contexts);
        Assert.Equal(SampleSource.ConditionalSampler, sampled.Source);
        var asked = surrogate.Sample(0.5, contexts, (lambda, x) => Problems.Answer(x, lambda, s_smooth).Outputs);
        Assert.Equal(SampleSource.AnchorNetworks, asked.Source);
        Assert.InRange(OutputDistance.Squared(asked.Samples, truth), 0, 0.01 * OutputDistance.Squared(rows, truth));
    }

    [Fact]
    public void Draws_are_moved_and_a_learned_nugget_leaves_one_curve_without_gaps()
    {
        var anchors = Problems.Moving([0, 0.2, 0.4, 0.6, 0.8, 1], lambda => lambda * lambda);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        Assert.False(surrogate.Report.Deterministic);
        Assert.True(surrogate.Report.Nugget > KrigingVariantFloor);
        var contexts = anchors[0].Samples.Contexts;
        double Mean(double lambda) => Enumerable.Range(0, contexts.Count).Where(i => i % 2 == 0).Average(i => (double)surrogate.Sample(lambda, contexts).Samples.Outputs[i, 0]);
        Assert.Equal(3 * 0.49, Mean(0.7), 0.15);
        Assert.Equal(Mean(0.4), Mean(0.4 + 1e-9), 1e-6);
        Assert.Contains(surrogate.Notes, note => note.Contains("scatter", StringComparison.Ordinal));
    }

    [Fact]
    public void New_draws_without_conditions_move_as_their_nearest_stored_row_and_keep_the_law_at_every_anchor()
    {
        // Two categories turn in opposite directions on rings of their own.
        AnchorSet Turning(long seed, int rows, params double[] lambdas) => new(Problems.Unit, lambdas.Select(lambda =>
        {
            var random = new RandomStreams(seed).Fork($"{lambda}").Stream("draws");
            var categories = Enumerable.Range(0, rows).Select(i => i % 2).ToArray();
            return new Anchor(lambda, new Samples(Matrix.Create(rows, 2, (i, row) =>
            {
                var (angle, radius) = ((categories[i] == 0 ? 3 : -3) * lambda + 0.25 * random.NextNormal(), 1 + 0.05 * random.NextNormal());
                (row[0], row[1]) = ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
            }), Contexts.Of(categories, 2)));
        }));
        var surrogate = KrigedSurrogate.Fit(Turning(1, 300, 0, 0.25, 0.5, 0.75, 1));
        Assert.False(surrogate.Options.Coupling.TrainMaps);
        var start = Turning(2, 300, 0)[0].Samples;
        foreach (var lambda in new[] { 0.4, 0.75, 1 })
        {
            var truth = Turning(3, 300, lambda)[0].Samples;
            Assert.InRange(OutputDistance.Squared(new Samples(surrogate.Transport(start, 0, lambda), start.Contexts), truth), 0, 0.03);
        }
    }

    private const double KrigingVariantFloor = 1.01e-8;

    [Fact]
    public void A_row_that_diverged_is_set_aside_and_told_and_leaves_the_others_as_they_were()
    {
        var anchors = Smooth(5);
        var outputs = anchors[2].Samples.Outputs;
        var bad = new Anchor(anchors[2].Lambda, new Samples(Matrix.Create(outputs.Rows, outputs.Columns, (i, row) =>
        {
            outputs.Row(i).CopyTo(row);
            row[0] = i == 7 ? 1e20f : row[0];
        }), anchors[2].Samples.Contexts));
        var diverged = new AnchorSet(anchors.Hyperparameter, anchors.Select((anchor, k) => k == 2 ? bad : anchor));
        var surrogate = KrigedSurrogate.Fit(diverged, s_noMaps);
        Assert.Contains(surrogate.Notes, note => note.Contains("row 7", StringComparison.Ordinal) && note.Contains("set aside", StringComparison.Ordinal));
        Assert.Equal(KrigedSurrogate.Fit(anchors, s_noMaps).Report.Length, surrogate.Report.Length, 0.1);
        Assert.InRange(Error(surrogate, anchors, 0.4), 0, 0.05);
        Assert.StartsWith("kriging", SurrogateChoice.Fit(diverged, s_noMaps).Report.Chosen, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_two_anchors_outputs_go_straight()
    {
        var two = new AnchorSet(Problems.Unit, Smooth(5).Where(anchor => anchor.Lambda is 0 or 1));
        var surrogate = KrigedSurrogate.Fit(two, s_noMaps);
        var contexts = two[0].Samples.Contexts;
        var got = surrogate.Sample(0.3, contexts).Samples.Outputs;
        Assert.All(Enumerable.Range(0, contexts.Count), i => Assert.Equal(0.7 * two[0].Samples.Outputs[i, 0] + 0.3 * two[1].Samples.Outputs[i, 0], got[i, 0], 1e-5));
        Assert.True(surrogate.Estimate(0.3, contexts, samples => samples.Outputs[0, 0]).StandardError > 0);
    }

    [Fact]
    public void Beyond_the_anchors_it_extrapolates_says_so_and_widens_its_intervals()
    {
        var anchors = Problems.Deterministic(Problems.Unit, [0.2, 0.4, 0.6, 0.8], 60, 1, s_smooth);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        var contexts = anchors[0].Samples.Contexts;
        double Width(double lambda) => surrogate.Estimate(lambda, contexts, Mean) is var e ? e.High - e.Low : 0;
        Assert.True(surrogate.IsExtrapolated(1) && surrogate.IsExtrapolated(0) && !surrogate.IsExtrapolated(0.8) && !surrogate.IsExtrapolated(0.5));
        Assert.True(Width(1) > 2 * Width(0.7));
        Assert.Contains(surrogate.Notes, note => note.Contains("extrapolated", StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Sample(1.01, contexts));
        var inside = surrogate.Estimate(1, contexts, Mean);
        Assert.InRange(Mean(Problems.Answer(contexts, 1, s_smooth)), inside.Low, inside.High);

        static double Mean(Samples samples) => Enumerable.Range(0, samples.Count).Average(i => (double)samples.Outputs[i, 0]);
    }

    [Fact]
    public void Intervals_hold_the_truth_about_as_often_as_they_say()
    {
        // Two paths drawn from the law that kriging assumes, mixed into six rows: as many independent outputs as the pooled likelihood counts with.
        int held = 0, asked = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new RandomStreams(seed).Stream("paths");
            var count = 5 + seed % 3;
            var length = 0.3 + 0.7 * random.NextDouble();
            double[] lambdas = [.. Enumerable.Range(0, count).Select(k => k / (count - 1.0)), 0.11, 0.37, 0.57, 0.92];
            double[][] paths = [Path(lambdas, length, random), Path(lambdas, length, random)];
            var mixing = Enumerable.Range(0, 12).Select(_ => random.NextNormal()).ToArray();
            double Row(int i, int k) => mixing[2 * i] * paths[0][k] + mixing[2 * i + 1] * paths[1][k];
            var contexts = Problems.Conditions(6, 2);
            var surrogate = KrigedSurrogate.Fit(
                new AnchorSet(Problems.Unit, Enumerable.Range(0, count).Select(k => new Anchor(lambdas[k], new Samples(Matrix.Create(6, 1, (i, row) => row[0] = (float)Row(i, k)), contexts)))), s_noMaps);
            for (var q = count; q < lambdas.Length; q++)
            {
                foreach (var i in new[] { 0, 3 })
                {
                    var estimate = surrogate.Estimate(lambdas[q], contexts, samples => samples.Outputs[i, 0]);
                    asked++;
                    held += Row(i, q) >= estimate.Low && Row(i, q) <= estimate.High ? 1 : 0;
                }
            }
        }

        Assert.InRange(held / (double)asked, 0.8, 0.98);
    }

    private static double[] Path(double[] lambdas, double length, RandomStream random)
    {
        var n = lambdas.Length;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i * n + j] = KrigingKernel.Matern52.Correlation(Math.Abs(lambdas[i] - lambdas[j]) / length) + (i == j ? 1e-9 : 0);
            }
        }

        var path = new double[n];
        CholeskyFactor.Of(matrix, n).Multiply([.. Enumerable.Range(0, n).Select(_ => random.NextNormal())], path);
        return path;
    }

    [Fact]
    public void An_estimate_at_an_anchor_is_certain_and_repeats_itself()
    {
        var anchors = Smooth(4);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        static double First(Samples samples) => samples.Outputs[0, 0];
        var estimate = surrogate.Estimate(anchors[1].Lambda, anchors[0].Samples.Contexts, First);
        Assert.Equal(anchors[1].Samples.Outputs[0, 0], estimate.Value, 1e-6);
        Assert.InRange(estimate.StandardError, 0, 1e-6);
        Assert.Equal(surrogate.Estimate(0.4, anchors[0].Samples.Contexts, First), surrogate.Estimate(0.4, anchors[0].Samples.Contexts, First));
        Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Estimate(0.4, anchors[0].Samples.Contexts, First, level: 1));
        Assert.Throws<InvalidOperationException>(() => surrogate.Estimate(0.4, anchors[0].Samples.Contexts, _ => double.NaN));
    }

    [Fact]
    public void A_surrogate_that_grows_by_an_anchor_is_nearly_that_of_all_of_them()
    {
        var all = Smooth(6);
        var grown = KrigedSurrogate.Fit(new AnchorSet(all.Hyperparameter, all.Where((_, k) => k != 2)), s_noMaps).Extend(all);
        var whole = KrigedSurrogate.Fit(all, s_noMaps);
        Assert.Equal(all.Lambdas, grown.Anchors);
        Assert.Equal(whole.Report.Length, grown.Report.Length, 0.1);
        Assert.InRange(Error(grown, all, 0.3), 0, 1.5 * Error(whole, all, 0.3) + 1e-6);
        Assert.InRange(Error(grown, all, all[2].Lambda), 0, 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_file_gives_back_the_same_surrogate_to_the_last_bit(bool draws)
    {
        using var folder = new TemporaryFolder();
        var anchors = draws ? Problems.Moving([0, 0.2, 0.4, 0.6, 1], lambda => lambda) : Smooth(4);
        var surrogate = KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = new() { MapSteps = 20 } });
        surrogate.Save(folder.File("m.hti"));
        var loaded = KrigedSurrogate.Load(folder.File("m.hti"));
        var contexts = anchors[0].Samples.Contexts;
        Assert.Equal(surrogate.Sample(0.3, contexts).Samples.Outputs.Values.ToArray(), loaded.Sample(0.3, contexts).Samples.Outputs.Values.ToArray());
        Assert.Equal(surrogate.Transport(anchors[0].Samples, 0, 0.7).Values.ToArray(), loaded.Transport(anchors[0].Samples, 0, 0.7).Values.ToArray());
        static double First(Samples samples) => samples.Outputs[0, 0];
        Assert.Equal(surrogate.Estimate(0.3, contexts, First), loaded.Estimate(0.3, contexts, First));
        Assert.Equal(surrogate.Options, loaded.Options);
        Assert.Equal(surrogate.Report.Notes, loaded.Report.Notes);
        Assert.IsType<KrigedSurrogate>(SurrogateFile.Load(folder.File("m.hti")));
        Assert.Contains("a kriged model", Assert.Throws<DataFormatException>(() => TrajectorySurrogate.Load(folder.File("m.hti"))).Message, StringComparison.Ordinal);
        TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false }).Save(folder.File("t.hti"));
        Assert.IsType<TrajectorySurrogate>(SurrogateFile.Load(folder.File("t.hti")));
        Assert.Contains("trajectories", Assert.Throws<DataFormatException>(() => KrigedSurrogate.Load(folder.File("t.hti"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_contradict_kriging_are_all_named_in_one_message()
    {
        var fault = Assert.Throws<ArgumentException>(() => KrigedSurrogate.Fit(Smooth(3), new KrigingOptions
        {
            Coupling = new() { Method = Method.Linear, Potential = PotentialKind.Density, Clock = ClockKind.Learned },
            Kind = OutputKind.Interval,
        }));
        Assert.All(["Method is Linear", "Potential is Density", "Clock is Learned", "Kind is Interval"], part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Reads_from_many_threads_are_those_of_one()
    {
        var anchors = Smooth(5);
        var surrogate = KrigedSurrogate.Fit(anchors, s_noMaps);
        var contexts = anchors[0].Samples.Contexts;
        static double First(Samples samples) => samples.Outputs[0, 0];
        var found = new FunctionalEstimate[16];
        Parallel.For(0, found.Length, i => found[i] = surrogate.Estimate(0.33, contexts, First));
        var alone = KrigedSurrogate.Fit(anchors, s_noMaps).Estimate(0.33, contexts, First);
        Assert.All(found, estimate => Assert.Equal(alone, estimate));
    }

    private sealed class Now(Action<FitProgress> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value);
    }
}
