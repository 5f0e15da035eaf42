using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Tests.Surrogates;

/// <summary>Self-tuning on families whose answer is known, and what becomes of its choice.</summary>
public class SelfTuningTests
{
    private static readonly TrajectoryOptions Quick = new() { SelfTune = true, MapSteps = 20, PathSteps = 20, HiddenWidth = 16 };

    // What is set stays: these leave the potential, the metric (in two dimensions or more) and the clock open.
    private static readonly TrajectoryOptions Narrow = Quick with
    {
        TrainMaps = false,
        Cost = CouplingCost.SquaredEuclidean,
        BandwidthFactor = 1.001,
        PotentialStrength = 29,
    };

    private static readonly double[] Five = [0, 0.2, 0.5, 0.7, 1];

    [Fact]
    public void On_an_arc_that_samples_fill_the_density_stays()
    {
        var tuned = TrajectorySurrogate.Fit(Line(Arc), Narrow);
        var stage = Stage(tuned, "potential");
        Assert.Equal("density", stage.Chosen);
        Assert.InRange(Candidate(stage, "straight paths").Score, 1.2, double.PositiveInfinity);
        Assert.Equal([0.2, 0.5, 0.7], tuned.Report.SelfTuning!.Folds);
    }

    [Fact]
    public void Where_samples_leap_over_empty_space_paths_are_straight()
    {
        // Clouds ten deviations apart, at even speed: a density hurries between them.
        var anchors = Line((lambda, a, _) => [30 * lambda + 0.3 * a]);
        var tuned = TrajectorySurrogate.Fit(anchors, Narrow);
        Assert.Equal((PotentialKind.None, false), (tuned.Report.Potential, tuned.Options.SelfTune));
        Assert.Equal(9, Mean(tuned), 0.3);
        var forced = TrajectorySurrogate.Fit(anchors, Narrow with { SelfTune = false, Potential = PotentialKind.Density });
        Assert.False(Math.Abs(Mean(forced) - 9) < 0.9, $"{Mean(forced)}");

        static double Mean(TrajectorySurrogate surrogate) => surrogate.Sample(0.3, surrogate.State.Contexts).Samples.Outputs.Values.ToArray().Average();
    }

    [Fact]
    public void Where_outputs_move_late_a_learned_clock_beats_constant_speed()
    {
        var late = TrajectorySurrogate.Fit(
            Problems.Deterministic(Problems.Unit, Five, 80, 1, (lambda, x) => [x[0] + 0.1 * lambda / (1.1 - lambda) * (1 + x[1] * x[1])]), Narrow);
        var stage = Assert.Single(late.Report.SelfTuning!.Stages);
        Assert.Equal("clock", stage.Name);
        Assert.Equal("as chosen", stage.Chosen);
        Assert.InRange(Candidate(stage, "constant").Score, 2, double.PositiveInfinity);
        Assert.Equal(1, Candidate(stage, "learned").Score, 1e-12);
        Assert.NotEqual(0, late.Report.ClockShift);
    }

    [Fact]
    public void With_two_anchors_the_defaults_stand()
    {
        var anchors = Problems.Moving([0, 1], v => v);
        var tuned = TrajectorySurrogate.Fit(anchors, Quick);
        Assert.Equal(Quick with { SelfTune = false }, tuned.Options);
        Assert.Empty(tuned.Report.SelfTuning!.Folds);
        Assert.Contains(tuned.Report.Notes, note => note.Contains("the defaults stand", StringComparison.Ordinal));
        var plain = TrajectorySurrogate.Fit(anchors, Quick with { SelfTune = false });
        Assert.Null(plain.Report.SelfTuning);
        Assert.True(tuned.Sample(0.4, anchors[0].Samples.Contexts).Samples.Outputs.SameAs(plain.Sample(0.4, anchors[0].Samples.Contexts).Samples.Outputs));
    }

    [Fact]
    public void An_anchor_that_the_clock_puts_beside_another_is_no_fold()
    {
        // At λ = 0.5 draws have gone 2 % of the way.
        var tuned = TrajectorySurrogate.Fit(Problems.Moving([0, 0.5, 1], v => 0.02 * v / (1.02 - v)), Quick with { TrainMaps = false });
        Assert.Empty(tuned.Report.SelfTuning!.Folds);
        Assert.Contains(tuned.Report.Notes, note => note.Contains("too near its neighbour", StringComparison.Ordinal));
    }

    [Fact]
    public void The_surrogate_is_that_of_the_options_it_chose_on_any_number_of_threads_and_from_a_file()
    {
        using var folder = new Data.TemporaryFolder();
        var anchors = Problems.Moving(Five, v => v, rows: 60);

        // Time stands still, for a busy machine would use up the budget of one of them.
        var timeless = Quick with { TimeProvider = new Steps(TimeSpan.Zero) };
        var tuned = TrajectorySurrogate.Fit(anchors, timeless with { Threads = 1 });
        TrajectorySurrogate.Fit(anchors, timeless with { Threads = 3 }).Save(folder.File("3.hti"));
        tuned.Save(folder.File("1.hti"));
        Assert.Equal(File.ReadAllBytes(folder.File("1.hti")), File.ReadAllBytes(folder.File("3.hti")));
        string[] stages = ["coupling cost", "potential", "metric", "bandwidth", "strength", "clock"];
        Assert.Equal(
            stages.Where(name => tuned.Options.Potential != PotentialKind.None || name is not ("bandwidth" or "strength")),
            tuned.Report.SelfTuning!.Stages.Select(stage => stage.Name));

        var plain = TrajectorySurrogate.Fit(anchors, tuned.Options);
        var rows = anchors[0].Samples;
        Assert.True(tuned.Transport(rows, 0, 0.6).SameAs(plain.Transport(rows, 0, 0.6)));

        var read = TrajectorySurrogate.Load(folder.File("1.hti"));
        Assert.Equivalent(tuned.Report.SelfTuning, read.Report.SelfTuning, strict: true);
        Assert.Equal(tuned.Options with { Threads = null, TimeProvider = TimeProvider.System }, read.Options);
        var more = read.Extend(new AnchorSet(anchors.Hyperparameter, anchors.Append(Problems.Moving([0.85], v => v, rows: 60)[0]).OrderBy(anchor => anchor.Lambda)));
        Assert.Equal(read.Options, more.Options);
        Assert.Same(read.Report.SelfTuning, more.Report.SelfTuning);
    }

    [Fact]
    public void What_is_set_is_not_chosen()
    {
        var set = Quick with
        {
            TrainMaps = false,
            Cost = CouplingCost.SquaredEuclidean,
            Potential = PotentialKind.Density,
            BandwidthFactor = 2,
            PotentialStrength = 10,
            Clock = ClockKind.Constant,
        };
        var anchors = Problems.Moving([0, 0.5, 1], v => v, rows: 30);
        Assert.Equal(["metric"], TrajectorySurrogate.Fit(anchors, set).Report.SelfTuning!.Stages.Select(stage => stage.Name));
    }

    [Fact]
    public void No_other_cost_is_tried_where_couplings_by_squared_distance_are_smooth_maps()
    {
        // A lattice that moves as it is: every row goes to its own image.
        var anchors = new AnchorSet(Problems.Unit, ((double[])[0, 0.5, 1]).Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(100, 2, (i, row) => (row[0], row[1]) = (i % 10 + 3 * (float)lambda, i / 10)), new Contexts(Matrix.Empty(100))))));
        var tuned = TrajectorySurrogate.Fit(
            anchors, Quick with { TrainMaps = false, Potential = PotentialKind.None, Clock = ClockKind.Constant });
        var stage = Stage(tuned, "coupling cost");
        Assert.Equal("as chosen: squared Euclidean", stage.Chosen);
        var fermat = Assert.Single(stage.Candidates, candidate => candidate.Name == "Fermat");
        Assert.Contains("smooth maps", fermat.Excluded, StringComparison.Ordinal);
        Assert.True(double.IsNaN(fermat.Score));
    }

    [Fact]
    public void A_budget_that_is_used_up_leaves_the_best_so_far()
    {
        var anchors = Line(Arc);
        var none = TrajectorySurrogate.Fit(anchors, Narrow with { SelfTuneBudget = TimeSpan.FromTicks(1), TimeProvider = new Steps(TimeSpan.FromSeconds(1)) });
        Assert.Equal((false, 1.0), (none.Report.SelfTuning!.Completed, none.Report.SelfTuning.Score));
        Assert.Empty(none.Report.SelfTuning.Stages);
        Assert.Equal(PotentialKind.Auto, none.Options.Potential);
        Assert.Contains(none.Report.Notes, note => note.Contains("budget", StringComparison.Ordinal));

        // A second each time it is asked for: three folds of the default, and two of the first candidate.
        var some = TrajectorySurrogate.Fit(
            anchors, Narrow with { Threads = 1, SelfTuneBudget = TimeSpan.FromSeconds(5.5), TimeProvider = new Steps(TimeSpan.FromSeconds(1)) });
        Assert.False(some.Report.SelfTuning!.Completed);
        Assert.All(some.Report.SelfTuning.Stages, stage => Assert.Equal(stage.Candidates[0].Name, stage.Chosen));
        Assert.Equal([false, false, true], Candidate(Stage(some, "potential"), "straight paths").FoldScores.Select(double.IsNaN));
        Assert.Contains(some.Report.Notes, note => note.Contains("used up its budget of 5.5 s", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fit_that_is_cancelled_ends()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => TrajectorySurrogate.Fit(Problems.Moving(Five, v => v, rows: 30), Quick, new Canceller(source), source.Token));
    }

    [Theory]
    [InlineData(new double[0], new double[0], false)]
    [InlineData(new[] { 0.91 }, new[] { 0.0 }, false)]
    [InlineData(new[] { 0.89 }, new[] { 0.0 }, true)]
    [InlineData(new[] { 0.89 }, new[] { 0.04 }, false)]
    [InlineData(new[] { 0.7, 1.01 }, new[] { 0.0, 0 }, false)]
    [InlineData(new[] { 0.93, 0.93, 0.93 }, new[] { 0.0, 0, 0 }, true)]
    [InlineData(new[] { 0.96, 0.96, 0.96 }, new[] { 0.0, 0, 0 }, false)]
    [InlineData(new[] { 0.2, 1.01, 1.01 }, new[] { 0.0, 0, 0 }, false)]
    [InlineData(new[] { 0.9, 0.9, 0.9, 0.9 }, new[] { 0.06, 0.06, 0.06, 0.06 }, true)]
    [InlineData(new[] { 0.9, 0.9, 0.9, 0.9 }, new[] { 0.07, 0.07, 0.07, 0.07 }, false)]
    public void The_default_is_left_only_for_a_clear_gain(double[] shares, double[] errors, bool expected) =>
        Assert.Equal(expected, SelfTuner.IsClearGain([.. shares.Zip(errors)]));

    [Theory]
    [InlineData(new double[0], new int[0])]
    [InlineData(new[] { 0.5 }, new[] { 1 })]
    [InlineData(new[] { 0.05, 0.95, 0.1 }, new[] { 3 })]
    [InlineData(new[] { 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 }, new[] { 2, 4, 6, 8, 10 })]
    public void Folds_are_spread_over_the_anchors_that_can_tell(double[] shares, int[] expected) => Assert.Equal(expected, SelfTuner.FoldsOf(shares));

    [Fact]
    public void Options_without_sense_are_refused_in_one_message()
    {
        var wrong = new TrajectoryOptions { SelfTune = true, Method = Method.Linear, Coupling = CouplingKind.Dual, SelfTuneBudget = TimeSpan.Zero };
        var message = Assert.Throws<ArgumentException>(() => TrajectorySurrogate.Fit(Problems.Linear([0, 1]), wrong)).Message;
        Assert.Contains("the method Linear has nothing to choose", message, StringComparison.Ordinal);
        Assert.Contains("dual coupling", message, StringComparison.Ordinal);
        Assert.Contains("SelfTuneBudget is 00:00:00; expected a positive time", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TrajectoryOptions { SelfTuneBudget = TimeSpan.FromDays(2) }.Validate(null));
    }

    /// <summary>Draws made from two standard normal variables, without conditions.</summary>
    private static AnchorSet Line(Func<double, double, double, double[]> law) => new(Problems.Unit, Five.Select(lambda =>
    {
        var random = new RandomStreams(5).Fork($"{lambda}").Stream("draws");
        return new Anchor(lambda, new Samples(
            Matrix.Create(150, law(0, 0, 0).Length, (_, row) =>
                Array.ConvertAll(law(lambda, random.NextNormal(), random.NextNormal()), v => (float)v).CopyTo(row)),
            new Contexts(Matrix.Empty(150))));
    }));

    /// <summary>Half a circle from angle 0 to π, with a spread of 0.45 in angle and 0.05 in radius.</summary>
    private static double[] Arc(double lambda, double a, double b)
    {
        var (sin, cos) = Math.SinCos(Math.PI * lambda + 0.45 * a);
        return [(1 + 0.05 * b) * cos, (1 + 0.05 * b) * sin];
    }

    private static SelfTuningStage Stage(TrajectorySurrogate surrogate, string name) =>
        Assert.Single(surrogate.Report.SelfTuning!.Stages, stage => stage.Name == name);

    private static SelfTuningCandidate Candidate(SelfTuningStage stage, string name) => Assert.Single(stage.Candidates, candidate => candidate.Name == name);

    /// <summary>A time that moves on by a step each time it is asked for, with timers that never ring.</summary>
    private sealed class Steps(TimeSpan step) : TimeProvider
    {
        private long _asked;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Increment(ref _asked) * step.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancels at the first stage.</summary>
    private sealed class Canceller(CancellationTokenSource source) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => source.Cancel();
    }
}
