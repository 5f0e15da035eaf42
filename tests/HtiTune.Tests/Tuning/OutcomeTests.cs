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

    [Theory]
    [InlineData(12, true)]
    [InlineData(5, false)]
    public void Where_nothing_promises_a_gain_and_a_certificate_wants_for_tests_alone_they_are_made_if_the_budget_allows_all(int budget, bool isTested)
    {
        var one = new Contexts(Matrix.Create(1, 1, (_, row) => row[0] = 0));
        using var tuner = new Tuner(new FormulaNetwork((lambda, _) => lambda), Problem.Hyperparameter, one, new TunerOptions { Epsilon = 400 });
        var study = tuner.Optimize(model => model.Sample(one).Outputs[0, 0], budget);

        // Nothing in the range is worth ε, so that three trainings tell all; a certificate needs five, and must hold with a sixth.
        Assert.Equal(isTested, study.Outcome is Certified);
        Assert.Equal(isTested, study.Trials.Any(trial => trial.Reason == "test: the widest gap"));
        Assert.Equal(Problem.Hyperparameter.Minimum, study.Lambda);
        Assert.Equal(isTested ? 6 : 3, study.TrainingsUsed);
        if (!isTested)
        {
            Assert.Equal(Unmet.TooFewAnchors, Assert.IsType<NotCertified>(study.Outcome).Unmet);
        }
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
        Assert.InRange(certified.Trainings, 8, 29);
        var outcome = Assert.IsType<NotCertified>(Run(certified.Trainings - 1).Outcome);
        Assert.Equal(Unmet.HeldOnce, outcome.Unmet);
        Assert.True(outcome.RegretBound <= outcome.Epsilon);
    }
}
