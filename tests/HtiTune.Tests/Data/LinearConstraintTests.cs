using System.Globalization;
using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class LinearConstraintTests
{
    private static readonly SearchSpace s_space = SearchSpace.Parse("x=0..1", "l2-reg=1e-6..1:log", "n=1..8:int", "act=relu,gelu", "slope=0..1 if act=gelu");

    [Theory]
    [InlineData("x + 2*n <= 5", 0.5, 2, true)]
    [InlineData("x + 2*n <= 4", 0.5, 2, false)]
    [InlineData("2*n + x <= 4.5", 0.5, 2, true)]
    [InlineData("2*n + x < 4.5", 0.5, 2, false)]
    [InlineData("n > 1", 0.5, 2, true)]
    [InlineData("n > 2", 0.5, 2, false)]
    [InlineData("x >= n/4", 0.5, 2, true)]
    [InlineData("x >= n / 3", 0.5, 2, false)]
    [InlineData("-x*3 + 2 >= -(-1)", 0.5, 2, null)]
    [InlineData("2 - 3*x >= 0.5", 0.5, 2, true)]
    [InlineData("2 - x*3 > 0.5", 0.5, 2, false)]
    [InlineData("l2-reg <= x", 0.5, 2, true)]
    [InlineData("x - l2-reg <= 0", 0.5, 2, false)]
    [InlineData("3*2*x <= 3", 0.5, 2, true)]
    [InlineData("n <= x + 1.5e0", 0.5, 2, true)]
    [InlineData("n - n + x <= .5", 0.5, 2, true)]
    public void A_bound_on_a_sum_holds_where_arithmetic_says_so(string text, double x, int n, bool? holds)
    {
        var at = new Configuration(("x", x), ("l2-reg", 0.001), ("n", n), ("act", "relu"));
        if (holds is null)
        {
            Assert.Throws<ArgumentException>(() => s_space.SubjectTo(text));
            return;
        }

        var space = s_space.SubjectTo(text);
        Assert.Equal(holds, space.Constraints.Single().Holds(at));
        Assert.Equal(holds == true ? 0 : 1, space.FaultsOf(at).Count);
        Assert.Equal(space, SearchSpace.Parse(space.Texts));
        Assert.NotEqual(s_space, space);
    }

    [Theory]
    [InlineData("x * n <= 1", "it goes on with 'n'")]
    [InlineData("x + y <= 1", "'y' is no hyperparameter; expected x or l2-reg or n")]
    [InlineData("x + act <= 1", "act is a word")]
    [InlineData("x + <= 1", "it ends too early")]
    [InlineData("x <=", "nothing stands on one side")]
    [InlineData("x 2 <= 1", "it goes on with '2'")]
    [InlineData("2x <= 1", "it goes on with '2x'")]
    [InlineData("x/0 <= 1", "it goes on with '0'")]
    [InlineData("x/n <= 1", "it goes on with 'n'")]
    [InlineData("1 <= 2", "it names no hyperparameter")]
    [InlineData("x - x <= 2", "it names no hyperparameter")]
    [InlineData("0 <= x <= 1", "expected one of <=, >=, < and >")]
    [InlineData("x == 1", "expected one of <=, >=, < and >")]
    [InlineData("x + n <= 0.5", "kept by no values of n and x in their ranges")]
    [InlineData("x < 0", "kept by no values of x in their ranges")]
    public void What_cannot_be_read_says_what_is_expected(string text, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => s_space.SubjectTo(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_one_hyperparameter_the_range_is_to_be_narrower() =>
        Assert.Contains("expected a narrower range", Assert.Throws<ArgumentException>(() => SearchSpace.Parse("x=0..1", "x <= 0.5")).Message, StringComparison.Ordinal);

    [Fact]
    public void Where_one_that_it_names_is_not_active_it_says_nothing()
    {
        var space = s_space.SubjectTo("slope <= x");
        Assert.Empty(space.FaultsOf(new Configuration(("x", 0.1), ("l2-reg", 0.1), ("n", 1), ("act", "relu"))));
        var fault = Assert.Single(space.FaultsOf(new Configuration(("x", 0.1), ("l2-reg", 0.1), ("n", 1), ("act", "gelu"), ("slope", 0.2))));
        Assert.Equal("slope = 0.2, x = 0.1; expected slope <= x", fault);
        Assert.Equal("x in [0, 1], linear; n, a whole number, 1 to 8, linear; 2*n <= 9*x + 4", SearchSpace.Parse("2*n <= 9*x + 4", "x=0..1", "n=1..8:int").ToString());
    }

    [Fact]
    public void Places_outside_have_coordinates_and_the_faults_of_a_range_come_first()
    {
        var space = s_space.SubjectTo("x <= n - 1");
        var outside = new Configuration(("x", 0.5), ("l2-reg", 1.0), ("n", 1), ("act", "relu"));
        Assert.Equal(0.5, space.ToUnit(outside)[0]);
        Assert.Throws<ArgumentException>(() => space.Require(outside));
        var fault = Assert.Single(space.FaultsOf(new Configuration(("x", 0.5), ("l2-reg", 1.0), ("n", 0), ("act", "relu"))));
        Assert.Equal("n = 0; expected a whole number, 1 to 8", fault);
    }

    [Fact]
    public void Sums_of_decimal_fractions_meet_their_bound()
    {
        var space = SearchSpace.Parse("a=0..1", "b=0..1", "c=0..1", "a + b + c <= 0.6");
        Assert.Empty(space.FaultsOf(new Configuration(("a", 0.1), ("b", 0.2), ("c", 0.3))));
        Assert.NotEmpty(space.FaultsOf(new Configuration(("a", 0.1), ("b", 0.2), ("c", 0.3 + 1e-8))));
    }

    [Fact]
    public void Factors_and_bounds_written_down_are_those_that_are_read()
    {
        var space = SearchSpace.Parse("a=-2..2", "b=-2..2");
        Gen.Select(Gen.Double[-3, 3], Gen.Double[-3, 3], Gen.Double[-1, 4], Gen.Double[-2, 2], Gen.Double[-2, 2], Gen.Bool).Sample((f, g, bound, a, b, isUpper) =>
        {
            var difference = f * a + g * b - bound;
            if (Math.Abs(difference) < 1e-6 || Math.Abs(f) < 1e-6 || Math.Abs(g) < 1e-6 || 2 * (Math.Abs(f) + Math.Abs(g)) < Math.Abs(bound) + 1e-6)
            {
                return;
            }

            var text = string.Create(CultureInfo.InvariantCulture, $"{f:R}*a + b*{Math.Abs(g):R}{(isUpper ? "<=" : ">=")}{bound:R}").Replace("+ b*", g < 0 ? "- b*" : "+ b*", StringComparison.Ordinal);
            Assert.Equal(isUpper ? difference < 0 : difference > 0, space.SubjectTo(text).Constraints[0].Holds(new Configuration(("a", a), ("b", b))));
        });
    }

    [Theory]
    [InlineData("x <= n", true)]
    [InlineData("2*x + 1e-3 * l2-reg<n", true)]
    [InlineData("x * n <= 1", true)]
    [InlineData("mean(latency) <= 20", false)]
    [InlineData("mean(x) <= 20", false)]
    [InlineData("latency <= 20", false)]
    [InlineData("x + latency <= 20", false)]
    [InlineData("20 <= 30", false)]
    [InlineData("x=0..1", false)]
    public void What_names_hyperparameters_alone_bounds_the_space(string text, bool isOf) => Assert.Equal(isOf, LinearConstraint.IsOf(text, ["x", "l2-reg", "n"]));

    [Fact]
    public void Equal_ones_are_one()
    {
        var space = s_space.SubjectTo("x <= n", "x - n <= 0");
        Assert.Equal("x <= n", Assert.Single(space.Constraints).ToString());
        Assert.Equal(space.Constraints[0].GetHashCode(), s_space.SubjectTo("n >= x").Constraints[0].GetHashCode());
        Assert.False(space.Constraints[0].Equals((object?)null));
        Assert.NotEqual(space.Constraints[0], s_space.SubjectTo("x < n").Constraints[0]);
    }
}
