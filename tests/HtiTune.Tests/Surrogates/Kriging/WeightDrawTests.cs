using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Draws of the outputs as random anchor weights, and of the parameters.</summary>
public class WeightDrawTests
{
    private static readonly KrigingCase s_case = KrigingCase.All.Single(c => c.Name == "d2 K8 warped random");

    [Fact]
    public void Draws_have_the_mean_and_the_covariance_that_kriging_states()
    {
        var kriging = s_case.AtTheta();
        double[] places = [0.2, 0.4, 0.3, 0.5, 0.9, 0.1, s_case.Places[0], s_case.Places[1]];
        var draws = new WeightDraws(kriging, places, withNugget: false);
        var random = new RandomStreams(1).Stream("draws");
        double[] weights = new double[4 * 8], opposite = new double[4 * 8], t = new double[8], other = new double[8];
        const int Count = 20000;
        var sums = new double[4, 4];
        for (var s = 0; s < Count; s++)
        {
            draws.Next(random, weights, opposite);
            for (var m = 0; m < 4; m++)
            {
                Assert.Equal(1, weights.AsSpan(m * 8, 8).ToArray().Sum(), 1e-6);
                for (var o = 0; o < 4; o++)
                {
                    sums[m, o] += Away(weights, m) * Away(weights, o) / Count;
                    Assert.Equal(-Away(weights, m), Away(opposite, m), 1e-6);
                }
            }
        }

        // τ² has the mean (K − 1)/(K − 3); the outputs' scale of a column is yᵀQy/(K − 1).
        var scale = Scale(kriging) * 7 / 5;
        for (var m = 0; m < 4; m++)
        {
            var level = kriging.Project(places.AsSpan(2 * m, 2), t).Level;
            for (var o = 0; o < 4; o++)
            {
                var otherLevel = kriging.Project(places.AsSpan(2 * o, 2), other).Level;
                var covariance = m == 3 || o == 3 ? 0
                    : kriging.Covariance(places.AsSpan(2 * m, 2), t, level, places.AsSpan(2 * o, 2), other, otherLevel);
                Assert.Equal(scale * covariance, sums[m, o], 0.06 * scale * Deviation(m) * Deviation(o) + 1e-15);
            }
        }

        double Deviation(int m) => m == 3 ? 0 : Math.Sqrt(kriging.Project(places.AsSpan(2 * m, 2), new double[8]).Variance);

        double Away(double[] a, int m) => s_case.Predict(a.AsSpan(m * 8, 8), 0) - s_case.Predict(draws.Mean(m), 0);
    }

    [Fact]
    public void A_draw_at_anchors_alone_is_their_outputs()
    {
        var draws = new WeightDraws(s_case.AtTheta(), s_case.Places[..4], withNugget: true);
        var weights = new double[2 * 8];
        draws.Next(new RandomStreams(1).Stream("draws"), weights, []);
        Assert.Equal([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], weights);
    }

    [Fact]
    public void A_walk_stays_in_the_bounds_repeats_itself_and_visits_what_the_likelihood_allows()
    {
        var kriging = s_case.Fitted();
        var states = HyperparameterWalk.From(kriging.Likelihood, kriging.Theta, new RandomStreams(4).Stream("walk"));
        var again = HyperparameterWalk.From(kriging.Likelihood, kriging.Theta, new RandomStreams(4).Stream("walk"));
        Assert.Equal(states, again);
        Assert.Equal(HyperparameterWalk.States, states.Length);
        var layout = kriging.Likelihood.Layout;
        Assert.All(states, theta => Assert.All(Enumerable.Range(0, theta.Length), i => Assert.InRange(theta[i], layout.Low[i], layout.High[i])));

        // Half of a χ² of so many numbers lies above the optimum: seldom more than three times their number.
        Assert.All(states, theta => Assert.InRange(kriging.Likelihood.Evaluate(theta, []) - kriging.Objective, -1e-3, 3 * theta.Length));
        Assert.True(states.Select(theta => theta[0]).Distinct().Count() >= 5);
    }

    [Theory]
    [InlineData(-5, 4, 0)]
    [InlineData(2, 3, 1)]
    [InlineData(-1, 1, 0.36)]
    public void The_minimiser_finds_the_least_value_inside_and_on_the_bounds(double low, double high, double expected)
    {
        // Rosenbrock's valley, with a third unknown that presses against its bound, and a box that may cut the minimum off.
        var found = BoxMinimiser.Minimise(
            (x, g) =>
            {
                var bent = x[1] - x[0] * x[0];
                g[0] = -400 * x[0] * bent - 2 * (1 - x[0]);
                g[1] = 200 * bent;
                g[2] = 1;
                return 100 * bent * bent + (1 - x[0]) * (1 - x[0]) + x[2];
            },
            [-1.2, 1, 0.5],
            [low, -5, -2],
            [high == 1 ? 0.4 : high, 5, 3],
            200);
        Assert.Equal(expected, found.Value + 2, 1e-5);
        Assert.Equal(-2, found.Point[2]);
    }

    [Fact]
    public void A_search_ends_before_its_next_evaluation_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var evaluations = 0;
        Assert.Throws<OperationCanceledException>(() => BoxMinimiser.Minimise(
            (x, g) =>
            {
                if (++evaluations == 3)
                {
                    source.Cancel();
                }

                g[0] = 4 * x[0] * x[0] * x[0];
                return x[0] * x[0] * x[0] * x[0];
            },
            [3],
            [-5],
            [5],
            200,
            cancellation: source.Token));
        Assert.Equal(3, evaluations);
    }

    private static double Scale(AnchorKriging kriging)
    {
        var y = Enumerable.Range(0, 8).Select(k => new[] { (float)s_case.Outputs[k * s_case.Columns] }).ToArray();
        return AnchorKriging.At(s_case.Places, 2, GramMatrix.Of(y), s_case.Variant, kriging.Theta.ToArray()).MeanScale();
    }
}
