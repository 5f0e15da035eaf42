using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using HtiTune.Tests.Surrogates;
using Microsoft.ML.OnnxRuntime;

namespace HtiTune.Tests.Cli;

/// <summary>Models of stored rows, run by ONNX Runtime, against the surrogate itself.</summary>
[Collection("console")]
public class StoredExportTests
{
    /// <summary>Of outputs of order 1, where a regression is summed in single precision.</summary>
    private const double Carried = 5e-5;

    private static readonly double[] s_lambdas = [0, 0.3, 0.7, 1];

    /// <summary>Draws under conditions of each anchor's own; with a phase, conditions and λ act together.</summary>
    private static AnchorSet Unmatched(double[] lambdas, bool isPhase) => new(Problems.Unit, lambdas.Select((lambda, k) =>
    {
        var x = Problems.Conditions(150, 20 + k);
        var random = new RandomStreams(7).Stream($"{k}");
        return new Anchor(lambda, new Samples(Matrix.Create(x.Count, 2, (i, row) =>
        {
            var angle = (isPhase ? 3 : 1) * lambda + 1.2 * x.Conditions[i, 0] + 0.1 * random.NextNormal();
            row[0] = (float)(isPhase ? Math.Cos(angle) : lambda * lambda + (0.3 + lambda) * random.NextNormal());
            row[1] = (float)(isPhase ? Math.Sin(angle) : x.Conditions[i, 1] + random.NextNormal());
        }), x));
    }));

    [Theory]
    [InlineData(RowCarrying.Affine, false, "")]
    [InlineData(RowCarrying.Affine, true, "")]
    [InlineData(RowCarrying.Affine, false, "bounds")]
    [InlineData(RowCarrying.Quantiles, false, "")]
    [InlineData(RowCarrying.Quantiles, true, "half straight")]
    [InlineData(RowCarrying.Quantiles, true, "third parabola")]
    [InlineData(RowCarrying.Quantiles, true, "half straight, third parabola")]
    [InlineData(RowCarrying.Quantiles, false, "nugget")]
    public void Rows_that_laws_carry_are_weighted_as_the_surrogate_does(RowCarrying carrying, bool isPhase, string option)
    {
        var options = new KrigingOptions { Coupling = new() { TrainMaps = false }, Carrying = carrying };
        var surrogate = KrigedSurrogate.Fit(Unmatched(isPhase ? [0, 0.5, 1] : s_lambdas, isPhase), option switch
        {
            "bounds" => options with { Coupling = options.Coupling with { Bounds = [new(-1, 1), new(-0.9, 0.9)] } },
            "half straight" => options with { StraightShare = 0.5 },
            "third parabola" => options with { ParabolaShare = 1.0 / 3 },
            "half straight, third parabola" => options with { StraightShare = 0.5, ParabolaShare = 1.0 / 3 },
            "nugget" => options with { Nugget = NuggetKind.Learned },
            _ => options,
        });
        Assert.Equal(isPhase, surrogate.Regression is not null);
        Agrees(surrogate, surrogate.ExportOnnx, Carried);
    }

    [Theory]
    [InlineData(OutputKind.Probabilities)]
    [InlineData(OutputKind.Integer)]
    public void Draws_keep_their_kind(OutputKind kind)
    {
        var set = new AnchorSet(Problems.Unit, s_lambdas.Select(lambda =>
        {
            var random = new RandomStreams(9).Stream($"{lambda}");
            return new Anchor(lambda, new Samples(Matrix.Create(90, 2, (_, row) =>
            {
                double first = Math.Exp(random.NextNormal() + 2 * lambda), second = Math.Exp(random.NextNormal());
                (row[0], row[1]) = kind == OutputKind.Integer
                    ? ((float)Math.Round(4 * first), (float)Math.Round(4 * second))
                    : ((float)(first / (first + second)), (float)(second / (first + second)));
            }), Contexts.None(90)));
        }));
        var surrogate = KrigedSurrogate.Fit(set, new KrigingOptions { Kind = kind });
        Agrees(surrogate, surrogate.ExportOnnx, 1e-6);
    }

    [Theory]
    [InlineData(Method.Mixture, false)]
    [InlineData(Method.Hti, false)] // Draws: bent paths.
    [InlineData(Method.Hti, true)] // Answers: a cubic.
    public void Trajectories_are_read_as_the_surrogate_reads_them(Method method, bool isDeterministic)
    {
        var set = isDeterministic ? Problems.Linear([0, 0.4, 1]) : Problems.Moving([0, 0.4, 1], way => Math.Sin(3 * way));
        var potential = isDeterministic || method == Method.Mixture ? PotentialKind.Auto : PotentialKind.Density;
        var surrogate = TrajectorySurrogate.Fit(set, new TrajectoryOptions { Method = method, MapSteps = 40, Potential = potential });
        Agrees(surrogate, surrogate.ExportOnnx, 2e-5);
    }

    [Fact]
    public async Task The_command_writes_stored_rows_where_they_are_asked_for_or_nothing_else_can_be_written()
    {
        using var folder = new TemporaryFolder();
        string File(string name) => folder.File(name);
        var levels = KrigedSurrogate.Fit(Unmatched(s_lambdas, false), new KrigingOptions { Coupling = new() { TrainMaps = false }, Carrying = RowCarrying.Quantiles });
        levels.Save(File("levels.hti"));
        Assert.Equal(ExitCode.Done, (await InProcess.Run("export", "--model", File("levels.hti"), "--out", File("levels.onnx"))).Code);
        Agrees(levels, File("levels.onnx"), Carried);

        var maps = KrigedSurrogate.Fit(Problems.Linear([0, 0.5, 1]), new KrigingOptions { Coupling = new() { MapSteps = 20 } });
        maps.Save(File("maps.hti"));
        Assert.Equal(ExitCode.Done, (await InProcess.Run("export", "--model", File("maps.hti"), "--stored", "--out", File("maps.onnx"))).Code);
        Agrees(maps, File("maps.onnx"), Carried);

        var (code, _, errors) = await InProcess.Run("export", "--model", File("levels.hti"), "--from", "0", "--out", File("no.onnx"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("carried by levels", errors, StringComparison.Ordinal);
        (code, _, errors) = await InProcess.Run("export", "--model", File("maps.hti"), "--from", "0", "--stored", "--out", File("no.onnx"));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("expected one of them", errors, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File("no.onnx")));
    }

    private static void Agrees(IFittedSurrogate surrogate, Action<string> export, double tolerance)
    {
        using var folder = new TemporaryFolder();
        export(folder.File("m.onnx"));
        Agrees(surrogate, folder.File("m.onnx"), tolerance);
    }

    private static void Agrees(IFittedSurrogate surrogate, string path, double tolerance)
    {
        var contexts = surrogate is KrigedSurrogate kriged ? kriged.Carrier.State.Contexts : ((TrajectorySurrogate)surrogate).State.Contexts;
        using var session = new InferenceSession(path);
        double[] asked = [.. surrogate.Anchors, 0.02, 0.11, 0.37, 0.68, 0.97];
        foreach (var lambda in asked)
        {
            KrigedExportTests.Same(surrogate.Sample(lambda, contexts).Samples.Outputs.Values, Run(session, [lambda]), tolerance);
        }

        // Each row may have a λ of its own; outside the range there is no answer.
        var d = surrogate.Dimension;
        double[] each = [.. Enumerable.Range(0, contexts.Count).Select(i => asked[i % asked.Length])];
        var got = Run(session, each);
        for (var i = 0; i < contexts.Count; i++)
        {
            KrigedExportTests.Same(surrogate.Sample(each[i], contexts).Samples.Outputs.Row(i), got.AsSpan(i * d, d), tolerance);
        }

        Assert.All(Run(session, [surrogate.Hyperparameter.Maximum + 0.001]), value => Assert.True(float.IsNaN(value)));
    }

    private static float[] Run(InferenceSession session, double[] lambdas)
    {
        using var lambda = OrtValue.CreateTensorValueFromMemory(lambdas, [lambdas.Length]);
        using var options = new RunOptions();
        using var results = session.Run(options, new Dictionary<string, OrtValue> { ["lambda"] = lambda }, ["outputs"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
