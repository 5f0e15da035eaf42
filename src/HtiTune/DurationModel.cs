namespace HtiTune;

// Notation
//   u_i, x_i   place of a completed training on the unit scale, ln of its duration; n of them
//   φ(u)       (2u − 1, 6u² − 6u + 1), the first two shifted Legendre polynomials; φ̄, x̄ their means over the trainings
//   x(u)     = x̄ + bᵀ(φ(u) − φ̄),   b = argmin Σ (x_i − x(u_i))² + κ |b|²,   κ = (0.3/1)²
// κ is the variance of ln duration at one λ, a third up or down, over that of the coefficients: two or three trainings tell little of a slope.

/// <summary>How long a training at a place takes, from those there were.</summary>
internal sealed class DurationModel
{
    private const double Ridge = 0.09;

    // Between trainings a parabola may overshoot: not further than this times the shortest and the longest.
    private const double Reach = 2;

    private readonly double[] _mean;
    private readonly double _level;
    private readonly double[] _slopes;
    private readonly (double Low, double High) _range;

    private DurationModel(double[] places, double[] logs)
    {
        var features = places.Select(Features).ToList();
        _mean = [features.Average(f => f[0]), features.Average(f => f[1])];
        _level = logs.Average();
        _range = (logs.Min() - Math.Log(Reach), logs.Max() + Math.Log(Reach));
        double aa = Ridge, ab = 0, bb = Ridge, ax = 0, bx = 0;
        for (var i = 0; i < logs.Length; i++)
        {
            var (a, b, x) = (features[i][0] - _mean[0], features[i][1] - _mean[1], logs[i] - _level);
            (aa, ab, bb) = (aa + a * a, ab + a * b, bb + b * b);
            (ax, bx) = (ax + a * x, bx + b * x);
        }

        var determinant = aa * bb - ab * ab;
        _slopes = [(bb * ax - ab * bx) / determinant, (aa * bx - ab * ax) / determinant];
    }

    /// <summary>Geometric mean.</summary>
    public TimeSpan Mean => TimeSpan.FromSeconds(Math.Exp(_level));

    /// <summary>From the completed trainings that took time; null without one.</summary>
    public static DurationModel? Of(AnchorStore store)
    {
        var timed = store.Anchors.Where(t => t.Duration > TimeSpan.Zero).ToList();
        return timed.Count == 0
            ? null
            : new DurationModel([.. timed.Select(t => t.U)], [.. timed.Select(t => Math.Log(t.Duration.TotalSeconds))]);
    }

    /// <summary>The duration to expect at a place on the unit scale.</summary>
    public TimeSpan At(double u)
    {
        var features = Features(u);
        var log = _level + _slopes[0] * (features[0] - _mean[0]) + _slopes[1] * (features[1] - _mean[1]);
        return TimeSpan.FromSeconds(Math.Exp(Math.Clamp(log, _range.Low, _range.High)));
    }

    private static double[] Features(double u) => [2 * u - 1, 6 * u * u - 6 * u + 1];
}
