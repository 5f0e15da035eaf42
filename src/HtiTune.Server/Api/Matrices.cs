using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server;

/// <summary>Matrices as rows of numbers.</summary>
internal static class Matrices
{
    /// <summary>Rows as a matrix.</summary>
    internal static Matrix Of(double[][] rows, string place)
    {
        var columns = rows.Length == 0 ? 0 : rows[0]?.Length ?? 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is not { } row || row.Length != columns || row.Any(value => !double.IsFinite(value)))
            {
                throw new StudyServiceException(StudyServiceError.Invalid, $"{place}[{i}] has {rows[i]?.Length ?? 0} numbers, or one that is not finite; expected {columns} finite numbers, as in the first row.");
            }
        }

        // What single precision holds is kept in it; what it does not is kept whole.
        double[] values = [.. rows.SelectMany(row => row)];
        return values.All(value => (float)value == value) ? new Matrix(rows.Length, columns, Array.ConvertAll(values, value => (float)value)) : Matrix.FromDoubles(rows.Length, columns, values);
    }

    /// <summary>A matrix as rows.</summary>
    internal static float[][] Rows(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(i => matrix.Row(i).ToArray())];
}
