using System.Text.Json;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>A case of <c>kriging.json</c>, made by an independent implementation in NumPy (the script stands beside it).</summary>
public sealed record KrigingCase(
    string Name,
    int Dimension,
    bool Warp,
    bool Nugget,
    double[] Places,
    double[] Outputs,
    double[] Theta,
    double Objective,
    double Effective,
    double[] Queries,
    double[] Predictions,
    double[] Variances,
    double[] Residuals,
    double[] ResidualVariances)
{
    private static readonly JsonSerializerOptions s_names = new() { PropertyNameCaseInsensitive = true };
    private static readonly Lazy<KrigingCase[]> s_all = new(() =>
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Surrogates", "kriging.json"));
        return JsonSerializer.Deserialize<Root>(file, s_names)!.Cases;
    });

    public static KrigingCase[] All => s_all.Value;

    public int Anchors => Places.Length / Dimension;

    public int Columns => Outputs.Length / Anchors;

    /// <summary>Mean over the columns of their deviation over anchors.</summary>
    public double Deviation => Math.Sqrt(Enumerable.Range(0, Columns).Average(p =>
    {
        var values = Enumerable.Range(0, Anchors).Select(k => Outputs[k * Columns + p]).ToArray();
        var mean = values.Average();
        return values.Average(v => (v - mean) * (v - mean));
    }));

    internal KrigingVariant Variant => new(Warp, Nugget);

    internal float[][] Rows => [.. Enumerable.Range(0, Anchors).Select(k => Enumerable.Range(0, Columns).Select(p => (float)Outputs[k * Columns + p]).ToArray())];

    internal AnchorKriging AtTheta() => AnchorKriging.At(Places, Dimension, GramMatrix.Of(Rows), Variant, Theta);

    internal AnchorKriging Fitted() => AnchorKriging.Fit(Places, Dimension, GramMatrix.Of(Rows), Variant);

    /// <summary>Σ_k w_k y_k for a column.</summary>
    internal double Predict(ReadOnlySpan<double> weights, int column)
    {
        double sum = 0;
        for (var k = 0; k < weights.Length; k++)
        {
            sum += weights[k] * Outputs[k * Columns + column];
        }

        return sum;
    }

    private sealed record Root(KrigingCase[] Cases);
}
