using System.Globalization;
using System.Text.Json;
using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class SearchSpaceTests
{
    private static readonly SearchSpace s_space = SearchSpace.Parse(
        "lr=1e-5..1e-1:log", "layers=1..4:int", "batch=16..256:int:step=16:log", "act=relu,gelu,silu", "size=small,medium,large:ordered", "slope=0..1 if act=relu,gelu");

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        Assert.Equal(
            [
                Hyperparameter.Continuous("lr", 1e-5, 1e-1, Scale.Log),
                Hyperparameter.Integer("layers", 1, 4),
                Hyperparameter.Integer("batch", 16, 256, 16, Scale.Log),
                Hyperparameter.Categorical("act", "relu", "gelu", "silu"),
                Hyperparameter.Ordered("size", "small", "medium", "large"),
                Hyperparameter.Continuous("slope", 0, 1).OnlyIf("act", "relu", "gelu"),
            ],
            s_space);
        Assert.Equal(s_space, SearchSpace.Parse([.. s_space.Select(one => one.Text)]));
        Assert.Equal("slope=0..1 if act=relu,gelu", s_space["slope"].Text);
        Assert.NotEqual(Hyperparameter.Categorical("a", "x", "y"), Hyperparameter.Ordered("a", "x", "y"));
        Assert.NotEqual(s_space["slope"], Hyperparameter.Continuous("slope", 0, 1));
        Assert.Equal(Hyperparameter.Continuous("x", 0, 1, Scale.SymmetricLog(1e-3)), Hyperparameter.Parse("x=0..1:symlog=0.001"));
    }

    [Theory]
    [InlineData("lr", "expected name=from..to")]
    [InlineData("=1..2", "expected name=from..to")]
    [InlineData("lr=1..x", "'x' is no number")]
    [InlineData("lr=2..1", "expected a minimum below the maximum")]
    [InlineData("lr=0..1:log", "needs λ > 0")]
    [InlineData("lr=1..2:loog", "There is no scale 'loog'")]
    [InlineData("n=1..2.5:int", "'2.5' is no whole number")]
    [InlineData("n=1..4:step=2", "expected :int with a step, as in n=1..4:int:step=2")]
    [InlineData("n=1..4:int=2", "'int=2' is no scale; expected :int, or :int:step=16")]
    [InlineData("n=1..4:int:step=2", "a range of whole steps, e.g. 1 to 3")]
    [InlineData("n=1..4:int:step=8", "a range of whole steps, e.g. 1 to 9")]
    [InlineData("n=1..4:int:step=0", "steps of 0 from 1 to 4; expected at least 1")]
    [InlineData("n=0..4:int:log", "needs λ > 0")]
    [InlineData("a=x", "expected at least two")]
    [InlineData("a=x,x", "expected each of them once")]
    [InlineData("a=x,y z", "expected a word without commas")]
    [InlineData("a=x,y:log", ":ordered or nothing")]
    [InlineData("b=0..1 if act", "expected ' if parent=value'")]
    [InlineData("x=[0, 1]", "expected x=0..1, as a range is written")]
    [InlineData("x=(0,1)", "expected x=0..1, as a range is written")]
    [InlineData("x=uniform(0, 1)", "expected x=0..1, as a range is written")]
    [InlineData("x=loguniform(1e-5,1)", "expected x=1e-5..1:log, as a range is written")]
    [InlineData("x=randint(1,8)", "expected x=1..8:int, as a range is written")]
    [InlineData("x=choice(1,8)", "expected x=1,8, as words are written")]
    [InlineData("x=['relu', \"gelu\"]", "expected x=relu,gelu, as words are written")]
    [InlineData("x=tune.choice([16, 32, 64])", "has half of a bracket")]
    [InlineData("x=16:32", "expected x=16..32, as a range is written")]
    [InlineData("x=1e-5-1e-1", "expected x=1e-5..1e-1, as a range is written")]
    [InlineData("x=0 to 1", "expected x=0..1, as a range is written")]
    [InlineData("x=adam(0.9,0.99),sgd", "'adam(0.9' has half of a bracket")]
    public void What_cannot_be_read_says_what_is_expected(string text, string expected) =>
        Assert.Contains(expected, Assert.ThrowsAny<ArgumentException>(() => Hyperparameter.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_word_may_hold_brackets_of_its_own() =>
        Assert.Equal(["relu(0.1)", "gelu", "2-3"], ((CategoricalHyperparameter)Hyperparameter.Parse("x=relu(0.1),gelu,2-3")).Choices);

    [Fact]
    public void A_choice_that_looks_like_a_number_stays_what_it_is_written_as()
    {
        SearchSpace space = new([
            Hyperparameter.Categorical("n", "01", "1e3", "2"), Hyperparameter.Continuous("a", 0, 1).OnlyIf("n", "01"), Hyperparameter.Continuous("b", 0, 1).OnlyIf("n", "1e3", "2"),
            Hyperparameter.Integer("k", 1, 2000), Hyperparameter.Continuous("c", 0, 1).OnlyIf("k", 1000.0)]);
        var read = SearchSpace.Parse([.. space.Select(one => one.Text)]);
        Assert.Equal(space, read);
        Assert.Equal(space.GetHashCode(), read.GetHashCode());
        Assert.All(space.Zip(read), pair => Assert.Equal(pair.First.GetHashCode(), pair.Second.GetHashCode()));
        Assert.Equal(["n", "a", "k"], read.FromUnit([0.1, 0.5, 0.5, 0.1, 0.5]).Names);
        Assert.Equal(["n", "b", "k"], read.FromUnit([0.5, 0.5, 0.5, 0.1, 0.5]).Names);

        // A number may be written in other ways than the shortest.
        var written = SearchSpace.Parse("k=1..2000:int", "c=0..1 if k=1e3");
        Assert.True(written["c"].Condition!.Holds(1000.0));
        Assert.False(written["c"].Condition!.Holds(100.0));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("1..2")]
    public void A_choice_that_reads_as_a_range_is_refused(string choice) => Assert.Contains(
        "two points in a row", Assert.ThrowsAny<ArgumentException>(() => Hyperparameter.Categorical("p", choice, "b")).Message, StringComparison.Ordinal);

    [Fact]
    public void All_faults_of_a_space_are_told_at_once()
    {
        var fault = Assert.Throws<ArgumentException>(() => SearchSpace.Parse("a=x,y", "a=0..1", "b=0..1 if c=1", "d=0..1 if a=z")).Message;
        Assert.Contains("two hyperparameters 'a'", fault, StringComparison.Ordinal);
        Assert.Contains("expected a hyperparameter 'c' before it", fault, StringComparison.Ordinal);
        Assert.Contains("active if a=z; expected one of x, y", fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SearchSpace([]));
    }

    [Fact]
    public void All_faults_of_a_configuration_are_told_at_once()
    {
        var wrong = new Configuration(("lr", 1), ("layers", 2.5), ("batch", 24), ("act", "silu"), ("slope", 0.5), ("depth", 1));
        var faults = s_space.FaultsOf(wrong);
        Assert.Equal(
            [
                "lr = 1; expected 1E-05 to 0.1",
                "layers = 2.5; expected a whole number, 1 to 4",
                "batch = 24; expected a whole number, 16 to 256 in steps of 16",
                "size has no value; expected one of small, medium, large",
                "slope = 0.5; expected no value, as it is active if act=relu,gelu only",
                "depth is no hyperparameter; expected lr or layers or batch or act or size or slope",
            ],
            faults);
        Assert.StartsWith("trial 3: lr = 1", Assert.Throws<ArgumentException>(() => s_space.Require(wrong, "trial 3")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Coordinates_lead_to_a_configuration_and_back_to_the_same()
    {
        Gen.Double[0, 1].Array[6].Sample(u =>
        {
            var configuration = s_space.FromUnit(u);
            Assert.Empty(s_space.FaultsOf(configuration));
            var back = s_space.ToUnit(configuration);
            Assert.All(back.Where(one => !double.IsNaN(one)), one => Assert.InRange(one, 0, 1));
            Assert.Equal(configuration["act"].Word == "silu", double.IsNaN(back[5]));

            // What is not active has no coordinate, and any will do.
            var again = s_space.FromUnit([.. back.Select(one => double.IsNaN(one) ? u[0] : one)]);
            foreach (var (name, value) in configuration.Pairs)
            {
                if (value.IsNumber)
                {
                    Assert.Equal(value.Number, again[name].Number, 1e-12 * Math.Abs(value.Number));
                }
                else
                {
                    Assert.Equal(value, again[name]);
                }
            }
        });
    }

    [Fact]
    public void Each_whole_number_and_each_word_has_its_share()
    {
        foreach (var one in s_space.Where(one => one is not ContinuousHyperparameter))
        {
            var counts = Enumerable.Range(0, 16_000).Select(i => one.ValueAt((i + 0.5) / 16_000)).GroupBy(value => value).ToDictionary(group => group.Key, group => group.Count());
            Assert.Equal(one is IntegerHyperparameter integer ? integer.Count : ((CategoricalHyperparameter)one).Choices.Count, counts.Count);
            if (one is not IntegerHyperparameter { Scale.Name: "log" })
            {
                Assert.All(counts.Values, count => Assert.InRange(count, 16_000 / counts.Count - 1, 16_000 / counts.Count + 1));
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => s_space["layers"].ValueAt(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_space["act"].ValueAt(double.NaN));
    }

    [Fact]
    public void One_hyperparameter_is_a_space_and_its_value_the_short_form()
    {
        SearchSpace line = Hyperparameter.Continuous("dropout", 0, 0.9);
        Assert.True(line.IsLine);
        Assert.False(s_space.IsLine);
        Assert.False(SearchSpace.Parse("n=1..3:int").IsLine);
        var configuration = line.FromUnit([0.5]);
        Assert.Equal(0.45, configuration.Value);
        Assert.Equal(configuration, new Configuration("dropout", 0.45));
        Assert.NotEqual(configuration, new Configuration("rate", 0.45));
        Assert.Throws<InvalidOperationException>(() => new Configuration(("a", 1), ("b", 2)).Value);
        Assert.Throws<KeyNotFoundException>(() => configuration["rate"]);
        Assert.Throws<ArgumentException>(() => new Configuration(("a", 1), ("a", 2)));
        Assert.Throws<ArgumentException>(() => line.FromUnit([0.5, 0.5]));
    }

    [Fact]
    public void A_configuration_is_written_to_the_last_bit_under_every_locale()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            commas.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = commas;
            Gen.Double.Where(double.IsFinite).Sample(number =>
            {
                var configuration = new Configuration(("lr", number), ("act", "relu"));
                var text = JsonSerializer.Serialize(configuration);
                Assert.Equal(configuration, JsonSerializer.Deserialize<Configuration>(text));
                Assert.DoesNotContain(",", configuration["lr"].ToString(), StringComparison.Ordinal);
            });
            Assert.Equal("lr = 0.1, act = relu", new Configuration(("lr", 0.1), ("act", "relu")).ToString());
            Assert.Equal("""{"lr":0.1,"act":"relu"}""", JsonSerializer.Serialize(new Configuration(("lr", 0.1), ("act", "relu"))));
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Configuration>("""{"lr":true}"""));
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Configuration>("0.5"));
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Configuration>("{}"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
