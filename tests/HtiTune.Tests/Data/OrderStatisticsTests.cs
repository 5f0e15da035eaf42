using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class OrderStatisticsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 7.9)]
    [InlineData(1, 10)]
    public void A_quantile_is_linear_between_the_values_as_in_NumPy(double share, double expected) =>
        Assert.Equal(expected, OrderStatistics.Quantile([1, 2, 3, 10], share), 1e-12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1)]
    [InlineData(0.26, 2)]
    [InlineData(0.75, 3)]
    [InlineData(1, 10)]
    public void The_least_value_that_a_share_does_not_exceed_is_one_of_them(double share, double expected) =>
        Assert.Equal(expected, OrderStatistics.LeastReached([1, 2, 3, 10], share));

    [Fact]
    public void One_value_is_all_its_quantiles_and_none_has_no_quantile()
    {
        Assert.Equal(4, OrderStatistics.Quantile([4], 0.3));
        Assert.Throws<ArgumentException>(() => OrderStatistics.Quantile([], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => OrderStatistics.Quantile([1], 1.5));
    }
}
