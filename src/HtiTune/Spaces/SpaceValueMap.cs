// Notation (less is better; v values, c the best of them)
//   δ    v/2 − c/2, half the distance from the best, so that none overflows
//   K    the largest δ that is not extreme (ValueMap, with the share of the space in the place of that of a line)
//   δ'   δ up to K, beyond it K + H ln(1 + ln(1 + (δ − K)/H)), H = K/4: of a penalty no more is left than that it is bad
//   q    δ'/M, M the median of the δ' that are not extreme;  on the better side q < 0, of the size it would have on the other
//   t    sign(q) ln(1 + b|q|)/ln(1 + b), or q where b = 0: what is modelled. The larger b, the more of it is for the good values.

namespace HtiTune;

/// <summary>From values of the objective to what is modelled over several hyperparameters, and back.</summary>
internal sealed class SpaceValueMap
{
    private const double TailShare = 0.25;
    private const double LeastRatio = 10, RatioDecades = 0.75, MostDecades = 300;
    private const double ShareOfSize = 0.01;

    private readonly double _half, _knee, _middle, _worst, _bend, _log;

    private SpaceValueMap(double half, double knee, double middle, double worst, double bend)
    {
        (_half, _knee, _middle, _worst, _bend) = (half, knee, middle, worst, bend);
        _log = bend > 0 ? Math.Log(1 + bend) : 1;
    }

    /// <summary>b.</summary>
    internal double BendFactor => _bend;

    /// <summary>Whether all values are the same but for rounding.</summary>
    internal bool IsConstant { get; private init; }

    /// <summary>t of the largest value that is no penalty.</summary>
    internal double Knee => Bend(_knee / _middle);

    /// <summary>The maps of some values, one for each b.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="shares">For each value the share of the space whose nearest training has a value at most as large.</param>
    /// <param name="bends">b, each at least 0.</param>
    internal static SpaceValueMap[] Of(double[] values, double[] shares, ReadOnlySpan<double> bends)
    {
        double best = values.Min(), worst = values.Max();
        var size = Math.Max(Math.Abs(best), Math.Abs(worst));
        var spread = 0.5 * worst - 0.5 * best;
        if (ValueMap.IsRounding(spread, size))
        {
            var unit = size > 0 ? Math.Max(0.5 * ShareOfSize * size, 1e-300) : 0.5;
            return [new SpaceValueMap(0.5 * best, 1e6 * unit, unit, double.MaxValue, 0) { IsConstant = true }];
        }

        double[] gaps = [.. values.Select(v => 0.5 * v - 0.5 * best)];
        var knee = KneeOf(values, gaps, shares);
        double[] good = [.. gaps.Where(gap => gap <= knee).Order()];
        var middle = good[good.Length / 2];
        middle = Math.Max(middle > 0 ? middle : knee, 1e-300);
        var all = new SpaceValueMap[bends.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new SpaceValueMap(0.5 * best, knee, middle, spread, bends[i]);
        }

        return all;
    }

    /// <summary>t.</summary>
    /// <param name="value">A finite value.</param>
    internal double ToModel(double value)
    {
        var gap = 0.5 * value - _half;
        var size = Math.Abs(gap);
        return Math.Sign(gap) * Bend((size <= _knee ? size : _knee + Width * Math.Log(1 + Beyond(size))) / _middle);
    }

    /// <summary>A small step of t from the best value, in units of the objective.</summary>
    internal double Slope => 2 * _middle * (_bend > 0 ? _log / _bend : 1);

    /// <summary>The value of t; never beyond the worst that is known.</summary>
    internal double ToValue(double t)
    {
        var q = _bend > 0 ? (Math.Exp(Math.Min(Math.Abs(t) * _log, 700)) - 1) / _bend : Math.Abs(t);
        var gap = q * _middle;
        if (gap > _knee)
        {
            gap = _knee + Width * (Math.Exp(Math.Exp(Math.Min((gap - _knee) / Width, 7)) - 1) - 1);
        }

        gap = Math.Min(gap, Math.Max(_worst, _knee));
        return Finite(2 * Finite(_half + (t < 0 ? -gap : gap)));
    }

    /// <summary>ln Π dt/dq over the values: what the likelihood of t lacks beside that of another b.</summary>
    internal double LogSlopes(double[] values) => _bend == 0 ? 0
        : values.Sum(v => Math.Log(_bend / _log) - Math.Log(1 + _bend * Unbend(Math.Abs(ToModel(v)))));

    // ln(1 + (δ − K)/H), where the ratio may overflow.
    private double Beyond(double size) =>
        Math.Log(size - _knee) - Math.Log(Width) is var log && log > 30 ? log : Math.Log(1 + (size - _knee) / Width);

    private double Width => TailShare * _knee;

    private double Bend(double q) => _bend > 0 ? Math.Log(1 + _bend * q) / _log : q;

    private double Unbend(double t) => _bend > 0 ? (Math.Exp(t * _log) - 1) / _bend : t;

    // As in ValueMap: the rarer values as good are, the larger must the gap to an extreme one be.
    private static double KneeOf(double[] values, double[] gaps, double[] shares)
    {
        var bar = double.PositiveInfinity;
        int[] order = [.. Enumerable.Range(0, gaps.Length).OrderBy(i => gaps[i])];
        for (var rank = 1; rank < order.Length; rank++)
        {
            var (gap, share) = (gaps[order[rank]], shares[order[rank]]);
            if (!ValueMap.IsRounding(gap, values[order[0]], values[order[Math.Min(rank + 1, order.Length - 1)]]) && share > 0)
            {
                var ratio = Math.Max(LeastRatio, Math.Pow(10, Math.Min(RatioDecades / share, MostDecades))) * (rank == 1 ? 1e3 : rank == 2 ? 10 : 1);
                bar = Math.Min(bar, ratio * gap);
            }
        }

        return gaps.Where(gap => gap <= bar).Max();
    }

    private static double Finite(double value) => Math.Clamp(value, -double.MaxValue, double.MaxValue);
}
