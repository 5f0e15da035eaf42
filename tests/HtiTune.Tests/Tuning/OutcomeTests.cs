using System.Globalization;
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
