namespace HtiTune.Data;

/// <summary>An array of single-precision numbers with any number of axes, in C order (the last index runs fastest).</summary>
/// <param name="Shape">Length of each axis; empty for a single number.</param>
/// <param name="Values">The values, as many as the product of <paramref name="Shape"/>.</param>
public sealed record NpyArray(int[] Shape, float[] Values)
{
    /// <summary>The array as a matrix: [n, d] as it is, [n] as one column.</summary>
    /// <exception cref="InvalidOperationException">The array has neither one axis nor two.</exception>
    public Matrix ToMatrix() => Shape.Length switch
    {
        1 => new Matrix(Shape[0], 1, Values),
        2 => new Matrix(Shape[0], Shape[1], Values),
        _ => throw new InvalidOperationException($"An array of {Shape.Length} axes is no matrix; expected one axis or two."),
    };
}
