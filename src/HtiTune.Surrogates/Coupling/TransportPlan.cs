namespace HtiTune.Surrogates.Coupling;

/// <summary>An optimal transport plan: which source sends how much to which target.</summary>
internal sealed class TransportPlan
{
    /// <param name="flows">Positive flows, ascending by source, then by target.</param>
    /// <param name="totalMass">The sum of all masses.</param>
    /// <param name="cost">The mean cost of a unit of mass.</param>
    /// <param name="assignment">The chief target of each source, shape [n].</param>
    internal TransportPlan(TransportFlow[] flows, long totalMass, double cost, int[] assignment)
    {
        Flows = flows;
        TotalMass = totalMass;
        Cost = cost;
        Assignment = assignment;
    }

    /// <summary>All positive flows, ascending by source, then by target; at most n + m − 1.</summary>
    internal IReadOnlyList<TransportFlow> Flows { get; }

    /// <summary>The sum of all masses: a flow's share of the probability is Mass / TotalMass.</summary>
    internal long TotalMass { get; }

    /// <summary>Σ mass · cost / TotalMass: the optimal transport cost between the two probability measures.</summary>
    internal double Cost { get; }

    /// <summary>The target that receives most of each source's mass (among equals the cheapest, then the first), shape [n].</summary>
    internal int[] Assignment { get; }
}

/// <summary>Mass that goes from a source to a target, in the units of the problem.</summary>
internal readonly record struct TransportFlow(int Source, int Target, long Mass);
