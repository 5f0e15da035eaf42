namespace HtiTune;

/// <summary>Turns what a run knows into the immutable records that it hands out, in the objective's own sign.</summary>
internal static class RunTelling
{
    // The 90 % intervals of predictions and posteriors.
    private const double LowShare = 0.05;
    private const double HighShare = 0.95;

    private const int BestDraws = 4096;

    public static Trial TrialOf(TrainingEnded training, ObjectiveView view, bool isReused)
    {
        var measured = training.State == TrialState.Completed ? view.Measured(training.Anchor) : default;
        var trial = new Trial
        {
            Number = training.Number,
            Configuration = training.Configuration,
            State = training.State == TrialState.Completed && measured.Value is null ? TrialState.Failed : training.State,
            Reason = training.Reason,
            Value = measured.Value,
            Error = training.Error ?? measured.Error,
            Duration = training.Duration,
            IsReused = isReused,
        };
        if (measured.Value is null || view.Predict(training.Anchor) is not { } prediction)
        {
            return trial;
        }

        var map = view.Map(training.Anchor);
        var (low, high) = Interval(view, map, prediction);
        return trial with
        {
            Predicted = map.ToObjective(prediction.Mean),
            PredictedLow = low,
            PredictedHigh = high,
            Trust = view.TrustBefore(training.Anchor),
            Test = view.Calibration.TestOf(training.Anchor),
        };
    }

    public static IReadOnlyList<Remark> RemarksOf(AnchorStore store, ObjectiveView view, Analysis analysis)
    {
        var measured = store.Anchors.Take(analysis.Count).Select(anchor => (anchor.Lambda, view.Measured(anchor.Anchor).Value)).Where(m => m.Value is not null).ToList();
        if (analysis.Map.IsConstant && measured.Select(m => m.Lambda).Distinct().Count() > 1)
        {
            return [ConstantObjective(measured.Count, measured[0].Value!.Value, store.Hyperparameter.Name)];
        }

        var extreme = measured.Where(m => analysis.Map.IsExtreme(m.Value!.Value)).ToList();
        if (extreme.Count == 0)
        {
            return [];
        }

        var worst = view.Goal == Goal.Maximize ? extreme.MinBy(m => m.Value) : extreme.MaxBy(m => m.Value);
        return [ExtremeAmong(extreme.Count, measured.Count, worst.Value!.Value, string.Create(CultureInfo.InvariantCulture, $"{store.Hyperparameter.Name} = {worst.Lambda:G6}"))];
    }

    /// <summary>The remark on values that dominate the range.</summary>
    internal static Remark ExtremeAmong(int count, int all, double worst, string where) => new(RemarkKind.ExtremeValues, string.Create(
        CultureInfo.InvariantCulture,
        $"{count} of {all} values dominate the range of the objective (the worst is {worst:G6} at {where}): they count as bad and no more, and what does not matter is told from the others"));

    /// <summary>The remark on an objective that does not move.</summary>
    internal static Remark ConstantObjective(int count, double value, string what) => new(RemarkKind.ConstantObjective, string.Create(
        CultureInfo.InvariantCulture, $"the objective does not change: its {count} values are all {value:G6}, so that it cannot tell one {what} from another"));

    internal static IEnumerable<Remark> LossesOf(AnchorStore store) =>
        ColumnUnits.LossesLeft([.. store.Set(store.Anchors.Count).Select(anchor => anchor.Samples.Outputs)]).Select(text => new Remark(RemarkKind.LostPrecision, text));

    /// <summary>The journal's line of a proposal; the analysis is null where no model stands behind it.</summary>
    public static TrainingProposed LineOf(TrainingRequest proposal, ObjectiveView view, Analysis? analysis, double u)
    {
        if (analysis?.Process.Predict(u) is not { } prediction)
        {
            return new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason, proposal.ExpectedGain);
        }

        var map = analysis.Map;
        var weights = BridgeWeights.Of(analysis.Process);
        var noise = map.ToAmount(Math.Sqrt(weights.NoiseVariance));
        var (low, high) = Interval(view, map, prediction);
        return new TrainingProposed(
            proposal.Number,
            proposal.Configuration,
            proposal.Reason,
            proposal.ExpectedGain,
            map.ToObjective(prediction.Mean),
            low,
            high,
            analysis.Process.Trust,
            weights with { NoiseVariance = Math.Min(noise * noise, double.MaxValue) },
            [.. TrainingProposed.Probabilities.Select(p => map.ToObjective(prediction.Quantile(view.Goal == Goal.Maximize ? p : 1 - p)))]);
    }

    public static IReadOnlyList<BestProbability> ProbabilityOfBest(Analysis analysis, int recommended, double[] lambdas, RandomStreams streams)
    {
        int[] places = [.. Enumerable.Range(0, lambdas.Length).Where(i => i == recommended || analysis.AnchorAt(i) is not null)];
        var wins = new int[places.Length];
        analysis.Posterior.Draw(BestDraws, streams.Stream($"best {analysis.Count}"), path =>
        {
            var best = 0;
            for (var p = 1; p < places.Length; p++)
            {
                best = path[places[p]] > path[places[best]] ? p : best;
            }

            wins[best]++;
        });
        return Array.AsReadOnly([.. places.Select((place, p) => new BestProbability(lambdas[place], wins[p] / (double)BestDraws))]);
    }

    public static IReadOnlyList<PosteriorPoint> Posterior(ObjectiveView view, Analysis analysis, double[] lambdas)
    {
        var (posterior, map) = (analysis.Posterior, analysis.Map);
        var points = new PosteriorPoint[posterior.Count];

        StudentMixture[] marginals = [.. Enumerable.Range(0, posterior.Count).Select(i => posterior[i])];
        var (isPossible, tail) = (Possible(marginals, posterior.Means), TailOf(marginals.Length));
        for (var i = 0; i < points.Length; i++)
        {
            // At an anchor nearly all weight is a spike, and the mean may lie a hair beside its quantiles.
            var mean = map.ToObjective(posterior.Means[i]);
            var (low, high) = Interval(view, map, marginals[i]);
            var (lowForAll, highForAll) = Interval(view, map, marginals[i], tail, 1 - tail);
            points[i] = new PosteriorPoint(lambdas[i], mean, Math.Min(mean, low), Math.Max(mean, high), map.ToObjective(posterior.Surrogate[i]))
            {
                IsPossible = isPossible[i],
                LowForAll = Math.Min(mean, lowForAll),
                HighForAll = Math.Max(mean, highForAll),
            };
        }

        return Array.AsReadOnly(points);
    }

    public static (double Low, double High) PossibleRange(Analysis analysis, int recommended, double[] lambdas)
    {
        var posterior = analysis.Posterior;
        var isPossible = Possible([.. Enumerable.Range(0, posterior.Count).Select(i => posterior[i])], posterior.Means);
        isPossible[recommended] = true;
        return (lambdas[Array.IndexOf(isPossible, true)], lambdas[Array.LastIndexOf(isPossible, true)]);
    }

    // The share that each of so many points may fail with.
    private static double TailOf(int points) => (1 - HighShare) / points;

    // A point is possible where its upper quantile reaches what the best lower quantile assures. One bound for all points together: each may
    // fail with a share of the tail. A quantile costs ten values of the distribution, so it is taken where it can raise the bar only.
    private static bool[] Possible(StudentMixture[] marginals, IReadOnlyList<double> means)
    {
        var tail = TailOf(marginals.Length);
        var assured = double.NegativeInfinity;
        foreach (var i in Enumerable.Range(0, marginals.Length).OrderByDescending(i => means[i]))
        {
            if (double.IsNegativeInfinity(assured) || marginals[i].Distribution(assured) < tail)
            {
                assured = Math.Max(assured, marginals[i].Quantile(tail));
            }
        }

        return [.. marginals.Select(marginal => marginal.Distribution(assured) <= 1 - tail)];
    }

    // Inside, larger is better; a flipped sign swaps the ends. Both quantiles are taken inside, so that the two goals mirror exactly.
    public static (double Low, double High) Interval(ObjectiveView view, ValueMap map, StudentMixture mixture, double low = LowShare, double high = HighShare)
    {
        var ends = (map.ToObjective(mixture.Quantile(low)), map.ToObjective(mixture.Quantile(high)));
        return view.Goal == Goal.Maximize ? ends : (ends.Item2, ends.Item1);
    }
}
