using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

public class CalibrationAlarmTests
{
    private static double AlarmShare(Func<int, RandomStream, double> missRate, int length, int runs, string name)
    {
        var raised = 0;
        for (var run = 0; run < runs; run++)
        {
            var stream = new RandomStreams(run).Stream(name);
            var alarm = new CalibrationAlarm();
            for (var t = 0; t < length && !alarm.IsRaised; t++)
            {
                alarm.Observe(stream.NextDouble() < missRate(alarm.Misses, stream));
            }

            raised += alarm.IsRaised ? 1 : 0;
        }

        return raised / (double)runs;
    }

    [Fact]
    public void False_alarms_are_at_most_one_in_twenty_however_long_it_watches()
    {
        // The bound is 5 %; three standard errors of 4,000 runs are 1 %.
        Assert.InRange(AlarmShare((_, _) => 0.1, 200, 4000, "calibrated"), 0.001, 0.05);
        Assert.InRange(AlarmShare((misses, _) => misses % 2 == 0 ? 0.1 : 0.02, 200, 4000, "dependent"), 0, 0.05);
    }

    [Fact]
    public void Intervals_that_miss_half_the_time_are_found_out_within_fifteen()
    {
        Assert.InRange(AlarmShare((_, _) => 0.5, 15, 4000, "half"), 0.8, 1);
        Assert.True(AlarmShare((_, _) => 0.3, 200, 500, "third") > 0.99);
    }

    [Fact]
    public void Evidence_is_the_mean_of_two_bets()
    {
        // q = 0.2 and 0.5 against α = 0.1: a miss multiplies by 2 and 5, a hit by 8/9 and 5/9.
        var alarm = new CalibrationAlarm();
        Assert.Equal(1, alarm.Evidence, 1e-12);
        alarm.Observe(true);
        Assert.Equal(3.5, alarm.Evidence, 1e-12);
        alarm.Observe(false);
        Assert.Equal(0.5 * (2 * 8 / 9.0 + 5 * 5 / 9.0), alarm.Evidence, 1e-12);
        alarm.Observe(true);
        Assert.Equal(0.5 * (4 * 8 / 9.0 + 25 * 5 / 9.0), alarm.Evidence, 1e-12);
        Assert.False(alarm.IsRaised);
        Assert.Equal((3, 2), (alarm.Count, alarm.Misses));
    }

    [Fact]
    public void Two_misses_in_a_row_are_chance_and_three_are_not()
    {
        var alarm = new CalibrationAlarm();
        alarm.Observe(true);
        Assert.False(alarm.Observe(true));
        Assert.Equal(14.5, alarm.Evidence, 1e-12);
        Assert.True(alarm.Observe(true));
        Assert.Equal(66.5, alarm.Evidence, 1e-12);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(alarm.Observe(false));
        }

        Assert.True(alarm.Evidence < 1);
        Assert.Equal(66.5, alarm.LargestEvidence, 1e-12);
        alarm.Restart();
        Assert.False(alarm.IsRaised);
        Assert.True(alarm.WasRaised);
        Assert.Equal(1, alarm.Evidence, 1e-12);
    }

    [Fact]
    public void A_fair_bet_neither_wins_nor_loses_on_average()
    {
        // Over all 2^12 sequences, weighted by their probability at a miss rate of α: E E_t = 1 exactly.
        double mean = 0;
        for (var bits = 0; bits < 1 << 12; bits++)
        {
            var alarm = new CalibrationAlarm(0.07, 0.01);
            double probability = 1;
            for (var t = 0; t < 12; t++)
            {
                var isMiss = (bits >> t & 1) == 1;
                probability *= isMiss ? 0.07 : 0.93;
                alarm.Observe(isMiss);
            }

            mean += probability * alarm.Evidence;
        }

        Assert.Equal(1, mean, 1e-10);
    }

    [Fact]
    public void Values_are_tested_against_the_central_interval_of_their_prediction()
    {
        var prediction = new StudentMixture([1.0], [2.0], [3.0], 9);
        var (low, high) = (prediction.Quantile(0.05), prediction.Quantile(0.95));
        var alarm = new CalibrationAlarm();
        alarm.Observe(prediction, low + 1e-6);
        alarm.Observe(prediction, high - 1e-6);
        Assert.Equal(0, alarm.Misses);
        alarm.Observe(prediction, low - 1e-6);
        alarm.Observe(prediction, high + 1e-6);
        Assert.Equal(2, alarm.Misses);
    }

    [Fact]
    public void Refuses_rates_that_leave_no_room_to_bet()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationAlarm(0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationAlarm(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationAlarm(0.1, 1));
    }
}
