namespace HtiTune.Data;

/// <summary>
/// What a network is asked: one row an input x, made of C continuous conditions, a category, both, or nothing.
/// </summary>
/// <remarks>
/// Repeat a row m times to ask for m draws in the same context. A network that generates without a condition is asked
/// <see cref="None"/>.
/// </remarks>
public sealed class Contexts
{
    private readonly int[]? _categories;

    /// <summary>Contexts with continuous conditions, categories, or both.</summary>
    /// <param name="conditions">Continuous conditions, shape [n, C]; C may be 0. All finite.</param>
    /// <param name="categories">A category 0 … <paramref name="categoryCount"/> − 1 for each row, or none.</param>
    /// <param name="categoryCount">Number of categories; 0 without categories.</param>
    /// <exception cref="ArgumentException">Lengths differ, a category is out of range, or a condition is not finite.</exception>
    public Contexts(Matrix conditions, int[]? categories = null, int categoryCount = 0)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentOutOfRangeException.ThrowIfNegative(categoryCount);
        Check.Finite(conditions, "condition", nameof(conditions));
        if (categories is null != (categoryCount == 0))
        {
            throw new ArgumentException("Categories and their number come together: give both or neither.", nameof(categoryCount));
        }

        if (categories is not null)
        {
            if (categories.Length != conditions.Rows)
            {
                throw new ArgumentException(
                    $"{conditions.Rows} rows of conditions but {categories.Length} categories.", nameof(categories));
            }

            for (var i = 0; i < categories.Length; i++)
            {
                if ((uint)categories[i] >= (uint)categoryCount)
                {
                    throw new ArgumentException(
                        $"Row {i} has category {categories[i]}; expected 0 to {categoryCount - 1}.", nameof(categories));
                }
            }
        }

        Conditions = conditions;
        _categories = categories;
        CategoryCount = categoryCount;
    }

    /// <summary>Number of rows n.</summary>
    public int Count => Conditions.Rows;

    /// <summary>Continuous conditions, shape [n, C].</summary>
    public Matrix Conditions { get; }

    /// <summary>Number of categories, 0 without.</summary>
    public int CategoryCount { get; }

    /// <summary>The category of each row, length n, or empty without categories.</summary>
    public ReadOnlySpan<int> Categories => _categories;

    /// <summary>n rows without any condition.</summary>
    /// <param name="count">Number of rows.</param>
    public static Contexts None(int count) => new(Matrix.Empty(count));

    /// <summary>n rows whose only condition is a category.</summary>
    /// <param name="categories">The category of each row.</param>
    /// <param name="categoryCount">Number of categories.</param>
    public static Contexts Of(int[] categories, int categoryCount)
    {
        ArgumentNullException.ThrowIfNull(categories);
        return new(Matrix.Empty(categories.Length), categories, categoryCount);
    }

    /// <summary>The chosen rows, in the order given.</summary>
    /// <param name="rows">Row indices, repeats allowed.</param>
    public Contexts Select(ReadOnlySpan<int> rows)
    {
        int[]? categories = null;
        if (_categories is not null)
        {
            categories = new int[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                categories[i] = _categories[rows[i]];
            }
        }

        return new Contexts(Conditions.SelectRows(rows), categories, CategoryCount);
    }

    /// <summary>Whether other contexts have bit-identical rows in the same order.</summary>
    /// <param name="other">The other contexts.</param>
    public bool SameAs(Contexts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other)
            || (CategoryCount == other.CategoryCount && Conditions.SameAs(other.Conditions) && Categories.SequenceEqual(other.Categories));
    }
}
