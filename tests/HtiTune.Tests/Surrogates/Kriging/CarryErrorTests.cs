using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Intervals of contexts that no anchor answered.</summary>
public class CarryErrorTests
{
    private static readonly Func<double, double[], double[]> s_law = (lambda, x) =>
        [Math.Sin(2 * lambda + 2 * x[0]) + 0.5 * x[1] * x[0], (lambda - 0.4) * (2 + x[1]) - x[0] * lambda];

    private static double First(Samples samples) => samples.Outputs[0, 0];

    [Theory]
    [InlineData(0.43)]
    [InlineData(0.5)]
    public void What_maps_miss_in_new_contexts_is_in_the_interval(double lambda)
    {
        // At an anchor, 0.5, nothing else is left of doubt.
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.25, 0.5, 0.75, 1], 120, 1, s_law);
        var surrogate = KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = new() { MapSteps = 200 } });
        var contexts = Problems.Conditions(80, seed: 7);
        var held = 0;
        List<double> errors = [], widths = [];
        for (var i = 0; i < contexts.Count; i++)
        {
            var one = contexts.Select([i]);
            var estimate = surrogate.Estimate(lambda, one, First);
            var truth = First(Problems.Answer(one, lambda, s_law));
            held += truth >= estimate.Low && truth <= estimate.High ? 1 : 0;
            errors.Add(Math.Abs(truth - estimate.Value));
            widths.Add((estimate.High - estimate.Low) / 2);
        }

        Assert.InRange(held / (double)contexts.Count, 0.75, 1);

        // Of a normal law the half width is 2.4 times the median error.
        Assert.InRange(Median(widths) / Median(errors), 1, 8);

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    [Fact]
    public void At_an_anchor_only_stored_contexts_are_certain()
    {
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 60, 1, s_law);
        var surrogate = KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = new() { MapSteps = 100 } });
        Contexts contexts = Problems.Conditions(1, seed: 7), stored = anchors[0].Samples.Contexts.Select([3]);
        var estimate = surrogate.Estimate(0.5, contexts, First);
        Assert.True(estimate.High > estimate.Low + 1e-3);
        Assert.Equal(estimate, surrogate.Estimate(0.5, contexts, First));
        var known = surrogate.Estimate(0.5, stored, First);
        Assert.Equal(known.Low, known.High);
    }
}
