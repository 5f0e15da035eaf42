namespace HtiTune.Data;

/// <summary>An array of numbers with any number of axes, in C order (the last index runs fastest).</summary>
/// <param name="Shape">Length of each axis; empty for a single number.</param>
/// <param name="Values">The values in single precision, as many as the product of <paramref name="Shape"/>.</param>
public sealed record NpyArray(int[] Shape, float[] Values)
{
    /// <summary>The values in double precision, where single precision rounds one of them; else null.</summary>
    public double[]? Doubles { get; init; }

    /// <summary>The array as a matrix: [n, d] as it is, [n] as one column.</summary>
    /// <exception cref="InvalidOperationException">The array has neither one axis nor two.</exception>
    public Matrix ToMatrix() => Shape.Length switch
    {
        1 => OfRows(Shape[0], 1),
        2 => OfRows(Shape[0], Shape[1]),
        _ => throw new InvalidOperationException($"An array of {Shape.Length} axes is no matrix; expected one axis or two."),
    };

    /// <summary>The array of doubles; they are kept where single precision rounds one.</summary>
    internal static NpyArray Of(int[] shape, double[] values)
    {
        var singles = Array.ConvertAll(values, Matrix.Narrow);
        return new NpyArray(shape, singles) { Doubles = values.Zip(singles).All(pair => pair.First.Equals(pair.Second)) ? null : values };
    }

    /// <summary>All values as a matrix of this shape.</summary>
    private Matrix OfRows(int rows, int columns) => Doubles is null ? new Matrix(rows, columns, Values) : Matrix.FromDoubles(rows, columns, Doubles);
}
