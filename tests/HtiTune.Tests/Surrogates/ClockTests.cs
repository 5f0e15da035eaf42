using CsCheck;
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
}
