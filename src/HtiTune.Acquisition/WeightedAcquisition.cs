using static System.FormattableString;

namespace HtiTune.Acquisition;

/// <summary>Worth per cost of a training: a dear training must promise more [Snoek2012].</summary>
public sealed class CostWeighted : IAcquisition
{
    private readonly IAcquisition _inner;
    private readonly Func<double, double> _cost;

    /// <param name="inner">The worth.</param>
    /// <param name="cost">c(u) &gt; 0, finite: what a training at u costs, in any unit; u on the unit scale.</param>
    public CostWeighted(IAcquisition inner, Func<double, double> cost)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(cost);
        (_inner, _cost) = (inner, cost);
    }

    /// <inheritdoc/>
    public string Name => $"{_inner.Name} per cost";

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return [.. _inner.OnGrid(posterior).Select((worth, i) => worth - LogCost(posterior.Points[i]))];
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u) => _inner.At(posterior, u) - LogCost(u);

    private double LogCost(double u)
    {
        var cost = _cost(u);
        return cost > 0 && double.IsFinite(cost)
            ? Math.Log(cost)
            : throw new InvalidOperationException(Invariant($"The cost of a training at u = {u:R} is {cost:R}; expected a finite number above 0."));
    }
}

/// <summary>
/// Worth times the user's belief about where the optimum lies, π(u)^(β/n): the belief leads while there are few trainings n, and what they
/// say leads later (πBO, [Hvarfner2022]).
/// </summary>
public sealed class BeliefWeighted : IAcquisition
{
    private readonly IAcquisition _inner;
    private readonly Func<double, double> _belief;

    /// <param name="inner">The worth.</param>
    /// <param name="belief">π(u) ≥ 0, finite, need not integrate to 1; u on the unit scale. Where it is 0, nothing is trained.</param>
    /// <param name="strength">β &gt; 0: about so many trainings outweigh the belief.</param>
    public BeliefWeighted(IAcquisition inner, Func<double, double> belief, double strength = 3)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(belief);
        Require.Positive(strength);
        (_inner, _belief, Strength) = (inner, belief, strength);
    }

    /// <summary>β.</summary>
    public double Strength { get; }

    /// <inheritdoc/>
    public string Name => $"{_inner.Name} with belief";

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return [.. _inner.OnGrid(posterior).Select((worth, i) => worth + Log(posterior, posterior.Points[i]))];
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return _inner.At(posterior, u) + Log(posterior, u);
    }

    private double Log(GridPosterior posterior, double u)
    {
        var belief = _belief(u);
        return belief >= 0 && double.IsFinite(belief)
            ? Strength / posterior.Process.Observations.Count * Math.Log(belief)
            : throw new InvalidOperationException(Invariant($"The belief at u = {u:R} is {belief:R}; expected a finite number of at least 0."));
    }
}
