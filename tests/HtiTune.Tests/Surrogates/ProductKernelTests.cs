using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Tests.Surrogates;

/// <summary>Products in blocks and sums of several columns, against sums one after another.</summary>
public class ProductKernelTests
{
    [Theory]
    [InlineData(1, 16, 16, true)]
    [InlineData(7, 32, 48, false)]
    [InlineData(64, 4, 16, true)]
    [InlineData(33, 20, 32, false)]
    public void A_product_is_added_to_what_is_there(int count, int rows, int columns, bool isTransposed)
    {
        double[] x = Values(rows * count, 1), w = Values(count * columns, 2), y = Values(rows * columns, 3), expected = (double[])y.Clone();
        for (var i = 0; i < rows; i++)
        {
            for (var o = 16; o < columns; o++)
            {
                for (var k = 0; k < count; k++)
                {
                    expected[i * columns + o] += (isTransposed ? x[k * rows + i] : x[i * count + k]) * w[k * columns + o];
                }
            }
        }

        // The first sixteen columns are not asked for.
        ProductKernel.Add(x, isTransposed ? 1 : count, isTransposed ? rows : 1, count, w, columns, y, rows, 16, columns);
        Assert.All(y.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Theory]
    [InlineData(3, 1, 200, 2)]
    [InlineData(20, 3, 90, 5)]
    [InlineData(70, 1, 300, 40)]
    public void A_linear_part_leaves_a_gradient_of_nothing(int inputs, int categories, int n, int outputs)
    {
        float[] u = [.. Values(n * inputs, 4).Select(v => (float)v)], t = [.. Values(n * outputs, 5).Select(v => (float)v)];
        int[] own = [.. Enumerable.Range(0, n).Select(i => i % categories)];
        var (linear, offsets) = RidgeRegression.Fit(u, inputs, own, categories, t, outputs);
        for (var o = 0; o < outputs; o++)
        {
            var slope = new double[inputs + categories];
            for (var i = 0; i < n; i++)
            {
                double left = offsets[own[i] * outputs + o] - t[i * outputs + o];
                for (var k = 0; k < inputs; k++)
                {
                    left += (double)u[i * inputs + k] * linear[k * outputs + o];
                }

                for (var k = 0; k < inputs; k++)
                {
                    slope[k] += left * u[i * inputs + k];
                }

                slope[inputs + own[i]] += left;
            }

            // ½ Σ |u·S + s − t|² + ½ 1e-3 n |S|².
            for (var k = 0; k < slope.Length; k++)
            {
                Assert.Equal(0, slope[k] + (k < inputs ? 1e-3 * n * linear[k * outputs + o] : 0), 1e-4 * n);
            }
        }
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(24, 3)]
    [InlineData(40, 4)]
    [InlineData(96, 9)]
    public void Sums_of_columns_are_those_of_one_after_another(int padded, int columns)
    {
        double[] weights = Values(padded, 6), x = Values(padded * columns, 7), sums = new double[columns], squares = [.. weights.Select(Math.Abs)];
        RowColumns.Dots(weights, x, sums);
        for (var j = 0; j < columns; j++)
        {
            Assert.Equal(Enumerable.Range(0, padded).Sum(i => weights[i] * x[j * padded + i]), sums[j], 1e-12);
        }

        Assert.Equal(weights.Sum(), RowColumns.Sum(weights), 1e-12);
        var kept = (double[])weights.Clone();
        RowColumns.LeaveOut(squares, 0.5, kept);
        Assert.Equal(weights.Select((w, i) => squares[i] < 0.5 ? 0 : w), kept);
    }

    private static double[] Values(int count, int seed)
    {
        var random = new RandomStreams(seed).Stream("values");
        return [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
    }
}
