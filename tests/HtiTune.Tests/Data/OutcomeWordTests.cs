using System.Text.Json;
using HtiTune.Data;
using HtiTune.Diagnostics;

namespace HtiTune.Tests.Data;

public class OutcomeWordTests
{
    [Fact]
    public void A_bound_a_hair_above_what_is_wanted_is_written_with_the_digits_that_tell_them_apart() => Assert.Equal(
        "not certified: the regret is at most 0.0049001 with probability 95 %, and at most 0.0049 is wanted",
        new NotCertified(0.0049, 0.94, 0.0049001, Unmet.RegretTooLarge, 0.05).Describe());

    [Theory]
    [InlineData(Unmet.HeldOnce, "held once only")]
    [InlineData(Unmet.AlarmWithdrew, "predictions missed too often")]
    [InlineData(Unmet.StrictNotCovered, "wider than a quarter")]
    [InlineData(Unmet.Cancelled, "cancelled")]
    [InlineData(Unmet.TooFewAnchors, "at least 5 trainings")]
    [InlineData(Unmet.SurrogateUntested, "tested the surrogate")]
    public void Each_condition_has_its_words_and_where_the_regret_is_small_enough_no_larger_one_is_told(Unmet unmet, string words)
    {
        var sentence = new NotCertified(0.0049, 0.99, 0.00389, unmet, 0.05).Describe();
        Assert.StartsWith("not certified: ", sentence, StringComparison.Ordinal);
        Assert.Contains(words, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("is wanted", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_condition_has_a_sentence_of_its_own() => Assert.Equal(
        Enum.GetValues<Unmet>().Length, Enum.GetValues<Unmet>().Select(unmet => new NotCertified(1, 0.95, 2, unmet, 0.05).Describe()).Distinct().Count());

    [Fact]
    public void An_outcome_of_an_older_version_is_read_and_says_what_it_can()
    {
        var large = JsonSerializer.Deserialize<Outcome>("""{"outcome":"not-certified","Epsilon":0.1,"Probability":0.5,"RegretBound":0.2}""")!;
        var small = JsonSerializer.Deserialize<Outcome>("""{"outcome":"not-certified","Epsilon":0.1,"Probability":1,"RegretBound":0}""")!;
        Assert.Equal("not certified: the regret is at most 0.2 with probability 1 − δ, and at most 0.1 is wanted", large.Describe());
        Assert.Equal("not certified: not every condition of a certificate was met", small.Describe());
    }

    [Fact]
    public void The_condition_is_kept_by_its_name()
    {
        Outcome outcome = new NotCertified(0.1, 1, 0, Unmet.HeldOnce, 0.05);
        var text = JsonSerializer.Serialize(outcome);
        Assert.Contains("\"HeldOnce\"", text, StringComparison.Ordinal);
        Assert.Equal(outcome, JsonSerializer.Deserialize<Outcome>(text));
    }

    [Theory]
    [InlineData(0.9995, "above 99.9 %")]
    [InlineData(0.975, "97.5 %")]
    public void What_is_certified_says_how_sure_it_is_and_never_that_it_is_certain(double probability, string share) => Assert.Equal(
        $"certified: within 0.25 of the best with probability {share}, by the model", new Certified(0.25, 0.05, probability, 9).Describe());

    [Fact]
    public void Where_nothing_is_left_to_the_model_it_is_said_and_kept()
    {
        Outcome outcome = new Certified(0.25, 0.05, 1, 9) { IsExhaustive = true };
        Assert.Equal("certified: every configuration has been tried, and none is better", outcome.Describe());
        Assert.Equal(outcome, JsonSerializer.Deserialize<Outcome>(JsonSerializer.Serialize(outcome)));
        Assert.DoesNotContain("IsExhaustive", JsonSerializer.Serialize<Outcome>(new Certified(0.25, 0.05, 1, 9)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_that_is_needed_is_told_by_its_value_or_by_all_of_them()
    {
        Assert.Equal("not certified: a training at x = 0.125 is worth most, with an expected gain of 0.5", new NeedsTraining(new Configuration("x", 0.125), 0.5, 0.9).Describe("x"));
        Assert.Equal(
            "not certified: a training at a = 1, b = relu is worth most, with an expected gain of 0.5",
            new NeedsTraining(new Configuration([("a", 1.0), ("b", "relu")]), 0.5, 0.9).Describe());
        Assert.Equal("not certified: a training at b = relu is worth most, with an expected gain of 0.5", new NeedsTraining(new Configuration("b", "relu"), 0.5, 0.9).Describe());
    }

    [Fact]
    public void The_place_of_a_training_is_a_number_where_there_is_one_hyperparameter_and_else_names_and_values()
    {
        foreach (var (at, text) in (ValueTuple<Configuration, string>[])
            [(new("lambda", 0.125), "0.125"), (new("b", "relu"), """{"b":"relu"}"""), (new([("a", 1.0), ("b", "relu")]), """{"a":1,"b":"relu"}""")])
        {
            var json = JsonSerializer.Serialize<Outcome>(new NeedsTraining(at, 0.5, 0.9));
            Assert.Contains($"\"at\":{text}", json, StringComparison.Ordinal);
            Assert.Equal(at, Assert.IsType<NeedsTraining>(JsonSerializer.Deserialize<Outcome>(json)).Configuration);
        }
    }

    [Fact]
    public void Configurations_of_a_journal_are_an_array_and_nothing_else()
    {
        var options = new JsonSerializerOptions { Converters = { new HtiTune.Journal.ShortConfigurationsConverter() } };
        IReadOnlyList<Configuration> all = [new("lambda", 0.5), new([("a", 1.0), ("b", 2.0)])];
        var text = JsonSerializer.Serialize(all, options);
        Assert.Equal("""[0.5,{"a":1,"b":2}]""", text);
        Assert.Equal(all, JsonSerializer.Deserialize<IReadOnlyList<Configuration>>(text, options));
        Assert.Contains("expected an array", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<IReadOnlyList<Configuration>>("3", options)).Message, StringComparison.Ordinal);
        Assert.Equal(new Configuration("x", 0.5), HtiTune.Journal.ShortConfigurationConverter.Named(all[0], "x"));
        Assert.Same(all[1], HtiTune.Journal.ShortConfigurationConverter.Named(all[1], "x"));
    }

    [Fact]
    public void Calibration_and_outlook_are_told_in_words_with_what_there_was()
    {
        var quiet = new Calibration(20, 3, 1.5, 0, null, -2);
        Assert.Equal((false, "3 of 20 values missed their 90 % interval, evidence against the intervals 1.5"), (quiet.IsAlarmed, quiet.ToString()));
        var loud = quiet with { Alarms = 1, RaisedAt = 9 };
        Assert.True(loud.IsAlarmed);
        Assert.EndsWith("1.5; alarm at training 9: certificates until then withdrawn, intervals widened", loud.ToString(), StringComparison.Ordinal);
        Assert.Equal("a gain of at most 0.5 is expected", new BudgetOutlook([], 0.5).ToString());
        Assert.Equal("2 further trainings are expected to gain 0.25, the first 0.125, any number at most 0.5", new BudgetOutlook([0.125, 0.25], 0.5).ToString());
        Assert.Contains("GridSize = 65", new TunerSettings { GridSize = 65 }.ToString(), StringComparison.Ordinal);
    }
}
