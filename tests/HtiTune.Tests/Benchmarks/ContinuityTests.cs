using HtiTune.Benchmarks.Continuity;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Benchmarks;

/// <summary>The verb continuity on surrogates whose steps are known.</summary>
public class ContinuityTests
{
    private static readonly AnchorSet Anchors = new(
        Hyperparameter.Continuous("lambda", 0, 1), new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, Rows((float)(2 * lambda)))));

    [Fact]
    public void A_shift_has_even_steps_no_jump_and_the_anchors_own_values()
    {
        var mean = Measure(lambda => (float)(2 * lambda));

        // Over 201 points the mean moves by 2/200 a step, in units of the column's own sd over all anchors.
        var unit = Functional.Deviation([.. Anchors.SelectMany(anchor => Functional.Sorted(anchor.Samples.Outputs, 0))]);
        Assert.Equal(0.01 / unit, mean.Largest[0], 1e-5);
        Assert.Equal(0.005 / unit, mean.Largest[1], 1e-5);
        Assert.InRange(mean.Jump, 0, 1e-5);
        Assert.InRange(mean.Distance, 0, 1e-5);
    }

    [Fact]
    public void A_jump_at_an_anchor_stays_whatever_the_grid()
    {
        var mean = Measure(lambda => (float)(2 * lambda) + (lambda > 0.5 ? 0.3f : 0));
        Assert.True(mean.Largest[1] > 0.95 * mean.Largest[0], $"{mean.Largest[0]} and {mean.Largest[1]}");
        Assert.True(mean.Jump > 0.2, $"{mean.Jump}");
    }

    [Fact]
    public void An_offset_at_an_anchor_is_counted_in_standard_errors()
    {
        // 400 values of a standard normal law: the mean's standard error is about 1/20.
        var mean = Measure(lambda => (float)(2 * lambda) + 0.2f);
        var column = Functional.Sorted(Anchors[0].Samples.Outputs, 0);
        Assert.InRange(mean.Distance, 0.75 * 0.2 / (Functional.Deviation(column) / 20), 1.33 * 0.2 / (Functional.Deviation(column) / 20));
    }

    [Fact]
    public void Quantiles_are_those_of_linear_interpolation()
    {
        // NumPy: numpy.quantile([1, 2, 4, 8], [.1, .5, .9]) = [1.3, 3, 6.8].
        Assert.Equal(1.3, Functional.Quantile([1, 2, 4, 8], 0.1), 1e-12);
        Assert.Equal(3, Functional.Quantile([1, 2, 4, 8], 0.5), 1e-12);
        Assert.Equal(6.8, Functional.Quantile([1, 2, 4, 8], 0.9), 1e-12);
        Assert.Equal(8, Functional.Quantile([1, 2, 4, 8], 1));
        Assert.Equal(5, Functional.Quantile([5], 0.3));
    }

    private static ContinuityCommand.Steps Measure(Func<double, float> shift) =>
        ContinuityCommand.Measure(new Shift(shift), Anchors, [201, 401])[0][0];

    private static Samples Rows(float shift)
    {
        var random = new RandomStreams(1).Stream("rows");
        return new Samples(Matrix.Create(400, 1, (_, row) => row[0] = (float)random.NextNormal() + shift), Contexts.None(400));
    }

    /// <summary>The rows of the first anchor, shifted.</summary>
    private sealed class Shift(Func<double, float> shift) : ISurrogate
    {
        public ContinuousHyperparameter Hyperparameter => ContinuityTests.Anchors.Hyperparameter;

        public IReadOnlyList<double> Anchors => ContinuityTests.Anchors.Lambdas;

        public SurrogateSamples Sample(double lambda, Contexts contexts) => new(Rows(shift(lambda)), SampleSource.StoredOutputs);

        public Matrix Transport(Samples rows, double from, double to) => rows.Outputs;
    }
}
