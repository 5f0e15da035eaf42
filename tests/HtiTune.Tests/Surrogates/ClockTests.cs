using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Clock;

namespace HtiTune.Tests.Surrogates;

public class ClockTests
{
    [Fact]
    public void A_shift_holds_the_odds_of_a_range_exactly()
    {
        // On [0, m], odds λ/(1 − λ) relative to those at m: u·(1 − m)/(1 − u·m), λ = u·m.
        const double m = 0.99;
        var clock = new LogitShiftClock(Math.Log(1 - m));
        Gen.Double[0, 1].Sample(u =>
        {
            var odds = u * m / (1 - u * m) / (m / (1 - m));
            Assert.Equal(odds, clock.Warp(u), 1e-12);
        });
    }

    [Fact]
    public void Warp_is_monotone_and_shifts_add() =>
        Gen.Select(Gen.Double[-7, 7], Gen.Double[-3, 3], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((shift, more, a, b) =>
        {
            var clock = new LogitShiftClock(shift);
            var (low, high) = a < b ? (a, b) : (b, a);
            Assert.InRange(clock.Warp(low), 0, clock.Warp(high));
            Assert.InRange(clock.Warp(high), 0, 1);
            var composed = new LogitShiftClock(shift + more).Warp(a);
            Assert.Equal(composed, new LogitShiftClock(more).Warp(clock.Warp(a)), 1e-9);
        });

    [Fact]
    public void Fraction_is_the_difference_quotient_of_the_warp() =>
        Gen.Select(Gen.Double[-6, 6], Gen.Double[0, 0.45], Gen.Double[0.55, 1], Gen.Double[0, 1]).Sample((shift, low, high, share) =>
        {
            var clock = new LogitShiftClock(shift);
            var u = low + share * (high - low);
            var quotient = (clock.Warp(u) - clock.Warp(low)) / (clock.Warp(high) - clock.Warp(low));
            Assert.Equal(quotient, clock.Fraction(u, low, high), 1e-9);
        });

    [Fact]
    public void No_shift_is_constant_speed() =>
        Gen.Double[0, 1].Sample(u => Assert.Equal(u, new LogitShiftClock(0).Warp(u), 1e-15));

    // Policies that a reward with a hinge has trained: nothing moves until λ is beyond the middle, then all does. The middle anchor is where the first one is,
    // which puts the clock at its bound: outputs would rest until λ is nearly 1, and err more than those that do not move at all.
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void A_middle_anchor_that_is_at_an_end_does_not_run_the_clock_to_its_bound(double scatter)
    {
        static double Way(double lambda) => Math.Clamp((lambda - 0.55) / 0.2, 0, 1);
        var anchors = Rows(scatter, 0, 0.5, 1);
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });
        Assert.Equal(0, surrogate.Report.ClockShift);
        var chosen = SurrogateChoice.Fit(anchors).Surrogate;
        double moved = 0, rested = 0;
        foreach (var lambda in (double[])[0.6, 0.7, 0.8, 0.9])
        {
            var truth = Rows(0, lambda)[0].Samples.Outputs;
            moved += Error(chosen.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs, truth);
            rested += Error(anchors[0].Samples.Outputs, truth);
        }

        Assert.InRange(moved, 0, 0.6 * rested);

        AnchorSet Rows(double noise, params double[] lambdas) => Problems.Deterministic(
            Problems.Unit,
            lambdas,
            60,
            1,
            (lambda, x) =>
            {
                var random = new RandomStreams((long)(1e6 * lambda)).Stream(FormattableString.Invariant($"{x[0]:R} {x[1]:R}"));
                return [Math.Sin(x[0]) + Way(lambda) * (1 + x[1]) + noise * random.NextNormal(), x[1] - 2 * Way(lambda) * x[0] + noise * random.NextNormal()];
            });

        static double Error(Matrix y, Matrix truth) => Enumerable.Range(0, y.Rows).Average(i => Enumerable.Range(0, y.Columns).Average(j => Math.Pow(y[i, j] - truth[i, j], 2)));
    }
}
