namespace HtiTune.Acquisition;

/// <summary>What a training at a point is worth. Worths are compared among the points of one posterior only.</summary>
/// <remarks>
/// A worth is at least 0 and handed over as its logarithm, so that it can be ranked where it underflows, divided by a cost
/// (<see cref="CostWeighted"/>) and multiplied by a belief (<see cref="BeliefWeighted"/>).
/// </remarks>
public interface IAcquisition
{
    /// <summary>Its name, as the reason for a training.</summary>
    string Name { get; }

    /// <summary>ln worth at every point of the grid, [G]; −∞ where there is none.</summary>
    /// <param name="posterior">The posterior on the grid.</param>
    IReadOnlyList<double> OnGrid(GridPosterior posterior);

    /// <summary>ln worth between the points of the grid, or null where it is known on the grid only.</summary>
    /// <param name="posterior">The posterior that <see cref="OnGrid"/> was asked for.</param>
    /// <param name="u">The point, on the unit scale.</param>
    double? At(GridPosterior posterior, double u);
}

/// <summary>Expected improvement over the best posterior mean at a trained point; the default.</summary>
public sealed class ExpectedImprovement : IAcquisition
{
    /// <inheritdoc/>
    public string Name => "log expected improvement";

    /// <inheritdoc/>
    /// <remarks>To 1e-4, for a search; <see cref="At"/> is exact.</remarks>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return posterior.RoughLogExpectedImprovement(posterior.Process.BestMean);
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return posterior.Process.At(u).LogExpectedImprovement(posterior.Process.BestMean);
    }
}

/// <summary>
/// The optimistic bound μ + κ s of the posterior: the upper bound where larger is better, and so the lower confidence bound of an
/// objective that is minimised. Its worth is counted from the least bound on the grid.
/// </summary>
public sealed class ConfidenceBound : IAcquisition
{
    /// <param name="deviations">κ ≥ 0: 0 exploits only, larger ones explore more.</param>
    public ConfidenceBound(double deviations = 2)
    {
        Require.NotNegative(deviations);
        Deviations = deviations;
    }

    /// <summary>κ.</summary>
    public double Deviations { get; }

    /// <inheritdoc/>
    public string Name => "confidence bound";

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        var bounds = Bounds(posterior);
        var least = bounds.Min();
        return [.. bounds.Select(bound => Math.Log(bound - least))];
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        var mixture = posterior.Process.At(u);
        return Math.Log(Math.Max(0, mixture.Mean + Deviations * mixture.Deviation - Bounds(posterior).Min()));
    }

    private double[] Bounds(GridPosterior posterior) =>
        [.. posterior.Means.Zip(posterior.Deviations(), (mean, deviation) => mean + Deviations * deviation)];
}

/// <summary>
/// Thompson sampling: one joint draw of the whole curve from the posterior, hyperparameters included; the training goes to its best point,
/// so that each point is chosen as often as it is the best [Thompson1933]. Every call draws anew.
/// </summary>
/// <param name="stream">All chance of the draws.</param>
public sealed class ThompsonSampling(HtiTune.Data.RandomStream stream) : IAcquisition
{
    /// <inheritdoc/>
    public string Name => "Thompson sampling";

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        var path = posterior.DrawOne(stream);
        var least = path.Min();
        return [.. path.Select(value => Math.Log(value - least))];
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u) => null;
}
