using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>
/// Centre and scale of columns, v ↦ (v − centre)/scale. Columns of comparable spread (largest at most three times the smallest)
/// share one scale, so that distances keep their shape; else each has its own. Constant columns have scale 1.
/// </summary>
/// <param name="Centre">Mean of each column.</param>
/// <param name="Scale">Deviation of each column, positive.</param>
internal sealed record Standardization(float[] Centre, float[] Scale)
{
    internal static Standardization Of(IEnumerable<Matrix> matrices, int columns, bool shareScale)
    {
        var sum = new double[columns];
        var squares = new double[columns];
        long count = 0;
        var parts = matrices.ToArray();
        foreach (var part in parts)
        {
            count += part.Rows;
            for (var i = 0; i < part.Rows; i++)
            {
                var row = part.Row(i);
                for (var j = 0; j < columns; j++)
                {
                    sum[j] += row[j];
                }
            }
        }

        var centre = Array.ConvertAll(sum, s => s / count);
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Rows; i++)
            {
                var row = part.Row(i);
                for (var j = 0; j < columns; j++)
                {
                    squares[j] += (row[j] - centre[j]) * (row[j] - centre[j]);
                }
            }
        }

        var deviation = Array.ConvertAll(squares, s => Math.Sqrt(s / count));
        var varying = deviation.Where((s, j) => s > 1e-6 * (1 + Math.Abs(centre[j]))).ToArray();
        var shared = shareScale && varying.Length > 0 && varying.Max() <= 3 * varying.Min()
            ? Math.Sqrt(varying.Average(s => s * s))
            : double.NaN;
        var scale = new float[columns];
        for (var j = 0; j < columns; j++)
        {
            var constant = !(deviation[j] > 1e-6 * (1 + Math.Abs(centre[j])));
            scale[j] = !double.IsNaN(shared) ? (float)shared : constant ? 1f : (float)deviation[j];
        }

        return new Standardization(Array.ConvertAll(centre, c => (float)c), scale);
    }

    internal void Apply(ReadOnlySpan<float> row, Span<float> target)
    {
        for (var j = 0; j < row.Length; j++)
        {
            target[j] = (row[j] - Centre[j]) / Scale[j];
        }
    }

    internal void Undo(ReadOnlySpan<float> row, Span<float> target)
    {
        for (var j = 0; j < row.Length; j++)
        {
            target[j] = row[j] * Scale[j] + Centre[j];
        }
    }
}
