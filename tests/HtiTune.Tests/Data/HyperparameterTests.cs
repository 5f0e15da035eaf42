using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class HyperparameterTests
{
    [Theory]
    [MemberData(nameof(ScaleTests.Ranges), MemberType = typeof(ScaleTests))]
    public void UnitAndBack(string name, double minimum, double maximum)
    {
        var hyperparameter = Hyperparameter.Continuous("λ", minimum, maximum, Scale.Parse(name));
        Assert.Equal((0, 1), (hyperparameter.ToUnit(minimum), hyperparameter.ToUnit(maximum)));
        Assert.Equal((minimum, maximum), (hyperparameter.FromUnit(0), hyperparameter.FromUnit(1)));
        Gen.Double[0, 1].Select(Gen.Double[minimum, maximum]).Sample((u, lambda) =>
        {
            Assert.InRange(Math.Abs(hyperparameter.ToUnit(hyperparameter.FromUnit(u)) - u), 0, 1e-11);
            Assert.InRange(Math.Abs(hyperparameter.FromUnit(hyperparameter.ToUnit(lambda)) - lambda), 0, 1e-12 * (maximum - minimum));
            Assert.True(hyperparameter.Contains(hyperparameter.FromUnit(u)));
        }, iter: 2000, threads: 1);
    }

    [Fact]
    public void UnitFollowsTheScale()
    {
        Assert.Equal(0.01, Hyperparameter.Continuous("rate", 1e-4, 1, Scale.Log).FromUnit(0.5), 1e-15);
        Assert.Equal(0.5, Hyperparameter.Continuous("quantile", 0.1, 0.9, Scale.NormalQuantile).FromUnit(0.5), 1e-15);
        Assert.Equal(0.75, Hyperparameter.Continuous("depth", -1, 3).ToUnit(2), 1e-15);
        Assert.Equal(0.5, Hyperparameter.Continuous("weight", 0, 0.8, Scale.Odds).ToUnit(2.0 / 3), 1e-15);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFallingWarpStillRisesInTheUnit(bool withInverse)
    {
        var warp = Scale.Warp("period", x => 1 / x, withInverse ? w => 1 / w : null);
        var hyperparameter = Hyperparameter.Continuous("frequency", 1, 4, warp);
        Assert.Equal(1.6, hyperparameter.FromUnit(0.5), 1e-14);
        Assert.Equal((0, 1), (hyperparameter.ToUnit(1), hyperparameter.ToUnit(4)));
        Gen.Double[0, 1].Sample(u => Math.Abs(hyperparameter.ToUnit(hyperparameter.FromUnit(u)) - u) < 1e-13, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData(-1e-10, 0.1)]
    [InlineData(1 + 1e-10, 0.9)]
    public void AnOverstepByRoundingCountsAsTheEnd(double u, double lambda) =>
        Assert.Equal(lambda, Hyperparameter.Continuous("λ", 0.1, 0.9).FromUnit(u));

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void RefusesAPlaceOutsideTheUnit(double u)
    {
        var hyperparameter = Hyperparameter.Continuous("λ", 0.1, 0.9);
        Assert.Contains("expected 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => hyperparameter.FromUnit(u)).Message);
    }

    [Theory]
    [InlineData(0.0999999)]
    [InlineData(0.91)]
    [InlineData(double.NaN)]
    public void RequireNamesValueRangeAndPlace(double lambda)
    {
        var hyperparameter = Hyperparameter.Continuous("quantile", 0.1, 0.9);
        Assert.False(hyperparameter.Contains(lambda));
        var message = Assert.Throws<ArgumentOutOfRangeException>(() => hyperparameter.Require(lambda, "anchor 3")).Message;
        Assert.StartsWith($"anchor 3: quantile = {lambda:R}; expected 0.1 to 0.9.", message);
        Assert.StartsWith("quantile = ", Assert.Throws<ArgumentOutOfRangeException>(() => hyperparameter.ToUnit(lambda)).Message);
        hyperparameter.Require(0.1);
        hyperparameter.Require(0.9);
    }

    [Theory]
    [InlineData("log", 0, 1, "the minimum 0, but the scale 'log' needs λ > 0")]
    [InlineData("logit", 0.5, 1, "the maximum 1, but the scale 'logit' needs 0 < λ < 1")]
    [InlineData("odds", -0.1, 0.5, "the minimum -0.1, but the scale 'odds' needs 0 ≤ λ < 1")]
    [InlineData("normal-quantile", 0, 0.5, "the minimum 0, but the scale 'normal-quantile' needs 0 < λ < 1")]
    [InlineData("linear", double.NaN, 1, "the minimum NaN")]
    [InlineData("linear", 0, double.PositiveInfinity, "the maximum ")]
    [InlineData("linear", 1, 1, "the range 1 to 1; expected a minimum below the maximum")]
    [InlineData("linear", 2, 1, "the range 2 to 1; expected a minimum below the maximum")]
    [InlineData("linear", -1.7e308, 1.7e308, "no usable width")]
    public void RefusesARangeThatTheScaleDoesNotCover(string scale, double minimum, double maximum, string message)
    {
        var fault = Assert.ThrowsAny<ArgumentException>(() => Hyperparameter.Continuous("rate", minimum, maximum, Scale.Parse(scale)));
        Assert.Contains("'rate'", fault.Message);
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public void RefusesAWarpThatIsNotMonotone()
    {
        AssertRefused(Scale.Warp("sine", Math.Sin), "not strictly monotone between λ = 1.5");
        AssertRefused(Scale.Warp("steps", Math.Floor), "not strictly monotone between λ = 0 and ");
        AssertRefused(Scale.Warp("flat", _ => 1), "no usable width");
        AssertRefused(Scale.Warp("pole", x => 1 / x), "the minimum 0, but the scale 'pole' needs finite w(λ)");
        AssertRefused(Scale.Warp("hole", x => x is > 1 and < 2 ? double.NaN : x), "not strictly monotone");

        static void AssertRefused(Scale warp, string message) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => Hyperparameter.Continuous("λ", 0, 3, warp)).Message);
    }

    [Fact]
    public void RefusesAnInverseThatDoesNotUndoTheWarp()
    {
        var warp = Scale.Warp("square", x => x * x, x => x / 2);
        var fault = Assert.Throws<ArgumentException>(() => Hyperparameter.Continuous("λ", 0, 3, warp));
        Assert.Contains("The inverse of the warp 'square' of 'λ' gives", fault.Message);
    }

    [Fact]
    public void RefusesAnEmptyName() => Assert.Throws<ArgumentException>(() => Hyperparameter.Continuous(" ", 0, 1));

    [Fact]
    public void IsEqualByDefinition()
    {
        var one = Hyperparameter.Continuous("rate", 0.1, 0.9, Scale.Log);
        Assert.Equal(one, Hyperparameter.Continuous("rate", 0.1, 0.9, Scale.Log));
        Assert.Equal(one.GetHashCode(), Hyperparameter.Continuous("rate", 0.1, 0.9, Scale.Log).GetHashCode());
        Assert.NotEqual(one, Hyperparameter.Continuous("rate", 0.1, 0.9));
        Assert.NotEqual(one, Hyperparameter.Continuous("rate", 0.1, 0.8, Scale.Log));
        Assert.NotEqual(one, Hyperparameter.Continuous("rate", 0.2, 0.9, Scale.Log));
        Assert.NotEqual(one, Hyperparameter.Continuous("pace", 0.1, 0.9, Scale.Log));
        Assert.Equal("rate in [0.1, 0.9], log", one.ToString());
    }
}
