namespace HtiTune.Server;

/// <summary>Matrices as rows of numbers.</summary>
internal static class Matrices
{
    /// <summary>A matrix as rows.</summary>
    internal static float[][] Rows(Matrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(i => matrix.Row(i).ToArray())];
}
