using HtiTune.Data;
using HtiTune.Plotting;
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
