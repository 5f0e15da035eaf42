using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>The rows of two neighbouring anchors that a dual coupling joins; nothing says which belong together.</summary>
/// <param name="Points">Standardised outputs [n, D]: first those at the left anchor, then those at the right one.</param>
/// <param name="Conditions">Standardised conditions [n, C].</param>
/// <param name="Categories">Category of each row.</param>
/// <param name="Sources">How many of the rows are at the left anchor.</param>
/// <param name="Dimension">D.</param>
/// <param name="ConditionCount">C.</param>
/// <param name="CategoryCount">Number of categories, at least 1.</param>
internal sealed record DualProblem(
    float[] Points, float[] Conditions, int[] Categories, int Sources, int Dimension, int ConditionCount, int CategoryCount)
{
    /// <summary>Number of rows at both anchors.</summary>
    internal int Count => Categories.Length;

    /// <summary>The problem of interval k.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="y">Standardised outputs of each.</param>
    /// <param name="x">Standardised conditions of each.</param>
    /// <param name="k">The interval.</param>
    internal static DualProblem Between(AnchorSet anchors, float[][] y, float[][] x, int k)
    {
        var labels = new[] { anchors[k].Samples, anchors[k + 1].Samples }.SelectMany(
            samples => anchors.CategoryCount == 0 ? Enumerable.Repeat(0, samples.Count) : samples.Categories.ToArray());
        return new DualProblem(
            [.. y[k], .. y[k + 1]],
            [.. x[k], .. x[k + 1]],
            [.. labels],
            anchors[k].Samples.Count,
            anchors.Dimension,
            anchors.ConditionCount,
            Math.Max(1, anchors.CategoryCount));
    }

    /// <summary>Outputs of some rows, [a, D].</summary>
    internal float[] PointsOf(ReadOnlySpan<int> rows) => Trajectories.Select(Points, rows, Dimension);

    /// <summary>Conditions of some rows, [a, C].</summary>
    internal float[] ConditionsOf(ReadOnlySpan<int> rows) => Trajectories.Select(Conditions, rows, ConditionCount);

    /// <summary>Categories of some rows, as libtorch indexes with them.</summary>
    internal long[] CategoriesOf(ReadOnlySpan<int> rows)
    {
        var labels = new long[rows.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Categories[rows[i]];
        }

        return labels;
    }

    /// <summary>The smallest box with all rows, a tenth of its width wider on each side.</summary>
    internal (float[] Low, float[] High) Box()
    {
        float[] low = new float[Dimension], high = new float[Dimension];
        Array.Fill(low, float.PositiveInfinity);
        Array.Fill(high, float.NegativeInfinity);
        for (var i = 0; i < Points.Length; i++)
        {
            low[i % Dimension] = Math.Min(low[i % Dimension], Points[i]);
            high[i % Dimension] = Math.Max(high[i % Dimension], Points[i]);
        }

        for (var k = 0; k < Dimension; k++)
        {
            var margin = 0.1f * (high[k] - low[k]);
            (low[k], high[k]) = (low[k] - margin, high[k] + margin);
        }

        return (low, high);
    }
}
