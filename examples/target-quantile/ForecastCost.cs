using HtiTune.Data;

/// <summary>What wrong forecasts cost on held-out hours.</summary>
/// <param name="actual">What came true, shape [n, 3].</param>
/// <remarks>
/// An hour of load y with the forecast q costs u (y − q) if q was too low (power bought at short notice), o (q − y) if it was too high
/// (power paid for and not used). The expected cost is least where q is the u / (u + o) quantile: 0.8 for 4 : 1, 0.9 for 9 : 1.
/// </remarks>
internal sealed class ForecastCost(Matrix actual)
{
    /// <summary>Mean cost of an hour.</summary>
    /// <param name="forecasts">Forecasts of the same hours, shape [n, 3].</param>
    /// <param name="under">Cost u of each MW too low.</param>
    /// <param name="over">Cost o of each MW too high.</param>
    public double Mean(Matrix forecasts, double under, double over) => Hours(forecasts, under, over).Average();

    /// <summary>Mean cost of an hour, plus a share of the mean cost of the worst tenth of hours.</summary>
    /// <param name="forecasts">Forecasts of the same hours, shape [n, 3].</param>
    /// <param name="under">Cost u of each MW too low.</param>
    /// <param name="over">Cost o of each MW too high.</param>
    /// <param name="penalty">Weight of the worst tenth.</param>
    public double MeanAndWorst(Matrix forecasts, double under, double over, double penalty)
    {
        var costs = Hours(forecasts, under, over);
        Array.Sort(costs);
        return costs.Average() + penalty * costs.AsSpan(costs.Length * 9 / 10).ToArray().Average();
    }

    private double[] Hours(Matrix forecasts, double under, double over)
    {
        if (forecasts.Rows != actual.Rows || forecasts.Columns != actual.Columns)
        {
            throw new ArgumentException(
                $"Forecasts of shape [{forecasts.Rows}, {forecasts.Columns}] for hours of shape [{actual.Rows}, {actual.Columns}].",
                nameof(forecasts));
        }

        var costs = new double[actual.Values.Length];
        for (var i = 0; i < costs.Length; i++)
        {
            var error = (double)actual.Values[i] - forecasts.Values[i];
            costs[i] = error > 0 ? under * error : -over * error;
        }

        return costs;
    }
}
