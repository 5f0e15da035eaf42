using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Objectives that are expressions, against values worked out by hand, and other libraries' figures.</summary>
[Collection("console")]
public class ExpressionTests
{
    // cost 1 2 3 4 10, heat 5 4 3 2 1, age 50 60 70 80 90, category 0 1 0 1 1.
    private static readonly Samples s_samples = new(
        Matrix.From(new double[,] { { 1, 5 }, { 2, 4 }, { 3, 3 }, { 4, 2 }, { 10, 1 } }),
        new Contexts(Matrix.From(new double[,] { { 50 }, { 60 }, { 70 }, { 80 }, { 90 } }), [0, 1, 0, 1, 1], 2));

    [Theory]
    [InlineData("1 + 2 * 3 ^ 2 / 2 - -1", 11)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("(1 < 2) + (2 >= 3) + (1 != 1)", 1)]
    [InlineData(".5e1 + 1E-1", 5.1)]
    [InlineData("mean(cost)", 4)]
    [InlineData("mean( outputs[1] ) * lambda", 6)]
    [InlineData("sum(cost * heat)", 5 + 8 + 9 + 8 + 10)]
    [InlineData("var(cost)", 10)] // numpy.var([1, 2, 3, 4, 10])
    [InlineData("std(cost) ^ 2", 10)]
    [InlineData("median(cost) + min(cost) + max(cost)", 14)]
    [InlineData("quantile(cost, 0.9)", 7.6)] // numpy.quantile([1, 2, 3, 4, 10], 0.9)
    [InlineData("quantile(cost, 1)", 10)]
    [InlineData("cvar(cost, 0.6)", 7)]
    [InlineData("cvar(cost, 0.7)", (10 + 0.5 * 4) / 1.5)]
    [InlineData("cvar(cost, 0)", 4)]
    [InlineData("-cvar(-cost, 0.6)", 1.5)]
    [InlineData("pinball(cost, 4, 0.9)", (0.9 * (3 + 2 + 1) + 0.1 * 6) / 5)] // sklearn.metrics.mean_pinball_loss([4]*5, cost, alpha=0.9)
    [InlineData("mse(cost, heat)", (16 + 4 + 0 + 4 + 81) / 5.0)]
    [InlineData("mae(cost, heat)", (4 + 2 + 0 + 2 + 9) / 5.0)]
    [InlineData("accuracy(outputs, category)", 0.6)] // chosen 1 1 0 0 1 against 0 1 0 1 1
    [InlineData("mean(cost * (age > 60)) / mean(age > 60)", 17 / 3.0)]
    [InlineData("mean(cost, age > 60)", 17 / 3.0)]
    [InlineData("0.7 * mean(cost) + 0.3 * cvar(heat, 0.8)", 0.7 * 4 + 0.3 * 5)]
    [InlineData("mean(max(cost, heat)) + mean(min(cost, heat, 2))", (5 + 4 + 3 + 4 + 10) / 5.0 + (1 + 2 + 2 + 2 + 1) / 5.0)]
    [InlineData("mean(if(contexts['age'] >= 80, cost, 0)) + sqrt(abs(-4)) + log(exp(1))", 14 / 5.0 + 3)]
    [InlineData("mean(contexts[0]) + mean(contexts[1])", 70.6)]
    [InlineData("mean(2 ^ heat) + mean(12 - cost)", 12.4 + 8)]
    [InlineData("mean(3 < cost) + mean(cost <= 3) + mean(cost == 4) + mean(cost != heat)", 0.4 + 0.6 + 0.2 + 0.8)]
    [InlineData("mean(if(lambda > 1, cost, heat)) + if(1 > 2, 5, 6)", 10)]
    [InlineData("max(1, lambda, 3) - min(lambda, 1) + mean(max(3, cost))", 2 + 23 / 5.0)]
    public void Values_are_those_worked_out_by_hand(string text, double expected) =>
        Assert.Equal(expected, Objective(text).Value(text.StartsWith("accuracy", StringComparison.Ordinal) ? Scores() : s_samples, 2), 1e-12);

    [Fact]
    public void The_distance_to_a_sample_on_a_line_is_twice_the_area_between_the_squared_distribution_functions()
    {
        using var folder = new TemporaryFolder();
        var stream = new RandomStreams(4).Stream("rows");
        var (a, b) = (Matrix.Create(37, 1, (_, row) => row[0] = (float)stream.NextNormal()), Matrix.Create(23, 1, (_, row) => row[0] = (float)(0.5 + 2 * stream.NextNormal())));
        NpyFile.Write(folder.File("target.npy"), b);
        var objective = ObjectiveText.Parse("distance(outputs, 'target.npy')", Scope(null, Path.GetFullPath(folder.File("."))));
        float[] places = [.. a.Values.ToArray().Concat(b.Values.ToArray()).Order()];
        var area = 0.0;
        for (var i = 1; i < places.Length; i++)
        {
            var (f, g) = (a.Values.ToArray().Count(x => x <= places[i - 1]) / 37.0, b.Values.ToArray().Count(x => x <= places[i - 1]) / 23.0);
            area += (f - g) * (f - g) * ((double)places[i] - places[i - 1]);
        }

        Assert.Equal(2 * area, objective.Value(new Samples(a, Contexts.None(37)), 0), 1e-9);
        Assert.Equal(0, objective.Value(new Samples(b, Contexts.None(23)), 0), 1e-9);
    }

    [Theory]
    [InlineData("mean(cost) + quantil(cost, 0.5)", 14, "there is no function 'quantil'", "did you mean 'quantile'?")]
    [InlineData("mean(cost", 10, "the end stands here; expected a comma, or the ')' of mean(")]
    [InlineData("(1 + 2", 7, "the end stands here; expected the ')' of the '(' at character 1")]
    [InlineData("mean(cost) mean(heat)", 12, "'m' stands here; expected an operator or the end")]
    [InlineData("mean(cost = 1)", 11, "'=' stands here")]
    [InlineData("1 + * 2", 5, "'*' stands here; expected a number, a column, a function or '('")]
    [InlineData("1.2.3", 1, "'1.2.3' stands here; expected a number")]
    [InlineData("cost", 1, "one number for each row")]
    [InlineData("2 * cost - 1", 1, "mean(…)")]
    [InlineData("cvar(cost)", 1, "cvar has 1 arguments; expected cvar(a, share)")]
    [InlineData("quantile(cost, heat)", 16, "quantile takes one number here")]
    [InlineData("distance(outputs, target)", 19, "expected a file in quotes")]
    [InlineData("distance(outputs, 'none.npy')", 19, "none.npy")]
    [InlineData("mean(outputs['cost)", 14, "not closed")]
    [InlineData("mean(outputs[0.5])", 14, "a whole number from 0")]
    [InlineData("colum:cost", 1, "no kind 'colum:'", "did you mean 'column:'?")]
    public void A_wrong_text_is_refused_at_its_character(string text, int character, params string[] expected)
    {
        var message = Assert.Throws<FormatException>(() => Objective(text)).Message;
        Assert.Contains($"character {character}: ", message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mean(cots)", 6, "there is no column 'cots'; expected cost, heat, age, category, outputs, contexts, lambda; did you mean 'cost'?")]
    [InlineData("1 + mean(outputs[2])", 10, "there is no column 2; expected 0 to 1")]
    [InlineData("mean(outputs)", 6, "'outputs' has 2 columns where one is expected")]
    [InlineData("mean(log(cost - 3))", 6, "row 0 is NaN")]
    [InlineData("cvar(cost, lambda)", 12, "the cvar's share is 2; expected 0 to below 1")]
    [InlineData("1 / (lambda - 2)", 1, "at λ = 2; expected a finite number")]
    public void What_only_the_outputs_show_is_refused_at_its_character(string text, int character, string expected)
    {
        var message = Assert.Throws<InvalidOperationException>(() => Objective(text).Value(s_samples, 2)).Message;
        Assert.Contains($"character {character}: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_can_exhaust_the_stack()
    {
        string[] texts = [new('(', 9000), new('-', 9000), string.Concat(Enumerable.Repeat("2^", 4000)), string.Concat(Enumerable.Repeat("abs(", 2000)), new('1', 20_000)];
        Assert.All(texts, text => Assert.Throws<FormatException>(() => Objective(text)));
    }

    [Fact]
    public void Help_names_every_function()
    {
        foreach (var function in ExpressionFunctions.All)
        {
            Assert.Matches($@"\b{function.Name}\b", ObjectiveHelp.Text);
        }
    }

    private static Samples Scores() => new(Matrix.From(new double[,] { { 1, 5 }, { 1, 4 }, { 5, 3 }, { 4, 2 }, { 1, 1.5 } }), s_samples.Contexts);

    private static IObjective Objective(string text) => ObjectiveText.Parse(text, Scope(["cost", "heat"], Path.GetTempPath()));

    private static ObjectiveScope Scope(string[]? outputs, string folder) => new(folder, folder, () => outputs, ["age", "category"]);
}
