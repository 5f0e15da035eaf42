using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Kriging and the choice of a method, as a script calls them.</summary>
[Collection("console")]
public class KrigingCommandTests
{
    private const string Lambdas = "0,0.25,0.5,1";

    [Fact]
    public async Task A_kriged_model_is_told_inspected_sampled_and_evaluated()
    {
        using var folder = new TemporaryFolder();
        Write(folder, lambda => [lambda / 2, 1 - lambda / 2]);
        var (code, output, errors) = await Fit(folder, "--method", "kriging", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        using var summary = JsonDocument.Parse(output);
        var kriging = summary.RootElement.GetProperty("kriging");
        Assert.Equal("Probabilities", kriging.GetProperty("kind").GetString());
        Assert.Equal("Root", kriging.GetProperty("link").GetString());
        Assert.Contains("kriging, 4 anchors", errors, StringComparison.Ordinal);
        Assert.Contains("note: Every output of every anchor is of the kind Probabilities", errors, StringComparison.Ordinal);

        (code, output, _) = await InProcess.Run("inspect", folder.File("m.hti"), "--json");
        Assert.Equal(ExitCode.Done, code);
        using var facts = JsonDocument.Parse(output);
        Assert.Equal("Kriging", facts.RootElement.GetProperty("method").GetString());
        Assert.Equal(4, facts.RootElement.GetProperty("leaveOneOutErrors").GetArrayLength());

        NpyFile.Write(folder.File("x.npy"), [2, 3], [0.25f, 0.75f, 0.1f, 0.25f, 0.75f, 0.9f]);
        (code, _, errors) = await InProcess.Run("sample", "--model", folder.File("m.hti"), "--from", "0.5", "--lambda", "0.8", "--input", folder.File("x.npy"), "--out", folder.File("y.npy"));
        Assert.Equal((ExitCode.Done, ""), (code, errors));
        var got = NpyFile.Read(folder.File("y.npy")).Values;
        Assert.Equal(1, got[0] + got[1], 1e-6f);
        Assert.Equal(0.4, got[0], 0.1);

        NpyFile.Write(folder.File("all.npy"), [5, 40, 3], Rows([0, 0.25, 0.5, 0.7, 1], lambda => [lambda / 2, 1 - lambda / 2]));
        (code, output, errors) = await InProcess.Run("evaluate", "--model", folder.File("m.hti"), "--data", folder.File("all.npy"), "--lambdas", "0,0.25,0.5,0.7,1");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        Assert.Contains("0.7", output, StringComparison.Ordinal);

        (code, _, errors) = await InProcess.Run("export", "--model", folder.File("m.hti"), "--from", "0", "--out", folder.File("m.onnx"));
        Assert.Equal((ExitCode.Done, true), (code, errors.Contains("m.onnx", StringComparison.Ordinal)));
        Assert.True(new FileInfo(folder.File("m.onnx")).Length > 0);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("--method hti", false)]
    [InlineData("--clock learned", false)]
    [InlineData("--potential density", false)]
    [InlineData("--coupling by-context", true)]
    [InlineData("--method kriging", false)]
    public async Task What_suits_the_data_is_taken_unless_a_method_or_an_option_of_trajectories_is_named(string arguments, bool isChosen)
    {
        using var folder = new TemporaryFolder();
        Write(folder, lambda => [Math.Sin(3 * lambda), lambda * lambda - 1]);
        var (code, output, errors) = await Fit(folder, [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--json"]);
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(isChosen, summary.RootElement.TryGetProperty("choice", out _));
    }

    [Fact]
    public async Task The_choice_says_what_was_tried()
    {
        using var folder = new TemporaryFolder();
        Write(folder, lambda => [Math.Sin(3 * lambda), lambda * lambda - 1]);
        var (code, output, errors) = await Fit(folder, "--method", "auto", "--json");
        Assert.Equal((ExitCode.Done, ""), (code, code == ExitCode.Done ? "" : errors));
        using var summary = JsonDocument.Parse(output);
        var choice = summary.RootElement.GetProperty("choice");
        Assert.Equal([0.25, 0.5], choice.GetProperty("folds").EnumerateArray().Select(fold => fold.GetDouble()));
        Assert.Contains("trajectories", choice.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("name").GetString()));
        Assert.Contains("note: Leaving out each of 2 anchors", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--method kriging --kind integer", "is declared Integer|declared Integer, but the output in row 0")]
    [InlineData("--kind positive --clock constant", "--kind is given with --method hti; expected kriging, affine, quantiles or auto")]
    [InlineData("--method linear --nugget learned", "--nugget is given with --method linear")]
    [InlineData("--method kriging --potential density", "Potential is Density; kriging bends no paths")]
    [InlineData("--method kriging --kind interval", "Kind is Interval; expected")]
    public async Task What_does_not_fit_together_is_refused(string arguments, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder, lambda => [lambda + 0.3, 1]);
        var (code, _, errors) = await Fit(folder, arguments.Split(' '));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains(message.Split('|')[^1], errors, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> Fit(TemporaryFolder folder, params string[] more) =>
        InProcess.Run(["fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", Lambdas, "--out", folder.File("m.hti"), .. more]);

    private static void Write(TemporaryFolder folder, Func<double, double[]> law) =>
        NpyFile.Write(folder.File("a.npy"), [4, 40, 3], Rows([0, 0.25, 0.5, 1], law));

    private static float[] Rows(double[] lambdas, Func<double, double[]> law) =>
        [.. lambdas.SelectMany(lambda => Enumerable.Range(0, 40).SelectMany(i => new[] { (float)law(lambda)[0], (float)law(lambda)[1], i / 40f }))];
}
