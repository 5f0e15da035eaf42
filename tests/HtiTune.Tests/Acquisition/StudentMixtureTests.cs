using CsCheck;
using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class StudentMixtureTests
{
    private static readonly StudentMixture Mixture = new([0.2, 0.5, 0.3], [-1, 0.5, 4], [0.3, 1, 0.05], 7);

    [Fact]
    public void Moments_and_expected_improvement_agree_with_integration_of_the_density()
    {
        double whole = 0, mean = 0, second = 0, gain = 0;
        const double step = 2e-4;
        for (var x = -60.0; x < 60; x += step)
        {
            var p = Math.Exp(Mixture.LogDensity(x)) * step;
            whole += p;
            mean += p * x;
            second += p * x * x;
            gain += p * Math.Max(0, x - 2);
        }

        Assert.Equal(1, whole, 1e-6);
        Assert.Equal(Mixture.Mean, mean, 1e-5);
        Assert.Equal(Mixture.Variance, second - mean * mean, 1e-4);
        Assert.Equal(Mixture.LogExpectedImprovement(2), Math.Log(gain), 1e-5);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.95)]
    [InlineData(1 - 1e-6)]
    public void Quantiles_invert_the_distribution(double probability) =>
        Assert.Equal(probability, Mixture.Distribution(Mixture.Quantile(probability)), 1e-9);

    /// <summary>Spikes beside broad components, and tails: as at an anchor, where one length scale knows the value and another does not.</summary>
    [Fact]
    public void Quantiles_invert_the_distribution_of_any_mixture()
    {
        var component = Gen.Select(Gen.Double[0.001, 1], Gen.Double[-5, 5], Gen.Double[-8, 1], (weight, location, log) => (weight, location, Scale: Math.Pow(10, log)));
        Gen.Select(component.Array[1, 40], Gen.Double[-6, -0.31], Gen.Bool, Gen.Double[3, 30]).Sample((parts, log, isUpper, nu) =>
        {
            var whole = parts.Sum(part => part.weight);
            var mixture = new StudentMixture([.. parts.Select(part => part.weight / whole)], [.. parts.Select(part => part.location)], [.. parts.Select(part => part.Scale)], nu);
            var probability = isUpper ? 1 - Math.Pow(10, log) : Math.Pow(10, log);
            var quantile = mixture.Quantile(probability);

            // The place is right to a billionth of the deviation, over which a spike may rise by all its weight.
            var room = 2e-9 * mixture.Deviation;
            Assert.True(mixture.Distribution(quantile - room) <= probability + 1e-9 && mixture.Distribution(quantile + room) >= probability - 1e-9);
        });
    }

    [Fact]
    public void Quantiles_of_a_jump_lie_on_it()
    {
        var jump = new StudentMixture([0.5, 0.5], [1, 1], [0, 1e-9], 5);
        Assert.Equal(1, jump.Quantile(0.5), 1e-6);
    }

    [Fact]
    public void Improvement_is_ranked_where_it_underflows()
    {
        var near = new StudentMixture([1.0], [0], [1e-9], 40).LogExpectedImprovement(1);
        var far = new StudentMixture([1.0], [0], [1e-9], 40).LogExpectedImprovement(2);
        Assert.True(far < near && near < -700 && double.IsFinite(far));
    }

    [Fact]
    public void The_normal_score_is_the_normal_quantile_of_the_probability_below()
    {
        Assert.Equal(0, Mixture.NormalScore(Mixture.Quantile(0.5)), 1e-7);
        Assert.Equal(1.6448536269514722, Mixture.NormalScore(Mixture.Quantile(0.95)), 1e-6);
        Assert.True(double.IsFinite(Mixture.NormalScore(1e6)) && Mixture.NormalScore(-1e6) < -7);
    }
}
