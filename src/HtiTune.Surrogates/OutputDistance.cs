// Notation
//   a [n, D], b [m, D]   two samples, each row of weight 1/n and 1/m
//   W₂²   min over plans π ≥ 0 with those margins of Σ π_ij |a_i − b_j|²
//   g     a group: the rows of one context, or of one category where there are no conditions
// Of one column the plan of least cost keeps the order of the rows.
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Distances between what two models answer.</summary>
public static class OutputDistance
{
    /// <summary>Mean over contexts (over categories, without conditions) of the squared 2-Wasserstein distance.</summary>
    /// <param name="a">Outputs of one model.</param>
    /// <param name="b">Outputs of the other for the same contexts, in any order.</param>
    /// <param name="mostRows">Rows of a group that are compared, evenly chosen where it has more; exact up to there.</param>
    /// <returns>In squared units of the outputs; with one output a context, the squared distance of the outputs.</returns>
    /// <exception cref="ArgumentException">Outputs differ in their columns, or a context of one is not among those of the other.</exception>
    public static double Squared(Samples a, Samples b, int mostRows = 1000) => SquaredByContext(a, b, mostRows).Average();

    /// <summary>Mean over contexts (over categories, without conditions) of the 2-Wasserstein distance.</summary>
    /// <param name="a">Outputs of one model.</param>
    /// <param name="b">Outputs of the other for the same contexts, in any order.</param>
    /// <param name="mostRows">Rows of a group that are compared, evenly chosen where it has more; exact up to there.</param>
    /// <returns>In units of the outputs; with one output a context, the distance of the outputs.</returns>
    /// <exception cref="ArgumentException">Outputs differ in their columns, or a context of one is not among those of the other.</exception>
    public static double Mean(Samples a, Samples b, int mostRows = 1000) => SquaredByContext(a, b, mostRows).Average(Math.Sqrt);

    private static IEnumerable<double> SquaredByContext(Samples a, Samples b, int mostRows)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRows, 1);
        if (a.Dimension != b.Dimension)
        {
            throw new ArgumentException($"Outputs of {b.Dimension} columns; expected {a.Dimension}.", nameof(b));
        }

        Dictionary<string, int[]> left = Groups(a.Contexts), right = Groups(b.Contexts);
        if (left.Count != right.Count || !left.Keys.All(right.ContainsKey))
        {
            throw new ArgumentException("The samples answer different contexts; expected the same ones.", nameof(b));
        }

        return left.Select(group => Squared(Chosen(a, group.Value, mostRows), Chosen(b, right[group.Key], mostRows)));
    }

    /// <summary>The squared 2-Wasserstein distance of two samples.</summary>
    /// <param name="a">Rows [n, D], n ≥ 1.</param>
    /// <param name="b">Rows [m, D], m ≥ 1.</param>
    internal static double Squared(Matrix a, Matrix b)
    {
        if (a.Rows == 1 && b.Rows == 1)
        {
            return SquaredDistance(a.Row(0), b.Row(0));
        }

        if (a.Columns == 1)
        {
            return InOrder(a.Values.ToArray(), b.Values.ToArray());
        }

        var plan = OptimalTransport.Solve(a.Rows, b.Rows, GroundCost.SquaredEuclidean(a.Values, b.Values, a.Columns));

        // The plan's own cost sums single-precision distances; the score does not.
        var sum = 0.0;
        foreach (var (i, j, mass) in plan.Flows)
        {
            sum += mass * SquaredDistance(a.Row(i), b.Row(j));
        }

        return sum / plan.TotalMass;
    }

    // Row i has the mass between i/n and (i + 1)/n: in units of 1/nm all of it is whole numbers.
    private static double InOrder(float[] a, float[] b)
    {
        Array.Sort(a);
        Array.Sort(b);
        long n = a.Length, m = b.Length, done = 0;
        var sum = 0.0;
        for (int i = 0, j = 0; i < n && j < m;)
        {
            var until = Math.Min((i + 1) * m, (j + 1) * n);
            var difference = (double)a[i] - b[j];
            sum += (until - done) * difference * difference;
            (done, i, j) = (until, until == (i + 1) * m ? i + 1 : i, until == (j + 1) * n ? j + 1 : j);
        }

        return sum / (n * m);
    }

    private static Dictionary<string, int[]> Groups(Contexts contexts) => Enumerable.Range(0, contexts.Count)
        .GroupBy(i => ContextKey.Of(contexts, i)).ToDictionary(group => group.Key, group => group.ToArray());

    private static Matrix Chosen(Samples samples, int[] rows, int most) => samples.Outputs.SelectRows(
        rows.Length <= most ? rows : [.. Enumerable.Range(0, most).Select(i => rows[(int)((long)i * rows.Length / most)])]);

    private static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            var difference = (double)a[k] - b[k];
            sum += difference * difference;
        }

        return sum;
    }
}
