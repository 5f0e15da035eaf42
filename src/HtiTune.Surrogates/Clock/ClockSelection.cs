// Notation
//   i        an interior anchor, left out;  a, b  rows of the anchors i−1 and i+1, coupled without it
//   y        its own output on the trajectory of a (and once more of b): the row coupled to it, or the context's mean
//   f(θ)     how far between i−1 and i+1 the clock g_θ puts λ_i
//   error(θ) mean |(1 − f)·a + f·b − y|² = f²·⟨|b − a|²⟩ − 2f·⟨(b − a)·(y − a)⟩ + ⟨|y − a|²⟩, so its least f is a projection
// θ minimises the errors' sum over interior anchors, on a grid of step 0.5 refined twice. It is used only where it lowers the error
// of constant speed by a tenth: with few anchors the default is left only for a clear gain. Nor is it used for answers where one interior anchor's are a neighbour's,
// as far as its rows' scatter tells (the least f lies within four standard errors, √(error/(⟨|b − a|²⟩ n)), of 0 or 1): outputs rest between these two, and nothing says
// when they move on the way to the third. Draws follow it in the intervals beside an anchor
// where it gains as much by itself, and keep constant speed elsewhere: one parameter that is learned from a late leap says little of where
// anchors hardly differ. (The energy distance between the moved
// rows and y was tried: with draws it puts f too near 0, because y sits among the rows that have not moved.)

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.Clock;

/// <summary>Learns the clock by leaving out one interior anchor at a time.</summary>
internal static class ClockSelection
{
    private const double ClearGain = 0.9, ClearlyBetween = 4;

    /// <summary>What was chosen, with the errors behind it.</summary>
    /// <param name="Clock">The clock.</param>
    /// <param name="Error">Leave-one-out error with it; NaN with two anchors.</param>
    /// <param name="ConstantError">Leave-one-out error at constant speed; NaN with two anchors.</param>
    /// <param name="Intervals">Whether each interval follows the clock.</param>
    internal sealed record Choice(LogitShiftClock Clock, double Error, double ConstantError, bool[] Intervals);

    internal static Choice Choose(
        AnchorSet anchors, double[] positions, Coupler.Result coupled, PairCoupler pairs, Standardizer outputs, ClockKind asked, CancellationToken cancellation)
    {
        if (anchors.Count < 3 || asked == ClockKind.Constant)
        {
            return new Choice(default, double.NaN, double.NaN, new bool[anchors.Count - 1]);
        }

        var tests = new List<(double Low, double Place, double High, Parabola Error)>();
        var groups = coupled.Kind == CouplingKind.ByContext ? ContextKey.Groups(anchors[0].Samples.Contexts) : [];
        for (var i = 1; i + 1 < anchors.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var error = coupled.Kind == CouplingKind.ByContext
                ? ContextError(coupled.Trajectories, groups, i)
                : SampleError(anchors, i, coupled, pairs, outputs, cancellation);
            tests.Add((positions[i - 1], positions[i], positions[i + 1], error));
        }

        double Total(double shift)
        {
            cancellation.ThrowIfCancellationRequested();
            var clock = new LogitShiftClock(shift);
            return tests.Sum(test => test.Error.At(clock.Fraction(test.Place, test.Low, test.High))) / tests.Count;
        }

        var constant = Total(0);
        double best = 0, bestError = constant;
        double low = -LogitShiftClock.MaximumShift, high = LogitShiftClock.MaximumShift;
        foreach (var step in (double[])[0.5, 0.1, 0.02])
        {
            for (var shift = low; shift <= high + 1e-9; shift += step)
            {
                var error = Total(shift);
                if (error < bestError)
                {
                    (best, bestError) = (shift, error);
                }
            }

            low = Math.Max(-LogitShiftClock.MaximumShift, best - step);
            high = Math.Min(LogitShiftClock.MaximumShift, best + step);
        }

        if (asked != ClockKind.Learned && (!(bestError < ClearGain * constant) || (tests.Count == 1 && coupled.Deterministic && tests[0].Error.IsAtEnd)))
        {
            return new Choice(default, constant, constant, new bool[anchors.Count - 1]);
        }

        var chosen = new LogitShiftClock(best);
        var everywhere = asked == ClockKind.Learned || coupled.Deterministic;
        return new Choice(
            chosen, bestError, constant, [.. Enumerable.Range(0, anchors.Count - 1).Select(k => everywhere || Gains(k - 1) || Gains(k))]);

        // Test i is of the anchor between the intervals i and i + 1.
        bool Gains(int test) => test >= 0 && test < tests.Count
            && tests[test].Error.At(chosen.Fraction(tests[test].Place, tests[test].Low, tests[test].High))
                < ClearGain * tests[test].Error.At(default(LogitShiftClock).Fraction(tests[test].Place, tests[test].Low, tests[test].High));
    }

    /// <summary>Rows pair by context.</summary>
    private static Parabola ContextError(Trajectories trajectories, int[][] groups, int i)
    {
        var means = Array.ConvertAll((int[])[i - 1, i, i + 1], k => ContextMeans(trajectories, groups, k));
        return Parabola.Of(means[0], means[1], means[2]);
    }

    private static double[] ContextMeans(Trajectories trajectories, int[][] groups, int anchor)
    {
        var d = trajectories.Dimension;
        var means = new double[groups.Length * d];
        for (var g = 0; g < groups.Length; g++)
        {
            foreach (var t in groups[g])
            {
                for (var j = 0; j < d; j++)
                {
                    means[g * d + j] += trajectories.Points[anchor][t * d + j] / groups[g].Length;
                }
            }
        }

        return means;
    }

    /// <summary>
    /// Draws: the neighbours are coupled without anchor i, by squared Euclidean transport where that is a choice, and each row's own partner at
    /// i says how far it has come: seen from the left neighbour, and once more from the right.
    /// </summary>
    private static Parabola SampleError(
        AnchorSet anchors, int i, Coupler.Result coupled, PairCoupler pairs, Standardizer outputs, CancellationToken cancellation)
    {
        var direct = pairs.Between(i - 1, i + 1, CouplingCost.SquaredEuclidean, cancellation).Slots;
        var from = coupled.Pairs[i - 1].Slots;
        var back = new int[direct.Length];
        for (var slot = 0; slot < back.Length; slot++)
        {
            back[coupled.Pairs[i].Slots[slot]] = slot;
        }

        var left = Slotted(i - 1, [.. Enumerable.Range(0, direct.Length)]);
        var right = Slotted(i + 1, direct);
        return Parabola.Of(left, Slotted(i, from), right) + Parabola.Of(left, Slotted(i, Array.ConvertAll(direct, slot => back[slot])), right);

        double[] Slotted(int anchor, int[] slots)
        {
            var y = Trajectories.Standardised(anchors[anchor].Samples.Outputs, outputs);
            var rows = Array.ConvertAll(slots, slot => coupled.Groups.Rows(anchor)[slot]);
            return Array.ConvertAll(Trajectories.Select(y, rows, anchors.Dimension), v => (double)v);
        }
    }

    /// <summary>The error as a function of the fraction: Square·f² − 2·Product·f + Offset.</summary>
    private readonly record struct Parabola(double Square, double Product, double Offset, int Count)
    {
        internal double At(double f) => f * f * Square - 2 * f * Product + Offset;

        /// <summary>Whether the least f cannot be told from 0, or from 1.</summary>
        internal bool IsAtEnd
        {
            get
            {
                var least = Product / Square;
                var error = Math.Sqrt(Math.Max(0, At(least)) / (Square * Count));
                return least < ClearlyBetween * error || 1 - least < ClearlyBetween * error;
            }
        }

        /// <summary>Means over rows a, y, b of equal length.</summary>
        internal static Parabola Of(double[] a, double[] y, double[] b)
        {
            double square = 0, product = 0, offset = 0;
            for (var row = 0; row < a.Length; row++)
            {
                double span = b[row] - a[row], gap = y[row] - a[row];
                square += span * span;
                product += span * gap;
                offset += gap * gap;
            }

            var count = Math.Max(1, a.Length);
            return new Parabola(square / count, product / count, offset / count, count);
        }

        public static Parabola operator +(Parabola left, Parabola right) =>
            new(left.Square + right.Square, left.Product + right.Product, left.Offset + right.Offset, left.Count);
    }
}
