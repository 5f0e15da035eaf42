using HtiTune.Data;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Tests.Surrogates;

/// <summary>The score of self-tuning against closed forms: for normal laws of deviation s and 1, E|X − Y| = sqrt(2(s² + 1)/π).</summary>
public class EnergyDistanceTests
{
    [Fact]
    public void Score_of_two_points_each_is_that_found_by_hand()
    {
        // E|X − Y| = (0 + 2 + 1 + 1)/4 = 1, E|X − X'| = 1, E|Y − Y'| = 2: 2·1 − 1 − 2 + (½ + ½)·2.
        Assert.Equal(1, EnergyDistance.Of([0, 1], [0, 2], 1).Score, 1e-12);

        // In the plane: rows (0, 0) and (3, 4) are 5 apart.
        Assert.Equal(10, EnergyDistance.Of([0, 0], [3, 4], 2).Score, 1e-12);
    }

    [Theory]
    [InlineData(0.5, 5)]
    [InlineData(1, 2)]
    [InlineData(1, 5)]
    [InlineData(2, 5)]
    public void Small_samples_are_scored_without_bias(double deviation, int rows)
    {
        const int repeats = 20_000;
        var random = new RandomStreams(1).Stream("draws");
        var scores = Enumerable.Range(0, repeats).Select(_ => EnergyDistance.Of(Draws(random, rows, deviation), Draws(random, rows, 1), 1).Score).ToArray();
        var expected = 2 * Mean(deviation, 1) - Mean(deviation, deviation) - Mean(1, 1) + 2.0 / rows * Mean(1, 1);
        var mean = scores.Average();
        var error = Math.Sqrt(scores.Sum(score => (score - mean) * (score - mean))) / repeats;
        Assert.Equal(expected, mean, 4 * error);

        static double Mean(double s, double t) => Math.Sqrt(2 * (s * s + t * t) / Math.PI);
    }

    [Fact]
    public void Influences_give_the_variance_of_a_difference()
    {
        const int repeats = 400, rows = 100;
        var random = new RandomStreams(2).Stream("draws");
        double variance = 0;
        var differences = new double[repeats];
        for (var r = 0; r < repeats; r++)
        {
            // Two candidates that move the same rows: one is right, the other half a deviation off and too narrow.
            float[] x = Draws(random, rows, 1), y = Draws(random, rows, 1);
            var first = EnergyDistance.Of(x, y, 1);
            var second = EnergyDistance.Of(Array.ConvertAll(x, v => 0.5f + 0.7f * v), y, 1);
            differences[r] = second.Score - first.Score;
            variance += second.Influence.Zip(first.Influence, (a, b) => (a - b) * (a - b)).Sum() / repeats;
        }

        var mean = differences.Average();
        var seen = differences.Sum(d => (d - mean) * (d - mean)) / (repeats - 1);

        // The relative standard error of a variance from 400 differences is sqrt(2/400) = 7 %.
        Assert.InRange(variance / seen, 0.75, 1.3);
    }

    [Fact]
    public void Many_rows_are_scored_on_an_even_subset()
    {
        var rows = Enumerable.Range(0, 3 * EnergyDistance.MostRows).Select(i => (float)i).ToArray();
        Assert.Equal(
            EnergyDistance.Of(rows.Where((_, i) => i % 3 == 0).ToArray(), [5, 6], 1).Score, EnergyDistance.Of(rows, [5, 6], 1).Score, 1e-9);
    }

    [Fact]
    public void An_empty_sample_has_no_score() => Assert.True(double.IsNaN(EnergyDistance.Of([], [1, 2], 1).Score));

    private static float[] Draws(RandomStream random, int rows, double deviation) =>
        [.. Enumerable.Range(0, rows).Select(_ => (float)(deviation * random.NextNormal()))];
}
