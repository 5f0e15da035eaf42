using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

// p_T(x) ∝ exp(−E(x)/T),  E(x) = (x² − 1)² + g x   a double well of height 1, tilted by g
// The distribution function by the trapezoidal rule on a grid; its inverse, linear between grid points, gives the draws.

/// <summary>Draws of a Boltzmann law at the temperature λ over a double well: from the deeper well alone to both; no context.</summary>
internal sealed class TemperatureLaw : OutputLaw
{
    private const int Points = 1501;
    private const double Reach = 3;

    private readonly double[] _x, _energies, _uniforms;

    /// <param name="tilt">g.</param>
    /// <param name="uniforms">Probabilities, one for each row, between 0 and 1; common to all λ.</param>
    public TemperatureLaw(double tilt, double[] uniforms)
    {
        _uniforms = uniforms;
        _x = [.. Enumerable.Range(0, Points).Select(i => -Reach + 2 * Reach * i / (Points - 1))];
        _energies = [.. _x.Select(x => (x * x - 1) * (x * x - 1) + tilt * x)];
        Contexts = Contexts.None(uniforms.Length);
    }

    public override ContinuousHyperparameter Hyperparameter { get; } = Data.Hyperparameter.Continuous("temperature", 0.05, 2, Scale.Log);

    public override Contexts Contexts { get; }

    public override int Dimension => 1;

    public static TemperatureLaw Random(RandomStreams streams)
    {
        var tilt = streams.Stream("paths");
        var draws = streams.Stream("draws");
        return new TemperatureLaw(0.05 + 0.35 * tilt.NextDouble(), [.. Enumerable.Range(0, Draws).Select(_ => draws.NextDouble())]);
    }

    public override Matrix At(double lambda)
    {
        var least = _energies.Min();
        var cumulative = new double[Points];
        var before = Math.Exp((least - _energies[0]) / lambda);
        for (var i = 1; i < Points; i++)
        {
            var density = Math.Exp((least - _energies[i]) / lambda);
            cumulative[i] = cumulative[i - 1] + 0.5 * (before + density);
            before = density;
        }

        return Matrix.Create(_uniforms.Length, 1, (row, target) =>
        {
            var wanted = _uniforms[row] * cumulative[^1];
            var above = Array.BinarySearch(cumulative, wanted);
            above = Math.Clamp(above < 0 ? ~above : above, 1, Points - 1);
            var width = cumulative[above] - cumulative[above - 1];
            var share = width > 0 ? (wanted - cumulative[above - 1]) / width : 0;
            target[0] = (float)(_x[above - 1] + share * (_x[above] - _x[above - 1]));
        });
    }
}
