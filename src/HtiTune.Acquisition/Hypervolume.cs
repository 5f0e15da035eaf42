namespace HtiTune.Acquisition;

// Notation (less is better in each of J features)
//   P        points;  r  the reference, which is worse than what counts
//   V(P)     volume of {z : z ≤ r, and some p of P has p ≤ z}, the dominated part of the box below r
//   gain     V(P ∪ {y}) − V(P) = Π_j (r_j − y_j) − V({max(p, y) : p ∈ P}): what y dominates alone      (While, Bradstreet & Barone 2012)
// In two features V is a sum of rectangles along the sorted front; in more it is the sum of what each point dominates that none after it does.

/// <summary>The hypervolume of a Pareto front, and what a further point adds to it.</summary>
public static class Hypervolume
{
    /// <summary>V(P), exactly.</summary>
    /// <param name="points">Points, [N][J], less is better; none is −∞. Those that do not lie below the reference in every feature count nothing.</param>
    /// <param name="reference">r, [J], finite; J is at least 1.</param>
    /// <returns>The volume, at least 0.</returns>
    /// <exception cref="ArgumentException">There is no feature, or a point has another number of them.</exception>
    public static double Of(IReadOnlyList<double[]> points, double[] reference)
    {
        ArgumentNullException.ThrowIfNull(points);
        Check(points, reference);
        return Volume(Front(points.Where(p => IsBelow(p, reference))), reference);
    }

    /// <summary>V(P ∪ {y}) − V(P), exactly.</summary>
    /// <param name="points">P, as in <see cref="Of"/>.</param>
    /// <param name="added">y, [J]; without a number it adds nothing.</param>
    /// <param name="reference">r.</param>
    /// <returns>The volume that y alone dominates, at least 0.</returns>
    /// <exception cref="ArgumentException">There is no feature, or a point has another number of them.</exception>
    public static double Gain(IReadOnlyList<double[]> points, double[] added, double[] reference)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(added);
        Check([.. points, added], reference);
        return IsBelow(added, reference) && !points.Any(p => IsAtMost(p, added)) ? Math.Max(0, Box(added, reference) - Volume(Front(points.Where(p => IsBelow(p, reference)).Select(p => Worse(p, added))), reference)) : 0;
    }

    private static double Volume(List<double[]> front, double[] reference)
    {
        double sum = 0;
        if (reference.Length > 2)
        {
            for (var i = 0; i < front.Count; i++)
            {
                var one = front[i];
                sum += Box(one, reference) - Volume(Front(front.Skip(i + 1).Select(p => Worse(p, one))), reference);
            }

            return sum;
        }

        // Ascending in the first feature, and so descending in the second.
        var height = reference[^1];
        foreach (var p in front)
        {
            sum += reference.Length == 1 ? reference[0] - p[0] : (reference[0] - p[0]) * (height - p[1]);
            height = p[^1];
        }

        return sum;
    }

    // Those that none dominates, ascending; of equal ones one.
    private static List<double[]> Front(IEnumerable<double[]> points)
    {
        var front = new List<double[]>();
        foreach (var p in points.Order(Comparer<double[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
        {
            if (!front.Exists(other => IsAtMost(other, p)))
            {
                front.Add(p);
            }
        }

        return front;
    }

    private static double Box(double[] point, double[] reference)
    {
        var volume = 1.0;
        for (var j = 0; j < reference.Length; j++)
        {
            volume *= reference[j] - point[j];
        }

        return volume;
    }

    private static double[] Worse(double[] one, double[] other) => [.. one.Select((value, j) => Math.Max(value, other[j]))];

    private static bool IsAtMost(double[] one, double[] other)
    {
        for (var j = 0; j < one.Length; j++)
        {
            if (!(one[j] <= other[j]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBelow(double[] point, double[] reference)
    {
        for (var j = 0; j < point.Length; j++)
        {
            if (!(point[j] < reference[j]))
            {
                return false;
            }
        }

        return true;
    }

    private static void Check(IReadOnlyList<double[]> points, double[] reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Length == 0 || points.FirstOrDefault(p => p.Length != reference.Length) is { } || reference.Any(r => !double.IsFinite(r)))
        {
            throw new ArgumentException(
                $"The reference is [{string.Join(", ", reference)}], the points have {string.Join(", ", points.Select(p => p.Length).Distinct())} features; expected finite numbers, as many as each point has.",
                nameof(reference));
        }
    }
}
