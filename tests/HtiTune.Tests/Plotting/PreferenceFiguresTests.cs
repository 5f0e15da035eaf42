using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Preferences;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Plotting;

/// <summary>Figures of preferences, of a study's history and of outputs over λ: drawn, with their words, and faults named.</summary>
public class PreferenceFiguresTests
{
    private static readonly ContinuousHyperparameter Weight = Hyperparameter.Continuous("reward weight", 0.01, 10, Scale.Log);
    private static readonly Contexts Nothing = Contexts.None(30);
    private static readonly Feature Cost = new("cost", model => Math.Log(Mean(model)));
    private static readonly Feature Reward = new("reward", model => 1 - Math.Pow(Math.Log(Mean(model)) - 1, 2) / 20, Goal.Maximize);
    private static readonly Feature Risk = new("risk", model => Math.Pow(Math.Log(Mean(model)) + 2, 2));

    [Fact]
    public void The_curve_shows_the_best_value_and_every_feature_along_the_family()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(out _);
        var model = tuner.Preferences(Cost, Reward);
        var curve = model.Curve([0, 0.25, 0.5, 0.75, 1], w => Preference.Weighted([w, w - 1]));
        PreferenceFigures.Curve(model, curve, "weight of the cost", folder.File("curve.svg"), new FigureOptions { Title = "Preferences" });
        var texts = Picture.Svg(folder.File("curve.svg")).Texts;
        foreach (var expected in new[] { "Preferences", "weight of the cost", "reward weight", "cost", "reward", "best reward weight", "certified with no training" })
        {
            Assert.Contains(expected, texts);
        }

        PreferenceFigures.Curve(model, curve, "w", folder.File("curve.png"));
        Assert.InRange(Picture.Png(folder.File("curve.png")).Drawn, 0.03, 0.7);
        Assert.Contains("1 points", Assert.Throws<ArgumentException>(() => PreferenceFigures.Curve(model, [curve[0]], "w", folder.File("x.png"))).Message);
    }

    [Fact]
    public void The_front_shows_every_pair_of_features()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(out _);
        var model = tuner.Preferences(Cost, Reward, Risk);
        PreferenceFigures.Front(model, model.Front(), folder.File("front.svg"));
        var texts = Picture.Svg(folder.File("front.svg")).Texts;
        Assert.Equal(2, texts.Count(text => text == "cost (less is better)"));
        Assert.Equal(2, texts.Count(text => text == "reward (more is better)"));
        Assert.Equal(2, texts.Count(text => text == "risk (less is better)"));
        Assert.Contains("reward weight", texts);
        PreferenceFigures.Front(model, model.Front(), folder.File("front.png"));
        Assert.InRange(Picture.Png(folder.File("front.png")).Drawn, 0.03, 0.7);

        var single = tuner.Preferences(Cost);
        Assert.Contains("two features", Assert.Throws<ArgumentException>(() => PreferenceFigures.Front(single, single.Front(), folder.File("x.png"))).Message);
    }

    [Fact]
    public void The_history_numbers_trainings_and_marks_those_of_earlier_runs_and_those_that_failed()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(out var first);
        StudyFigures.History(first, folder.File("first.svg"), new FigureOptions { ValueLabel = "loss" });
        var texts = Picture.Svg(folder.File("first.svg")).Texts;
        Assert.Contains("loss", texts);
        Assert.DoesNotContain("of an earlier run", texts);
        Assert.All(first.Trials, trial => Assert.Contains(trial.Number.ToString(), texts));

        var second = tuner.Optimize(
            model => model.IsTrained && Mean(model) > 5 ? throw new InvalidOperationException("too much") : Risk.Value(model), maxTrainings: 1);
        StudyFigures.History(second, folder.File("second.svg"));
        texts = Picture.Svg(folder.File("second.svg")).Texts;
        Assert.Contains("of an earlier run", texts);
        Assert.Contains("failed or cancelled", texts);
        StudyFigures.History(second, folder.File("second.png"));
        Assert.InRange(Picture.Png(folder.File("second.png")).Drawn, 0.02, 0.7);
    }

    [Fact]
    public void The_distribution_has_a_panel_for_every_column_asked_for()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(out var study);
        TrajectoryFigures.Distribution(study.Surrogate!, study.Anchors, folder.File("d.svg"), options: new FigureOptions { ValueLabel = "dose" });
        var texts = Picture.Svg(folder.File("d.svg")).Texts;
        Assert.Equal((2, 2), (texts.Count(text => text == "dose"), texts.Count(text => text == "reward weight")));
        Assert.Contains("column 1", texts);
        TrajectoryFigures.Distribution(study.Surrogate!, study.Anchors, folder.File("d.png"), [1]);
        Assert.InRange(Picture.Png(folder.File("d.png")).Drawn, 0.05, 0.8);
        var error = Assert.Throws<ArgumentException>(() => TrajectoryFigures.Distribution(study.Surrogate!, study.Anchors, folder.File("x.png"), [2]));
        Assert.Contains("[2]; expected 1 to 9 numbers from 0 to 1", error.Message);
        Assert.DoesNotContain("x.png", folder.Names);
    }

    private static double Mean(IConditionalModel model)
    {
        var outputs = model.Sample(Nothing).Outputs;
        return Math.Max(1e-3, Enumerable.Range(0, outputs.Rows).Average(i => outputs[i, 0]));
    }

    private static Tuner Tuned(out TuningResult study)
    {
        var tuner = new Tuner(new Spread(), Weight, Nothing, new TunerOptions { MaxTrainings = 6 });
        study = tuner.Optimize(model => Math.Pow(Math.Log(Mean(model)) - 0.5, 2));
        return tuner;
    }

    /// <summary>A network whose answers spread around λ, and turn the other way in the second column.</summary>
    private sealed class Spread : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(request.Lambda);

        private sealed class Trained(double lambda) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 2, (i, row) =>
            {
                var p = (i + 0.5) / contexts.Count - 0.5;
                row[0] = (float)(lambda * (1 + 0.4 * p));
                row[1] = (float)(-Math.Log(lambda) + p * (1 + lambda / 5));
            });

            public void Dispose()
            {
            }
        }
    }
}
