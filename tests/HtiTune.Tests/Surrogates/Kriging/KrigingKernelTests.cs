using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

public sealed class KrigingKernelTests
{
    private static readonly KrigingVariant[] s_variants =
    [
        new(false, false, Kernel: KrigingKernel.Gaussian),
        new(true, true, Kernel: KrigingKernel.Gaussian),
        new(false, false, Ripples: true),
        new(true, true, Kernel: KrigingKernel.Gaussian, Ripples: true),
        new(true, false, Kernel: KrigingKernel.Exponential),
        new(false, true, Kernel: KrigingKernel.Exponential),
    ];

    public static TheoryData<int> Variants => [.. Enumerable.Range(0, s_variants.Length)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void TheGradientIsThatOfFiniteDifferences(int variant)
    {
        var (places, values) = Data(14);
        var layout = new KrigingLayout(2, s_variants[variant]);
        var likelihood = new PooledLikelihood(places, GramMatrix.Of(values.AsSpan()).Centred(), layout);
        double[] theta = [.. layout.Centre.Select((centre, i) => centre - (i < 2 ? 0.8 : 0) + 0.2 * Math.Sin(3 * i + 1))], gradient = new double[layout.Count];
        likelihood.Evaluate(theta, gradient);

        for (var i = 0; i < theta.Length; i++)
        {
            const double Step = 1e-4;
            var at = (double[])theta.Clone();
            at[i] += Step;
            var up = likelihood.Evaluate(at, []);
            at[i] -= 2 * Step;
            var down = likelihood.Evaluate(at, []);
            Assert.Equal((up - down) / (2 * Step), gradient[i], 5e-4 * (1 + gradient.Max(Math.Abs)));
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void MeanAndVarianceAreThoseOfTheEquationsOfOrdinaryKriging(int variant)
    {
        const int Count = 9;
        var (places, values) = Data(Count);
        var layout = new KrigingLayout(2, s_variants[variant]);
        double[] theta = [.. layout.Centre.Select((centre, i) => centre + 0.1 * i)];
        var kriging = AnchorKriging.At(places, layout, GramMatrix.Of(values.AsSpan()), theta);
        double[] at = [0.37, 0.81], weights = new double[Count];

        var variance = kriging.Weights(at, weights);

        // R w + μ1 = r, 1ᵀw = 1: the best linear unbiased prediction, whatever way it was found.
        double[] correlations = new double[Count];
        kriging.Correlate(at, correlations);
        var matrix = PooledLikelihood.Correlations(layout, theta, PooledLikelihood.Warped(layout, theta, places));
        double[] left = [.. Enumerable.Range(0, Count).Select(k => Enumerable.Range(0, Count).Sum(l => matrix[Math.Max(k, l) * Count + Math.Min(k, l)] * weights[l]) - correlations[k])];
        Assert.Equal(1, weights.Sum(), 1e-9);
        Assert.All(left, miss => Assert.Equal(left[0], miss, 1e-7));
        var sill = layout.Correlation(theta).At(0);
        Assert.Equal(sill - weights.Zip(correlations, (w, r) => w * r).Sum() + left[0], variance, 1e-7);
    }

    private static (double[] Places, double[] Values) Data(int count)
    {
        var stream = new RandomStreams(3).Stream("kernels");
        double[] places = [.. Enumerable.Range(0, 2 * count).Select(_ => stream.NextDouble())];
        return (places, [.. Enumerable.Range(0, count).Select(k => Math.Sin(5 * places[2 * k]) + 0.3 * Math.Sin(40 * places[2 * k + 1]))]);
    }
}
