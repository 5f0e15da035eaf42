namespace HtiTune.Acquisition;

// Notation
//   H(z) = E max(0, z + Z), Z ~ t_ν;  x = asinh z, in which ln H is nearly linear at both ends (−(ν − 1)|x| and x)
//   Cubic Hermite interpolation of ln H in x, with the exact slope (ln H)' = T(z)/H(z) · √(1 + z²)

/// <summary>
/// ln H of one Student-t distribution from a table, to 1e-4: a grid search compares tens of thousands of values of the same ν, and the
/// best are then computed exactly.
/// </summary>
internal sealed class LogExcessTable
{
    private const double Step = 1.0 / 12;
    private const double Lowest = -14;
    private const double Highest = 3;

    private readonly StudentT _exact;
    private readonly (double Value, double Slope)[] _nodes;

    /// <param name="exact">The distribution.</param>
    public LogExcessTable(StudentT exact)
    {
        _exact = exact;
        _nodes = new (double, double)[(int)Math.Round((Highest - Lowest) / Step) + 1];
        for (var i = 0; i < _nodes.Length; i++)
        {
            var z = Math.Sinh(Lowest + i * Step);
            var value = exact.LogExcess(z);
            _nodes[i] = (value, Step * Math.Exp(exact.LogDistribution(z) - value) * Math.Sqrt(1 + z * z));
        }
    }

    /// <summary>ln H(z).</summary>
    public double LogExcess(double z)
    {
        var place = (Math.Asinh(z) - Lowest) / Step;
        if (!(place >= 0 && place < _nodes.Length - 1))
        {
            return _exact.LogExcess(z);
        }

        var i = (int)place;
        var t = place - i;
        var (left, leftSlope) = _nodes[i];
        var (right, rightSlope) = _nodes[i + 1];
        var rise = right - left;
        return left + t * (leftSlope + t * (3 * rise - 2 * leftSlope - rightSlope + t * (leftSlope + rightSlope - 2 * rise)));
    }
}
