using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Conditional affine maps: rows keep their place in their context's law, whatever contexts each anchor answered.</summary>
public class AffineTests
{
    private static readonly KrigingOptions s_affine = new() { Carrying = RowCarrying.Affine };

    /// <summary>Normal laws of two columns whose mean turns with λ and a condition, and whose spread depends on both.</summary>
    private static Samples Draw(double lambda, int rows, string stream, Contexts? contexts = null)
    {
        var random = new RandomStreams(5).Fork(stream).Stream("draws");
        contexts ??= new Contexts(Matrix.Create(rows, 1, (_, row) => row[0] = (float)(2 * random.NextDouble() - 1)));
        return new Samples(Matrix.Create(contexts.Count, 2, (i, row) =>
        {
            var x = contexts.Conditions[i, 0];
            var angle = 2.4 * lambda + 0.7 * x;
            double a = random.NextNormal(), b = random.NextNormal();
            row[0] = (float)(2 * Math.Cos(angle) + (0.2 + 0.3 * lambda) * a);
            row[1] = (float)(2 * Math.Sin(angle) + 0.15 * a + (0.4 - 0.2 * x) * b);
        }), contexts);
    }

    private static AnchorSet Unmatched(params double[] lambdas) =>
        new(Problems.Unit, lambdas.Select(lambda => new Anchor(lambda, Draw(lambda, 500, $"{lambda}"))));

    [Fact]
    public void Unmatched_draws_move_with_their_mean_and_keep_their_spread_and_correlation()
    {
        var anchors = Unmatched(0, 0.5, 1);
        var surrogate = KrigedSurrogate.Fit(anchors, s_affine);
        var contexts = new Contexts(Matrix.Create(3000, 1, (_, row) => row[0] = 0.4f));
        var start = Draw(0, 0, "start", contexts);
        foreach (var lambda in new[] { 0.25, 0.5, 0.75, 1 })
        {
            var (mean, covariance) = Moments(surrogate.Transport(start, 0, lambda));
            var (trueMean, trueCovariance) = Moments(Draw(lambda, 0, "truth", contexts).Outputs);
            Assert.Equal(trueMean[0], mean[0], 0.15);
            Assert.Equal(trueMean[1], mean[1], 0.15);
            Assert.InRange(covariance[0] / trueCovariance[0], 0.7, 1.4);
            Assert.InRange(covariance[2] / trueCovariance[2], 0.7, 1.4);
            Assert.Equal(trueCovariance[1], covariance[1], 0.03);
            var (sampled, _) = Moments(surrogate.Sample(lambda, contexts).Samples.Outputs);
            Assert.Equal(trueMean[0], sampled[0], 0.25);
        }

        Assert.Equal(start.Outputs.Values.ToArray(), surrogate.Transport(start, 0, 0).Values.ToArray().Select((y, i) => Math.Abs(y - start.Outputs.Values[i]) < 1e-5 ? start.Outputs.Values[i] : y));
    }

    [Fact]
    public void Contexts_that_are_asked_once_each_have_draws_of_their_own()
    {
        var surrogate = KrigedSurrogate.Fit(Unmatched(0, 0.5, 1), s_affine);
        var contexts = new Contexts(Matrix.Create(500, 1, (i, row) => row[0] = -0.9f + 1.8f * i / 500));
        var outputs = surrogate.Sample(0.75, contexts).Samples.Outputs;
        var truth = Draw(0.75, 0, "truth of many", contexts).Outputs;

        // What each draw has beside its neighbours': as much as that of the law, and not alike from context to context.
        double[] Beside(Matrix y) => [.. Enumerable.Range(1, 498).Select(i => y[i, 0] - (y[i - 1, 0] + y[i + 1, 0]) / 2.0)];
        double Variance(double[] values) => values.Average(value => value * value);
        Assert.InRange(Variance(Beside(outputs)) / Variance(Beside(truth)), 0.6, 1.5);
    }

    [Fact]
    public void A_model_file_gives_back_the_same_affine_maps()
    {
        using var folder = new TemporaryFolder();
        var surrogate = KrigedSurrogate.Fit(Unmatched(0, 0.5, 1), s_affine);
        surrogate.Save(folder.File("m.hti"));
        var loaded = KrigedSurrogate.Load(folder.File("m.hti"));
        var rows = Draw(0.5, 40, "rows");
        Assert.Equal(surrogate.Transport(rows, 0.5, 0.8).Values.ToArray(), loaded.Transport(rows, 0.5, 0.8).Values.ToArray());
        Assert.Equal(surrogate.Sample(0.8, rows.Contexts).Samples.Outputs.Values.ToArray(), loaded.Sample(0.8, rows.Contexts).Samples.Outputs.Values.ToArray());
        Assert.Equal(RowCarrying.Affine, loaded.Options.Carrying);
    }

    [Fact]
    public void Moments_of_a_linear_law_are_recovered_at_any_context()
    {
        var random = new RandomStreams(2).Stream("moments");
        const int Rows = 1500;
        float[] x = new float[2 * Rows], y = new float[2 * Rows];
        for (var i = 0; i < Rows; i++)
        {
            (x[2 * i], x[2 * i + 1]) = ((float)random.NextNormal(), (float)random.NextNormal());
            double a = random.NextNormal(), b = random.NextNormal();
            y[2 * i] = (float)(1 + 2 * x[2 * i] - x[2 * i + 1] + 0.5 * a);
            y[2 * i + 1] = (float)(x[2 * i + 1] + 0.3 * a + 0.4 * b);
        }

        var moments = new ConditionalMoments(y, 2, x, 2, new int[Rows], 1, null);
        var (mean, covariance) = moments.At([0.5f, -0.5f], 0);
        Assert.Equal(2.5, mean[0], 0.1);
        Assert.Equal(-0.5, mean[1], 0.1);
        Assert.Equal(0.25, covariance[0], 0.05);
        Assert.Equal(0.15, covariance[1], 0.04);
        Assert.Equal(0.25, covariance[3], 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public void The_map_of_two_covariances_takes_one_to_the_other_and_is_symmetric(int d)
    {
        double[] from = Covariance(d, "from"), to = Covariance(d, "to");
        var map = SymmetricRoot.Map(from, to, d);
        var reached = SymmetricRoot.Product(SymmetricRoot.Product(map, from, d), map, d);
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
            {
                Assert.Equal(to[i * d + j], reached[i * d + j], 1e-8);
                Assert.Equal(map[j * d + i], map[i * d + j], 1e-9);
            }
        }
    }

    private static double[] Covariance(int d, string name)
    {
        var random = new RandomStreams(7).Fork(name).Stream("matrix");
        var a = Enumerable.Range(0, d * d).Select(_ => random.NextNormal()).ToArray();
        var product = new double[d * d];
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
            {
                product[i * d + j] = Enumerable.Range(0, d).Sum(k => a[i * d + k] * a[j * d + k]) + (i == j ? 0.1 : 0);
            }
        }

        return product;
    }

    private static (double[] Mean, double[] Covariance) Moments(Matrix y)
    {
        double[] mean = [.. Enumerable.Range(0, 2).Select(j => Enumerable.Range(0, y.Rows).Average(i => (double)y[i, j]))];
        double Of(int a, int b) => Enumerable.Range(0, y.Rows).Average(i => (y[i, a] - mean[a]) * (y[i, b] - mean[b]));
        return (mean, [Of(0, 0), Of(0, 1), Of(1, 1)]);
    }
}
