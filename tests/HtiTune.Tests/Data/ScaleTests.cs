using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class ScaleTests
{
    public static TheoryData<string, double, double> Ranges => new()
    {
        { "linear", -5, 1e6 },
        { "log", 1e-8, 1e4 },
        { "logit", 1e-6, 1 - 1e-6 },
        { "odds", 0, 0.999 },
        { "normal-quantile", 1e-6, 1 - 1e-6 },
        { "symlog=1e-5", 0, 1 },
        { "symlog=0.1", -300, 2000 },
    };

    [Fact]
    public void TheNormalQuantileAgreesWithRecordedFigures() => AssertNormal("quantile", 31, Scale.NormalQuantile.Forward);

    [Fact]
    public void TheNormalDistributionAgreesWithRecordedFigures() => AssertNormal("cumulative", 27, Scale.NormalQuantile.Inverse);

    [Fact]
    public void TheNormalScaleEndsWhereTheDistributionDoes()
    {
        Assert.Equal(double.NegativeInfinity, Scale.NormalQuantile.Forward(0));
        Assert.Equal(double.PositiveInfinity, Scale.NormalQuantile.Forward(1));
        Assert.True(double.IsNaN(Scale.NormalQuantile.Forward(-0.1)) && double.IsNaN(Scale.NormalQuantile.Forward(double.NaN)));
        Assert.Equal(0, Scale.NormalQuantile.Inverse(double.NegativeInfinity));
        Assert.Equal(1, Scale.NormalQuantile.Inverse(double.PositiveInfinity));
        Assert.True(double.IsNaN(Scale.NormalQuantile.Inverse(double.NaN)));
        Assert.Equal(0, Scale.NormalQuantile.Forward(0.5));
        Assert.Equal(0.5, Scale.NormalQuantile.Inverse(0));
    }

    [Fact]
    public void TheNormalDistributionIsContinuousWhereItsApproximationsMeet()
    {
        foreach (var z in new[] { 0.66291, Math.Sqrt(32) })
        {
            var (below, above) = (Scale.NormalQuantile.Inverse(-z), Scale.NormalQuantile.Inverse(-Math.BitIncrement(z)));

            // One step of z alone changes Φ(−z) by z times the spacing, here up to 5e-15 relative.
            Assert.InRange(Math.Abs(above / below - 1), 0, 1e-14);
        }
    }

    [Theory]
    [InlineData("log")]
    [InlineData("logit")]
    [InlineData("odds")]
    public void TheOtherScalesAgreeWithRecordedFigures(string name)
    {
        var rows = DataFixture.Rows("scales.csv").Where(row => row.Name == name).ToArray();
        Assert.Equal(12, rows.Length);
        foreach (var (_, lambda, w) in rows)
        {
            AssertRelative(w, Scale.Parse(name).Forward(lambda), 4e-16, $"{name} at {lambda:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void EveryScaleRisesAndItsInverseUndoesIt(string name, double minimum, double maximum)
    {
        var scale = Scale.Parse(name);
        var width = maximum - minimum;
        Gen.Double[minimum, maximum].Select(Gen.Double[minimum, maximum]).Sample((a, b) =>
        {
            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
            Assert.True(
                high - low < 1e-12 * width || scale.Forward(low) < scale.Forward(high),
                $"{name} falls between {low:R} and {high:R}");
            Assert.InRange(Math.Abs(scale.Inverse(scale.Forward(a)) - a), 0, 1e-13 * Math.Max(1, Math.Abs(a)));
        }, iter: 2000, threads: 1);
    }

    [Theory]
    [InlineData("log", -1.0, false)]
    [InlineData("log", 0.0, false)]
    [InlineData("log", 1e-300, true)]
    [InlineData("logit", 0.0, false)]
    [InlineData("logit", 1.0, false)]
    [InlineData("odds", 0.0, true)]
    [InlineData("odds", 1.0, false)]
    [InlineData("normal-quantile", 0.0, false)]
    [InlineData("normal-quantile", 1.0, false)]
    [InlineData("symlog", 0.0, true)]
    [InlineData("symlog=2", -1e300, true)]
    [InlineData("symlog", double.NaN, false)]
    [InlineData("linear", double.PositiveInfinity, false)]
    [InlineData("linear", double.NaN, false)]
    [InlineData("log", double.NaN, false)]
    public void KnowsItsDomain(string name, double lambda, bool covered) => Assert.Equal(covered, Scale.Parse(name).Covers(lambda));

    [Fact]
    public void NamesReadBackAndAnUnknownOneListsTheKnown()
    {
        foreach (var scale in new[] { Scale.Linear, Scale.Log, Scale.Logit, Scale.Odds, Scale.NormalQuantile })
        {
            Assert.Same(scale, Scale.Parse(scale.Name));
        }

        var message = Assert.Throws<ArgumentException>(() => Scale.Parse("Log")).Message;
        Assert.Contains("no scale 'Log'; expected one of linear, log, logit, odds, normal-quantile, symlog", message);
        Assert.Equal(Scale.Names, Scale.Names.Select(name => Scale.Parse(name).Name));
    }

    [Fact]
    public void WholeNumbersAreSaidNotToBeSearched() =>
        Assert.Contains("written name=from..to:int", Assert.Throws<ArgumentException>(() => Scale.Parse("int")).Message);

    [Theory]
    [InlineData("symlog=0")]
    [InlineData("symlog=-1")]
    [InlineData("symlog=")]
    [InlineData("symlog=1e999")]
    [InlineData("symlog=NaN")]
    public void AThresholdIsANumberAboveZero(string name) =>
        Assert.Contains("expected a finite number above 0", Assert.Throws<ArgumentException>(() => Scale.Parse(name)).Message);

    [Fact]
    public void TheSymmetricLogIsLinearNearZeroAndLogarithmicFarAway()
    {
        var scale = Scale.SymmetricLog(1e-5);
        Assert.Equal("symlog=1E-05", scale.Name);
        Assert.Equal(scale, Scale.Parse(scale.Name));
        Assert.Equal(scale.GetHashCode(), Scale.Parse("symlog=0.00001").GetHashCode());
        Assert.NotEqual(scale, Scale.SymmetricLog(2e-5));
        Assert.Equal(0, scale.Forward(0));
        AssertRelative(1e-9, scale.Forward(1e-14), 1e-8, "near 0");
        AssertRelative(Math.Log(10), scale.Forward(10) - scale.Forward(1), 1e-5, "far away");
        Assert.Equal(-scale.Forward(0.3), scale.Forward(-0.3));
    }

    [Fact]
    public void ASymmetricLogWithoutAThresholdTakesItFromTheRange()
    {
        var decay = Hyperparameter.Continuous("decay", 0, 1, Scale.Parse("symlog"));
        Assert.Equal("symlog=0.0001", decay.Scale.Name);
        Assert.Equal(decay, Hyperparameter.Continuous("decay", 0, 1, Scale.Parse(decay.Scale.Name)));
        Assert.Equal((0, 1), (decay.FromUnit(0), decay.FromUnit(1)));
        Assert.InRange(decay.FromUnit(0.5), 0.005, 0.02);
        Assert.Equal("symlog=0.03", Hyperparameter.Continuous("x", -300, 2, Scale.SymmetricLog()).Scale.Name);
        Assert.Contains("has no threshold", Assert.Throws<InvalidOperationException>(() => Scale.SymmetricLog().Forward(1)).Message);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-1.0)]
    public void AWarpWithoutInverseIsInvertedToTheLastBit(double sign)
    {
        var warp = Scale.Warp("cube", x => sign * x * x * x);
        foreach (var lambda in new[] { -1e90, -7.25, -1e-90, 1e-100, 0.3, 1, 1e100 })
        {
            AssertRelative(lambda, warp.Inverse(warp.Forward(lambda)), 4e-16, $"λ = {lambda}");
        }
    }

    [Fact]
    public void AWarpUndefinedOutsideItsRangeSaysHowToInvertIt()
    {
        var warp = Scale.Warp("root", Math.Sqrt);
        Assert.Contains("give the inverse function", Assert.Throws<InvalidOperationException>(() => warp.Inverse(2)).Message);
        Assert.Equal(0.25, Hyperparameter.Continuous("λ", 0, 1, warp).FromUnit(0.5), 1e-15);
    }

    [Fact]
    public void ScalesAreEqualByDefinition()
    {
        Func<double, double> square = x => x * x;
        Assert.Equal(Scale.Warp("square", square), Scale.Warp("square", square));
        Assert.Equal(Scale.Warp("square", square).GetHashCode(), Scale.Warp("square", square).GetHashCode());
        Assert.NotEqual(Scale.Warp("square", square), Scale.Warp("other", square));
        Assert.NotEqual(Scale.Warp("square", square), Scale.Warp("square", square, Math.Sqrt));
        Assert.NotEqual(Scale.Linear, Scale.Warp("linear", x => x));
        Assert.NotEqual(Scale.Logit, Scale.NormalQuantile);
    }

    private static void AssertNormal(string function, int count, Func<double, double> ours)
    {
        var rows = DataFixture.Rows("normal.csv").Where(row => row.Name == function).ToArray();
        Assert.Equal(count, rows.Length);
        foreach (var (_, argument, value) in rows)
        {
            AssertRelative(value, ours(argument), 4e-15, $"{function} at {argument:R}");
        }
    }

    private static void AssertRelative(double expected, double actual, double tolerance, string where) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected), $"{where}: {actual:R}, expected {expected:R}");
}
