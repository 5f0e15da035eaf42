using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Plotting;

/// <summary>The fan: a panel for each context, a colour for each λ, what came before and what came true.</summary>
public class TrajectoryFiguresTests
{
    private static readonly ContinuousHyperparameter Quantile = Hyperparameter.Continuous("quantile", 0.1, 0.9);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 3)]
    [InlineData(9, 1)]
    public void Png_has_the_size_and_is_drawn(int panels, int steps)
    {
        using var folder = new TemporaryFolder();
        var options = new FigureOptions { Width = 1000, Height = 700 };
        TrajectoryFigures.Fan(Fan(9, steps), [.. Enumerable.Range(0, panels)], folder.File("f.png"), options);
        var (width, height, drawn) = Picture.Png(folder.File("f.png"));
        Assert.Equal((1000, 700), (width, height));
        Assert.InRange(drawn, 0.03, 0.7);
    }

    [Fact]
    public void Svg_names_contexts_axes_and_the_color_bar()
    {
        using var folder = new TemporaryFolder();
        var past = Matrix.Create(5, 12, (i, row) => row.Fill(i));
        var actual = Matrix.Create(5, 3, (i, row) => row.Fill(i + 0.5f));
        var fan = Fan(5, 3).With(past, actual);
        TrajectoryFigures.Fan(fan, [0, 4], folder.File("f.svg"), new FigureOptions { Title = "Fans", ValueLabel = "load, MW" });
        var texts = Picture.Svg(folder.File("f.svg")).Texts;
        Assert.All(["Fans", "context 0", "context 4", "load, MW", "steps ahead", "quantile", "past", "actual", "0.5"], text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Faults_are_named()
    {
        var two = Fan(2, 3);
        Assert.Contains("row 2", Assert.Throws<ArgumentException>(() => TrajectoryFigures.Fan(two, [0, 2], "f.png")).Message);
        Assert.Contains("0 contexts", Assert.Throws<ArgumentException>(() => TrajectoryFigures.Fan(two, [], "f.png")).Message);
        var shortened = two.With(past: null, actual: Matrix.Create(2, 1, (_, row) => row.Clear()));
        Assert.Contains("[2, 1]", Assert.Throws<ArgumentException>(() => TrajectoryFigures.Fan(shortened, [0], "f.png")).Message);
        var outputs = Matrix.Create(2, 3, (_, row) => row.Clear());
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => new TrajectoryFan(Quantile, [0.5], [outputs])).Message);
        Assert.Contains("does not exceed", Assert.Throws<ArgumentException>(() => new TrajectoryFan(Quantile, [0.5, 0.4], [outputs, outputs])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryFan(Quantile, [0.05, 0.4], [outputs, outputs]));
    }

    [Fact]
    public void Over_a_space_one_hyperparameter_moves_and_the_others_stay()
    {
        using var folder = new TemporaryFolder();
        var (surrogate, at) = OverSpace();
        var fan = TrajectoryFan.Of(surrogate, at, "layers");
        Assert.Equal([1, 2, 3, 4], fan.Lambdas);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(surrogate.Sample(Configuration(0.3, i + 1, "tanh")).Samples.Outputs[2, 1], fan.Outputs[i][2, 1]));
        Assert.Throws<InvalidOperationException>(() => fan.Hyperparameter);
        Assert.All(TrajectoryFan.Of(surrogate, at, "act").Lambdas, value => Assert.Equal(double.NaN, value));
        Assert.Equal(15, TrajectoryFan.Of(surrogate, at, "rate").Lambdas.Count);
        Assert.Contains("expected a hyperparameter that is active", Assert.Throws<ArgumentException>(() => TrajectoryFan.Of(surrogate, at, "width")).Message);
        foreach (var along in (string[])["act", "layers", "rate"])
        {
            TrajectoryFigures.Fan(TrajectoryFan.Of(surrogate, at, along), [0, 1], folder.File("f.svg"));
            Assert.Contains(along == "act" ? "tanh" : along == "layers" ? "3" : "0.5", Picture.Svg(folder.File("f.svg")).Texts);
        }
    }

    [Fact]
    public void The_distribution_over_a_space_has_a_panel_for_every_hyperparameter_and_column()
    {
        using var folder = new TemporaryFolder();
        var (surrogate, at) = OverSpace();
        TrajectoryFigures.Distribution(surrogate, at, folder.File("d.svg"), options: new FigureOptions { ValueLabel = "dose" });
        var texts = Picture.Svg(folder.File("d.svg")).Texts;
        Assert.Equal(6, texts.Count(text => text == "dose"));
        Assert.All(["column 0, along rate", "column 1, along layers", "column 1, along act", "relu", "where the others stay"], text => Assert.Contains(text, texts));
        TrajectoryFigures.Distribution(surrogate, at, folder.File("d.png"), ["act"], [1]);
        Assert.InRange(Picture.Png(folder.File("d.png")).Drawn, 0.02, 0.8);
        Assert.Contains("'width'", Assert.Throws<ArgumentException>(() => TrajectoryFigures.Distribution(surrogate, at, folder.File("x.png"), ["width"])).Message);
        Assert.Contains("expected 1 to 3 numbers from 0 to 1", Assert.Throws<ArgumentException>(() => TrajectoryFigures.Distribution(surrogate, at, folder.File("x.png"), null, [2])).Message);
        Assert.DoesNotContain("x.png", folder.Names);
    }

    private static Configuration Configuration(double rate, int layers, string act) => new(("rate", rate), ("layers", layers), ("act", act));

    private static (SpaceSurrogate Surrogate, Configuration At) OverSpace()
    {
        var space = SearchSpace.Parse("rate=0..1", "layers=1..4:int", "act=relu,tanh");
        Configuration[] places =
        [
            Configuration(0, 1, "relu"), Configuration(1, 4, "relu"), Configuration(0.3, 2, "tanh"),
            Configuration(0.8, 1, "tanh"), Configuration(0.5, 3, "relu"), Configuration(0.1, 4, "tanh"),
        ];
        var contexts = new Contexts(Matrix.Create(8, 1, (i, row) => row[0] = i));
        var anchors = new AnchorSet(space, places.Select(at => new Anchor(at, new Samples(Matrix.Create(8, 2, (i, row) =>
        {
            row[0] = (float)(i * at["rate"].Number + at["layers"].Number);
            row[1] = (float)(i + (at["act"].ToString() == "tanh" ? 1 : 0) * at["rate"].Number);
        }), contexts))));
        return (SpaceSurrogate.Fit(anchors), places[2]);
    }

    private static TrajectoryFan Fan(int contexts, int steps)
    {
        double[] lambdas = [0.1, 0.3, 0.5, 0.7, 0.9];
        return new TrajectoryFan(
            Quantile,
            lambdas,
            [.. lambdas.Select(lambda => Matrix.Create(contexts, steps, (i, row) =>
            {
                for (var step = 0; step < row.Length; step++)
                {
                    row[step] = (float)(i + (lambda - 0.5) * (step + 1));
                }
            }))]);
    }
}
