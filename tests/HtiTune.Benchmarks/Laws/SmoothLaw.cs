using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

// y = m(u) + s(u) (X_ε(u) − E X_ε(u))/sd X_ε(u), X_ε sinh-arcsinh: mean m, standard deviation s and skew ε are random smooth functions of u.

/// <summary>Draws of one output whose mean, scale and skew are given functions of λ ∈ [0, 1]; no context.</summary>
internal sealed class SmoothLaw : OutputLaw
{
    private readonly Func<double, double> _mean, _deviation, _skew;
    private readonly double[] _normals;

    /// <param name="mean">m.</param>
    /// <param name="deviation">s, above 0.</param>
    /// <param name="skew">ε.</param>
    /// <param name="normals">Standard normal numbers, one for each row; common to all λ.</param>
    public SmoothLaw(Func<double, double> mean, Func<double, double> deviation, Func<double, double> skew, double[] normals)
    {
        (_mean, _deviation, _skew, _normals) = (mean, deviation, skew, normals);
        Contexts = Contexts.None(normals.Length);
    }

    public override ContinuousHyperparameter Hyperparameter { get; } = Data.Hyperparameter.Continuous("lambda", 0, 1);

    public override Contexts Contexts { get; }

    public override int Dimension => 1;

    public static SmoothLaw Random(RandomStreams streams)
    {
        var stream = streams.Stream("paths");
        Wave mean = new(stream, 0.3), deviation = new(stream, 0.3), skew = new(stream, 0.3);
        var draws = streams.Stream("draws");
        return new SmoothLaw(
            mean.At,
            u => 0.6 * Math.Exp(0.3 * deviation.At(u)),
            u => 0.4 * skew.At(u),
            [.. Enumerable.Range(0, Draws).Select(_ => draws.NextNormal())]);
    }

    public override Matrix At(double lambda)
    {
        var (m, s, skew) = (_mean(lambda), _deviation(lambda), _skew(lambda));
        double centre = SinhArcsinh.Mean(skew), scale = s / SinhArcsinh.Deviation(skew);
        return Matrix.Create(_normals.Length, 1, (i, row) => row[0] = (float)(m + scale * (SinhArcsinh.Value(_normals[i], skew) - centre)));
    }
}
