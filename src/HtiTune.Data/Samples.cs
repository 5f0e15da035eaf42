namespace HtiTune.Data;

/// <summary>What a network answered: one row of outputs y for each row of contexts x.</summary>
public sealed class Samples
{
    /// <summary>Outputs beside the contexts that they answer.</summary>
    /// <param name="outputs">Outputs, shape [n, D], D ≥ 1, all finite.</param>
    /// <param name="contexts">The n contexts.</param>
    /// <exception cref="ArgumentException">The numbers of rows differ, there is no output column, or an output is not finite.</exception>
    public Samples(Matrix outputs, Contexts contexts)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(contexts);
        if (outputs.Rows != contexts.Count)
        {
            throw new ArgumentException($"{outputs.Rows} rows of outputs for {contexts.Count} contexts.", nameof(outputs));
        }

        if (outputs.Columns == 0)
        {
            throw new ArgumentException("Outputs have no column; expected at least one.", nameof(outputs));
        }

        Check.Finite(outputs, "output", nameof(outputs));
        Outputs = outputs;
        Contexts = contexts;
    }

    /// <summary>Number of rows n.</summary>
    public int Count => Outputs.Rows;

    /// <summary>Number of output columns D.</summary>
    public int Dimension => Outputs.Columns;

    /// <summary>Outputs, shape [n, D].</summary>
    public Matrix Outputs { get; }

    /// <summary>The contexts that were asked, n rows.</summary>
    public Contexts Contexts { get; }

    /// <summary>Continuous conditions, shape [n, C].</summary>
    public Matrix Conditions => Contexts.Conditions;

    /// <summary>The category of each row, length n, or empty without categories.</summary>
    public ReadOnlySpan<int> Categories => Contexts.Categories;
}
