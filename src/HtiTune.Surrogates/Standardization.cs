using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>How the columns of all anchors' samples are brought to one scale.</summary>
internal static class Standardization
{
    /// <summary>Columns share a scale where the largest deviation is at most so many times the smallest.</summary>
    private const double MostUneven = 3;

    /// <summary>
    /// Each column by its own mean; columns of comparable spread by one shared deviation, so that distances between outputs keep their
    /// shape; else, and for conditions, each by its own.
    /// </summary>
    /// <param name="parts">The anchors' outputs or conditions, [n, columns] each.</param>
    /// <param name="shareScale">Whether comparable columns share a deviation.</param>
    internal static Standardizer Of(IEnumerable<Matrix> parts, bool shareScale)
    {
        var all = parts.ToArray();
        var values = new float[all.Sum(part => part.Values.Length)];
        var start = 0;
        foreach (var part in all)
        {
            part.Values.CopyTo(values.AsSpan(start));
            start += part.Values.Length;
        }

        var rows = new Matrix(all.Sum(part => part.Rows), all[0].Columns, values);
        var own = Standardizer.Of(rows);
        var varying = Enumerable.Range(0, own.Columns).Where(j => Varies(rows, j)).Select(j => own.Deviations[j]).ToArray();
        var shared = shareScale && varying.Length > 0 && varying.Max() <= MostUneven * varying.Min()
            ? Math.Sqrt(varying.Average(s => s * s))
            : double.NaN;

        // A model file holds these figures in single precision: rounded now, they serve alike before and after.
        return new Standardizer(
            own.Means.ToArray().Select(mean => (double)(float)mean),
            own.Deviations.ToArray().Select(deviation => (double)Math.Max(1e-30f, (float)(double.IsNaN(shared) ? deviation : shared))));
    }

    private static bool Varies(Matrix rows, int column)
    {
        for (var i = 1; i < rows.Rows; i++)
        {
            if (rows[i, column] != rows[0, column])
            {
                return true;
            }
        }

        return false;
    }
}
