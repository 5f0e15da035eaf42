using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

public partial class OutcomeTests
{
    [GeneratedRegex(@"at most (\S+?)(?= with|,| is wanted)")]
    private static partial Regex Bounds { get; }

    [Fact]
    public void The_sentence_of_a_certificate_that_does_not_hold_never_contradicts_itself() =>
        Gen.Select(Gen.Double[0, 2].Array[200, 2000], Gen.Double[-300, 300], Gen.Double[0, 3]).Sample((regrets, exponent, relative) =>
        {
            var epsilon = Math.Pow(10, exponent);
            var certificate = Certificate.Of([.. regrets.Select(r => r * relative * epsilon)], epsilon, 0.05);
            if (certificate.Holds)
            {
                return;
            }

            var unmet = TuningPolicy.MissedBy(certificate);
            var sentence = new NotCertified(epsilon, certificate.Probability, certificate.RegretQuantile, unmet, 0.05).Describe();
            double[] numbers = [.. Bounds.Matches(sentence).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
            if (unmet == Unmet.RegretTooLarge)
            {
                Assert.True(numbers[0] > numbers[1], sentence);
            }
            else
            {
                Assert.True(certificate.Probability >= 0.95, sentence);
                Assert.Contains("draws cannot tell", sentence, StringComparison.Ordinal);
            }
        });

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

    [Fact]
    public void What_holds_for_the_first_time_with_the_last_training_says_so()
    {
        var one = new Contexts(Matrix.Create(1, 1, (_, row) => row[0] = 0));
        TuningResult Run(int budget)
        {
            var options = new TunerOptions { UseSurrogate = false, ConfirmByTraining = false };
            using var tuner = new Tuner(new FormulaNetwork((lambda, _) => Math.Sin(1.7 * lambda) + 0.3 * lambda), Problem.Hyperparameter, one, options);
            return tuner.Optimize(model => model.Sample(one).Outputs[0, 0], budget);
        }

        var certified = Assert.IsType<Certified>(Run(30).Outcome);
        Assert.InRange(certified.Trainings, 9, 29);
        var outcome = Assert.IsType<NotCertified>(Run(certified.Trainings - 1).Outcome);
        Assert.Equal(Unmet.HeldOnce, outcome.Unmet);
        Assert.True(outcome.RegretBound <= outcome.Epsilon);
    }
}
