using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

/// <summary>
/// What quantile regression at the level λ would answer: the conditional quantile of y given x, for x evenly over [0, 1]; one output for each
/// context, and no chance. y given x is sinh-arcsinh about a mean, with a scale and a skew, that are random smooth functions of x.
/// </summary>
internal sealed class QuantileLaw : OutputLaw
{
    private const int Rows = 64;

    private readonly double[] _means, _deviations, _skews;

    private QuantileLaw(double[] means, double[] deviations, double[] skews)
    {
        (_means, _deviations, _skews) = (means, deviations, skews);
        Contexts = new Contexts(Matrix.Create(means.Length, 1, (i, row) => row[0] = (float)((i + 0.5) / means.Length)));
    }

    public override ContinuousHyperparameter Hyperparameter { get; } = Data.Hyperparameter.Continuous("level", 0.02, 0.98);

    public override Contexts Contexts { get; }

    public override int Dimension => 1;

    public static QuantileLaw Random(RandomStreams streams)
    {
        var stream = streams.Stream("paths");
        Wave mean = new(stream, 0.3), deviation = new(stream, 0.3), skew = new(stream, 0.3);
        var shift = stream.NextNormal();
        double[] x = [.. Enumerable.Range(0, Rows).Select(i => (i + 0.5) / Rows)];
        return new QuantileLaw(
            [.. x.Select(at => 0.5 * mean.At(at))], [.. x.Select(at => Math.Exp(0.5 * deviation.At(at)))], [.. x.Select(at => 0.5 * shift + 0.5 * skew.At(at))]);
    }

    public override Matrix At(double lambda)
    {
        var z = NormalDistribution.Quantile(lambda);
        return Matrix.Create(_means.Length, 1, (i, row) => row[0] = (float)(_means[i] + _deviations[i] * SinhArcsinh.Value(z, _skews[i])));
    }
}
