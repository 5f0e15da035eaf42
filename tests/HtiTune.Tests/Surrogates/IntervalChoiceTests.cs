using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates;

/// <summary>What a fit chooses for each interval by itself.</summary>
public class IntervalChoiceTests
{
    private static readonly TrajectoryOptions StoredOnly = new() { TrainMaps = false };

    [Fact]
    public void Only_intervals_beside_an_anchor_that_gains_follow_the_clock()
    {
        // Nothing moves before 0.6; from there on with the odds, all but a little of the way beyond 0.8.
        static double Leap(double lambda) => lambda < 0.6 ? 0 : (lambda - 0.6) * 0.02 / (1.001 - lambda);
        var report = TrajectorySurrogate.Fit(Problems.Moving([0, 0.2, 0.4, 0.6, 0.8, 1], Leap), StoredOnly).Report;
        Assert.InRange(report.ClockShift, -7, -2);
        Assert.Equal([false, false, false, true, true], report.ClockIntervals);
        Assert.All(TrajectorySurrogate.Fit(Problems.Moving([0, 0.2, 0.4, 0.6, 0.8, 1], Leap), StoredOnly with { Clock = ClockKind.Learned }).Report.ClockIntervals, Assert.True);
    }

    [Fact]
    public void Paths_are_bent_only_where_straight_ones_leave_the_samples()
    {
        // A quarter turn on an arc, then no move at all: middles of the chords lie inside the arc, where no sample is.
        var random = new RandomStreams(1).Stream("arc");
        var anchors = new AnchorSet(Problems.Unit, new[] { (0.0, 0.0), (0.5, 2.0), (1.0, 2.0) }.Select(a => new Anchor(a.Item1, new Samples(
            Matrix.Create(150, 2, (_, row) =>
            {
                var (angle, radius) = (a.Item2 + 0.5 * random.NextNormal(), 1 + 0.03 * random.NextNormal());
                (row[0], row[1]) = ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
            }),
            Contexts.None(150)))));
        var auto = TrajectorySurrogate.Fit(anchors, StoredOnly);
        Assert.NotNull(auto.State.Bends[0]);
        Assert.Null(auto.State.Bends[1]);
        Assert.Equal(PotentialKind.Density, auto.Report.Potential);
        Assert.Equal(0, auto.Report.Bandwidths[1]);
        var forced = TrajectorySurrogate.Fit(anchors, StoredOnly with { Potential = PotentialKind.Density });
        Assert.NotNull(forced.State.Bends[1]);
    }

    [Fact]
    public void Nothing_is_bent_over_empty_ground_that_no_bend_leads_around()
    {
        // A cloud that moves by ten times its width: every way to the next anchor crosses the gap, and the exact law half way is known.
        var random = new RandomStreams(1).Stream("cloud");
        float[] spread = [.. Enumerable.Range(0, 2 * 60).Select(_ => 0.3f * (float)random.NextNormal())];
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 0.5, 1.0 }.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(60, 2, (i, row) => (row[0], row[1]) = ((float)(6 * lambda) + spread[2 * i], spread[2 * i + 1] - (float)(4 * lambda))),
            Contexts.None(60)))));
        var surrogate = TrajectorySurrogate.Fit(anchors, StoredOnly);
        Assert.Equal((null, null), (surrogate.State.Bends[0], surrogate.State.Bends[1]));
        Assert.Equal(PotentialKind.None, surrogate.Report.Potential);
        var middle = surrogate.Sample(0.25, Contexts.None(60)).Samples.Outputs;
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(1.5 + spread[2 * i], middle[i, 0], 1e-5);
            Assert.Equal(-1 + spread[2 * i + 1], middle[i, 1], 1e-5);
        }
    }
}
