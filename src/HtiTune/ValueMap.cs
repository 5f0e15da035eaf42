namespace HtiTune;

// Notation (inside, larger is better; v the objective's values in that sign, at places u on the unit scale)
//   c    the best value                        h(v) = c/2 − v/2: half its distance, so that none overflows
//   S    scale, a power of two near the good part's spread
//   δ(v) = h(v)/S                              k(v) number of places whose values are at most as bad as v
//   W(v) share of the range between neighbouring places that are both at most as bad as v
//   x(v) = −δ                                  δ ≤ K: the values that are modelled, exactly a shift and a power of two
//        = −K − H ln(1 + ln(1 + (δ − K)/H))    δ > K, H = K/4: of a penalty no more is left than that it is bad
//   and the same on the better side, from 1e6 on, for what a surrogate may claim.
// Extreme is what lies beyond T = min over the other values v of C(W, k) · δ(v): the rarer the values that are as good, the larger must the gap be.
//   C = max(10, 10^(a/W)) · {1e3, 10, 1, …}[k = 2, 3, …],  a = ¾: 30 at half of the range, 1000 at a quarter, 3e7 at a tenth
// A power law |u − u*|^p has a ratio of at most W^−p. K is the largest δ that is not extreme, and 1e6 where none is.
// W measures the range and not the number of trainings: these crowd near the optimum, and would make all else look extreme.

/// <summary>
/// From an objective's values to what the process models, and back: numbers of order one, larger is better, in which a penalty counts as bad and
/// no more. A pure function of the values known so far. Where none of them is extreme it is a shift and a power of two, so that no bit is lost.
/// </summary>
internal sealed class ValueMap
{
    // Where no value is extreme: far beyond what a posterior says, near enough that no square overflows.
    private const double Far = 1e6;
    private const double TailShare = 0.25;

    private const double LeastRatio = 10;
    private const double RatioDecades = 0.75;
    private const double MostDecades = 300;

    // Differences of a few units in the last place are rounding.
    private const double Rounding = 8;

    // By how much what cancels may be larger than what is left.
    private const double MostCancelled = 1e6;
    private const double UnitInLastPlace = 2.2204460492503131e-16;

    // Equal values tell no scale: a hundredth of their size.
    private const double ShareOfSize = 0.01;
    private const double LeastScale = 2.3e-308;

    // From here on a distance may overflow, and what is short of the knee does not matter.
    private const double Huge = 1e100;

    private readonly double _sign;
    private readonly double _half;
    private readonly double _scale;
    private readonly double _knee;
    private readonly double _worst;

    private ValueMap(double sign, double half, double scale, double knee, double worst)
    {
        (_sign, _half, _scale, _knee, _worst) = (sign, half, scale, knee, worst);
    }

    /// <summary>Number of known values that are extreme.</summary>
    public int ExtremeCount { get; private init; }

    /// <summary>Whether the known values, at least two, are all the same but for rounding.</summary>
    public bool IsConstant { get; private init; }

    /// <summary>−K: a modelled value is not below it, while one that is extreme is; −∞ where none is.</summary>
    public double GoodFloor => ExtremeCount > 0 ? -_knee : double.NegativeInfinity;

    /// <summary>The map of some values.</summary>
    /// <param name="goal">Which of them are better.</param>
    /// <param name="known">Places on the unit scale, and finite values in the objective's own sign; at least one.</param>
    public static ValueMap Of(Goal goal, IReadOnlyList<(double U, double Value)> known)
    {
        var sign = goal == Goal.Maximize ? 1 : -1;
        double[] values = [.. known.Select(v => sign * v.Value)];
        var (best, worst) = (values.Max(), values.Min());
        var size = Math.Max(Math.Abs(best), Math.Abs(worst));
        var spread = 0.5 * best - 0.5 * worst;
        if (IsRounding(spread, size))
        {
            var own = known.Count == 1 ? size : ShareOfSize * size;
            return new ValueMap(sign, 0.5 * best, size > 0 ? Math.Max(0.5 * own, LeastScale) : 0.5, Far, 0) { IsConstant = known.Count > 1 };
        }

        double[] gaps = [.. values.Select(v => 0.5 * best - 0.5 * v)];
        var knee = Knee([.. known.Select(v => v.U)], gaps, best);
        var scale = Math.Max(Math.ScaleB(1, Math.ILogB(knee)), LeastScale);
        var extreme = gaps.Count(gap => gap > knee);
        return new ValueMap(sign, 0.5 * best, scale, extreme > 0 ? knee / scale : Far, spread) { ExtremeCount = extreme };
    }

    /// <summary>Whether a value is so bad beside the known ones that it tells of a penalty or a diverged training, not of the objective's course.</summary>
    /// <param name="value">In the objective's own sign and units.</param>
    public bool IsExtreme(double value) => ExtremeCount > 0 && Depth(value) > _knee;

    /// <summary>x: larger is better, the best known value is 0.</summary>
    /// <param name="value">In the objective's own sign and units, finite.</param>
    public double ToModel(double value)
    {
        var depth = Depth(value);
        var size = Math.Abs(depth);
        var knee = depth > 0 ? _knee : Far;
        if (size <= knee)
        {
            return -depth;
        }

        // The logarithm of a distance that overflows is had from that of its parts.
        var width = TailShare * knee;
        var log = size > Huge ? Math.Log(Math.Abs(_half - 0.5 * _sign * value)) - Math.Log(_scale) - Math.Log(width) : Math.Log(1 + (size - knee) / width);
        var bounded = knee + width * Math.Log(1 + log);
        return depth > 0 ? -bounded : bounded;
    }

    /// <summary>The objective's own value; of what is beyond the worst known extreme value that one, and always finite.</summary>
    /// <param name="x">A value of the model.</param>
    public double ToObjective(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        var half = x < 0 ? -Distance(-x, _knee) : Distance(x, Far);
        return _sign * Finite(2 * Finite(_half + half));
    }

    /// <summary>A difference of values, a gain or a deviation, in units of the objective: finite, and above 0 where it is.</summary>
    /// <param name="difference">In the model.</param>
    public double ToAmount(double difference)
    {
        var amount = Finite(2 * Distance(Math.Abs(difference), _knee));
        return difference < 0 ? -amount : difference > 0 ? Math.Max(amount, double.Epsilon) : amount;
    }

    /// <summary>A difference of values in the model, from units of the objective; finite, and above 0 where it is.</summary>
    /// <param name="amount">At least 0.</param>
    public double FromAmount(double amount) => amount > 0 ? Math.Clamp(0.5 * amount / _scale, 1e-100, 1e100) : 0;

    /// <summary>A variance of values in the model, from a deviation in units of the objective at a value.</summary>
    /// <param name="deviation">At least 0.</param>
    /// <param name="value">In the objective's own sign and units.</param>
    public double VarianceFrom(double deviation, double value)
    {
        var own = FromAmount(deviation) * Slope(value);
        return own * own;
    }

    /// <summary>ln |dx/dv|: what turns a log density of the model into one in units of the objective.</summary>
    /// <param name="value">In the objective's own sign and units.</param>
    public double LogSlope(double value) => Math.Log(Slope(value)) - Math.Log(_scale) - Math.Log(2);

    /// <summary>What a deviation in this map is in another.</summary>
    public double DeviationIn(ValueMap other, double deviation) => Math.Clamp(deviation * (_scale / other._scale), 1e-100, 1e100);

    private double Depth(double value) => (_half - 0.5 * _sign * value) / _scale;

    // Half the distance from the best known value, of what lies so far from it in the model; no further than the worst that is known.
    private double Distance(double size, double knee)
    {
        if (size <= knee)
        {
            return Finite(size * _scale);
        }

        var width = TailShare * knee;
        var half = Finite((knee + width * (Math.Exp(Math.Exp((size - knee) / width) - 1) - 1)) * _scale);
        return knee == _knee && ExtremeCount > 0 ? Math.Min(half, _worst) : half;
    }

    private double Slope(double value)
    {
        var depth = Depth(value);
        var (size, knee) = (Math.Abs(depth), depth > 0 ? _knee : Far);
        if (size <= knee)
        {
            return 1;
        }

        var beyond = 1 + Math.Min(size - knee, 1e150) / (TailShare * knee);
        return 1 / (beyond * (1 + Math.Log(beyond)));
    }

    /// <summary>
    /// Whether half a distance from the best value is rounding and no distance: two values that are equally good would make penalties of all others. What a value was computed from
    /// may be larger than itself, as a sum of terms that cancel is, and is about as large as the next value, where that is no penalty.
    /// </summary>
    /// <param name="gap">Half the distance.</param>
    /// <param name="best">The best value.</param>
    /// <param name="next">The next value after that at this distance, or that one where it is the last.</param>
    internal static bool IsRounding(double gap, double best, double next)
    {
        var size = Math.Abs(best);
        return IsRounding(gap, Math.Max(size, Math.Min(Math.Abs(next), MostCancelled * size)));
    }

    /// <summary>Whether half a distance is rounding of terms of a size.</summary>
    internal static bool IsRounding(double gap, double size) => gap <= 0.5 * Rounding * UnitInLastPlace * size;

    // The largest distance that is not extreme; all are where no gap is wide enough.
    private static double Knee(double[] places, double[] gaps, double best)
    {
        // Of replicates the worst stands for their place.
        (double U, double Gap)[] known = [.. places.Zip(gaps).GroupBy(p => p.First, p => p.Second).Select(p => (p.Key, p.Max())).OrderBy(p => p.Key)];
        (double Width, double Gap)[] between = [.. known.Skip(1).Zip(known, (right, left) => (right.U - left.U, Math.Max(left.Gap, right.Gap))).OrderBy(b => b.Item2)];
        double[] levels = [.. known.Select(p => p.Gap).Order()];
        var (bar, share, next) = (double.PositiveInfinity, 0.0, 0);
        for (var i = 1; i < levels.Length; i++)
        {
            for (; next < between.Length && between[next].Gap <= levels[i]; next++)
            {
                share += between[next].Width;
            }

            if (levels[i] > 0 && share > 0 && !IsRounding(levels[i], best, best - 2 * levels[Math.Min(i + 1, levels.Length - 1)]))
            {
                bar = Math.Min(bar, Ratio(share, i + 1) * levels[i]);
            }
        }

        return gaps.Where(gap => gap <= bar).Max();
    }

    private static double Ratio(double share, int places) =>
        Math.Max(LeastRatio, Math.Pow(10, Math.Min(RatioDecades / share, MostDecades))) * (places == 2 ? 1e3 : places == 3 ? 10 : 1);

    private static double Finite(double value) => Math.Clamp(value, -double.MaxValue, double.MaxValue);
}
