using HtiTune.Data;
using HtiTune.Surrogates;
using TorchSharp;

namespace HtiTune.Tests.Surrogates;

[Collection(Alone.Name)]
public class TrajectorySurrogateTests
{
    private static readonly TrajectoryOptions Quick = new() { MapSteps = 60, PathSteps = 60, HiddenWidth = 16 };
    private static readonly TrajectoryOptions StoredOnly = Quick with { TrainMaps = false };

    [Fact]
    public void Outputs_linear_in_lambda_are_exact_at_every_lambda()
    {
        var anchors = Problems.Linear([0, 0.4, 1]);
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        Assert.Equal(CouplingKind.ByContext, surrogate.Report.Coupling);
        Assert.True(surrogate.Report.Deterministic);
        foreach (var lambda in (double[])[0.1, 0.39, 0.41, 0.77])
        {
            var truth = Problems.Linear([lambda])[0].Samples.Outputs;
            var got = surrogate.Sample(lambda, anchors[0].Samples.Contexts);
            Assert.Equal(SampleSource.StoredOutputs, got.Source);
            for (var i = 0; i < truth.Rows; i++)
            {
                Assert.Equal(truth[i, 0], got.Samples.Outputs[i, 0], 1e-5);
                Assert.Equal(truth[i, 1], got.Samples.Outputs[i, 1], 1e-5);
            }
        }
    }

    [Fact]
    public void A_late_clock_is_learned_from_the_middle_anchor()
    {
        // Everything moves with the odds of λ: at 0.45 a hundredth of the way is done.
        static double[] Formula(double lambda, double[] x)
        {
            var odds = lambda * 0.98 / (1 - lambda * 0.98) / 49;
            return [x[0] + odds * (3 + x[1]), x[1] - odds * x[0]];
        }

        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.45, 1], 80, 2, Formula);
        var learned = TrajectorySurrogate.Fit(anchors, StoredOnly);
        var constant = TrajectorySurrogate.Fit(anchors, StoredOnly with { Clock = ClockKind.Constant });
        Assert.Equal(Math.Log(0.02), learned.Report.ClockShift, 0.15);
        var truth = Problems.Answer(anchors[0].Samples.Contexts, 0.9, Formula).Outputs;
        Assert.True(Error(learned) < 0.05 * Error(constant), $"{Error(learned)} against {Error(constant)}");

        double Error(TrajectorySurrogate surrogate) => MeanSquare(truth, surrogate.Sample(0.9, anchors[0].Samples.Contexts).Samples.Outputs);
    }

    [Fact]
    public void Draws_learn_the_clock_too()
    {
        static double Late(double lambda) => lambda * 0.95 / (1 - lambda * 0.95) / 19;
        var anchors = Problems.Moving([0, 0.5, 1], Late);
        var report = TrajectorySurrogate.Fit(anchors, StoredOnly).Report;
        Assert.Equal(CouplingKind.ByCategory, report.Coupling);
        Assert.Equal(Math.Log(0.05), report.ClockShift, 0.8);
    }

    [Fact]
    public void Stored_contexts_meet_every_anchor_to_the_last_digits()
    {
        foreach (var anchors in (AnchorSet[])[Problems.Linear([0, 0.3, 0.6, 1]), Problems.Moving([0, 0.3, 0.6, 1], v => v)])
        {
            var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
            foreach (var anchor in anchors)
            {
                var got = surrogate.Sample(anchor.Lambda, anchor.Samples.Contexts).Samples;
                Assert.Equal(Sorted(anchor.Samples.Outputs), Sorted(got.Outputs));
            }
        }

        // The set of outputs at an anchor, whatever its order, to six digits.
        static double[] Sorted(Matrix outputs) => [.. outputs.Values.ToArray().Select(v => Math.Round(v, 4)).Order()];
    }

    [Fact]
    public void Any_functional_is_continuous_in_lambda()
    {
        var anchors = Problems.Moving([0, 0.3, 1], v => v * v);
        var contexts = anchors[0].Samples.Contexts;
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        foreach (var functional in (Func<Matrix, double>[])
            [m => m.Values.ToArray().Average(), m => m.Values.ToArray().Max(), m => m.Values.ToArray().Count(v => v > 0.5f) / 240.0])
        {
            // A count moves by one sample at a time; its resolution is 1/240.
            Assert.InRange(LargestStep(functional, 400), 0, 0.75 * LargestStep(functional, 200) + 1.5 / 240);
        }

        double LargestStep(Func<Matrix, double> functional, int steps)
        {
            var values = Enumerable.Range(0, steps + 1).Select(i => functional(surrogate.Sample((double)i / steps, contexts).Samples.Outputs)).ToArray();
            return values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)).Max();
        }
    }

    [Fact]
    public void Transport_follows_the_network_on_rows_it_has_not_seen()
    {
        var anchors = Problems.Linear([0, 0.5, 1], rows: 300);
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { MapSteps = 400 });
        var fresh = Problems.Linear([0, 0.25, 0.5, 0.75, 1], rows: 100, seed: 99);
        var variance = MeanSquare(fresh[4].Samples.Outputs, fresh[0].Samples.Outputs);
        foreach (var to in (int[])[1, 2, 3, 4])
        {
            var moved = surrogate.Transport(fresh[0].Samples, 0, fresh[to].Lambda);
            Assert.InRange(MeanSquare(fresh[to].Samples.Outputs, moved), 0, 0.01 * variance);
        }

        // Backwards, from the middle to both sides, and to where the rows are already.
        Assert.InRange(MeanSquare(fresh[1].Samples.Outputs, surrogate.Transport(fresh[4].Samples, 1, 0.25)), 0, 0.01 * variance);
        Assert.InRange(MeanSquare(fresh[0].Samples.Outputs, surrogate.Transport(fresh[2].Samples, 0.5, 0)), 0, 0.01 * variance);
        Assert.InRange(MeanSquare(fresh[2].Samples.Outputs, surrogate.Transport(fresh[2].Samples, 0.5, 0.5)), 0, 1e-10);

        // Contexts that were never stored: by the networks where they are at hand, by regression where not.
        var contexts = fresh[0].Samples.Contexts;
        var asked = surrogate.Sample(0.75, contexts, (lambda, x) => Problems.Linear([lambda], 100, seed: 99)[0].Samples.Outputs);
        Assert.Equal(SampleSource.AnchorNetworks, asked.Source);
        Assert.InRange(MeanSquare(fresh[3].Samples.Outputs, asked.Samples.Outputs), 0, 1e-8);
        var guessed = surrogate.Sample(0.75, contexts);
        Assert.Equal(SampleSource.ConditionalSampler, guessed.Source);
        Assert.InRange(MeanSquare(fresh[3].Samples.Outputs, guessed.Samples.Outputs), 0, 0.05 * variance);
    }

    [Fact]
    public void Draws_within_a_context_are_coupled_within_it()
    {
        // Two contexts, five draws each, far apart: no draw may cross over.
        var contexts = new Contexts(Matrix.Create(10, 1, (i, row) => row[0] = i / 5));
        var random = new RandomStreams(1).Stream("draws");
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 1.0 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(10, 1, (i, row) => row[0] = (float)((i < 5 ? -10 : 10) * (1 + lambda) + random.NextNormal())), contexts))));
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        Assert.Equal(CouplingKind.ByContext, surrogate.Report.Coupling);
        Assert.False(surrogate.Report.Deterministic);
        var half = surrogate.Sample(0.5, contexts).Samples.Outputs;
        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(half[i, 0] * (i < 5 ? -1 : 1), 12, 18);
        }
    }

    [Theory]
    [InlineData(PotentialKind.Density)]
    [InlineData(PotentialKind.None)]
    public void A_model_file_gives_back_the_same_surrogate_to_the_last_bit(PotentialKind potential)
    {
        using var folder = new Data.TemporaryFolder();
        var anchors = Problems.Moving([0, 0.5, 1], v => v);
        var saved = TrajectorySurrogate.Fit(anchors, Quick with { Potential = potential, Bounds = [new(-4, 4), new(-2, 3)] });
        saved.Save(folder.File("m.hti"));
        var loaded = TrajectorySurrogate.Load(folder.File("m.hti"));
        var rows = anchors[0].Samples;
        foreach (var lambda in (double[])[0, 0.2, 0.5, 0.9, 1])
        {
            Assert.True(saved.Transport(rows, 0, lambda).SameAs(loaded.Transport(rows, 0, lambda)));
            Assert.True(saved.Sample(lambda, rows.Contexts).Samples.Outputs.SameAs(loaded.Sample(lambda, rows.Contexts).Samples.Outputs));
        }

        Assert.Equal(saved.Hyperparameter, loaded.Hyperparameter);
        Assert.Equal(saved.Report.Notes, loaded.Report.Notes);
        Assert.Equal(saved.Options with { Bounds = null }, loaded.Options with { Bounds = null });
        Assert.Equal(saved.Options.Bounds, loaded.Options.Bounds);
        loaded.Save(folder.File("again.hti"));
        Assert.Equal(File.ReadAllBytes(folder.File("m.hti")), File.ReadAllBytes(folder.File("again.hti")));
    }

    [Fact]
    public void One_seed_gives_one_surrogate_whatever_the_number_of_threads()
    {
        TorchRuntime.EnsureLoaded();
        using var folder = new Data.TemporaryFolder();
        var anchors = Problems.Moving([0, 0.5, 1], v => v);
        var threads = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            TrajectorySurrogate.Fit(anchors, Quick).Save(folder.File("one.hti"));
            torch.set_num_threads(2);
            torch.manual_seed(12345);
            TrajectorySurrogate.Fit(anchors, Quick).Save(folder.File("two.hti"));
            Assert.Equal(2, torch.get_num_threads());
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        TrajectorySurrogate.Fit(anchors, Quick with { Seed = 2 }).Save(folder.File("other.hti"));
        Assert.Equal(File.ReadAllBytes(folder.File("one.hti")), File.ReadAllBytes(folder.File("two.hti")));
        Assert.NotEqual(File.ReadAllBytes(folder.File("one.hti")), File.ReadAllBytes(folder.File("other.hti")));
    }

    [Fact]
    public void Fifty_fits_leave_no_tensor_behind()
    {
        TorchRuntime.EnsureLoaded();
        var anchors = Problems.Moving([0, 1], v => v, rows: 20);
        var few = Quick with { MapSteps = 3, PathSteps = 3, HiddenWidth = 4 };
        TrajectorySurrogate.Fit(anchors, few);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var i = 0; i < 50; i++)
        {
            TrajectorySurrogate.Fit(anchors, few);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_fit_that_is_cancelled_ends_and_leaves_no_tensor_behind()
    {
        TorchRuntime.EnsureLoaded();
        var anchors = Problems.Moving([0, 1], v => v, rows: 40);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using var source = new CancellationTokenSource();
        var progress = new Now(report =>
        {
            if (report.Stage == "maps")
            {
                source.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() =>
            TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { MapSteps = 1_000_000 }, progress, source.Token));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void One_dimension_two_anchors_and_unequal_counts_are_served()
    {
        var random = new RandomStreams(1).Stream("draws");
        var anchors = new AnchorSet(Problems.Unit, new[] { (0.0, 50), (1.0, 31) }.Select(a => new Anchor(a.Item1, new Samples(
            Matrix.Create(a.Item2, 1, (_, row) => row[0] = (float)(4 * a.Item1 + random.NextNormal())), Contexts.None(a.Item2)))));
        var surrogate = TrajectorySurrogate.Fit(anchors, Quick);
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("third anchor", StringComparison.Ordinal));
        var half = surrogate.Sample(0.5, Contexts.None(200)).Samples.Outputs.Values.ToArray();
        Assert.Equal(2, half.Average(), 0.5);
        Assert.Equal(200, half.Length);
    }

    [Fact]
    public void Identical_anchors_stay_where_they_are()
    {
        var one = Problems.Moving([0], _ => 1)[0].Samples;
        var anchors = new AnchorSet(Problems.Unit, [new(0, one), new(0.5, one), new(1, one)]);
        var surrogate = TrajectorySurrogate.Fit(anchors, Quick);
        Assert.InRange(MeanSquare(one.Outputs, surrogate.Transport(one, 0, 0.7)), 0, 1e-3);
        Assert.InRange(MeanSquare(one.Outputs, surrogate.Transport(one, 1, 0)), 0, 1e-3);
    }

    [Fact]
    public void Wrong_questions_get_clear_answers()
    {
        var anchors = Problems.Moving([0.1, 0.5, 0.9], v => v);
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        var rows = anchors[0].Samples;
        Assert.Contains("does not extrapolate", Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Sample(0.95, rows.Contexts)).Message);
        Assert.Contains(
            "Contexts have 0 conditions and 0 categories; the surrogate was fitted on 0 and 2",
            Assert.Throws<ArgumentException>(() => surrogate.Sample(0.5, Contexts.None(3))).Message);
        Assert.Contains("anchors are at 0.1, 0.5, 0.9", Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.Transport(rows, 0.2, 0.5)).Message);
        Assert.Contains("without maps", Assert.Throws<InvalidOperationException>(() => surrogate.Transport(rows, 0.1, 0.5)).Message);
        Assert.Contains("at least 2 anchors", Assert.Throws<ArgumentException>(() => TrajectorySurrogate.Fit(Problems.Linear([0.5]))).Message);
        var faults = Assert.Throws<ArgumentException>(() =>
            TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { MapSteps = 0, HiddenWidth = 1, Bounds = [new(1, 0)] })).Message;
        Assert.Contains("MapSteps is 0", faults);
        Assert.Contains("HiddenWidth is 1", faults);
        Assert.Contains("Bounds[0] is 1..0", faults);
        var missing = new AnchorSet(Problems.Unit, [anchors[0], new(0.5, new Samples(rows.Outputs, Contexts.Of(new int[rows.Count], 2)))]);
        Assert.Contains("Category 1 has samples at some anchors but none at lambda = 0.5", Assert.Throws<ArgumentException>(() => TrajectorySurrogate.Fit(missing, StoredOnly)).Message);
    }

    [Fact]
    public void Damaged_model_files_are_refused_with_their_place()
    {
        using var folder = new Data.TemporaryFolder();
        var path = folder.File("m.hti");
        TrajectorySurrogate.Fit(Problems.Linear([0, 1]), StoredOnly).Save(path);
        var good = File.ReadAllBytes(path);
        var random = new RandomStreams(1).Stream("damage");
        for (var i = 0; i < 100; i++)
        {
            var bad = (byte[])good.Clone();
            bad[random.NextInt(bad.Length)] ^= (byte)(1 << random.NextInt(8));
            Refused(bad);
            Refused(good[..random.NextInt(good.Length)]);
        }

        Refused([.. good, 0]);
        Refused([]);
        Refused("PK\u0003\u0004 and more of another kind of file, long enough to hold a header"u8.ToArray());

        void Refused(byte[] bytes)
        {
            File.WriteAllBytes(path, bytes);
            var problem = Assert.Throws<DataFormatException>(() => TrajectorySurrogate.Load(path));
            Assert.StartsWith(path, problem.Message, StringComparison.Ordinal);
            Assert.StartsWith("byte ", problem.Position, StringComparison.Ordinal);
        }
    }

    private static double MeanSquare(Matrix a, Matrix b)
    {
        double sum = 0;
        for (var i = 0; i < a.Values.Length; i++)
        {
            sum += Math.Pow(a.Values[i] - b.Values[i], 2);
        }

        return sum / a.Values.Length;
    }

    private sealed class Now(Action<FitProgress> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value);
    }
}
