using HtiTune.Benchmarks.Scaling;
using HtiTune.Tests.Data;
using HtiTune.Tests.Plotting;

namespace HtiTune.Tests.Benchmarks;

/// <summary>What the verb scaling draws, computes and writes; the fits themselves it measures by child processes.</summary>
public class ScalingTests
{
    [Fact]
    public void The_exponent_is_that_of_a_power_law() =>
        Assert.Equal(1.7, ScalingRun.Exponent([.. new[] { 250, 500, 1000, 2000, 4000 }.Select(n => ((double)n, 3e-4 * Math.Pow(n, 1.7)))]), 1e-12);

    [Fact]
    public void The_exponent_is_that_of_the_upper_half() =>
        Assert.Equal(2, ScalingRun.Exponent([(1, 100), (2, 100), (4, 100), (8, 64), (16, 256), (32, 1024)]), 1e-12);

    [Fact]
    public void One_point_has_no_exponent() => Assert.Equal(double.NaN, ScalingRun.Exponent([(500, 3)]));

    [Theory]
    [InlineData("matched", 5, 3)]
    [InlineData("unmatched", 5, 3)]
    [InlineData("categories", 3, 1)]
    public void A_problem_has_the_rows_and_columns_that_it_says(string name, int columns, int conditions)
    {
        var (shape, values) = ScalingProblem.All.Single(problem => problem.Name == name).Draw(40, 3);
        Assert.Equal([3, 40, columns], shape);
        Assert.Equal(3 * 40 * columns, values.Length);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));

        // Conditions are shared between anchors where they are matched, categories always.
        bool Shared(int row) => Enumerable.Range(columns - conditions, conditions).All(k => values[row * columns + k] == values[(40 + row) * columns + k]);
        Assert.Equal(name != "unmatched", Enumerable.Range(0, 40).All(Shared));
    }

    [Fact]
    public void Options_are_parsed()
    {
        var options = ScalingOptions.Parse(["--problems", "unmatched", "--sizes", "1000,250", "--anchors", "3", "--fit-args", "--potential none", "--limit", "9"]);
        Assert.Equal("unmatched", Assert.Single(options.Problems).Name);
        Assert.Equal([250, 1000], options.Sizes);
        Assert.Equal([3], options.Anchors);
        Assert.Equal(["--potential", "none"], options.FitArguments);
        Assert.Equal(TimeSpan.FromSeconds(9), options.Limit);
    }

    [Theory]
    [InlineData("--problems", "sums", "matched")]
    [InlineData("--sizes", "4", "whole numbers from 8")]
    [InlineData("--speed", "1", "not an option")]
    public void A_wrong_option_is_an_error_that_says_what_is_expected(string option, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => ScalingOptions.Parse([option, value])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_run_comes_back_from_its_line()
    {
        var run = new ScalingRun("matched", 250, 3, 1.25, 100.5);
        Assert.Equal(run, ScalingRun.Parse(run.Csv()));
        Assert.Contains("expected problem", Assert.Throws<IOException>(() => ScalingRun.Parse("matched,250,3,1.25")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_figure_names_its_axes_and_its_problems()
    {
        using var folder = new TemporaryFolder();
        ScalingRun[] runs = [new("matched", 250, 3, 1, 100), new("matched", 500, 3, 2, 150), new("matched", 500, 5, 4, 150), new("unmatched", 500, 3, 3, 120)];
        ScalingFigure.Save(runs, 3, 500, folder.File("figure.svg"));
        var texts = Picture.Svg(folder.File("figure.svg")).Texts;
        Assert.Contains("matched", texts);
        Assert.Contains("unmatched", texts);
        Assert.Contains("fit, CPU seconds", texts);
        Assert.Contains("peak memory, MiB", texts);
        Assert.Contains("anchors K of 500 samples", texts);
    }
}
