namespace HtiTune.Data;

/// <summary>Checks shared by the vocabulary types.</summary>
internal static class Check
{
    /// <summary>Throws when a value is NaN or infinite, and names the row, the column and the value.</summary>
    internal static void Finite(Matrix matrix, string what, string parameter)
    {
        var values = matrix.Values;
        for (var i = 0; i < values.Length; i++)
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
