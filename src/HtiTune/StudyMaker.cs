using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune;

/// <summary>Turns what a run knows into the immutable records that it hands out, in the objective's own sign.</summary>
internal static class StudyMaker
{
    // The 90 % intervals of predictions and posteriors.
    private const double LowShare = 0.05;
    private const double HighShare = 0.95;

    private const int BestDraws = 4096;

    public static Study Make(
        AnchorStore store,
        ObjectiveView view,
        Analysis analysis,
        Judgement judgement,
        StopReason stop,
        Outcome outcome,
        int used,
        TunerOptions options,
        IReadOnlyList<Trial> trials,
        long started,
        RandomStreams streams,
        Lazy<bool> gainLeft)
    {
        var anchor = analysis.AnchorAt(judgement.Index);
        var posterior = analysis.Posterior[judgement.Index];
        double[] lambdas = [.. analysis.Posterior.Points.Select(store.LambdaAt)];
        return new Study(
            store, anchor, () => Posterior(view, analysis, lambdas), () => PossibleRange(analysis, judgement.Index, lambdas), () => ProbabilityOfBest(analysis, judgement.Index, lambdas, streams))
        {
            Lambda = lambdas[judgement.Index],
            PredictedValue = view.Signed(posterior.Mean),
            PredictedDeviation = posterior.Deviation,
            RealValue = anchor is { } real ? view.Measured(real).Value : null,
            Trials = trials,
            TrainingsUsed = used,
            Trust = analysis.Process.Trust,
            Calibration = view.Calibration.Of(analysis.Count),
            StopReason = stop,
            Outcome = outcome,
            Epsilon = analysis.Epsilon,
            Elapsed = options.TimeProvider.GetElapsedTime(started),
            NoiseDeviation = Math.Sqrt(BridgeWeights.Of(analysis.Process).NoiseVariance),
            GainLeft = gainLeft,
            Goal = options.Goal,
            Anchors = store.Set(store.Anchors.Count),
            Surrogate = store.Surrogate(store.Anchors.Count),
        };
    }

    public static Trial TrialOf(Training training, ObjectiveView view, bool isReused)
    {
        var measured = training.State == TrialState.Completed ? view.Measured(training.Anchor) : default;
        var trial = new Trial
        {
            Number = training.Number,
            Lambda = training.Lambda,
            State = training.State == TrialState.Completed && measured.Value is null ? TrialState.Failed : training.State,
            Reason = training.Reason,
            Value = measured.Value,
            Error = training.Error ?? measured.Error,
            Duration = training.Duration,
            IsReused = isReused,
        };
        return measured.Value is not null && view.Predict(training.Anchor) is { } prediction
            ? trial with
            {
                Predicted = view.Signed(prediction.Mean),
                PredictedLow = Low(view, prediction),
                PredictedHigh = High(view, prediction),
                Trust = view.TrustBefore(training.Anchor),
                Test = view.Calibration.TestOf(training.Anchor),
            }
            : trial;
    }

    /// <summary>The journal's line of a proposal; the analysis is null where no model stands behind it.</summary>
    public static TrainingProposed LineOf(Proposal proposal, ObjectiveView view, Analysis? analysis, double u)
    {
        if (analysis?.Process.Predict(u) is not { } prediction)
        {
            return new TrainingProposed(proposal.Number, proposal.Lambda, proposal.Reason, proposal.ExpectedGain, null, null, null, null);
        }

        return new TrainingProposed(
            proposal.Number,
            proposal.Lambda,
            proposal.Reason,
            proposal.ExpectedGain,
            view.Signed(prediction.Mean),
            Low(view, prediction),
            High(view, prediction),
            analysis.Process.Trust,
            BridgeWeights.Of(analysis.Process),
            [.. TrainingProposed.Probabilities.Select(p => view.Signed(prediction.Quantile(view.Signed(1) > 0 ? p : 1 - p)))]);
    }

    private static IReadOnlyList<BestProbability> ProbabilityOfBest(Analysis analysis, int recommended, double[] lambdas, RandomStreams streams)
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
        var posterior = analysis.Posterior;
        var points = new PosteriorPoint[posterior.Count];

        StudentMixture[] marginals = [.. Enumerable.Range(0, posterior.Count).Select(i => posterior[i])];
        var isPossible = Possible(marginals, posterior.Means);
        for (var i = 0; i < points.Length; i++)
        {
            // At an anchor nearly all weight is a spike, and the mean may lie a hair beside its quantiles.
            var mean = view.Signed(posterior.Means[i]);
            points[i] = new PosteriorPoint(
                lambdas[i], mean, Math.Min(mean, Low(view, marginals[i])), Math.Max(mean, High(view, marginals[i])), view.Signed(posterior.Surrogate[i]))
            {
                IsPossible = isPossible[i],
            };
        }

        return Array.AsReadOnly(points);
    }

    private static (double Low, double High) PossibleRange(Analysis analysis, int recommended, double[] lambdas)
    {
        var posterior = analysis.Posterior;
        var isPossible = Possible([.. Enumerable.Range(0, posterior.Count).Select(i => posterior[i])], posterior.Means);
        isPossible[recommended] = true;
        return (lambdas[Array.IndexOf(isPossible, true)], lambdas[Array.LastIndexOf(isPossible, true)]);
    }

    // A point is possible where its upper quantile reaches what the best lower quantile assures. One bound for all points together: each may
    // fail with a share of the tail. A quantile costs ten values of the distribution, so it is taken where it can raise the bar only.
    private static bool[] Possible(StudentMixture[] marginals, IReadOnlyList<double> means)
    {
        var tail = (1 - HighShare) / marginals.Length;
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
    private static double Low(ObjectiveView view, StudentMixture mixture) =>
        view.Signed(mixture.Quantile(view.Signed(1) > 0 ? LowShare : HighShare));

    private static double High(ObjectiveView view, StudentMixture mixture) =>
        view.Signed(mixture.Quantile(view.Signed(1) > 0 ? HighShare : LowShare));
}
