using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using HtiTune.Tests.Surrogates;
using Microsoft.ML.OnnxRuntime;

namespace HtiTune.Tests.Cli;

/// <summary>Models written as ONNX, run by ONNX Runtime, against the surrogate itself.</summary>
[Collection("console")]
public class ExportTests
{
    [Theory]
    [InlineData("linear", 2)]
    [InlineData("log", 3)]
    [InlineData("logit", 4)]
    [InlineData("odds", 3)]
    [InlineData("normal-quantile", 4)]
    [InlineData("symlog", 3)]
    public void Onnx_runtime_moves_rows_as_the_surrogate_does(string scale, int anchors)
    {
        double[] lambdas = [.. Enumerable.Range(0, anchors).Select(k => Math.Round(0.01 + 0.98 * k / (anchors - 1), 3))];
        var set = Problems.Linear(lambdas, rows: 80);
        var parameter = Hyperparameter.Continuous("rate", 0.01, 0.99, Scale.Parse(scale));
        Agrees(TrajectorySurrogate.Fit(new AnchorSet(parameter, set), new TrajectoryOptions { MapSteps = 60 }), set[0].Samples, lambdas[^1] / 2);
    }

    [Fact]
    public void Categories_draws_and_bounds_are_kept()
    {
        var random = new RandomStreams(5).Stream("draws");
        Anchor At(double lambda) => new(lambda, new Samples(
            Matrix.Create(90, 2, (i, row) => (row[0], row[1]) = ((float)(random.NextNormal() + (i % 3 - 1) * 4 * lambda), (float)(random.NextNormal() - lambda))),
            Contexts.Of([.. Enumerable.Range(0, 90).Select(i => i % 3)], 3)));
        var set = new AnchorSet(Hyperparameter.Continuous("rate", 0, 1), [At(0), At(0.4), At(1)]);
        var options = new TrajectoryOptions { MapSteps = 60, Potential = PotentialKind.Density, Bounds = [new(-3, 3), new(-2, 2)] };
        Agrees(TrajectorySurrogate.Fit(set, options), set[1].Samples, 0.4);
    }

    [Fact]
    public void A_baseline_is_refused()
    {
        using var folder = new TemporaryFolder();
        var surrogate = TrajectorySurrogate.Fit(Problems.Linear([0, 1]), new TrajectoryOptions { Method = Method.Linear, MapSteps = 10 });
        var fault = Assert.Throws<NotSupportedException>(() => surrogate.ExportOnnx(folder.File("m.onnx"), 0));
        Assert.Contains("it is the baseline Linear", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("m.onnx")));
    }

    private static void Agrees(TrajectorySurrogate surrogate, Samples rows, double middle)
    {
        using var folder = new TemporaryFolder();
        var (n, d) = (rows.Count, rows.Dimension);
        foreach (var from in surrogate.Anchors)
        {
            surrogate.ExportOnnx(folder.File("m.onnx"), from);
            using var session = new InferenceSession(folder.File("m.onnx"));
            double low = surrogate.Anchors[0], high = surrogate.Anchors[^1];
            double[] asked = [.. surrogate.Anchors, middle, low + 0.01 * (high - low), low + 0.37 * (high - low), low + 0.97 * (high - low)];
            foreach (var lambda in asked)
            {
                Same(surrogate.Transport(rows, from, lambda).Values, Run(session, rows, [lambda]));
            }

            // Each row may have a λ of its own; outside the range there is no answer.
            double[] each = [.. Enumerable.Range(0, n).Select(i => asked[i % asked.Length])];
            var moved = Run(session, rows, each);
            for (var i = 0; i < n; i++)
            {
                Same(surrogate.Transport(rows, from, each[i]).Row(i), moved.AsSpan(i * d, d));
            }

            Assert.All(Run(session, rows, [high + 0.001]), value => Assert.True(float.IsNaN(value)));
        }
    }

    private static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> got)
    {
        // Outputs of these problems are of the order of 1.
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], got[i], 2e-5f);
        }
    }

    internal static float[] Run(InferenceSession session, Samples rows, double[] lambdas)
    {
        var n = rows.Count;
        var inputs = new Dictionary<string, OrtValue>
        {
            ["outputs"] = OrtValue.CreateTensorValueFromMemory(rows.Outputs.Values.ToArray(), [n, rows.Dimension]),
            ["lambda"] = OrtValue.CreateTensorValueFromMemory(lambdas, [lambdas.Length]),
        };
        if (rows.Conditions.Columns > 0)
        {
            inputs["conditions"] = OrtValue.CreateTensorValueFromMemory(rows.Conditions.Values.ToArray(), [n, rows.Conditions.Columns]);
        }

        if (rows.Contexts.CategoryCount > 0)
        {
            inputs["category"] = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(rows.Categories.ToArray(), c => (long)c), [n]);
        }

        using var options = new RunOptions();
        using var results = session.Run(options, inputs, ["moved"]);
        var moved = results[0].GetTensorDataAsSpan<float>().ToArray();
        foreach (var input in inputs.Values)
        {
            input.Dispose();
        }

        return moved;
    }
}
