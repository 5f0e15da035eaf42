using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Tuning;

/// <summary>
/// An exact, tiny surrogate: a cubic through each context's stored outputs, with the slopes of the parabola through an anchor and its two
/// neighbours, on the hyperparameter's scale. It answers only the contexts that the anchors were asked.
/// </summary>
internal sealed class CubicSurrogate(AnchorSet anchors) : ISurrogate
{
    private readonly double[] _u = [.. anchors.Lambdas.Select(anchors.Hyperparameter.ToUnit)];

    public ContinuousHyperparameter Hyperparameter => anchors.Hyperparameter;

    public IReadOnlyList<double> Anchors => anchors.Lambdas;

    public SurrogateSamples Sample(double lambda, Contexts contexts)
    {
        if (!(lambda >= Anchors[0] && lambda <= Anchors[^1]))
        {
            throw new ArgumentOutOfRangeException(nameof(lambda));
        }

        Assert.True(contexts.SameAs(anchors[0].Samples.Contexts), "The surrogate was asked contexts that its anchors were not.");
        var u = Hyperparameter.ToUnit(lambda);
        var k = 0;
        while (k < _u.Length - 2 && _u[k + 1] < u)
        {
            k++;
        }

        var h = _u[k + 1] - _u[k];
        var s = (u - _u[k]) / h;
        double s2 = s * s, s3 = s2 * s;
        var outputs = Matrix.Create(contexts.Count, anchors.Dimension, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)((2 * s3 - 3 * s2 + 1) * Y(k, i, j) + (s3 - 2 * s2 + s) * h * Slope(k, i, j)
                    + (3 * s2 - 2 * s3) * Y(k + 1, i, j) + (s3 - s2) * h * Slope(k + 1, i, j));
            }
        });
        return new SurrogateSamples(new Samples(outputs, contexts), SampleSource.StoredOutputs);
    }

    public Matrix Transport(Samples rows, double from, double to) => throw new NotSupportedException();

    private double Y(int anchor, int i, int j) => anchors[anchor].Samples.Outputs[i, j];

    private double Secant(int k, int i, int j) => (Y(k + 1, i, j) - Y(k, i, j)) / (_u[k + 1] - _u[k]);

    private double Slope(int k, int i, int j)
    {
        if (_u.Length == 2)
        {
            return Secant(0, i, j);
        }

        // The parabola through three neighbouring anchors, differentiated at anchor k.
        var c = Math.Clamp(k, 1, _u.Length - 2);
        double left = Secant(c - 1, i, j), right = Secant(c, i, j);
        var curve = (right - left) / (_u[c + 1] - _u[c - 1]);
        return left + curve * (2 * _u[k] - _u[c - 1] - _u[c]);
    }
}
