using TorchSharp;
using static TorchSharp.torch;

// T    number of steps
// t    step, 1 … T
// x_0  a point of the data;  x_t the same under noise                 [b, 2]
// ε    standard normal noise                                          [b, 2]
// ᾱ_t  share of x_0's variance that is left at t, falling from 1 to 0
//
// x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε                                        [Ho, Jain and Abbeel 2020, eq. 4]
// ᾱ_t = cos²(½π (t/T + s) / (1 + s)) / cos²(½π s / (1 + s)), s = 0.008  [Nichol and Dhariwal 2021, eq. 17]
// One step back, by the predicted noise ε̂, with α_t = ᾱ_t / ᾱ_(t−1) and z standard normal, z = 0 at t = 1:
//   x_(t−1) = (x_t − (1 − α_t) / √(1 − ᾱ_t) ε̂) / √α_t + σ_t z,  σ_t² = (1 − ᾱ_(t−1)) / (1 − ᾱ_t) (1 − α_t)   [Ho et al., eq. 11]

/// <summary>How much noise each step holds.</summary>
internal sealed class NoiseSchedule
{
    private const double Offset = 0.008;
    private const double LeastKept = 1e-3; // α_t at least, so that the last step does not divide by nothing

    /// <summary>No coordinate of a point is believed to be further out: a poor prediction at the first steps would throw points away.</summary>
    private const double Box = 3;

    private readonly double[] _kept; // ᾱ_0 … ᾱ_T

    /// <summary>A cosine schedule.</summary>
    /// <param name="steps">T, at least 1.</param>
    public NoiseSchedule(int steps)
    {
        Steps = steps;
        _kept = new double[steps + 1];
        _kept[0] = 1;
        for (var t = 1; t <= steps; t++)
        {
            _kept[t] = _kept[t - 1] * Math.Max(LeastKept, Level(t) / Level(t - 1));
        }

        double Level(int t) => Math.Pow(Math.Cos(Math.PI / 2 * ((double)t / steps + Offset) / (1 + Offset)), 2);
    }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>ᾱ_t.</summary>
    /// <param name="t">0 … T.</param>
    public double Kept(int t) => _kept[t];

    /// <summary>√ᾱ_t and √(1 − ᾱ_t) for t = 1 … T, each of shape [T, 1].</summary>
    public (Tensor Signal, Tensor Noise) Roots()
    {
        Tensor Column(Func<double, double> of) => tensor(_kept.Skip(1).Select(kept => (float)of(kept)).ToArray()).view(-1, 1);
        return (Column(Math.Sqrt), Column(kept => Math.Sqrt(1 - kept)));
    }

    /// <summary>One step back.</summary>
    /// <param name="t">1 … T.</param>
    /// <param name="x">x_t, shape [b, 2].</param>
    /// <param name="noise">ε̂, shape [b, 2].</param>
    /// <param name="fresh">z, shape [b, 2].</param>
    /// <returns>x_(t−1), shape [b, 2].</returns>
    public Tensor Back(int t, Tensor x, Tensor noise, Tensor fresh)
    {
        var (kept, before) = (_kept[t], _kept[t - 1]);
        var ratio = kept / before;
        using Scalar ofX = 1 / Math.Sqrt(kept), ofNoise = -Math.Sqrt((1 - kept) / kept), low = -Box, high = Box;
        using Scalar ofPoint = Math.Sqrt(before) * (1 - ratio) / (1 - kept), ofNow = Math.Sqrt(ratio) * (1 - before) / (1 - kept),
            ofFresh = Math.Sqrt((1 - before) / (1 - kept) * (1 - ratio));
        var point = x.mul(ofX).add_(noise, ofNoise).clamp_(low, high);
        return point.mul_(ofPoint).add_(x, ofNow).add_(fresh, ofFresh);
    }
}
