using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using HtiTune.Tests.Surrogates;
using Microsoft.ML.OnnxRuntime;

namespace HtiTune.Tests.Cli;

/// <summary>Kriged models written as ONNX, run by ONNX Runtime, against the surrogate itself.</summary>
[Collection("console")]
public class KrigedExportTests
{
    /// <summary>Of outputs of order 1: where networks carry rows, in single precision, and where nothing but weights stands between.</summary>
    private const double Carried = 2e-5, Weighted = 1e-6;

    public static TheoryData<string, int, string> Options => new()
    {
        { "linear", 2, "" }, { "log", 3, "trend" }, { "logit", 4, "" }, { "odds", 3, "no warp" }, { "normal-quantile", 9, "nugget" }, { "symlog", 4, "straight" },
        { "linear", 4, "ridge" }, { "log", 3, "tried" },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Answers_are_carried_and_weighted_as_the_surrogate_does(string scale, int anchors, string option)
    {
        double[] lambdas = [.. Enumerable.Range(0, anchors).Select(k => Math.Round(0.05 + 0.9 * k / (anchors - 1), 3))];
        var parameter = Hyperparameter.Continuous("rate", 0.01, 0.99, Scale.Parse(scale));
        var set = Problems.Deterministic(parameter, lambdas, 60, 1, (lambda, x) => [Math.Sin(2 * x[0] + 3 * lambda), x[0] * x[1] - lambda * lambda * x[0]]);
        Agrees(KrigedSurrogate.Fit(set, With(option)), set[0].Samples, Carried);
    }

    [Theory]
    [InlineData(OutputKind.Free, "")]
    [InlineData(OutputKind.Free, "nugget")]
    [InlineData(OutputKind.Free, "straight")]
    [InlineData(OutputKind.Free, "trend")]
    [InlineData(OutputKind.Free, "bounds")]
    [InlineData(OutputKind.Probabilities, "")]
    [InlineData(OutputKind.Positive, "")]
    [InlineData(OutputKind.Interval, "bounds")]
    [InlineData(OutputKind.Integer, "")]
    public void Draws_move_as_the_nearest_stored_row_does_and_keep_their_kind(OutputKind kind, string option)
    {
        var random = new RandomStreams(5).Stream("draws");
        Samples At(double lambda) => new(
            Matrix.Create(120, 3, (i, row) =>
            {
                double[] z = [random.NextNormal() + (i % 3 - 1) * 2 * lambda, random.NextNormal() * (0.3 + lambda), random.NextNormal() - Math.Sin(2 * lambda)];
                for (var j = 0; j < 3; j++)
                {
                    row[j] = (float)(kind switch
                    {
                        OutputKind.Probabilities => Math.Exp(z[j]) / z.Sum(Math.Exp),
                        OutputKind.Positive => Math.Exp(4 * z[j] * lambda),
                        OutputKind.Interval => 1.9 * Math.Tanh(z[j]),
                        OutputKind.Integer => Math.Round(300 * z[j]), // so many that no two stored rows are equally near
                        _ => z[j],
                    });
                }
            }),
            Contexts.Of([.. Enumerable.Range(0, 120).Select(i => i % 3)], 3));
        double[] lambdas = [0.1, 0.3, 0.55, 0.9];
        var set = new AnchorSet(Problems.Unit, lambdas.Select(lambda => new Anchor(lambda, At(lambda))));
        var surrogate = KrigedSurrogate.Fit(set, With(option) with { Kind = kind });
        Assert.Equal(kind, surrogate.Report.Kind);
        Agrees(surrogate, set[1].Samples, Weighted);
        Agrees(surrogate, At(0.4), Weighted);
    }

    [Fact]
    public void Affine_maps_are_refused()
    {
        var set = Problems.Moving([0, 0.5, 1], way => way);
        var surrogate = KrigedSurrogate.Fit(set, new KrigingOptions { Carrying = RowCarrying.Affine });
        using var stream = new MemoryStream();
        var fault = Assert.Throws<NotSupportedException>(() => surrogate.ExportOnnx(stream, 0));
        Assert.Contains("affine maps", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => surrogate.ExportOnnx(stream, 0.25));
    }

    private static KrigingOptions With(string option)
    {
        var options = new KrigingOptions { Kind = OutputKind.Free, Coupling = new() { MapSteps = 60 } };
        return option switch
        {
            "trend" => options with { Trend = true },
            "ridge" => options with { Coupling = options.Coupling with { Maps = ContextMaps.Ridge }, Smooth = true },
            "tried" => options with { Coupling = options.Coupling with { Maps = ContextMaps.Tried } },
            "no warp" => options with { Warp = false },
            "nugget" => options with { Nugget = NuggetKind.Learned },
            "straight" => options with { Straight = true },
            "bounds" => options with { Coupling = options.Coupling with { Bounds = [new(-2, 2), new(-2, 2), new(-2, 2)] } },
            _ => options,
        };
    }

    private static void Agrees(KrigedSurrogate surrogate, Samples rows, double tolerance)
    {
        using var folder = new TemporaryFolder();
        var d = rows.Dimension;
        var range = surrogate.Hyperparameter;
        foreach (var from in surrogate.Anchors)
        {
            surrogate.ExportOnnx(folder.File("m.onnx"), from);
            using var session = new InferenceSession(folder.File("m.onnx"));
            double[] asked = [.. surrogate.Anchors, range.Minimum, range.Maximum, .. ((double[])[0.02, 0.11, 0.37, 0.68, 0.97]).Select(range.FromUnit)];
            foreach (var lambda in asked)
            {
                Same(surrogate.Transport(rows, from, lambda).Values, ExportTests.Run(session, rows, [lambda]), tolerance);
            }

            // Each row may have a λ of its own; outside the range there is no answer.
            double[] each = [.. Enumerable.Range(0, rows.Count).Select(i => asked[i % asked.Length])];
            var moved = ExportTests.Run(session, rows, each);
            foreach (var lambda in asked)
            {
                var expected = surrogate.Transport(rows, from, lambda);
                for (var i = 0; i < rows.Count; i++)
                {
                    if (each[i] == lambda)
                    {
                        Same(expected.Row(i), moved.AsSpan(i * d, d), tolerance);
                    }
                }
            }

            Assert.All(ExportTests.Run(session, rows, [range.Maximum + 0.001]), value => Assert.True(float.IsNaN(value)));
        }
    }

    internal static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> got, double tolerance)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"value {i}: expected {expected[i]:R}, got {got[i]:R}");
        }
    }
}
