using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class GaussianProcessTests
{
    [Fact]
    public void Agrees_with_scikit_learn()
    {
        var cases = 0;
        foreach (var one in Fixture.Cases("gp_sklearn.json"))
        {
            var gp = new GaussianProcess(
                one.Doubles("points"), one.Doubles("values"), one.GetProperty("lengthScale").GetDouble(),
                one.GetProperty("variance").GetDouble(), one.GetProperty("noise").GetDouble());
            var grid = one.Doubles("grid");
            var means = one.Doubles("mean");
            for (var i = 0; i < grid.Length; i++)
            {
                Assert.Equal(means[i], gp.MeanAt(grid[i]), 1e-8);
                for (var j = 0; j < grid.Length; j++)
                {
                    Assert.Equal(one.GetProperty("covariance")[i][j].GetDouble(), gp.CovarianceAt(grid[i], grid[j]), 1e-8);
                }
            }

            Assert.Equal(one.GetProperty("logMarginalLikelihood").GetDouble(), gp.LogMarginalLikelihood, 1e-8);
            Assert.Equal(0, gp.Jitter);
            cases++;
        }

        Assert.Equal(5, cases);
    }

    [Fact]
    public void Equal_points_without_noise_are_held_apart_by_a_reported_jitter()
    {
        var gp = new GaussianProcess([0.2, 0.5, 0.5, 0.9], [1, 3, 3, 2], 0.3);
        Assert.InRange(gp.Jitter, 1e-13, 1e-6);
        Assert.Equal(3, gp.MeanAt(0.5), 1e-4);
        Assert.True(gp.VarianceAt(0.5) < 1e-6);
    }

    [Fact]
    public void Far_from_all_points_it_returns_to_the_prior()
    {
        var gp = new GaussianProcess([0.1, 0.2], [5, 6], 0.05, variance: 4, mean: 2);
        Assert.Equal(2, gp.MeanAt(30), 1e-12);
        Assert.Equal(4, gp.VarianceAt(30), 1e-12);
    }

    [Fact]
    public void Refuses_what_it_cannot_use()
    {
        Assert.Throws<ArgumentException>(() => new GaussianProcess([], [], 1));
        Assert.Throws<ArgumentException>(() => new GaussianProcess([0], [0, 1], 1));
        Assert.Throws<ArgumentException>(() => new GaussianProcess([0], [double.NaN], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianProcess([0], [0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianProcess([0], [0], 1, noiseVariance: -1));
    }
}
