using System.IO.Compression;
using HtiTune.Data;

/// <summary>
/// Policies trained elsewhere, read from a NumPy archive: per λ <c>lambdaLL_w0, b0, w1, b1, w2, b2, log_std</c>, each w of shape [out, in].
/// </summary>
internal static class RecordedPolicies
{
    private static readonly string[] Parts = ["w0", "b0", "w1", "b1", "w2", "b2", "log_std"];

    /// <summary>Reads the policy of a reward weight.</summary>
    /// <param name="path">The .npz file.</param>
    /// <param name="lambda">λ, a whole number.</param>
    /// <exception cref="InvalidDataException">The archive holds no such policy.</exception>
    public static DosePolicy Read(string path, int lambda)
    {
        using var archive = ZipFile.OpenRead(path);
        var temporary = Path.GetTempFileName();
        try
        {
            return new DosePolicy([.. Parts.Select(part =>
            {
                var name = $"lambda{lambda:00}_{part}.npy";
                var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"{path} holds no {name}.");
                entry.ExtractToFile(temporary, overwrite: true);
                var array = NpyFile.Read(temporary);
                return array.Shape.Length == 2 ? Transposed(array.ToMatrix()) : array.Values;
            })]);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static float[] Transposed(Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = matrix[i % matrix.Rows, i / matrix.Rows];
        }

        return values;
    }
}
