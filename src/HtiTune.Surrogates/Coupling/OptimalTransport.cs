// Notation
//   n, m        number of sources and of targets
//   a [n], b [m]  integer masses, Σ a = Σ b; uniform measures: a = m/g, b = n/g with g = gcd(n, m)
//   c [n, m]    cost of a unit of mass from source i to target j, row-major
//   x [n, m]    flows: min Σ c x  subject to  Σ_j x_ij = a_i,  Σ_i x_ij = b_j,  x ≥ 0
using System.Numerics;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Exact optimal transport between two discrete measures, by the network simplex method.</summary>
/// <remarks>
/// Costs are rounded to a grid of b bits, b = 50 − ⌊log₂(n + m)⌋ (39 for 2,000 × 2,000), so that every sum that the method forms is
/// exact: single-precision costs above 2^(24 − b) of the largest are not changed at all, and the plan's mean cost exceeds the least one
/// by 2¹⁻ᵇ of the largest cost at most. Costs so large that no optimal plan can use them do not count as the largest.
/// </remarks>
internal static class OptimalTransport
{
    /// <summary>The optimal plan between n equal sources and m equal targets.</summary>
    /// <param name="n">Number of sources, at least 1.</param>
    /// <param name="m">Number of targets, at least 1.</param>
    /// <param name="cost">Costs, shape [n, m], row-major, finite.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">The costs have another shape, or one is not finite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static TransportPlan Solve(int n, int m, float[] cost, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        var divisor = (long)BigInteger.GreatestCommonDivisor(n, m);
        return Solve(Enumerable.Repeat(m / divisor, n).ToArray(), Enumerable.Repeat(n / divisor, m).ToArray(), cost, cancellation);
    }

    /// <summary>The optimal plan between sources and targets of given masses.</summary>
    /// <param name="sources">Masses a of the sources, shape [n], each at least 1.</param>
    /// <param name="targets">Masses b of the targets, shape [m], each at least 1, with the same sum.</param>
    /// <param name="cost">Costs, shape [n, m], row-major, finite.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">The masses' sums differ, one is not positive, or the costs are not finite or of another shape.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static TransportPlan Solve(long[] sources, long[] targets, float[] cost, CancellationToken cancellation = default)
    {
        var total = Mass(sources, nameof(sources));
        var received = Mass(targets, nameof(targets));
        if (total != received)
        {
            throw new ArgumentException($"The sources' mass is {total}, and the targets' {received}; expected the same.", nameof(targets));
        }

        var pairs = (long)sources.Length * targets.Length;
        if (cost.LongLength != pairs)
        {
            throw new ArgumentException(
                $"{cost.LongLength} costs for {sources.Length} sources and {targets.Length} targets; expected {pairs}.", nameof(cost));
        }

        var (least, most) = Range(cost, targets.Length);
        while (true)
        {
            var simplex = new NetworkSimplex(sources, targets, OnGrid(cost, sources.Length + targets.Length, least, most));
            simplex.Run(cancellation);
            var plan = Plan(simplex.Flows(), cost, sources.Length, targets.Length, total);

            // A better plan uses no arc whose cost above the least exceeds this plan's total above the least, since an arc carries at
            // least one unit. If that is far below the largest cost, a finer grid is worth a second run.
            var excess = 2 * total * (plan.Cost - least);
            if (excess <= 0 || Math.Max(least + excess, -least) >= Math.Max(most, -least) / 1024)
            {
                return plan;
            }

            most = least + excess;
        }
    }

    private static (double Least, double Most) Range(float[] cost, int m)
    {
        Vector<float> least = new(cost[0]), most = new(cost[0]);
        var k = 0;
        for (; k <= cost.Length - Vector<float>.Count; k += Vector<float>.Count)
        {
            var several = new Vector<float>(cost, k);

            // What is not finite differs from itself by no number.
            if (!Vector.EqualsAll(several - several, Vector<float>.Zero))
            {
                break;
            }

            (least, most) = (Vector.MinNative(least, several), Vector.MaxNative(most, several));
        }

        var (low, high) = (cost[0], cost[0]);
        for (var l = 0; l < Vector<float>.Count; l++)
        {
            (low, high) = (Math.Min(low, least[l]), Math.Max(high, most[l]));
        }

        for (; k < cost.Length; k++)
        {
            if (!float.IsFinite(cost[k]))
            {
                throw new ArgumentException(
                    $"The cost from source {k / m} to target {k % m} is {cost[k]}; expected a finite number.", nameof(cost));
            }

            (low, high) = (Math.Min(low, cost[k]), Math.Max(high, cost[k]));
        }

        return (low, high);
    }

    /// <summary>The costs up to a ceiling, rounded to the grid on which all sums are exact in double precision; shape [n, m].</summary>
    private static float[] OnGrid(float[] cost, int nodes, double least, double most)
    {
        // A potential is a sum of at most n + m costs, a reduced cost one of two potentials and a cost: below 2⁵³ grid steps.
        var bits = 50 - BitOperations.Log2((uint)nodes);
        var largest = Math.Max(Math.Abs(least), Math.Abs(most));
        var step = largest == 0 ? 1 : Math.ScaleB(1, Math.ILogB(largest) + 1 - bits);
        var rounded = new float[cost.Length];

        // On the grid in single precision too: what rounding changes has fewer than 24 bits left, or lies at the ceiling. The step is a power of two, so that its inverse is exact.
        Vector<double> ceiling = new(most), inverse = new(1 / step), width = new(step);
        var k = 0;
        for (; k <= cost.Length - Vector<float>.Count; k += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(cost, k), out var low, out var high);
            low = Vector.Round(Vector.MinNative(low, ceiling) * inverse) * width;
            high = Vector.Round(Vector.MinNative(high, ceiling) * inverse) * width;
            Vector.Narrow(low, high).CopyTo(rounded, k);
        }

        for (; k < cost.Length; k++)
        {
            rounded[k] = (float)(Math.Round(Math.Min(cost[k], most) / step) * step);
        }

        return rounded;
    }

    private static TransportPlan Plan(List<TransportFlow> flows, float[] cost, int n, int m, long total)
    {
        flows.Sort((x, y) => (x.Source, x.Target).CompareTo((y.Source, y.Target)));
        var assignment = new int[n];
        var most = new long[n];
        var sum = 0.0;
        foreach (var (i, j, mass) in flows)
        {
            sum += mass * (double)cost[(long)i * m + j];
            if (mass > most[i] || (mass == most[i] && cost[(long)i * m + j] < cost[(long)i * m + assignment[i]]))
            {
                most[i] = mass;
                assignment[i] = j;
            }
        }

        return new TransportPlan([.. flows], total, sum / total, assignment);
    }

    private static long Mass(long[] masses, string name)
    {
        var total = 0L;
        for (var k = 0; k < masses.Length; k++)
        {
            if (masses[k] <= 0)
            {
                throw new ArgumentException($"Mass {k} is {masses[k]}; expected at least 1.", name);
            }

            total = checked(total + masses[k]);
        }

        return total;
    }
}
