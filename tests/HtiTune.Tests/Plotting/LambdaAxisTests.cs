using HtiTune.Data;
using HtiTune.Plotting;

namespace HtiTune.Tests.Plotting;

/// <summary>Ticks: round, in the range, far enough apart to be read, on every scale.</summary>
public class LambdaAxisTests
{
    public static TheoryData<string, double, double> Ranges => new()
    {
        { "linear", 0.01, 0.99 },
        { "linear", -3, 1200 },
        { "log", 1e-5, 1 },
        { "log", 20, 90 },
        { "logit", 0.001, 0.999 },
        { "odds", 0, 0.99 },
        { "normal-quantile", 0.01, 0.99 },
        { "symlog", 0, 1 },
        { "symlog=1", -50, 2000 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Ticks_are_in_order_and_apart(string scale, double minimum, double maximum)
    {
        var hyperparameter = Hyperparameter.Continuous("x", minimum, maximum, Scale.Parse(scale));
        var places = LambdaAxis.Ticks(hyperparameter, gap: 0.09).Select(hyperparameter.ToUnit).ToList();
        Assert.InRange(places.Count, 3, 12);
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 0.09 - 1e-9));
    }

    [Fact]
    public void Ticks_are_round_on_a_linear_scale()
    {
        var quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99);
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], LambdaAxis.Ticks(quantile));
    }

    [Fact]
    public void Ticks_are_powers_of_ten_on_a_long_log_scale()
    {
        var rate = Hyperparameter.Continuous("rate", 1e-6, 1, Scale.Log);
        Assert.Equal(["1E-06", "1E-05", "0.0001", "0.001", "0.01", "0.1", "1"], LambdaAxis.Ticks(rate, gap: 0.12).Select(LambdaAxis.Text));
    }

    [Fact]
    public void Part_of_a_range_has_finer_ticks()
    {
        var quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99, Scale.NormalQuantile);
        var ticks = LambdaAxis.Ticks(quantile, quantile.ToUnit(0.7), quantile.ToUnit(0.9));
        Assert.True(ticks.Count >= 4);
        Assert.All(ticks, tick => Assert.InRange(tick, 0.7 - 1e-9, 0.9 + 1e-9));
    }
}
