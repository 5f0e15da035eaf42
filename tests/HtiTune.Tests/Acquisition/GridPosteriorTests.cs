using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class GridPosteriorTests
{
    private static readonly double[] Places = [0, 1, 0.5, 0.25, 0.75, 0.62, 0.12];
    private static readonly double[] Grid = [.. Enumerable.Range(0, 103).Select(i => i / 102.0)];

    private static double Truth(double u) => Math.Sin(9 * u) + u;

    private static BridgeProcess Process(double[] places, bool withSurrogate) => BridgeProcess.Fit(
        [.. places.Select((u, t) => new Observation(u, Truth(u), withSurrogate && t > 1 ? Truth(u) + 0.1 * Math.Cos(9 * t) : null))],
        withSurrogate ? u => u > 0.9 ? double.NaN : Truth(u) + 0.05 * u : null);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_points_at_once_are_each_point_alone(bool withSurrogate)
    {
        for (var n = 1; n <= Places.Length; n++)
        {
            var process = Process(Places[..n], withSurrogate);
            var posterior = process.OnGrid(Grid);
            for (var i = 0; i < Grid.Length; i++)
            {
                var alone = process.At(Grid[i]);
                Assert.Equal(alone.Mean, posterior.Means[i], 1e-9);
                Assert.Equal(alone.Mean, posterior[i].Mean, 1e-9);
                Assert.Equal(alone.Deviation, posterior[i].Deviation, 1e-6);
                Assert.Equal(alone.Quantile(0.9), posterior[i].Quantile(0.9), 1e-6);
            }
        }
    }

    [Fact]
    public void The_rough_improvement_ranks_as_the_exact_one_does()
    {
        var process = Process(Places, withSurrogate: true);
        var posterior = process.OnGrid(Grid);
        foreach (var best in new[] { process.BestMean, process.BestMean - 3, process.BestMean + 1e4 })
        {
            var rough = posterior.RoughLogExpectedImprovement(best);
            var exact = posterior.LogExpectedImprovement(best);
            for (var i = 0; i < Grid.Length; i++)
            {
                Assert.Equal(exact[i], rough[i], 2e-4);
            }
        }
    }

    [Fact]
    public void The_table_of_improvements_meets_the_exact_values_between_its_nodes()
    {
        foreach (var nu in new[] { 3.0, 7, 24, 62 })
        {
            var exact = new StudentT(nu);
            var table = new LogExcessTable(exact);
            for (var x = -15.0; x < 4; x += 0.0137)
            {
                Assert.Equal(exact.LogExcess(Math.Sinh(x)), table.LogExcess(Math.Sinh(x)), 1e-4);
            }
        }
    }
}
