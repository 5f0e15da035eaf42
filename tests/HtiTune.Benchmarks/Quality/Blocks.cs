using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality;

/// <summary>Rows out of a stacked array [K, N, W].</summary>
internal static class Blocks
{
    /// <summary>Rows first, first + step … of block k, to the block's end; shape [n, W].</summary>
    internal static Matrix Block(this NpyArray array, int k, int first = 0, int step = 1)
    {
        int rows = array.Shape[1], width = array.Shape[2];
        return Matrix.Create(
            (rows - first + step - 1) / step, width, (i, row) => array.Values.AsSpan((k * rows + first + i * step) * width, width).CopyTo(row));
    }
}
