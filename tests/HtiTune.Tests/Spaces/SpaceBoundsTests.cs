using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Spaces;

public class SpaceBoundsTests
{
    private static RandomStream Stream(string name) => new RandomStreams(7).Stream(name);

    [Theory]
    [InlineData(0, "x=0..1", "y=1e-4..1:log", "x + y <= 0.7")]
    [InlineData(1, "x=0..1", "y=0..1", "x - y <= 0.001", "y - x <= 0.001")]
    [InlineData(2, "a=0..1", "b=0..1", "c=0..1", "d=0..1", "e=0..1", "f=0..1", "g=0..1", "h=0..1", "a + b + c + d + e + f + g + h <= 1")]
    [InlineData(3, "low=1..100:int", "high=1..100:int:log", "act=relu,gelu", "slope=0..1 if act=gelu", "low < high", "slope <= 0.01*low")]
    [InlineData(4, "n=1..12:int", "m=1..12:int", "n < m", "m <= 2*n")]
    [InlineData(5, "w=1e-6..1:log", "v=1e-6..1:log", "w + v >= 1.5")]
    public void What_chance_draws_keeps_the_constraints_and_differs(int seed, params string[] texts)
    {
        var space = SearchSpace.Parse(texts);
        var coordinates = new SpaceCoordinates(space);
        var stream = Stream($"{seed}");
        var drawn = Enumerable.Range(0, 200).Select(_ => coordinates.Random(stream)).ToList();
        Assert.All(drawn, u => Assert.Empty(space.FaultsOf(coordinates.At(u))));
        var near = drawn.ConvertAll(u => coordinates.Neighbour(u, 0.2, 0.2, stream));
        Assert.All(near, u => Assert.Empty(space.FaultsOf(coordinates.At(u))));
        Assert.All(drawn.ConvertAll(_ => coordinates.Inside(coordinates.Anywhere(stream), stream)), u => Assert.Empty(space.FaultsOf(coordinates.At(u))));
        Assert.InRange(drawn.Select(u => coordinates.At(u)).Distinct().Count(), Math.Min(40, coordinates.Listed?.Length / 2 ?? 190), 200);
        Assert.All(SpaceDesign.Places(coordinates, [], new RandomStreams(seed)), u => Assert.Empty(space.FaultsOf(coordinates.At(u))));
    }

    [Fact]
    public void Where_much_is_allowed_draws_lie_evenly()
    {
        // The triangle x + y ≤ 1 has its centre of gravity at a third, and a quarter of it below x + y = ½.
        var coordinates = new SpaceCoordinates(SearchSpace.Parse("x=0..1", "y=0..1", "x + y <= 1"));
        var stream = Stream("even");
        double[][] drawn = [.. Enumerable.Range(0, 4000).Select(_ => coordinates.Random(stream))];
        Assert.InRange(drawn.Average(u => u[0]), 0.32, 0.347);
        Assert.InRange(drawn.Average(u => u[1]), 0.32, 0.347);
        Assert.InRange(drawn.Average(u => u[0] + u[1] < 0.5 ? 1.0 : 0), 0.225, 0.275);
    }

    [Fact]
    public void Of_a_list_those_stay_that_keep_the_constraints()
    {
        var coordinates = new SpaceCoordinates(SearchSpace.Parse("n=1..6:int", "m=1..6:int", "n < m"));
        Assert.Equal(15, coordinates.Listed!.Length);
        Assert.Equal(3, new SpaceCoordinates(SearchSpace.Parse("n=1..6:int", "m=1..6:int", "n < m"), at => at["n"].Number + at["m"].Number == 7).Listed!.Length);
    }

    [Fact]
    public void A_rule_of_the_callers_own_is_kept_where_little_is_allowed()
    {
        // A ring of a hundredth of the square.
        static bool IsAllowed(Configuration at) => Math.Abs(Math.Sqrt(Math.Pow(at["x"].Number - 0.5, 2) + Math.Pow(at["y"].Number - 0.5, 2)) - 0.4) < 0.002;
        var coordinates = new SpaceCoordinates(SearchSpace.Parse("x=0..1", "y=0..1"), IsAllowed);
        var stream = Stream("ring");
        double[][] drawn = [.. Enumerable.Range(0, 300).Select(_ => coordinates.Random(stream))];
        Assert.All(drawn, u => Assert.True(IsAllowed(coordinates.At(u))));
        Assert.InRange(drawn.Count(u => u[0] > 0.5), 90, 210);
        Assert.All(drawn, u => Assert.True(IsAllowed(coordinates.At(coordinates.Neighbour(u, 0.1, 0.2, stream)))));
    }

    [Theory]
    [InlineData("x + y <= 0.5", "x >= 0.6")]
    [InlineData("x - y <= 0", "y - x <= -0.5")]
    public void Constraints_that_leave_nothing_are_told(params string[] constraints)
    {
        var space = SearchSpace.Parse("x=0..1", "y=0..1").SubjectTo(constraints);
        var message = Assert.Throws<ArgumentException>(() => new TunerOptions().Validate(space)).Message;
        Assert.Contains($"No configuration of x, y is allowed, none of 20000 random ones: {constraints[0]} and {constraints[1]};", message, StringComparison.Ordinal);
        Assert.Contains(
            "none of all 4: x < y and the rule that the options give",
            Assert.Throws<ArgumentException>(() => new TunerOptions { IsAllowed = at => at["x"].Number == 9 }.Validate(SearchSpace.Parse("x=1..2:int", "y=1..2:int", "x < y"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_constraints_chance_is_as_it_was()
    {
        var space = SearchSpace.Parse("x=0..1", "n=1..40:int", "act=a,b");
        var (free, bounded) = (new SpaceCoordinates(space), new SpaceCoordinates(space, _ => true));
        Assert.False(free.IsBounded);
        var (first, second) = (Stream("same"), Stream("same"));
        for (var i = 0; i < 50; i++)
        {
            var u = free.Random(first);
            Assert.Equal(u, bounded.Random(second));
            Assert.Equal(free.Neighbour(u, 0.1, 0.2, first), bounded.Neighbour(u, 0.1, 0.2, second));
        }
    }
}
