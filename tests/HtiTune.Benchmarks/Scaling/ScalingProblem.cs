// Notation
//   N, K   samples at each anchor, anchors;  λ_k = k/(K − 1)
//   x      three conditions, standard normal;  ε  noise, standard normal
//   y      (sin 2x₀ + λ(1 + x₁), x₀x₂ − 2λ²x₁) + s·ε
// matched: the same x at every anchor and s = 0, coupled by context. unmatched: x drawn anew at every anchor and s = 0.3, relaxed.
// categories: the semicircles' law, N/4 samples of each of four categories, exact optimal transport.
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>Samples of a known law, as many as asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">How such samples are coupled.</param>
/// <param name="Arguments">Arguments of <c>htitune fit</c> that say what the columns are.</param>
internal sealed record ScalingProblem(string Name, string What, params string[] Arguments)
{
    internal const int Outputs = 2;
    private const int Conditions = 3;
    private const float Noise = 0.3f;

    /// <summary>All problems.</summary>
    internal static IReadOnlyList<ScalingProblem> All { get; } =
    [
        new("matched", "continuous conditions, by context"),
        new("unmatched", "continuous conditions, relaxed"),
        new("categories", "exact optimal transport", "--categories", $"{SemicircleLaw.Categories}"),
    ];

    /// <summary>The anchors' values.</summary>
    internal static double[] Lambdas(int anchors) => [.. Enumerable.Range(0, anchors).Select(k => (double)k / (anchors - 1))];

    /// <summary>Samples [K, N, D + C].</summary>
    /// <param name="samples">N, a multiple of four.</param>
    /// <param name="anchors">K, at least 2.</param>
    internal (int[] Shape, float[] Values) Draw(int samples, int anchors)
    {
        var streams = new RandomStreams(1).Fork($"scaling {Name}");
        var blocks = Lambdas(anchors).Select((lambda, k) => Arguments.Length > 0
            ? SemicircleLaw.Draw(streams.Stream($"{k}"), samples / SemicircleLaw.Categories, lambda)
            : Rows(streams.Stream(Name == "matched" ? "shared" : $"{k}"), samples, (float)lambda, Name == "matched" ? 0 : Noise)).ToArray();
        return ([anchors, blocks[0].Rows, blocks[0].Columns], [.. blocks.SelectMany(block => block.Values.ToArray())]);
    }

    private static Matrix Rows(RandomStream random, int samples, float lambda, float noise) => Matrix.Create(samples, Outputs + Conditions, (_, row) =>
    {
        var x = row[Outputs..];
        for (var k = 0; k < Conditions; k++)
        {
            x[k] = (float)random.NextNormal();
        }

        row[0] = MathF.Sin(2 * x[0]) + lambda * (1 + x[1]) + noise * (float)random.NextNormal();
        row[1] = x[0] * x[2] - 2 * lambda * lambda * x[1] + noise * (float)random.NextNormal();
    });
}
