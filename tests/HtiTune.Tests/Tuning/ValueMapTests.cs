using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

public class ValueMapTests
{
    private static readonly double[] Places = [0, 1, 0.5, 0.25, 0.75];

    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void Ordinary_values_are_shifted_and_scaled_by_a_power_of_two_alone(Goal goal)
    {
        double[] values = [3.1, -0.7, 5.2, 0.4, 2.9];
        var map = ValueMap.Of(goal, Known(values));
        var best = goal == Goal.Minimize ? -0.7 : 5.2;
        var sign = goal == Goal.Minimize ? -1 : 1;
        Assert.Equal(0, map.ExtremeCount);
        Assert.Equal(double.NegativeInfinity, map.GoodFloor);
        var scales = values.Where(v => v != best).Select(v => sign * (v - best) / map.ToModel(v)).Distinct().ToList();
        Assert.Equal(Math.ScaleB(1, Math.ILogB(scales[0])), Assert.Single(scales));
        Assert.All(values, v => Assert.Equal(v, map.ToObjective(map.ToModel(v)), 1e-15));
        Assert.InRange(values.Min(map.ToModel), -4, -0.5);
        Assert.Equal(0.25, map.ToAmount(map.FromAmount(0.25)));
    }

    [Fact]
    public void A_penalty_of_any_size_is_bad_and_no_more_and_comes_back_as_it_was()
    {
        foreach (var goal in Enum.GetValues<Goal>())
        {
            foreach (var penalty in (double[])[1e3, 1e6, 1e30, 1e200, 1e307, double.MaxValue])
            {
                for (var at = 0; at < Places.Length; at++)
                {
                    double[] good = [0.31, 0.02, 0.29, 0.17, 0.4];
                    var sign = goal == Goal.Minimize ? 1 : -1;
                    double[] values = [.. good.Select((v, i) => sign * (i == at ? penalty : v))];
                    var map = ValueMap.Of(goal, Known(values));
                    Assert.Equal(1, map.ExtremeCount);
                    Assert.True(map.IsExtreme(values[at]));
                    Assert.True(map.ToModel(values[at]) < map.GoodFloor);
                    Assert.InRange(map.ToModel(values[at]), 4 * map.GoodFloor, map.GoodFloor);
                    Assert.All(values.Where((_, i) => i != at), v => Assert.False(map.IsExtreme(v)));
                    Assert.Equal(1, map.ToObjective(map.ToModel(values[at])) / values[at], 1e-9);
                    Assert.All(values.Where((_, i) => i != at), v => Assert.Equal(v, map.ToObjective(map.ToModel(v)), 1e-15));

                    // A belief beyond the worst that is known is no worse than that.
                    Assert.Equal(1, map.ToObjective(-1e6) / values[at], 1e-9);
                }
            }
        }
    }

    [Fact]
    public void Values_keep_their_order_wherever_they_lie_and_all_are_finite()
    {
        double[] probes =
        [
            -double.MaxValue, -1e300, -1e30, -1e3, -1, -1e-3, -1e-300, 0, 1e-300, 1e-3, 0.02, 0.4, 1, 10, 1e3, 1e4, 1e30, 1e300, double.MaxValue,
        ];
        foreach (var scale in (double[])[1e-300, 1e-200, 1e-20, 1, 1e100, 1e300])
        {
            foreach (var last in (double[])[0.4, 1e4, 1e300])
            {
                double[] values = [0.31 * scale, 0.02 * scale, 0.29 * scale, 0.17 * scale, last == 0.4 ? last * scale : last * Math.Min(scale, 1e7)];
                var map = ValueMap.Of(Goal.Minimize, Known(values));
                double[] mapped = [.. probes.Select(map.ToModel)];
                Assert.All(mapped, x => Assert.True(Math.Abs(x) < 1e8, $"{x}"));
                Assert.Equal(mapped.OrderDescending(), mapped);
                Assert.All(probes, p => Assert.True(double.IsFinite(map.LogSlope(p)) && double.IsFinite(map.VarianceFrom(1, p))));
                foreach (var x in (double[])[-1e9, -1e3, -3, -1, 0, 1, 1e3, 1e9])
                {
                    Assert.True(double.IsFinite(map.ToObjective(x)) && double.IsFinite(map.ToAmount(x)));
                }
            }
        }
    }

    [Fact]
    public void Powers_of_two_change_no_bit_and_equal_values_are_told()
    {
        double[] values = [0.31, 0.02, 1e9, 0.17, 0.4];
        var map = ValueMap.Of(Goal.Minimize, Known(values));
        foreach (var exponent in (int[])[-900, -40, 3, 800])
        {
            var other = ValueMap.Of(Goal.Minimize, Known([.. values.Select(v => Math.ScaleB(v, exponent))]));
            Assert.All(values, v => Assert.Equal(map.ToModel(v), other.ToModel(Math.ScaleB(v, exponent))));
        }

        // What differs in the last places is equal.
        foreach (var value in (double[])[0.5, -3e-300, 1e300, 0.1 + 0.2])
        {
            var constant = ValueMap.Of(Goal.Maximize, Known([value, value, Math.BitIncrement(value)]));
            Assert.True(constant.IsConstant);
            Assert.InRange(constant.ToModel(value), -1e-10, 0);
        }

        Assert.True(ValueMap.Of(Goal.Minimize, Known([double.MaxValue, double.MaxValue])).IsConstant);
        Assert.True(ValueMap.Of(Goal.Minimize, Known([0, 0])).IsConstant);
        Assert.False(ValueMap.Of(Goal.Minimize, Known([0.5])).IsConstant);
    }

    [Fact]
    public void What_crowds_near_the_optimum_does_not_make_the_rest_extreme()
    {
        // A parabola that was searched: nine of twelve trainings within a hundredth of the range.
        double[] places = [0, 1, 0.5, .. Enumerable.Range(0, 9).Select(i => 0.296 + 0.001 * i)];
        var map = ValueMap.Of(Goal.Minimize, [.. places.Select(u => (u, (u - 0.3) * (u - 0.3)))]);
        Assert.Equal(0, map.ExtremeCount);

        // With three λ known, two close values are chance; a penalty on most of the range is one when enough was good.
        Assert.Equal(0, ValueMap.Of(Goal.Minimize, [(0, 0.30), (1, 9), (0.5, 0.31)]).ExtremeCount);
        (double, double)[] most = [(0, 0.1), (0.05, 0.2), (0.1, 0.15), (0.15, 0.3), (0.2, 1e8), (0.5, 1e8), (0.75, 1e8), (1, 1e8)];
        Assert.Equal(4, ValueMap.Of(Goal.Minimize, most).ExtremeCount);
    }

    private static (double, double)[] Known(double[] values) => [.. values.Select((v, i) => (Places[i], v))];
}
