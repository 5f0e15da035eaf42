using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static HtiTune.Tests.Surrogates.Spaces.SpaceProblems;

namespace HtiTune.Tests.Cli;

/// <summary>Models of several hyperparameters written as ONNX, run by ONNX Runtime, against the surrogate itself.</summary>
[Collection("console")]
public class SpaceExportTests
{
    /// <summary>Of outputs of order 1: where a network gives rows in single precision, and where nothing but weights stands between.</summary>
    private const double Given = 2e-5, Weighted = 2e-6;

    public static TheoryData<string> Kinds => ["free", "probabilities", "positive", "integer", "interval", "nugget", "draws", "stacked"];

    private static SpaceSurrogate Fitted(string kind)
    {
        var options = new SpaceSurrogateOptions { TrainMaps = false, Nugget = kind == "nugget" ? NuggetKind.Learned : NuggetKind.Fixed };
        double[] Softmax(double[] u, double[] x)
        {
            double[] e = [.. Enumerable.Range(0, 3).Select(j => Math.Exp(2 * u[0] * Math.Sin(j + x[0]) + j * u[1] * x[1]))];
            return [.. e.Select(v => v / e.Sum())];
        }

        return kind switch
        {
            "probabilities" => SpaceSurrogate.Fit(Anchors(Mixed, 14, Conditions(15), Softmax), options),
            "positive" => SpaceSurrogate.Fit(Anchors(Mixed, 14, Conditions(15), (u, x) => [.. OfMixed(u, x).Select(Math.Exp)]), options),
            "integer" => SpaceSurrogate.Fit(Anchors(Mixed, 14, Conditions(15), (u, x) => [.. OfMixed(u, x).Select(v => Math.Round(9 * v))]), options),
            "interval" => SpaceSurrogate.Fit(
                Anchors(Mixed, 14, Conditions(15), (u, x) => [.. OfMixed(u, x).Select(v => Math.Clamp(v, -0.5, 1))]), options with { Bounds = [new(-0.5, 1), new(-0.5, 1), new(-0.5, 1)] }),
            "draws" => SpaceSurrogate.Fit(Draws(40), options),
            "stacked" => Stacked(options),
            _ => SpaceSurrogate.Fit(Anchors(Mixed, 14, Conditions(15), OfMixed), options),
        };
    }

    // Of law and seeds, one whose rough surface has a share.
    private static SpaceSurrogate Stacked(SpaceSurrogateOptions options) => Enumerable.Range(1, 8)
        .Select(seed => SpaceSurrogate.Fit(
            Anchors(Mixed, 24, Conditions(15), (u, x) => [.. OfMixed(u, x).Select(v => 0.3 * v + ((int)(7 * u[0]) % 2 == 0 ? 1 : -1))], seed), options with { Method = SpaceMethod.Stacked }))
        .First(surrogate => surrogate.State.Stack!.Share > 0.05);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Stored_rows_are_weighted_as_the_surrogate_does(string kind)
    {
        var surrogate = Fitted(kind);
        using var session = Session(surrogate);
        foreach (var at in Places(surrogate.Space, 25, 3).Concat(surrogate.Anchors))
        {
            Same(surrogate.Sample(at).Samples.Outputs.Values, Run(session, surrogate.Space, [at]), Weighted);
        }
    }

    [Theory]
    [InlineData(false, ContextMaps.Networks)]
    [InlineData(true, ContextMaps.Networks)]
    [InlineData(false, ContextMaps.Ridge)]
    [InlineData(true, ContextMaps.Ridge)]
    [InlineData(false, ContextMaps.Tried)]
    public void Contexts_are_answered_by_the_network_each_at_its_own_configuration(bool hasCategories, ContextMaps maps)
    {
        var conditions = Conditions(60);
        var contexts = hasCategories ? new Contexts(conditions.Conditions, [.. Enumerable.Range(0, 60).Select(i => i % 2)], 2) : conditions;
        var anchors = new AnchorSet(Mixed, Places(Mixed, 8).Select(at => new Anchor(at, new Samples(Answer(Mixed, at, conditions, OfMixed).Outputs, contexts))));
        var surrogate = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { MapSteps = 60, HiddenWidth = 16, Maps = maps });
        using var session = Session(surrogate);
        var fresh = hasCategories ? new Contexts(Conditions(12, 5).Conditions, [.. Enumerable.Range(0, 12).Select(i => i % 2)], 2) : Conditions(12, 5);
        var places = Places(Mixed, 12, 8);
        foreach (var at in places.Append(surrogate.Anchors[3]))
        {
            Same(surrogate.Sample(at, fresh).Samples.Outputs.Values, Run(session, Mixed, [at], fresh), Given);
        }

        var each = Run(session, Mixed, places, fresh);
        for (var i = 0; i < places.Length; i++)
        {
            Same(surrogate.Sample(places[i], fresh).Samples.Outputs.Row(i), each.AsSpan(3 * i, 3), Given);
        }
    }

    [Fact]
    public void Outside_the_space_there_is_no_answer()
    {
        var surrogate = Fitted("free");
        using var session = Session(surrogate);
        var at = surrogate.Anchors[0];
        foreach (var (name, number) in new[] { ("lr", 0.2), ("layers", 0), ("size", 3), ("size", -1) })
        {
            Assert.All(Run(session, Mixed, [at], null, (name, number)), value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public async Task The_command_writes_one_and_what_cannot_be_written_is_refused()
    {
        using var folder = new TemporaryFolder();
        Fitted("free").Save(folder.File("m.hti"));
        var (code, _, errors) = await InProcess.Run("export", "--model", folder.File("m.hti"), "--out", folder.File("m.onnx"));
        Assert.True(code == ExitCode.Done, errors);
        using var session = new InferenceSession(folder.File("m.onnx"));
        Assert.Equal(["lr", "layers", "size", "optimizer", "momentum"], session.InputNames);
        (code, _, errors) = await InProcess.Run("export", "--model", folder.File("m.hti"), "--from", "0.5", "--out", folder.File("m.onnx"));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("several hyperparameters", errors, StringComparison.Ordinal);

        foreach (var space in new[] { SearchSpace.Parse("outputs=0..1", "b=0..1"), new SearchSpace(Hyperparameter.Continuous("a", 0, 1, Scale.Warp("cubed", v => v * v * v, Math.Cbrt))) })
        {
            var surrogate = SpaceSurrogate.Fit(new AnchorSet(space, new[] { 0.1, 0.5, 0.9 }.Select(u => space.FromUnit([.. space.Select(_ => u)])).Select(
                at => new Anchor(at, Answer(space, at, Conditions(5), (u, x) => [u[0] + x[0]])))), new SpaceSurrogateOptions { TrainMaps = false });
            using var stream = new MemoryStream();
            Assert.Contains("cannot be written", Assert.Throws<NotSupportedException>(() => surrogate.ExportOnnx(stream)).Message, StringComparison.Ordinal);
        }
    }

    private static InferenceSession Session(SpaceSurrogate surrogate)
    {
        using var stream = new MemoryStream();
        surrogate.ExportOnnx(stream);
        return new InferenceSession(stream.ToArray());
    }

    private static float[] Run(InferenceSession session, SearchSpace space, Configuration[] at, Contexts? contexts = null, params (string Name, double Value)[] other)
    {
        var inputs = space.Select(one => one is CategoricalHyperparameter words
            ? NamedOnnxValue.CreateFromTensor(one.Name, new DenseTensor<long>(Array.ConvertAll(at, c => (long)ValueOf(one, c, v => words.Choices.ToList().IndexOf(v.Word), -1)), [at.Length]))
            : NamedOnnxValue.CreateFromTensor(one.Name, new DenseTensor<double>(Array.ConvertAll(at, c => ValueOf(one, c, v => v.Number, double.NaN)), [at.Length]))).ToList();
        if (contexts is not null)
        {
            inputs.Add(NamedOnnxValue.CreateFromTensor("conditions", new DenseTensor<float>(contexts.Conditions.Values.ToArray(), [contexts.Count, contexts.Conditions.Columns])));
            if (contexts.CategoryCount > 0)
            {
                inputs.Add(NamedOnnxValue.CreateFromTensor("category", new DenseTensor<long>(Array.ConvertAll(contexts.Categories.ToArray(), c => (long)c), [contexts.Count])));
            }
        }

        using var results = session.Run(inputs);
        return [.. results[0].AsEnumerable<float>()];

        double ValueOf(Hyperparameter one, Configuration c, Func<HyperparameterValue, double> number, double none) =>
            other is [var (name, value)] && name == one.Name ? value : c.TryGet(one.Name, out var found) ? number(found) : none;
    }

    private static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> got, double tolerance)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"value {i}: expected {expected[i]:R}, got {got[i]:R}");
        }
    }
}
