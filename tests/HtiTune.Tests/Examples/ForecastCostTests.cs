using HtiTune.Data;

namespace HtiTune.Tests.Examples;

/// <summary>Costs of the target-quantile example, by hand.</summary>
public class ForecastCostTests
{
    [Fact]
    public void Errors_cost_by_their_side()
    {
        var cost = new ForecastCost(Matrix.From(new double[,] { { 10, 10, 10 } }));
        // 2 too low at 4 each, 3 too high at 1 each, right.
        Assert.Equal((8 + 3 + 0) / 3.0, cost.Mean(Matrix.From(new double[,] { { 8, 13, 10 } }), under: 4, over: 1), 12);
    }

    [Fact]
    public void Worst_tenth_is_added()
    {
        var cost = new ForecastCost(Matrix.Create(20, 1, (_, row) => row[0] = 0));
        var forecasts = Matrix.Create(20, 1, (i, row) => row[0] = i); // costs 0 … 19 at 1 for each too high
        Assert.Equal(9.5 + 0.5 * 18.5, cost.MeanAndWorst(forecasts, under: 9, over: 1, penalty: 0.5), 12);
    }

    [Fact]
    public void Other_hours_are_refused() => Assert.Throws<ArgumentException>(
        () => new ForecastCost(Matrix.From(new double[,] { { 1, 2, 3 } })).Mean(Matrix.From(new double[,] { { 1, 2 } }), 1, 1));
}
