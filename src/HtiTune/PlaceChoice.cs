namespace HtiTune;

/// <summary>Where a training pays most, by the options' acquisition, cost and belief.</summary>
internal sealed class PlaceChoice(AnchorStore store, ObjectiveView view, TunerOptions options, RandomStreams streams)
{
    /// <summary>A training that is expected to gain less than this share of ε is not made.</summary>
    public const double LeastGainShare = 1e-3;

    private bool IsDefault => options.Acquisition.Kind == AcquisitionKind.LogExpectedImprovement && options.Cost is null && options.Belief is null;

    /// <summary>The place and its gain in the model, or null when nothing anywhere is expected to gain more than a thousandth of ε and the whole budget need not be used.</summary>
    /// <param name="analysis">What is known.</param>
    /// <param name="taken">Places of trainings that ended.</param>
    /// <param name="pending">Places of trainings under way.</param>
    public (double U, string Reason, double Gain)? Find(Analysis analysis, IReadOnlyList<double> taken, IReadOnlyList<double> pending)
    {
        var least = options.UseWholeBudget ? double.NegativeInfinity : Math.Log(LeastGainShare * analysis.Epsilon);
        if (Replicate(analysis, taken, pending) is { } again && again.LogGain >= least)
        {
            return (again.U, "replicate: another seed at a trained place", Math.Exp(again.LogGain));
        }

        var worth = new Noted(options.Acquisition.Make(
            analysis.Process.Observations.Count, analysis.Posterior.Count, () => streams.Stream($"thompson {store.Trainings.Count + pending.Count + 1}")));
        var acquisition = Weighted(worth);
        var found = pending.Count == 0
            ? ProposalSearch.Find(analysis.Process, analysis.Posterior, taken, view.FailedPlaces(), acquisition)
            : ProposalSearch.FindBatch(analysis.Process, analysis.Posterior.Points, 1, taken, pending, view.FailedPlaces(), acquisition) is [var first] ? first : null;
        if (found is null)
        {
            return null;
        }

        return LargestGain(analysis, taken, found, worth) < least ? null : (found.U, acquisition.Name, found.ExpectedGain);
    }

    // ln of the largest gain anywhere, which tells whether a run ends: a draw, a bound or a weight may lead to where there is little to gain.
    private double LargestGain(Analysis analysis, IReadOnlyList<double> taken, ProposedPoint found, Noted worth)
    {
        if (IsDefault)
        {
            return found.LogExpectedImprovement;
        }

        if (options.Acquisition.Kind == AcquisitionKind.KnowledgeGradient)
        {
            return worth.Largest;
        }

        var best = ProposalSearch.Find(analysis.Process, analysis.Posterior, taken, view.FailedPlaces());
        return best is null ? found.LogExpectedImprovement : Math.Max(found.LogExpectedImprovement, best.LogExpectedImprovement);
    }

    /// <summary>Whether, by a cost in units of the objective, no training is expected to gain what it costs.</summary>
    public bool IsNotWorthIt(Analysis analysis, IReadOnlyList<double> taken)
    {
        if (options.Cost is not { IsInObjectiveUnits: true } || options.Cost.Over(store) is not { } cost)
        {
            return false;
        }

        IAcquisition gain = options.Acquisition.Kind == AcquisitionKind.KnowledgeGradient ? new KnowledgeGradient() : new ExpectedImprovement();
        var found = ProposalSearch.Find(analysis.Process, analysis.Posterior, taken, view.FailedPlaces(), new CostWeighted(gain, u => InModel(cost(u))));
        return found is null || found.LogWorth <= 0;

        // What is no cost is left as it is, for the error that names it.
        double InModel(double amount) => amount > 0 && double.IsFinite(amount) ? analysis.Map.FromAmount(amount) : amount;
    }

    // Another training at a trained place moves the posterior by what the noise hid there: the knowledge gradient compares that with new places.
    // One within a tenth of the length scale tells the same as a replicate, and leaves two anchors where one would be the better known: it is
    // not counted as new.
    private (double U, double LogGain)? Replicate(Analysis analysis, IReadOnlyList<double> taken, IReadOnlyList<double> pending)
    {
        if (!options.MayReplicate)
        {
            return null;
        }

        var gain = new Noted(new KnowledgeGradient());
        var worths = Weighted(gain).OnGrid(analysis.Posterior);
        var separation = ProposalSearch.BatchSeparation(analysis.Process);
        var trained = -1;
        var elsewhere = double.NegativeInfinity;
        for (var i = 0; i < worths.Count; i++)
        {
            var u = analysis.Posterior.Points[i];
            if (analysis.AnchorAt(i) is null)
            {
                elsewhere = taken.Concat(pending).All(t => Math.Abs(t - u) >= separation) ? Math.Max(elsewhere, worths[i]) : elsewhere;
            }
            else if (!pending.Contains(u) && (trained < 0 || worths[i] > worths[trained]))
            {
                trained = i;
            }
        }

        return trained >= 0 && worths[trained] > elsewhere ? (analysis.Posterior.Points[trained], gain.Worths[trained]) : null;
    }

    private IAcquisition Weighted(IAcquisition worth)
    {
        if (options.Cost?.Over(store) is { } cost)
        {
            worth = new CostWeighted(worth, cost);
        }

        return options.Belief is { } belief
            ? new BeliefWeighted(worth, u => belief.Density(store.Hyperparameter.FromUnit(u)), belief.Strength)
            : worth;
    }

    /// <summary>Remembers the worths on the grid.</summary>
    private sealed class Noted(IAcquisition inner) : IAcquisition
    {
        public IReadOnlyList<double> Worths { get; private set; } = [];

        public double Largest => Worths.Max();

        public string Name => inner.Name;

        public IReadOnlyList<double> OnGrid(GridPosterior posterior)
        {
            Worths = inner.OnGrid(posterior);
            return Worths;
        }

        public double? At(GridPosterior posterior, double u) => inner.At(posterior, u);
    }
}
