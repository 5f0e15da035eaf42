namespace HtiTune;

/// <summary>What one objective and the anchors so far say: the posterior on the grid, and the two candidates for a recommendation.</summary>
internal sealed class Analysis
{
    /// <summary>The least distance of two trainings on the unit scale.</summary>
    public const double LeastSeparation = 1e-4;

    /// <summary>A gain below this share of ε is not worth an untrained recommendation.</summary>
    public const double NegligibleShare = 0.05;

    private const double LeastEpsilon = 1e-12;

    // Points that differ by less are one point of the grid.
    private const double SamePlace = 1e-9;

    private readonly Dictionary<double, int> _anchors = [];
    private int _bestMean;

    // Two values differ beyond the noise by more than this many deviations of their difference: the luckiest of many seldom gets so far.
    private const double NoiseDeviations = 3;
    private const int LeastBad = 3;

    private Analysis(BridgeProcess process, GridPosterior posterior, ValueMap map, double epsilon)
    {
        Process = process;
        Posterior = posterior;
        Map = map;
        Epsilon = epsilon;
    }

    public BridgeProcess Process { get; }

    public GridPosterior Posterior { get; }

    /// <summary>Turns what is said here into the objective's units.</summary>
    public ValueMap Map { get; }

    /// <summary>ε, as all figures here in the model (<see cref="Map"/>).</summary>
    public double Epsilon { get; }

    /// <summary>Number of anchors it was made from, with or without a value.</summary>
    public required int Count { get; init; }

    /// <summary>Grid index of the best anchor: by its value where trainings repeat, by posterior mean among those that noise may have kept from being the best.</summary>
    public int BestAnchored { get; private set; }

    /// <summary>
    /// Grid index of where the optimum is expected: nearest to where the outputs have it, if they are believed, else of the best posterior mean, away from failures; <see cref="BestAnchored"/>
    /// unless the gain is worth speaking of.
    /// </summary>
    public int BestModel { get; private set; }

    /// <summary>What the outputs of the trainings say; null where they are not believed.</summary>
    public SpaceAnalysis? Outputs { get; private init; }

    /// <summary>
    /// Grid index of what to recommend where nothing is trained any more: <see cref="BestModel"/>, unless a trained λ is known to be as good. Of trained λ
    /// only <see cref="BestAnchored"/> is; and where trainings repeat its value is what was measured, whatever the posterior mean is there.
    /// </summary>
    public int BestKnown => Outputs is null ? BestByProcess : AnchorAt(BestModel) is null ? BestModel : BestAnchored;

    /// <summary>The same by the posterior mean alone.</summary>
    public int BestByProcess => AnchorAt(_bestMean) is not null || NoiseOf(Process) == 0 && Posterior.Means[_bestMean] - MeasuredBest() <= NegligibleShare * Epsilon ? BestAnchored : _bestMean;

    /// <summary>Analyses the first anchors; null while none has a value.</summary>
    /// <param name="store">The anchors.</param>
    /// <param name="view">The objective, as it sees them.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="options">How.</param>
    /// <param name="outputs">What the outputs of all anchors say; null where they are not asked, or not believed.</param>
    public static Analysis? Of(AnchorStore store, ObjectiveView view, int count, TunerOptions options, SpaceAnalysis? outputs = null)
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
        var map = view.Map(count);
        var epsilon = options.Epsilon is { } given ? map.FromAmount(given) : DefaultEpsilon(posterior.Means, map.GoodFloor);
        var analysis = new Analysis(process, posterior, map, epsilon) { Count = count, Outputs = outputs };
        foreach (var (anchor, u) in observed)
        {
            // Of replicates the first, which has the seed that all λ share.
            analysis._anchors.TryAdd(u, anchor);
        }

        analysis.Choose(view.FailedPlaces());
        if (outputs is not null)
        {
            analysis.Expect(store.PlaceOf(outputs.Expected(store.Cancellation)));
        }

        return analysis;
    }

    /// <summary>ε where none is given: a share of the range of the posterior mean, penalties left out, and above 0 where that is flat.</summary>
    /// <param name="means">Posterior means, in the model.</param>
    /// <param name="floor">The least that is no penalty.</param>
    public static double DefaultEpsilon(IReadOnlyList<double> means, double floor) =>
        Math.Max(Certificate.DefaultRangeShare * (means.Max() - Math.Max(means.Min(), floor)), LeastEpsilon);

    /// <summary>Standard deviation of a training's noise; 0 where trainings at one place most likely give the same value again.</summary>
    public static double NoiseOf(BridgeProcess process)
    {
        var weights = BridgeWeights.Of(process);
        if (IsRepeated(weights))
        {
            return 0;
        }

        // A few values that are bad for a reason of their own look like noise. Real noise is among the others too; of three there is no telling.
        var bad = Math.Max(LeastBad, process.Observations.Count / 3);
        var worst = process.Observations.Select(o => o.Value).Order().Take(bad).LastOrDefault();
        Observation[] good = [.. process.Observations.Where(o => o.Value > worst).Select(o => new Observation(o.U, o.Value, NoiseVariance: o.NoiseVariance))];
        if (good.Length < LeastBad)
        {
            return process.Observations.All(o => o.NoiseVariance is null) ? 0 : Math.Sqrt(weights.NoiseVariance);
        }

        weights = BridgeWeights.Of(BridgeProcess.Fit(good, null, BridgeOptions.Plain));
        return IsRepeated(weights) ? 0 : Math.Sqrt(weights.NoiseVariance);
    }

    /// <summary>The anchor at a grid index, or null.</summary>
    public int? AnchorAt(int index) => _anchors.TryGetValue(Posterior.Points[index], out var anchor) ? anchor : null;

    /// <summary>EI at a grid index over the best trained value.</summary>
    public double ExpectedGain(int index) => Math.Exp(Posterior[index].LogExpectedImprovement(Process.BestMean));

    private void Choose(List<double> failed)
    {
        var separation = ProposalSearch.Separation(Process);
        BestAnchored = ChooseAnchored();
        double bestAnchored = Posterior.Means[BestAnchored], best = double.NegativeInfinity;
        for (var i = 0; i < Posterior.Count; i++)
        {
            var (u, mean) = (Posterior.Points[i], Posterior.Means[i]);
            var isTooNear = failed.Exists(f => Math.Abs(f - u) < separation)
                || _anchors.Keys.Any(a => a != u && Math.Abs(a - u) < LeastSeparation);
            if (mean > best && !isTooNear)
            {
                (_bestMean, best) = (i, mean);
            }
        }

        if (best - bestAnchored <= NegligibleShare * Epsilon)
        {
            _bestMean = BestAnchored;
        }

        BestModel = _bestMean;
    }

    private void Expect(double place)
    {
        var nearest = Enumerable.Range(0, Posterior.Count).MinBy(i => Math.Abs(Posterior.Points[i] - place));
        BestModel = AnchorAt(nearest) is null ? nearest : BestAnchored;
    }

    private double MeasuredBest() => Process.Observations.Where(o => o.U == Posterior.Points[BestAnchored]).Max(o => o.Value);

    private static bool IsRepeated(BridgeWeights weights) => weights.NoiseRatios.FirstOrDefault(r => r.Value == 0).Weight >= 0.5;

    // The posterior mean at an anchor is of all hypotheses, a noisy one among them, and off by what that shifts it: of λ that were measured none is
    // chosen above another that is better by more than noise can do. Where trainings most likely repeat that is the best value.
    private int ChooseAnchored()
    {
        var reach = NoiseDeviations * Math.Sqrt(2) * NoiseOf(Process);
        var values = Process.Observations.GroupBy(o => o.U).ToDictionary(group => group.Key, group => group.Average(o => o.Value));
        var bar = values.Values.Max() - reach;
        return Enumerable.Range(0, Posterior.Count)
            .Where(i => values.TryGetValue(Posterior.Points[i], out var value) && value >= bar)
            .MaxBy(i => Posterior.Means[i]);
    }
}
