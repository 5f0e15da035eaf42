using static System.FormattableString;

namespace HtiTune.Data;

/// <summary>A scale given by a function, its inverse given too or found by bisection.</summary>
internal sealed class WarpScale(string name, Func<double, double> forward, Func<double, double>? inverse) : Scale(name)
{
    private readonly Func<double, double> _forward = forward;
    private readonly Func<double, double>? _inverse = inverse;

    public override string Domain => "finite w(λ)";

    public override double Forward(double lambda) => _forward(lambda);

    public override double Inverse(double w) => _inverse is null ? Bisect(w, double.MinValue, double.MaxValue) : _inverse(w);

    public override bool Covers(double lambda) => double.IsFinite(lambda) && double.IsFinite(_forward(lambda));

    internal override double InverseWithin(double w, double low, double high) =>
        _inverse is null ? Bisect(w, low, high) : Math.Clamp(_inverse(w), low, high);

    public override bool Equals(Scale? other) =>
        other is WarpScale warp && Name == warp.Name && _forward == warp._forward && _inverse == warp._inverse;

    public override int GetHashCode() => HashCode.Combine(Name, _forward, _inverse);

    /// <summary>The λ in [low, high] whose w(λ) is nearest to w.</summary>
    /// <remarks>
    /// Halves the number of doubles between the ends rather than their distance, so that at most 64 steps end at two
    /// neighbouring doubles, whatever the magnitudes.
    /// </remarks>
    private double Bisect(double w, double low, double high)
    {
        var rising = Value(low) < Value(high);
        var (a, b) = (Rank(low), Rank(high));
        while ((ulong)b - (ulong)a > 1)
        {
            // Unsigned, for the two ranks may be further apart than a long can say.
            var middle = (long)((ulong)a + ((ulong)b - (ulong)a) / 2);
            if (Value(FromRank(middle)) < w == rising)
            {
                a = middle;
            }
            else
            {
                b = middle;
            }
        }

        var (left, right) = (FromRank(a), FromRank(b));
        return Math.Abs(Value(left) - w) <= Math.Abs(Value(right) - w) ? left : right;
    }

    private double Value(double lambda)
    {
        var w = _forward(lambda);
        return !double.IsNaN(w) ? w : throw new InvalidOperationException(
            Invariant($"The warp '{Name}' is not a number at λ = {lambda:R}, so its inverse cannot be found by bisection there; ")
            + "give the inverse function, or use it through a hyperparameter, which searches only its own range.");
    }

    // The doubles in ascending order are the integers in ascending order (IEEE 754 is sign and magnitude).
    private static long Rank(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    private static double FromRank(long rank) => BitConverter.Int64BitsToDouble(rank >= 0 ? rank : long.MinValue - rank);
}
