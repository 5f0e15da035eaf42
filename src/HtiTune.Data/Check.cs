using System.Numerics;
using System.Runtime.InteropServices;

namespace HtiTune.Data;

/// <summary>Checks shared by the vocabulary types.</summary>
internal static class Check
{
    /// <summary>Throws when a value is NaN or infinite, and names the row, the column and the value.</summary>
    internal static void Finite(Matrix matrix, string what, string parameter)
    {
        var values = matrix.Values;

        // v − v is 0 where v is finite and no number elsewhere: a vector at a time, and one by one from where it is not.
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var whole = 0;
        while (whole < vectors.Length && Vector.EqualsAll(vectors[whole] - vectors[whole], Vector<float>.Zero))
        {
            whole++;
        }

        for (var i = whole * Vector<float>.Count; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"The {what} in row {i / matrix.Columns}, column {i % matrix.Columns} is {values[i]}; expected a finite number.",
                    parameter);
            }
        }
    }
}
