// Notation
//   a [n, D], b [m, D]   two samples, each row of weight 1/n and 1/m
//   WD   min over plans π ≥ 0 with those margins of Σ π_ij |a_i − b_j|²   (squared distance, not its root)
//   per category   the mean over categories c of WD between the rows of a and of b with category c
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Quality.Scores;

/// <summary>Squared-distance optimal transport cost between samples of equal weights.</summary>
internal static class Wasserstein
{
    /// <summary>WD between two samples.</summary>
    /// <param name="a">Rows [n, D], n ≥ 1.</param>
    /// <param name="b">Rows [m, D], m ≥ 1.</param>
    internal static double Squared(Matrix a, Matrix b) => OutputDistance.Squared(a, b);

    /// <summary>The mean of WD over the categories of the actual rows.</summary>
    /// <param name="predicted">Rows [n, D + 1], the category in the last column.</param>
    /// <param name="actual">Rows [m, D + 1], the category in the last column.</param>
    internal static double PerCategory(Matrix predicted, Matrix actual)
    {
        var d = actual.Columns - 1;
        return Categories(actual).Average(category => Squared(Of(predicted, category, d), Of(actual, category, d)));
    }

    private static IEnumerable<float> Categories(Matrix rows) =>
        Enumerable.Range(0, rows.Rows).Select(i => rows[i, rows.Columns - 1]).Distinct().Order();

    private static Matrix Of(Matrix rows, float category, int d) =>
        rows.SelectRows([.. Enumerable.Range(0, rows.Rows).Where(i => rows[i, d] == category)]).SelectColumns(0, d);
}
