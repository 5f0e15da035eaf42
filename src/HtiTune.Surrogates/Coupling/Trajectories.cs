using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>
/// The anchors' samples strung into trajectories: trajectory t passes through one row of each anchor, and every row of every
/// anchor lies on a trajectory (on equally many, where anchors have equally many rows).
/// </summary>
internal sealed class Trajectories
{
    internal Trajectories(
        float[][] points, float[][] conditions, int[] categories, int dimension, int conditionCount, int categoryCount, int[][] rows)
    {
        Rows = rows;
        Points = points;
        Conditions = conditions;
        Categories = categories;
        Dimension = dimension;
        ConditionCount = conditionCount;
        CategoryCount = categoryCount;
    }

    /// <summary>The row of anchor k that trajectory t passes through, Rows[k][t].</summary>
    internal int[][] Rows { get; }

    /// <summary>Standardised outputs at each anchor, [N, D], row t for trajectory t.</summary>
    internal float[][] Points { get; }

    /// <summary>Standardised conditions at each anchor, [N, C]; one shared array where anchors answer the same contexts.</summary>
    internal float[][] Conditions { get; }

    /// <summary>Category of each trajectory; all 0 without categories.</summary>
    internal int[] Categories { get; }

    /// <summary>D.</summary>
    internal int Dimension { get; }

    /// <summary>C.</summary>
    internal int ConditionCount { get; }

    /// <summary>Number of categories; 1 without.</summary>
    internal int CategoryCount { get; }

    /// <summary>N, the number of trajectories.</summary>
    internal int Count => Categories.Length;

    /// <summary>Output of trajectory t at anchor k, shape [D].</summary>
    internal ReadOnlySpan<float> Point(int anchor, int trajectory) => Points[anchor].AsSpan(trajectory * Dimension, Dimension);

    /// <summary>Condition of trajectory t at anchor k, shape [C].</summary>
    internal ReadOnlySpan<float> Condition(int anchor, int trajectory) =>
        Conditions[anchor].AsSpan(trajectory * ConditionCount, ConditionCount);

    /// <summary>The indices of the trajectories of each category, ascending.</summary>
    internal int[][] ByCategory()
    {
        var lists = new List<int>[CategoryCount];
        for (var c = 0; c < CategoryCount; c++)
        {
            lists[c] = [];
        }

        for (var t = 0; t < Count; t++)
        {
            lists[Categories[t]].Add(t);
        }

        return Array.ConvertAll(lists, list => list.ToArray());
    }

    /// <summary>Some rows of an array [n, columns].</summary>
    internal static float[] Select(float[] values, ReadOnlySpan<int> rows, int columns)
    {
        var selected = new float[rows.Length * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            values.AsSpan(rows[i] * columns, columns).CopyTo(selected.AsSpan(i * columns));
        }

        return selected;
    }

    // Far beyond any sample; what a curve makes of larger numbers might leave single precision.
    private const float Largest = 1e37f;

    /// <summary>The standardised samples of an anchor set, before coupling; at most 1e37 in size.</summary>
    internal static float[] Standardised(Matrix matrix, Standardizer scale)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var i = 0; i < matrix.Rows; i++)
        {
            scale.Apply(matrix.Row(i), values.AsSpan(i * matrix.Columns, matrix.Columns));
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Clamp(values[i], -Largest, Largest);
        }

        return values;
    }

    /// <summary>Rows of several arrays side by side.</summary>
    internal static float[] Joined(int n, params ReadOnlySpan<(float[] Values, int Columns)> parts)
    {
        var width = 0;
        foreach (var (_, columns) in parts)
        {
            width += columns;
        }

        var joined = new float[n * width];
        var start = 0;
        foreach (var (values, columns) in parts)
        {
            for (var i = 0; i < n; i++)
            {
                values.AsSpan(i * columns, columns).CopyTo(joined.AsSpan(i * width + start, columns));
            }

            start += columns;
        }

        return joined;
    }
}
