using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>What values outputs can take, and that what is sampled takes no others.</summary>
public class OutputKindTests
{
    private static readonly double[] s_places = [0.03, 0.2, 0.41, 0.66, 0.9];

    private static KrigedSurrogate Fit(AnchorSet anchors, OutputKind kind = OutputKind.Auto, IReadOnlyList<OutputBounds>? bounds = null) =>
        KrigedSurrogate.Fit(anchors, new KrigingOptions { Kind = kind, Coupling = new() { TrainMaps = false, Bounds = bounds } });

    private static AnchorSet Of(Func<double, double[], double[]> law) => Problems.Deterministic(Problems.Unit, [0, 0.25, 0.5, 1], 60, 2, law);

    private static double[] Softmax(double lambda, double[] x)
    {
        double[] e = [.. Enumerable.Range(0, 5).Select(j => Math.Exp((2 * Math.Sin(j + 2 * x[0]) + j * x[1]) * (0.2 + 3 * lambda)))];
        return [.. e.Select(v => v / e.Sum())];
    }

    [Fact]
    public void Probabilities_sum_to_one_are_never_negative_and_nearer_than_free_ones()
    {
        var anchors = Of(Softmax);
        var surrogate = Fit(anchors);
        var free = Fit(anchors, OutputKind.Free);
        Assert.Equal(OutputKind.Probabilities, surrogate.Report.Kind);
        Assert.Contains(surrogate.Notes, note => note.Contains("Probabilities", StringComparison.Ordinal));
        var contexts = anchors[0].Samples.Contexts;
        double kriged = 0, plain = 0;
        foreach (var lambda in s_places.Concat(anchors.Lambdas))
        {
            var sampled = surrogate.Sample(lambda, contexts).Samples;
            for (var i = 0; i < sampled.Count; i++)
            {
                Assert.Equal(1, sampled.Outputs.Row(i).ToArray().Sum(p => (double)p), 1e-6);
                Assert.All(sampled.Outputs.Row(i).ToArray(), p => Assert.InRange(p, 0, 1));
            }

            kriged += OutputDistance.Squared(sampled, Problems.Answer(contexts, lambda, Softmax));
            plain += OutputDistance.Squared(free.Sample(lambda, contexts).Samples, Problems.Answer(contexts, lambda, Softmax));
        }

        Assert.True(kriged < plain);
    }

    [Fact]
    public void Positive_outputs_stay_so_and_those_over_many_decades_are_kriged_by_their_logarithm()
    {
        double[] Law(double lambda, double[] x) => [Math.Exp(-9 * lambda + x[0]), Math.Exp(4 * lambda * lambda + x[1])];
        var anchors = Of(Law);
        var surrogate = Fit(anchors);
        Assert.Equal((OutputKind.Positive, "Log"), (surrogate.Report.Kind, surrogate.Report.Link));
        Assert.All(s_places, lambda => Assert.All(surrogate.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray(), y => Assert.True(y > 0)));
    }

    [Fact]
    public void Outputs_that_move_through_zero_stay_at_or_above_it()
    {
        double[] Law(double lambda, double[] x) => [Math.Max(0, Math.Sin(5 * lambda + x[0])), Math.Max(0, x[1] - lambda)];
        var anchors = Of(Law);
        var surrogate = Fit(anchors);
        Assert.Equal(OutputKind.Positive, surrogate.Report.Kind);
        Assert.All(s_places, lambda => Assert.All(surrogate.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray(), y => Assert.True(y >= 0)));
    }

    [Fact]
    public void Whole_numbers_stay_whole()
    {
        double[] Law(double lambda, double[] x) => [Math.Round(4 / (1 + Math.Exp(-5 * (lambda - 0.5) - x[0]))), Math.Round(3 * x[1])];
        var anchors = Of(Law);
        var surrogate = Fit(anchors);
        Assert.Equal(OutputKind.Integer, surrogate.Report.Kind);
        Assert.All(s_places, lambda => Assert.All(surrogate.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray(), y => Assert.Equal(Math.Round(y), y)));
        var free = Fit(anchors, OutputKind.Free);
        Assert.Contains(free.Sample(0.4, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray(), y => y != Math.Round(y));
    }

    [Fact]
    public void Counts_that_are_drawn_stay_whole_and_keep_their_mean_and_spread()
    {
        // Sums of four coins whose chance moves with λ.
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 0.5, 1 }.Select(lambda =>
        {
            var random = new RandomStreams(3).Fork($"{lambda}").Stream("coins");
            return new Anchor(lambda, new Samples(
                Matrix.Create(400, 1, (_, row) => row[0] = Enumerable.Range(0, 4).Count(_ => random.NextDouble() < 0.2 + 0.5 * lambda)), Contexts.None(400)));
        }));
        var surrogate = Fit(anchors);
        Assert.Equal(OutputKind.Integer, surrogate.Report.Kind);
        foreach (var lambda in new[] { 0.2, 0.5, 0.8 })
        {
            var y = surrogate.Sample(lambda, Contexts.None(400)).Samples.Outputs.Values.ToArray();
            Assert.All(y, value => Assert.Equal(Math.Round(value), value));
            Assert.Equal(4 * (0.2 + 0.5 * lambda), y.Average(), 0.15);
            var (p, mean) = (0.2 + 0.5 * lambda, y.Average());
            Assert.Equal(4 * p * (1 - p), y.Average(v => (v - mean) * (v - mean)), 0.3);
        }
    }

    [Theory]
    [InlineData(0.999, "Logit")]
    [InlineData(1.6, "Standardised")]
    public void Outputs_stay_in_their_bounds_with_and_without_some_on_them(double reach, string link)
    {
        double[] Law(double lambda, double[] x) => [Math.Clamp(reach * Math.Sin(3 * lambda + x[0]) * Math.Tanh(2 + 2 * Math.Abs(x[1])), -1, 1)];
        var anchors = Of(Law);
        var surrogate = Fit(anchors, bounds: [new OutputBounds(-1, 1)]);
        Assert.Equal(OutputKind.Interval, surrogate.Report.Kind);
        Assert.True(link == surrogate.Report.Link || surrogate.Report.Link == "Standardised");
        Assert.All(s_places, lambda => Assert.All(surrogate.Sample(lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray(), y => Assert.InRange(y, -1, 1)));
    }

    [Fact]
    public void A_declared_kind_that_an_output_does_not_obey_is_refused_with_its_place()
    {
        var anchors = Of((lambda, x) => [lambda + x[0] * x[0], 0.5]);
        var fault = Assert.Throws<ArgumentException>(() => Fit(anchors, OutputKind.Integer));
        Assert.Matches("row 0, column 0 at lambda = 0 is .*; expected a whole number", fault.Message);
        Assert.Contains("sums to", Assert.Throws<ArgumentException>(() => Fit(anchors, OutputKind.Probabilities)).Message, StringComparison.Ordinal);
        Assert.Contains("expected -1 to 0.1", Assert.Throws<ArgumentException>(() => Fit(anchors, OutputKind.Interval, [new(-1, 0.1), new(0, 1)])).Message, StringComparison.Ordinal);
        Assert.Equal(OutputKind.Free, Fit(Of((lambda, x) => [x[0], lambda])).Report.Kind);
    }
}
