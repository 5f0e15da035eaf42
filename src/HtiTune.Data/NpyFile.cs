namespace HtiTune.Data;

/// <summary>Arrays in NumPy's <c>.npy</c> files [NumPyFormat]: single precision written, single and double read.</summary>
public static class NpyFile
{
    /// <summary>Reads an array of <c>&lt;f4</c> or <c>&lt;f8</c> numbers, in C or Fortran order, format version 1.0, 2.0 or 3.0.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array, in C order and single precision.</returns>
    /// <exception cref="DataFormatException">The file holds something else; the message names file, position and expectation.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static NpyArray Read(string path) => throw new NotImplementedException();

    /// <summary>Reads a matrix: an array of two axes, or of one as a single column.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file holds something else; the message names file, position and expectation.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Matrix ReadMatrix(string path) => throw new NotImplementedException();

    /// <summary>Writes an array as little-endian <c>&lt;f4</c> in C order, format version 1.0, whole or not at all.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="shape">Length of each axis.</param>
    /// <param name="values">The values in C order, all finite, as many as the product of <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape, or a value is not finite.</exception>
    public static void Write(string path, ReadOnlySpan<int> shape, ReadOnlySpan<float> values) => throw new NotImplementedException();

    /// <summary>Writes a matrix, shape [rows, columns].</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="matrix">The matrix, all finite.</param>
    public static void Write(string path, Matrix matrix) => throw new NotImplementedException();
}
