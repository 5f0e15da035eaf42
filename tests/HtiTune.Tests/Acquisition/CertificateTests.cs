using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

public class CertificateTests
{
    private static BridgeProcess Process(int count, Func<double, double>? surrogate = null)
    {
        double[] places = [0, 1, 0.5, 0.25, 0.75, 0.4, 0.1, 0.9, 0.6, 0.33];
        return BridgeProcess.Fit([.. places.Take(count).Select((u, t) => new Observation(u, Truth(u), t > 1 && surrogate != null ? surrogate(u) : null))], surrogate);
    }

    private static double Truth(double u) => -(u - 0.37) * (u - 0.37);

    private static double[] Grid(int count) => [.. Enumerable.Range(0, count).Select(i => i / (count - 1.0))];

    private static RandomStream Stream(string name) => new RandomStreams(5).Stream(name);

    [Fact]
    public void Joint_draws_have_the_marginals_of_the_posterior()
    {
        var posterior = Process(4).OnGrid(Grid(21));
        const int draws = 20000;
        var values = new List<double>[21];
        for (var i = 0; i < 21; i++)
        {
            values[i] = [];
        }

        posterior.Draw(draws, Stream("draws"), path =>
        {
            for (var i = 0; i < path.Length; i++)
            {
                values[i].Add(path[i]);
            }
        });
        foreach (var i in new[] { 2, 7, 13, 19 })
        {
            Assert.Equal(draws, values[i].Count);
            foreach (var p in new[] { 0.1, 0.5, 0.9 })
            {
                var quantile = posterior[i].Quantile(p);
                Assert.Equal(p, values[i].Count(v => v <= quantile) / (double)draws, 0.015);
            }
        }
    }

    [Fact]
    public void Joint_draws_have_the_covariance_of_the_posterior()
    {
        // One component, no level to speak of: the exact covariance is (k − k*K⁻¹k*) b/(a − 1).
        var options = BridgeOptions.Plain with
        {
            LengthScaleCount = 1,
            ShortestLengthScale = 0.3,
            LongestLengthScale = 0.3,
            NoiseRatios = [0.01],
            NoiseRatioWeights = [1],
            LevelDeviation = 1e-6,
            VarianceShape = 10,
            ValueScale = 1,
        };
        List<Observation> observations = [new(0.1, 1), new(0.8, 1)];
        var process = BridgeProcess.Fit(observations, null, options);
        var gp = new GaussianProcess([0.1, 0.8], [1, 1], 0.3, 1, 0.01);
        var scale = 10.0 / (11 - 1);                 // all errors are 0, so b stays a₀ s₀², and a = a₀ + 1
        double cross = 0, square = 0, meanA = 0, meanB = 0;
        const int draws = 40000;
        process.OnGrid([0.3, 0.45]).Draw(draws, Stream("covariance"), path =>
        {
            cross += path[0] * path[1];
            square += path[0] * path[0];
            meanA += path[0];
            meanB += path[1];
        });
        var covariance = cross / draws - meanA * meanB / draws / draws;
        Assert.Equal(scale * gp.CovarianceAt(0.3, 0.45), covariance, 0.02 * scale * gp.VarianceAt(0.3) + 0.005);
        Assert.Equal(scale * gp.VarianceAt(0.3), square / draws - meanA * meanA / draws / draws, 0.02);
    }

    [Fact]
    public void A_known_optimum_is_certified_and_an_unknown_one_is_not()
    {
        var grid = Grid(129);
        var known = Process(10, Truth).OnGrid(grid);
        var best = known.Means.Select((m, i) => (m, i)).Max().i;
        var certificate = Certificate.Evaluate(known, best, null, 0.05, Stream("known"));
        Assert.True(certificate.Holds, certificate.ToString());
        Assert.True(certificate.RegretQuantile <= certificate.Epsilon);
        var worst = Certificate.Evaluate(known, 128, null, 0.05, Stream("known"));
        Assert.False(worst.Holds);
        Assert.Equal(Truth(0.37) - Truth(1), worst.RegretQuantile, 0.05);

        var early = Process(3).OnGrid(grid);
        Assert.False(Certificate.Evaluate(early, early.Means.Select((m, i) => (m, i)).Max().i, null, 0.05, Stream("early")).Holds);
    }

    [Fact]
    public void The_same_stream_gives_the_same_certificate()
    {
        var posterior = Process(5).OnGrid(Grid(65));
        Assert.Equal(
            Certificate.Evaluate(posterior, 24, 0.01, 0.05, Stream("same"), 512),
            Certificate.Evaluate(posterior, 24, 0.01, 0.05, Stream("same"), 512));
    }

    [Fact]
    public void Confidence_bounds_agree_with_scipy()
    {
        foreach (var row in Fixture.Rows("clopper_pearson.csv"))
        {
            Assert.Equal(1, Certificate.LowerConfidenceBound((int)row[0], (int)row[1], row[2]) / row[3], 1e-9);
        }

        Assert.Equal(0, Certificate.LowerConfidenceBound(0, 10, 0.01));
        Assert.Equal(Math.Pow(0.01, 0.1), Certificate.LowerConfidenceBound(10, 10, 0.01), 1e-15);
    }

    [Fact]
    public void Gamma_numbers_have_their_mean_and_variance()
    {
        var stream = Stream("gamma");
        double sum = 0, square = 0;
        const int draws = 100_000;
        for (var i = 0; i < draws; i++)
        {
            var x = stream.NextGamma(3.5);
            sum += x;
            square += x * x;
        }

        Assert.Equal(3.5, sum / draws, 0.03);
        Assert.Equal(3.5, square / draws - sum * sum / draws / draws, 0.1);
    }
}
