using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Sums of kernels in single precision, by vectors of either width.</summary>
public sealed class SingleKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(17, 2, 3)]
    [InlineData(450, 4, 2)]
    [InlineData(72, 9, 5)]
    public void They_are_the_sums_of_their_formula_and_of_either_width_to_the_last_bit(int rows, int p, int d)
    {
        var stream = new RandomStreams(7).Stream($"{rows} {p} {d}");
        double[] places = [.. Enumerable.Range(0, rows * p).Select(_ => stream.NextNormal())], weights = [.. Enumerable.Range(0, rows * d).Select(_ => 0.1 * stream.NextNormal())];
        var padded = RowColumns.PaddedOf(rows);
        var kernels = SingleKernels.Of(RowColumns.Of(places, p), RowColumns.Of(weights, d), padded, d)!;
        double[] mean = [.. Enumerable.Range(0, d).Select(j => 0.5 * j)], at = [.. Enumerable.Range(0, p).Select(_ => 0.5 * stream.NextNormal())];
        float[] narrow = new float[d], wide = new float[d];
        kernels.Sum(at, mean, narrow, isWide: false);
        kernels.Sum(at, mean, wide, isWide: true);
        Assert.Equal(narrow, wide);
        for (var j = 0; j < d; j++)
        {
            var sum = mean[j];
            for (var i = 0; i < rows; i++)
            {
                sum += weights[i * d + j] * Math.Exp(-0.5 * Enumerable.Range(0, p).Sum(k => Math.Pow(at[k] - places[i * p + k], 2)));
            }

            Assert.Equal(sum, narrow[j], 1e-5);
        }
    }
}
