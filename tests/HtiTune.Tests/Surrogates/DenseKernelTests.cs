using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Tests.Surrogates;

public sealed class DenseKernelTests
{
    // 64 outputs go by wide vectors where the processor has them, 16 and 80 partly by others; 7 rows end with single ones; weights of 300 inputs are looked at a few outputs at a time.
    [Theory]
    [InlineData(7, 5, 5, 64)]
    [InlineData(8, 16, 2, 80)]
    [InlineData(3, 64, 64, 16)]
    [InlineData(6, 12, 12, 35)]
    [InlineData(21, 5, 5, 96)]
    [InlineData(75, 300, 300, 128)]
    public void AProductIsTheSumInOrderWhateverTheVectors(int n, int inputs, int used, int outputs)
    {
        var stream = new RandomStreams(1).Stream($"{n} {outputs}");
        float[] x = Numbers(n * inputs, stream), w = Numbers(inputs * outputs, stream), bias = Numbers(outputs, stream), y = new float[n * outputs];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i % inputs < used ? x[i] : 0;
        }

        DenseKernel.Multiply(x, n, inputs, used, w, bias, outputs, y);

        for (var i = 0; i < n; i++)
        {
            for (var o = 0; o < outputs; o++)
            {
                float fused = bias[o], plain = bias[o];
                for (var k = 0; k < inputs; k++)
                {
                    fused = MathF.FusedMultiplyAdd(x[i * inputs + k], w[k * outputs + o], fused);
                    plain += x[i * inputs + k] * w[k * outputs + o];
                }

                // Outputs beyond the last sixteen are summed without fusing.
                Assert.Equal(o < outputs / 16 * 16 ? fused : plain, y[i * outputs + o]);
            }
        }
    }

    [Theory]
    [InlineData(150, 8, 64)]
    [InlineData(70, 12, 80)]
    [InlineData(64, 4, 48)]
    [InlineData(1, 4, 16)]
    public void AGradientIsTheSumOverRowsInOrder(int n, int inputs, int outputs)
    {
        var stream = new RandomStreams(2).Stream($"{n} {outputs}");
        float[] x = Numbers(n * inputs, stream), delta = Numbers(n * outputs, stream), gradient = new float[inputs * outputs];
        Array.Fill(gradient, 5);

        DenseKernel.MultiplyTransposed(x, n, inputs, inputs, delta, outputs, gradient);

        for (var i = 0; i < inputs; i++)
        {
            for (var o = 0; o < outputs; o++)
            {
                float sum = 0;
                for (var k = 0; k < n; k++)
                {
                    sum = MathF.FusedMultiplyAdd(x[k * inputs + i], delta[k * outputs + o], sum);
                }

                Assert.Equal(sum, gradient[i * outputs + o]);
            }
        }
    }

    [Fact]
    public void GaussianKernelsAreThoseOfTheFormula()
    {
        var stream = new RandomStreams(3).Stream("kernels");
        double[] columns = [.. Enumerable.Range(0, 3 * 24).Select(_ => 2 * stream.NextNormal())], at = [0.3, -1, 2], kernels = new double[24];

        RowColumns.Gaussians(columns, at, kernels);

        for (var i = 0; i < kernels.Length; i++)
        {
            Assert.Equal(Math.Exp(-0.5 * Enumerable.Range(0, 3).Sum(j => Math.Pow(columns[j * 24 + i] - at[j], 2))), kernels[i], 1e-14);
        }
    }

    private static float[] Numbers(int count, RandomStream stream) => [.. Enumerable.Range(0, count).Select(_ => (float)stream.NextNormal())];
}
