using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>What is fitted by default keeps its answers in any unit, with many anchors, and where draws have conditions of their own.</summary>
public class RobustTests
{
    private static readonly KrigingOptions s_noMaps = new() { Coupling = new() { TrainMaps = false } };

    private static readonly Func<double, double[], double[]> s_smooth = (lambda, x) => [Math.Sin(3 * lambda + x[0]) + 0.5 * x[1], (lambda - 0.4) * (lambda - 0.4) * (2 + x[1])];

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e12)]
    public void Outputs_in_any_unit_are_answered_alike(double unit)
    {
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.3, 0.6, 1], 60, 1, s_smooth);
        var scaled = Problems.Deterministic(Problems.Unit, [0, 0.3, 0.6, 1], 60, 1, (lambda, x) => Array.ConvertAll(s_smooth(lambda, x), y => unit * y));
        var contexts = anchors[0].Samples.Contexts;
        ChosenSurrogate plain = SurrogateChoice.Fit(anchors, s_noMaps), other = SurrogateChoice.Fit(scaled, s_noMaps);
        Assert.Equal(plain.Report.Chosen, other.Report.Chosen);
        var expected = plain.Surrogate.Sample(0.45, contexts).Samples.Outputs.Values.ToArray();
        var answered = other.Surrogate.Sample(0.45, contexts).Samples.Outputs.Values.ToArray();
        Assert.All(expected.Zip(answered), pair => Assert.Equal(pair.First, pair.Second / unit, 2e-3));
    }

    [Fact]
    public void Five_hundred_anchors_of_one_row_are_fitted_and_answered_between()
    {
        // Lengths and warp are learned from the hundred that stand farthest apart.
        double[] lambdas = [.. Enumerable.Range(0, 500).Select(k => k / 499.0)];
        var anchors = new AnchorSet(Problems.Unit, lambdas.Select(lambda => new Anchor(lambda, new Samples(new Matrix(1, 1, [(float)Math.Sin(7 * lambda * lambda)]), Contexts.None(1)))));
        foreach (var surrogate in (ISurrogate[])[KrigedSurrogate.Fit(anchors), TrajectorySurrogate.Fit(anchors)])
        {
            Assert.Equal(Math.Sin(7 * 0.6234 * 0.6234), surrogate.Sample(0.6234, Contexts.None(1)).Samples.Outputs[0, 0], 2e-3);
        }
    }

    // Each anchor has conditions of its own; the draws turn about 0, from a phase that the condition gives.
    private static Samples Turning(double lambda, int rows, long seed)
    {
        var random = new RandomStreams(seed).Stream("turning");
        float[] x = [.. Enumerable.Range(0, rows).Select(_ => (float)(2 * random.NextDouble() - 1))];
        return new Samples(
            Matrix.Create(rows, 2, (i, row) =>
            {
                var angle = Math.PI * lambda + x[i];
                (row[0], row[1]) = ((float)(Math.Cos(angle) + 0.1 * random.NextNormal()), (float)(Math.Sin(angle) + 0.1 * random.NextNormal()));
            }),
            new Contexts(new Matrix(rows, 1, x)));
    }

    [Fact]
    public void Draws_under_conditions_of_their_own_do_not_wait_at_an_anchor_and_leap()
    {
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.25, 0.5, 0.75, 1 }.Select((lambda, k) => new Anchor(lambda, Turning(lambda, 400, 10 + k))));
        var surrogate = SurrogateChoice.Fit(anchors, s_noMaps).Surrogate;
        var contexts = Turning(0, 400, 99).Contexts;
        var turned = new[] { 0.3, 0.35, 0.4, 0.45 }.Select(lambda => Turn(surrogate.Sample(lambda, contexts).Samples)).ToArray();
        Assert.Equal(0.3 * Math.PI, turned[0], 0.04 * Math.PI);
        Assert.All(turned.Zip(turned[1..]), pair => Assert.InRange((pair.Second - pair.First) / (0.05 * Math.PI), 0.5, 1.5));

        // The mean turn of the rows from their own phase.
        static double Turn(Samples rows)
        {
            double sine = 0, cosine = 0;
            for (var i = 0; i < rows.Count; i++)
            {
                var x = rows.Conditions[i, 0];
                sine += rows.Outputs[i, 1] * Math.Cos(x) - rows.Outputs[i, 0] * Math.Sin(x);
                cosine += rows.Outputs[i, 0] * Math.Cos(x) + rows.Outputs[i, 1] * Math.Sin(x);
            }

            return Math.Atan2(sine, cosine);
        }
    }

    [Fact]
    public void Rows_that_are_transported_to_an_anchor_have_its_spread_under_each_condition()
    {
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select((lambda, k) => new Anchor(lambda, Line(lambda, 400, 20 + k))));
        var surrogate = SurrogateChoice.Fit(anchors).Surrogate;
        var moved = surrogate.Transport(Line(0, 600, 88), 0, 1);
        var contexts = Line(0, 600, 88).Contexts;
        var residuals = Enumerable.Range(0, 600).Select(i => moved[i, 0] - 2 * contexts.Conditions[i, 0]).ToArray();
        var mean = residuals.Average();
        Assert.Equal(0, mean, 0.15);
        Assert.InRange(residuals.Average(r => (r - mean) * (r - mean)) / 0.64, 0.8, 1.25);

        // y = 2 λ x + (0.5 + 0.3 λ) ε
        static Samples Line(double lambda, int rows, long seed)
        {
            var random = new RandomStreams(seed).Stream("line");
            float[] x = [.. Enumerable.Range(0, rows).Select(_ => (float)random.NextNormal())];
            return new Samples(
                Matrix.Create(rows, 1, (i, row) => row[0] = (float)(2 * lambda * x[i] + (0.5 + 0.3 * lambda) * random.NextNormal())), new Contexts(new Matrix(rows, 1, x)));
        }
    }
}
