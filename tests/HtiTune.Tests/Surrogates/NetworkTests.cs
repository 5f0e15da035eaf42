using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Networks;
using TorchSharp;

namespace HtiTune.Tests.Surrogates;

[Collection(Alone.Name)]
public class NetworkTests
{
    [Fact]
    public void Frozen_network_agrees_with_its_formula()
    {
        var network = Train(outputs: 3, out var inputs, out var categories, out _);
        var fast = new float[categories.Length * 3];
        network.Evaluate(inputs, categories, fast);
        for (var i = 0; i < categories.Length; i += 7)
        {
            var plain = Plain(network, inputs.AsSpan(i * 4, 4).ToArray(), categories[i]);
            for (var o = 0; o < 3; o++)
            {
                Assert.Equal(plain[o], fast[i * 3 + o], 1e-4);
            }
        }
    }

    [Fact]
    public void A_row_does_not_depend_on_its_neighbours()
    {
        var network = Train(outputs: 2, out var inputs, out var categories, out _);
        var together = new float[categories.Length * 2];
        network.Evaluate(inputs, categories, together);
        var alone = new float[2];
        for (var i = 0; i < categories.Length; i++)
        {
            network.Evaluate(inputs.AsSpan(i * 4, 4), categories.AsSpan(i, 1), alone);
            Assert.Equal(alone[0], together[2 * i]);
            Assert.Equal(alone[1], together[2 * i + 1]);
        }
    }

    [Fact]
    public void Training_learns_what_a_line_cannot()
    {
        var network = Train(outputs: 1, out var inputs, out var categories, out var targets);
        var predicted = new float[targets.Length];
        network.Evaluate(inputs, categories, predicted);
        var (linear, offsets) = RidgeRegression.Fit(inputs, 4, categories, 2, targets, 1);
        double error = 0, lineError = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            double line = offsets[categories[i]];
            for (var k = 0; k < 4; k++)
            {
                line += inputs[4 * i + k] * linear[k];
            }

            error += Math.Pow(predicted[i] - targets[i], 2);
            lineError += Math.Pow(line - targets[i], 2);
        }

        Assert.True(error < 0.1 * lineError, $"network {error}, line {lineError}");
    }

    [Theory]
    [InlineData(2, 20, 2, 1, 1, 7)]
    [InlineData(5, 64, 28, 2, 3, 50)]
    [InlineData(17, 24, 3, 3, 2, 256)]
    public void The_gradient_is_that_of_automatic_differentiation(int inputs, int hidden, int outputs, int depth, int categories, int rows)
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();
        var random = new RandomStreams(depth);
        var layers = FlatNetwork.InitialLayers(inputs, outputs, hidden, depth, random.Stream("weights"));
        var film = FlatNetwork.InitialFilm(categories, hidden, random.Stream("film"));
        var draws = random.Stream("rows");
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)draws.NextNormal())];
        float[] u = Draw(rows * inputs), t = Draw(rows * outputs);
        int[] c = [.. Enumerable.Range(0, rows).Select(i => i % categories)];

        using Scalar one = 1f;
        var flat = torch.tensor(FlatNetwork.Pack(layers, film), requires_grad: true);
        var predicted = FlatForward.Of(
            flat, layers, categories, torch.tensor(u, [rows, inputs]), torch.tensor(Array.ConvertAll(c, value => (long)value)), one);
        var loss = (predicted - torch.tensor(t, [rows, outputs])).pow(2).mean();
        loss.backward();

        var network = new BatchNetwork(layers, film, categories, rows);
        for (var i = 0; i < rows; i++)
        {
            network.Set(i, u.AsSpan(i * inputs, inputs), c[i], t.AsSpan(i * outputs, outputs));
        }

        Assert.Equal(loss.item<float>(), network.Differentiate(), 1e-5);
        var (weights, scales) = network.Unpack(network.Gradient);
        var expected = flat.grad!.data<float>().ToArray();
        Assert.All(expected.Zip(FlatNetwork.Pack(weights, scales)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Contains(expected, g => Math.Abs(g) > 1e-3);

        // What was padded has no gradient, and what was put in comes out.
        Assert.Equal(expected.Count(g => g != 0), network.Gradient.Count(g => g != 0));
        Assert.Equal(FlatNetwork.Pack(layers, film), FlatNetwork.Pack(network.Unpack(network.Parameters).Layers, network.Unpack(network.Parameters).Film));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Where_the_linear_part_meets_every_target_the_rest_is_nothing(int rows)
    {
        // One row, and rows that all move alike.
        var random = new RandomStreams(5).Stream("rows");
        var inputs = Enumerable.Range(0, rows * 3).Select(_ => (float)random.NextNormal()).ToArray();
        var targets = Enumerable.Range(0, rows * 2).Select(i => i % 2 == 0 ? 1.7f : -0.4f).ToArray();
        var network = NetworkTrainer.Train(inputs, 3, new int[rows], 1, targets, 2, new NetworkShape(8, 2, 600, 5e-3), new RandomStreams(1), default);
        var moved = new float[rows * 2];
        network.Evaluate(inputs, new int[rows], moved);
        Assert.All(network.Layers[^1].Weights, weight => Assert.Equal(0, weight));
        Assert.All(targets.Zip(moved), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Ridge_solution_is_where_the_gradient_vanishes()
    {
        var random = new RandomStreams(9).Stream("ridge");
        const int n = 80;
        var inputs = Enumerable.Range(0, n * 3).Select(_ => (float)random.NextNormal()).ToArray();
        var categories = Enumerable.Range(0, n).Select(i => i % 2).ToArray();
        var targets = Enumerable.Range(0, n).Select(i => (float)(2 * inputs[3 * i] - inputs[3 * i + 2] + 5 * categories[i] + 0.1 * random.NextNormal())).ToArray();
        var (linear, offsets) = RidgeRegression.Fit(inputs, 3, categories, 2, targets, 1);
        var at = Objective(linear, offsets);
        foreach (var change in (float[])[-1e-2f, 1e-2f])
        {
            for (var k = 0; k < 3; k++)
            {
                var moved = (float[])linear.Clone();
                moved[k] += change;
                Assert.True(Objective(moved, offsets) > at);
            }

            for (var c = 0; c < 2; c++)
            {
                var moved = (float[])offsets.Clone();
                moved[c] += change;
                Assert.True(Objective(linear, moved) > at);
            }
        }

        Assert.Equal(2, linear[0], 0.1);
        Assert.Equal(5, offsets[1] - offsets[0], 0.1);

        double Objective(float[] s, float[] o)
        {
            var sum = 1e-3 * n * s.Sum(v => (double)v * v);
            for (var i = 0; i < n; i++)
            {
                sum += Math.Pow(inputs[3 * i] * s[0] + inputs[3 * i + 1] * s[1] + inputs[3 * i + 2] * s[2] + o[categories[i]] - targets[i], 2);
            }

            return sum;
        }
    }

    private static FrozenNetwork Train(int outputs, out float[] inputs, out int[] categories, out float[] targets)
    {
        var random = new RandomStreams(2).Stream("data");
        const int n = 203;
        inputs = Enumerable.Range(0, n * 4).Select(_ => (float)random.NextNormal()).ToArray();
        categories = Enumerable.Range(0, n).Select(i => i % 2).ToArray();
        targets = new float[n * outputs];
        for (var i = 0; i < n; i++)
        {
            for (var o = 0; o < outputs; o++)
            {
                targets[i * outputs + o] = (float)((categories[i] == 0 ? 1 : -1) * Math.Sin(2 * inputs[4 * i]) + Math.Abs(inputs[4 * i + 1]) * (o + 1));
            }
        }

        return NetworkTrainer.Train(
            inputs, 4, categories, 2, targets, outputs, new NetworkShape(20, 2, 400, 1e-2), new RandomStreams(1), CancellationToken.None);
    }

    /// <summary>The formula at the head of FrozenNetwork.cs, one number at a time in double precision.</summary>
    private static double[] Plain(FrozenNetwork network, float[] u, int c)
    {
        var h = u.Select(v => (double)v).ToArray();
        for (var l = 0; l < network.Layers.Length; l++)
        {
            var layer = network.Layers[l];
            var z = new double[layer.Outputs];
            for (var o = 0; o < layer.Outputs; o++)
            {
                z[o] = layer.Bias[o] + Enumerable.Range(0, layer.Inputs).Sum(k => h[k] * layer.Weights[k * layer.Outputs + o]);
                if (l == 0)
                {
                    z[o] = (1 + network.Film[c * 2 * layer.Outputs + o]) * z[o] + network.Film[c * 2 * layer.Outputs + layer.Outputs + o];
                }

                if (l < network.Layers.Length - 1)
                {
                    z[o] /= 1 + Math.Exp(-z[o]);
                }
            }

            h = z;
        }

        for (var o = 0; o < h.Length; o++)
        {
            h[o] += network.Offsets[c * h.Length + o] + Enumerable.Range(0, u.Length).Sum(k => (double)u[k] * network.Linear[k * h.Length + o]);
        }

        return h;
    }
}
