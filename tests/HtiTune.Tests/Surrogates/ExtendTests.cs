using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Tests.Surrogates;

/// <summary>Incremental refits, fits without an anchor, and fits on several threads.</summary>
[Collection(Alone.Name)]
public class ExtendTests
{
    private static readonly TrajectoryOptions Quick = new() { MapSteps = 40, PathSteps = 40, HiddenWidth = 16, Potential = PotentialKind.Density };
    private static readonly double[] Four = [0, 0.3, 0.7, 1];

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void A_new_anchor_fits_two_intervals_and_leaves_all_other_weights_as_they_were(double added)
    {
        var all = Problems.Moving([.. Four.Append(added).Order()], v => v * v);
        var old = TrajectorySurrogate.Fit(new AnchorSet(Problems.Unit, all.Where(a => a.Lambda != added)), Quick);
        var grown = old.Extend(all);
        var kept = 0;
        for (var k = 0; k + 1 < all.Count; k++)
        {
            var before = Array.IndexOf(Four, all[k].Lambda);
            if (before < 0 || before + 1 >= Four.Length || Four[before + 1] != all[k + 1].Lambda)
            {
                Assert.DoesNotContain(old.State.Forward, network => SameWeights(network, grown.State.Forward[k]));
                continue;
            }

            kept++;
            Assert.True(SameWeights(old.State.Forward[before], grown.State.Forward[k]));
            Assert.True(SameWeights(old.State.Backward[before], grown.State.Backward[k]));
            Assert.True(SameWeights(old.State.Paths[before]!, grown.State.Paths[k]!));
            Assert.Equal(old.Report.Bandwidths[before], grown.Report.Bandwidths[k]);
            Assert.Equal(Bends(old, before), Bends(grown, k));
        }

        Assert.Equal(2, kept);
        Assert.Equal(old.State.Outputs.Deviations.ToArray(), grown.State.Outputs.Deviations.ToArray());

        // It meets every anchor, and a surrogate from a file is extended to the same one.
        using var folder = new Data.TemporaryFolder();
        old.Save(folder.File("old.hti"));
        grown.Save(folder.File("grown.hti"));
        TrajectorySurrogate.Load(folder.File("old.hti")).Extend(all).Save(folder.File("again.hti"));
        Assert.Equal(File.ReadAllBytes(folder.File("grown.hti")), File.ReadAllBytes(folder.File("again.hti")));
        foreach (var anchor in all)
        {
            var got = grown.Sample(anchor.Lambda, anchor.Samples.Contexts).Samples.Outputs.Values.ToArray().Order().ToArray();
            var truth = anchor.Samples.Outputs.Values.ToArray().Order().ToArray();
            Assert.All(got.Zip(truth), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        }
    }

    [Fact]
    public void Anchors_beyond_the_ends_and_of_other_sizes_can_be_added()
    {
        var hyperparameter = Hyperparameter.Continuous("lambda", -1, 2);
        var anchors = Problems.Moving([0, 0.5, 1], v => v).Select(a => new Anchor(a.Lambda, a.Samples)).ToList();
        var old = TrajectorySurrogate.Fit(new AnchorSet(hyperparameter, anchors), Quick);
        var more = Problems.Moving([1], v => 1.5 * v, rows: 170)[0].Samples;
        var grown = old.Extend(new AnchorSet(hyperparameter, [.. anchors, new Anchor(1.5, more)]));
        Assert.True(SameWeights(old.State.Forward[1], grown.State.Forward[1]));
        Assert.Equal(170, grown.State.Trajectories.Count);
        var mean = grown.Sample(1.25, more.Contexts).Samples.Outputs.SelectRows([.. Enumerable.Range(0, 85).Select(i => 2 * i)]).Values.ToArray()
            .Where((_, i) => i % 2 == 0).Average();
        Assert.Equal(3.75, mean, 0.3);
    }

    [Fact]
    public void Deterministic_outputs_keep_their_networks_too()
    {
        var all = Problems.Linear([0, 0.25, 0.5, 1]);
        var old = TrajectorySurrogate.Fit(new AnchorSet(Problems.Unit, all.Where(a => a.Lambda != 0.25)), Quick with { Potential = PotentialKind.Auto });
        var grown = old.Extend(all);
        Assert.True(SameWeights(old.State.Forward[1], grown.State.Forward[2]));
        Assert.True(SameWeights(old.State.Start!, grown.State.Start!));
        var truth = Problems.Linear([0.4])[0].Samples.Outputs;
        var got = grown.Sample(0.4, all[0].Samples.Contexts).Samples.Outputs;
        Assert.All(got.Values.ToArray().Zip(truth.Values.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
    }

    [Fact]
    public void Anchors_that_are_missing_or_others_are_refused()
    {
        var old = TrajectorySurrogate.Fit(Problems.Moving([0, 0.5, 1], v => v), Quick with { TrainMaps = false });
        var missing = Assert.Throws<ArgumentException>(() => old.Extend(Problems.Moving([0, 0.4, 1], v => v)));
        Assert.Contains("lambda = 0.5", missing.Message, StringComparison.Ordinal);
        var others = Assert.Throws<ArgumentException>(() => old.Extend(Problems.Moving([0, 0.5, 0.6, 1], v => v, seed: 2)));
        Assert.Contains("lambda = 0", others.Message, StringComparison.Ordinal);
        Assert.Contains("same rows", others.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leaving_an_anchor_out_knows_nothing_of_it(int left)
    {
        var clean = Problems.Moving([0, 0.2, 0.5, 0.7, 1], v => v * v);
        var poisoned = new AnchorSet(clean.Hyperparameter, clean.Select((anchor, k) => k == left ? Poisoned(anchor) : anchor));
        var options = Quick with { Metric = MetricKind.None };
        var expected = TrajectorySurrogate.Fit(new AnchorSet(clean.Hyperparameter, clean.Where((_, k) => k != left)), options with { TrainMaps = false });
        var cache = new CouplingCache();
        foreach (var anchors in (AnchorSet[])[poisoned, clean])
        {
            // The other interior anchors first: what they leave in the cache must not carry this one along.
            for (var i = 1; i < 4 && ReferenceEquals(anchors, clean); i++)
            {
                _ = LeaveOneOut.Fit(anchors, i, options, cache, CancellationToken.None);
            }

            var fold = LeaveOneOut.Fit(anchors, left, options, cache, CancellationToken.None);
            var contexts = anchors[0].Samples.Contexts;
            var got = fold.Sample(clean[left].Lambda, contexts).Samples.Outputs;
            Assert.True(got.SameAs(expected.Sample(clean[left].Lambda, contexts).Samples.Outputs));
            Assert.DoesNotContain(got.Values.ToArray(), float.IsNaN);
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_surrogate()
    {
        using var folder = new Data.TemporaryFolder();
        foreach (var anchors in (AnchorSet[])[Problems.Moving(Four, v => v), Problems.Linear(Four)])
        {
            foreach (var threads in (int[])[1, 2, 3])
            {
                TrajectorySurrogate.Fit(anchors, Quick with { Threads = threads, Metric = MetricKind.Fixed }).Save(folder.File($"{threads}.hti"));
            }

            Assert.Equal(File.ReadAllBytes(folder.File("1.hti")), File.ReadAllBytes(folder.File("2.hti")));
            Assert.Equal(File.ReadAllBytes(folder.File("1.hti")), File.ReadAllBytes(folder.File("3.hti")));
        }
    }

    [Fact]
    public void The_failure_of_a_piece_reaches_the_caller_as_it_was()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => InParallel.For(
            8, 2, i => throw (i == 0 ? new InvalidOperationException("first") : new NotSupportedException("later")), CancellationToken.None));
        Assert.Equal("first", failure.Message);
        using var source = new CancellationTokenSource();
        var ran = 0;
        Assert.Throws<OperationCanceledException>(() => InParallel.For(
            1000,
            2,
            _ =>
            {
                Interlocked.Increment(ref ran);
                source.Cancel();
            },
            source.Token));
        Assert.InRange(ran, 1, 2);
    }

    /// <summary>The anchor with NaN in place of every output, behind the back of the check that refuses it.</summary>
    private static Anchor Poisoned(Anchor anchor)
    {
        var values = anchor.Samples.Outputs.Values.ToArray();
        var poisoned = new Anchor(anchor.Lambda, new Samples(new Matrix(anchor.Samples.Count, 2, values), anchor.Samples.Contexts));
        Array.Fill(values, float.NaN);
        return poisoned;
    }

    /// <summary>Bends by the rows that they join, in the order of the rows.</summary>
    private static float[] Bends(TrajectorySurrogate surrogate, int interval)
    {
        var (rows, bends) = (surrogate.State.Trajectories.Rows[interval], surrogate.State.Bends[interval]!);
        var size = bends.Length / rows.Length;
        return [.. Enumerable.Range(0, rows.Length).OrderBy(t => rows[t]).SelectMany(t => bends[(t * size)..((t + 1) * size)])];
    }

    private static bool SameWeights(FrozenNetwork a, FrozenNetwork b) =>
        a.Film.SequenceEqual(b.Film) && a.Linear.SequenceEqual(b.Linear)
        && a.Layers.Zip(b.Layers).All(pair => pair.First.Weights.SequenceEqual(pair.Second.Weights) && pair.First.Bias.SequenceEqual(pair.Second.Bias));
}
