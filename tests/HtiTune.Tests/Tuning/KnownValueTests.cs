using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Preferences;

namespace HtiTune.Tests.Tuning;

/// <summary>Where trainings repeat, what was measured counts for more than what a model expects, in an answer without a training too.</summary>
public class KnownValueTests
{
    private static readonly Contexts NoContext = Contexts.None(1);
    private static readonly ContinuousHyperparameter X = Hyperparameter.Continuous("x", 0, 1);

    [Fact]
    public void Without_a_training_no_trained_lambda_is_passed_over_for_one_that_is_not_better()
    {
        var untrained = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var (function, places) = History(seed);
            using var tuner = Trained(places);
            var study = tuner.Optimize(model => function(model.Lambda), 0);
            var best = places.MinBy(function);
            Assert.Equal(best, study.BestTrial!.Lambda);
            if (study.IsTrained)
            {
                Assert.True(study.Lambda == best, $"seed {seed}: {study.Lambda}, and {best} is better by {function(study.Lambda) - function(best)}");
            }
            else
            {
                untrained++;
                Assert.True(study.PredictedValue < function(best), $"seed {seed}: {study.PredictedValue} is expected at {study.Lambda}, and {function(best)} was measured at {best}");
            }
        }

        Assert.InRange(untrained, 10, 140);
    }

    [Fact]
    public void A_preference_passes_none_over_either()
    {
        for (var seed = 1; seed <= 100; seed++)
        {
            var ((one, places), (other, _)) = (History(seed), History(1000 + seed));
            using var tuner = Trained(places);
            double Weighed(double x) => 0.3 * one(x) + 0.7 * other(x);
            var answer = tuner.Preferences(new Feature("one", m => one(m.Lambda)), new Feature("other", m => other(m.Lambda))).Best(Preference.Weighted([0.3, 0.7]));
            var best = places.MinBy(Weighed);
            Assert.Equal(best, answer.TrainedLambda);
            if (answer.IsTrained)
            {
                Assert.Equal(best, answer.Lambda);
            }
            else
            {
                Assert.True(answer.PredictedValue < Weighed(best), $"seed {seed}: {answer.PredictedValue} is expected at {answer.Lambda}, and {Weighed(best)} was measured at {best}");
            }
        }
    }

    private static Tuner Trained(double[] places)
    {
        var anchors = places.Order().Select(x => new Anchor(x, new Samples(Matrix.Create(1, 1, (_, row) => row[0] = 0), NoContext)));
        return new Tuner(
            new FormulaNetwork((_, _) => 0), X, NoContext, new TunerOptions { UseSurrogate = false, GridSize = 65, CertificateDraws = 256, WarmStart = [new AnchorSet(X, anchors)] });
    }

    // A smooth random function, and three to eight places to have seen it at.
    private static (Func<double, double> Function, double[] Places) History(int seed)
    {
        var stream = new RandomStreams(seed).Stream("history");
        double[] a = [.. Enumerable.Range(0, 5).Select(_ => stream.NextNormal())];
        double Function(double x) => a[0] + a[1] * Math.Sin(2.2 * x) + a[2] * Math.Cos(9.1 * x) + 0.5 * a[3] * Math.Sin(14.3 * x + a[4]);
        return (Function, [.. Enumerable.Range(0, 3 + stream.NextInt(6)).Select(i => i < 2 ? i : 0.02 + 0.96 * stream.NextDouble())]);
    }
}
