namespace HtiTune.Surrogates;

/// <summary>Carries rows between anchors.</summary>
internal interface IRowCarrier
{
    /// <summary>Rows at every anchor that has a weight, and at their own; null at the others.</summary>
    /// <param name="y">Standardised outputs at the anchor <paramref name="source"/>, [n, D].</param>
    /// <param name="own">Standardised conditions of the rows there, [n, C].</param>
    /// <param name="x">Those that they are wanted for: their own, or others.</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="source">s.</param>
    /// <param name="weights">Weights of the anchors; null for all.</param>
    float[]?[] Carry(float[] y, float[] own, float[] x, int[] categories, int source, double[]? weights);
}
