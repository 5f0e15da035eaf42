using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Plotting;

/// <summary>The objective's figure: drawn at the size asked for, with everything on it that its legend names.</summary>
public class StudyFiguresTests
{
    private static readonly ContinuousHyperparameter Quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99);

    [Fact]
    public void Png_has_the_size_and_is_drawn()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: true, out var study);
        StudyFigures.Objective(study, folder.File("o.png"), options: new FigureOptions { Width = 900, Height = 500 });
        var (width, height, drawn) = Picture.Png(folder.File("o.png"));
        Assert.Equal((900, 500), (width, height));
        Assert.InRange(drawn, 0.05, 0.7);
        Assert.Equal(["o.png"], folder.Names);
    }

    [Fact]
    public void Svg_names_axes_trainings_and_recommendation()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: true, out var study);
        CurvePoint[] truth = [new(0.01, Cost(0.01)), new(0.5, Cost(0.5)), new(0.99, Cost(0.99))];
        StudyFigures.Objective(study, folder.File("o.svg"), truth, new FigureOptions { Title = "Cost over the quantile", ValueLabel = "cost, €" });
        var (width, height, texts) = Picture.Svg(folder.File("o.svg"));
        Assert.Equal(("1200", "640"), (width, height));
        Assert.Contains("Cost over the quantile", texts);
        Assert.Equal(2, texts.Count(text => text == "cost, €"));
        Assert.Equal(2, texts.Count(text => text == "quantile"));
        Assert.Contains(texts, text => text.StartsWith("recommended: quantile 0.", StringComparison.Ordinal));
        Assert.Contains("dense sweep of real trainings", texts);
        Assert.Contains("surrogate", texts);
        Assert.All(study.Trials, trial => Assert.Contains(trial.Number.ToString(), texts));
    }

    [Fact]
    public void Without_surrogate_and_truth_the_legend_is_shorter()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: false, out var study);
        StudyFigures.Objective(study, folder.File("o.svg"));
        var texts = Picture.Svg(folder.File("o.svg")).Texts;
        Assert.Contains("posterior mean", texts);
        Assert.DoesNotContain("surrogate", texts);
        Assert.DoesNotContain("dense sweep of real trainings", texts);
    }

    [Fact]
    public void Where_the_best_value_may_lie_is_bounded_by_the_posterior()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: true, out var study);
        var possible = study.Posterior.Where(p => p.IsPossible).ToList();
        Assert.Contains(possible, p => p.Lambda == study.Lambda);

        // Ruled out is what lies above the best upper end even by its 90 % interval, which is narrower than the bound for all points.
        Assert.All(study.Posterior.Where(p => !p.IsPossible), p => Assert.True(p.Low > study.Posterior.Min(q => q.High), $"{p}"));
        Assert.InRange(possible.Count, 1, study.Posterior.Count - 1);
        Assert.Equal((possible[0].Lambda, possible[^1].Lambda), (study.LambdaLow, study.LambdaHigh));
        StudyFigures.Objective(study, folder.File("o.svg"));
        Assert.Contains("still possible", Picture.Svg(folder.File("o.svg")).Texts);
    }

    // One rule: a λ is marked where the band that is drawn reaches what that band assures elsewhere, whatever the goal.
    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void What_is_still_possible_is_what_the_drawn_band_says(Goal goal)
    {
        using var folder = new TemporaryFolder();
        var sign = goal == Goal.Minimize ? 1 : -1;
        using var tuner = new Tuner(new Shifted(), Quantile, Contexts.None(20), new TunerOptions { MaxTrainings = 5, UseSurrogate = false, Goal = goal });
        var study = tuner.Optimize(model => sign * Cost(model.Lambda));
        Assert.All(study.Posterior, p => Assert.True(p.LowForAll <= p.Low && p.High <= p.HighForAll));
        var range = study.Posterior.Max(p => p.Mean) - study.Posterior.Min(p => p.Mean);
        var assured = goal == Goal.Minimize ? study.Posterior.Min(p => p.HighForAll!.Value) : study.Posterior.Max(p => p.LowForAll!.Value);
        Assert.All(study.Posterior, p =>
        {
            var inside = goal == Goal.Minimize ? assured - p.LowForAll!.Value : p.HighForAll!.Value - assured;
            Assert.True(Math.Abs(inside) < 1e-6 * range || p.IsPossible == inside > 0, $"{p}: {inside}");
        });
        Assert.InRange(study.Posterior.Count(p => p.IsPossible), 1, study.Posterior.Count - 1);
        StudyFigures.Objective(study, folder.File("o.svg"));
        Assert.Contains("95 % for all λ at once", Picture.Svg(folder.File("o.svg")).Texts);
    }

    [Theory]
    [InlineData(Goal.Minimize, 1e30, "1E+30")]
    [InlineData(Goal.Maximize, -1e30, "-1E+30")]
    [InlineData(Goal.Minimize, double.MaxValue, "1.8E+308")]
    public void A_penalty_does_not_stretch_an_axis_and_is_marked_at_its_edge(Goal goal, double penalty, string shown)
    {
        using var folder = new TemporaryFolder();
        var sign = goal == Goal.Minimize ? 1 : -1;
        using var tuner = new Tuner(new Shifted(), Quantile, Contexts.None(20), new TunerOptions { MaxTrainings = 7, UseSurrogate = false, Goal = goal });
        var study = tuner.Optimize(model => model.Lambda > 0.95 ? penalty : sign * Cost(model.Lambda));
        StudyFigures.Objective(study, folder.File("objective.svg"));
        StudyFigures.History(study, folder.File("history.svg"));
        StudyFigures.Calibration(study, folder.File("calibration.svg"));
        foreach (var name in (string[])["objective.svg", "history.svg", "calibration.svg"])
        {
            var texts = Picture.Svg(folder.File(name)).Texts;
            Assert.Contains($"beyond the axis: 1 of {study.Trials.Count} values, {shown} at worst", texts);
            Assert.DoesNotContain(texts, text => double.TryParse(text.Replace('\u2212', '-'), System.Globalization.CultureInfo.InvariantCulture, out var tick) && Math.Abs(tick) > 20);
            if (name == "objective.svg")
            {
                Assert.All(study.Trials, trial => Assert.Contains(trial.Number.ToString(), texts));
            }
        }

        // Without a penalty nothing is said of one, and all is shown.
        study = tuner.Optimize(model => sign * Cost(model.Lambda), 0);
        StudyFigures.History(study, folder.File("plain.svg"));
        Assert.DoesNotContain(Picture.Svg(folder.File("plain.svg")).Texts, text => text.StartsWith("beyond", StringComparison.Ordinal));
    }

    [Fact]
    public void Calibration_shows_each_prediction_trust_and_evidence()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: true, out var study);
        StudyFigures.Calibration(study, folder.File("c.svg"), new FigureOptions { ValueLabel = "cost" });
        var texts = Picture.Svg(folder.File("c.svg")).Texts;
        foreach (var expected in new[] { "cost", "trust in the surrogate", "evidence against", "alarm 20", $"value missed ({study.Calibration.Misses} of {study.Calibration.Tests} tested)" })
        {
            Assert.Contains(expected, texts);
        }

        Assert.All(study.Trials.Where(t => t.Predicted is not null), t => Assert.InRange(t.Trust!.Value, 0, 1));
        StudyFigures.Calibration(study, folder.File("c.png"));
        Assert.InRange(Picture.Png(folder.File("c.png")).Drawn, 0.02, 0.7);
        using var one = new Tuner(new Shifted(), Quantile, Contexts.None(20), new TunerOptions { MaxTrainings = 1, UseSurrogate = false });
        var single = one.Optimize(_ => 1);
        Assert.Contains("at least two", Assert.Throws<ArgumentException>(() => StudyFigures.Calibration(single, folder.File("x.png"))).Message);
    }

    [Fact]
    public void Faults_are_named_and_leave_no_file()
    {
        using var folder = new TemporaryFolder();
        using var tuner = Tuned(useSurrogate: false, out var study);
        Assert.Contains("expected .png or .svg", Assert.Throws<ArgumentException>(() => StudyFigures.Objective(study, folder.File("o.pdf"))).Message);
        var tiny = new FigureOptions { Height = 20 };
        Assert.Contains("Height 20", Assert.Throws<ArgumentException>(() => StudyFigures.Objective(study, folder.File("o.png"), options: tiny)).Message);
        Assert.Empty(folder.Names);
    }

    private static double Cost(double lambda) => (lambda - 0.8) * (lambda - 0.8);

    private static Tuner Tuned(bool useSurrogate, out TuningResult study)
    {
        var tuner = new Tuner(
            new Shifted(), Quantile, Contexts.None(20), new TunerOptions { MaxTrainings = 5, UseSurrogate = useSurrogate });
        study = tuner.Optimize(model => Cost(model.Sample(Contexts.None(20)).Outputs.Values.ToArray().Average()));
        return tuner;
    }

    /// <summary>A network that answers λ itself, spread a little.</summary>
    private sealed class Shifted : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(request.Lambda);

        private sealed class Trained(double lambda) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed) =>
                Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)(lambda + 0.01 * (i - (contexts.Count - 1) / 2.0)));

            public void Dispose()
            {
            }
        }
    }
}
