using HtiTune.Data;

// n     draws of a moon, k = 5
// p_i   a draw;  q_j  a held-out point of the same moon              [2] each
// r_i   distance of p_i to the k-th nearest other draw of its moon
//
// error     (1/n) Σ_i min_j |p_i − q_j|
// variety   ψ(n) − ψ(k) + ln π + (2/n) Σ_i ln r_i, the entropy of the draws in nats    [Kozachenko and Leonenko 1987; for k > 1 Kraskov et al. 2004]
// Both are means over the moons.

/// <summary>How faithful a generator's draws are to points that it never saw, and how varied they are.</summary>
/// <param name="heldOut">Points that the generator was not trained on.</param>
internal sealed class SampleQuality(TwoMoons heldOut)
{
    private const int Neighbour = 5;
    private const double LeastDistance = 1e-9; // of draws that coincide

    private readonly IReadOnlyList<double[]> _heldOut = ByMoon(heldOut.Points, heldOut.Labels);

    /// <summary>Mean distance of a draw to the nearest held-out point of its moon; less is more faithful.</summary>
    /// <param name="draws">Draws with their moons.</param>
    public double Error(Samples draws) => ByMoon(draws).Zip(_heldOut, MeanNearest).Average();

    /// <summary>Entropy of the draws of a moon in nats; more is more varied.</summary>
    /// <param name="draws">Draws with their moons, more than 5 of each.</param>
    public static double Variety(Samples draws) => ByMoon(draws).Average(Entropy);

    /// <summary>The same of the held-out points.</summary>
    public double VarietyOfData() => _heldOut.Average(Entropy);

    private static IReadOnlyList<double[]> ByMoon(Samples draws) => ByMoon(draws.Outputs, draws.Contexts.Categories);

    // Coordinates of each moon's points, one point after the other.
    private static IReadOnlyList<double[]> ByMoon(Matrix points, ReadOnlySpan<int> moons)
    {
        var lists = Enumerable.Range(0, TwoMoons.Moons).Select(_ => new List<double>()).ToArray();
        for (var i = 0; i < points.Rows; i++)
        {
            lists[moons[i]].AddRange([points[i, 0], points[i, 1]]);
        }

        return [.. lists.Select(list => list.ToArray())];
    }

    private static double MeanNearest(double[] draws, double[] points)
    {
        var sum = 0.0;
        for (var i = 0; i < draws.Length; i += 2)
        {
            var least = double.PositiveInfinity;
            for (var j = 0; j < points.Length; j += 2)
            {
                least = Math.Min(least, Squared(draws, i, points, j));
            }

            sum += Math.Sqrt(least);
        }

        return sum / (draws.Length / 2);
    }

    private static double Entropy(double[] draws)
    {
        var n = draws.Length / 2;
        var sum = 0.0;
        Span<double> nearest = stackalloc double[Neighbour];
        for (var i = 0; i < draws.Length; i += 2)
        {
            nearest.Fill(double.PositiveInfinity);
            for (var j = 0; j < draws.Length; j += 2)
            {
                if (j != i)
                {
                    Insert(nearest, Squared(draws, i, draws, j));
                }
            }

            sum += Math.Log(Math.Max(LeastDistance, Math.Sqrt(nearest[^1])));
        }

        return Digamma(n) - Digamma(Neighbour) + Math.Log(Math.PI) + 2 * sum / n;
    }

    // Keeps the least values in ascending order.
    private static void Insert(Span<double> least, double value)
    {
        var k = least.Length - 1;
        if (value >= least[k])
        {
            return;
        }

        for (; k > 0 && value < least[k - 1]; k--)
        {
            least[k] = least[k - 1];
        }

        least[k] = value;
    }

    private static double Squared(double[] a, int i, double[] b, int j)
    {
        var (dx, dy) = (a[i] - b[j], a[i + 1] - b[j + 1]);
        return dx * dx + dy * dy;
    }

    // ψ(n) = −γ + Σ_{k < n} 1/k of a whole number.
    private static double Digamma(int n) => Enumerable.Range(1, n - 1).Sum(k => 1.0 / k) - 0.5772156649015329;
}
