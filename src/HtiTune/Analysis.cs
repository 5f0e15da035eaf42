using HtiTune.Acquisition;

namespace HtiTune;

/// <summary>What one objective and the anchors so far say: the posterior on the grid, and the two candidates for a recommendation.</summary>
internal sealed class Analysis
{
    /// <summary>The least distance of two trainings on the unit scale.</summary>
    public const double LeastSeparation = 1e-4;

    /// <summary>A gain below this share of ε is not worth an untrained recommendation.</summary>
    public const double NegligibleShare = 0.05;

    // Points that differ by less are one point of the grid.
    private const double SamePlace = 1e-9;

    private readonly Dictionary<double, int> _anchors = [];

    private Analysis(BridgeProcess process, GridPosterior posterior, double epsilon)
    {
        Process = process;
        Posterior = posterior;
        Epsilon = epsilon;
    }

    public BridgeProcess Process { get; }

    public GridPosterior Posterior { get; }

    /// <summary>ε, in units of the objective.</summary>
    public double Epsilon { get; }

    /// <summary>Number of anchors it was made from, with or without a value.</summary>
    public required int Count { get; init; }

    /// <summary>Grid index of the anchor of best posterior mean.</summary>
    public int BestAnchored { get; private set; }

    /// <summary>Grid index of the best posterior mean, away from failures; <see cref="BestAnchored"/> unless the gain is worth speaking of.</summary>
    public int BestModel { get; private set; }

    /// <summary>Analyses the first anchors; null while none has a value.</summary>
    public static Analysis? Of(AnchorStore store, ObjectiveView view, int count, TunerOptions options)
    {
        if (view.Process(count) is not { } process)
        {
            return null;
        }

        var observed = view.Observations(count).Select(o => (o.Anchor, o.Observation.U)).OrderBy(o => o.U).ToList();
        var grid = new SortedSet<double>(observed.Select(o => o.U));
        for (var i = 0; i < options.GridSize; i++)
        {
            var u = i / (options.GridSize - 1.0);
            if (!observed.Exists(o => Math.Abs(o.U - u) < SamePlace))
            {
                grid.Add(u);
            }
        }

        var posterior = process.OnGrid([.. grid]);
        var epsilon = options.Epsilon ?? DefaultEpsilon(posterior.Range, process.Observations.Max(o => Math.Abs(o.Value)));
        var analysis = new Analysis(process, posterior, epsilon) { Count = count };
        foreach (var (anchor, u) in observed)
        {
            // Of replicates the first, which has the seed that all λ share.
            analysis._anchors.TryAdd(u, anchor);
        }

        analysis.Choose(view.FailedPlaces());
        return analysis;
    }

    /// <summary>ε where none is given: a share of the range of the posterior mean, and above 0 where that is flat.</summary>
    /// <param name="range">The range.</param>
    /// <param name="largest">The largest absolute value of the objective.</param>
    public static double DefaultEpsilon(double range, double largest) =>
        Math.Max(Certificate.DefaultRangeShare * range, 1e-12 * Math.Max(largest, 1e-300));

    /// <summary>The anchor at a grid index, or null.</summary>
    public int? AnchorAt(int index) => _anchors.TryGetValue(Posterior.Points[index], out var anchor) ? anchor : null;

    /// <summary>EI at a grid index over the best trained value, in units of the objective.</summary>
    public double ExpectedGain(int index) => Math.Exp(Posterior[index].LogExpectedImprovement(Process.BestMean));

    private void Choose(List<double> failed)
    {
        var separation = ProposalSearch.Separation(Process);
        double bestAnchored = double.NegativeInfinity, best = double.NegativeInfinity;
        for (var i = 0; i < Posterior.Count; i++)
        {
            var (u, mean) = (Posterior.Points[i], Posterior.Means[i]);
            if (_anchors.ContainsKey(u) && mean > bestAnchored)
            {
                (BestAnchored, bestAnchored) = (i, mean);
            }

            var isTooNear = failed.Exists(f => Math.Abs(f - u) < separation)
                || _anchors.Keys.Any(a => a != u && Math.Abs(a - u) < LeastSeparation);
            if (mean > best && !isTooNear)
            {
                (BestModel, best) = (i, mean);
            }
        }

        if (best - bestAnchored <= NegligibleShare * Epsilon)
        {
            BestModel = BestAnchored;
        }
    }
}
