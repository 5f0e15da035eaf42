namespace HtiTune;

/// <summary>The policy over one continuous hyperparameter: the bridge process on a grid, its acquisition and its certificate.</summary>
internal sealed class LinePolicy(AnchorStore store, ObjectiveView view, TunerOptions options, RandomStreams streams, ILogger logger, int budget) : RunPolicy
{
    private readonly TuningPolicy _policy = new(store, view, options, streams, logger, budget);
    private Analysis? _analysis;
    private int _analysedTrainings;

    public override Calibration Calibration => view.Calibration.Of(store.Anchors.Count);

    public override double? Trust => _analysis?.Process.Trust;

    public override (Configuration Configuration, double Value)? Best => _analysis is { } analysis && analysis.AnchorAt(analysis.BestAnchored) is { } anchor
        && view.Measured(anchor).Value is { } value
        ? (store.Anchors[anchor].Configuration, value)
        : null;

    public override IReadOnlyList<PosteriorPoint> Posterior => Analyse() ? RunTelling.Posterior(view, _analysis!, [.. _analysis!.Posterior.Points.Select(store.LambdaAt)]) : [];

    public override IReadOnlyList<(Configuration Configuration, string Reason)> InitialPlaces(IReadOnlyList<Configuration> wanted) =>
        [.. _policy.InitialPlaces([.. wanted.Select(store.PlaceOf)]).Select(place => (store.ConfigurationOf(place.Lambda), place.Reason))];

    public override bool IsSamePlace(Configuration first, Configuration other) => Math.Abs(store.PlaceOf(first) - store.PlaceOf(other)) < Analysis.LeastSeparation;

    public override bool Analyse()
    {
        // A failure brings no anchor, but it moves the candidates away from its place.
        if (_analysis is null || _analysedTrainings != store.Trainings.Count)
        {
            _analysis = Analysis.Of(store, view, store.Anchors.Count, options, LineOutputs.Of(store, view, options, streams));
            _analysedTrainings = store.Trainings.Count;
        }

        return _analysis is not null;
    }

    public override Configuration? Apart(IReadOnlyList<Configuration> pending) => At(InitialDesign.WidestGap([.. _policy.TakenPlaces(), .. pending.Select(store.PlaceOf)]));

    public override bool Judge(int used) => _policy.Judge(_analysis!, used, isLast: false).IsCertified;

    public override bool IsNotWorthIt() => _policy.IsNotWorthIt(_analysis!);

    public override (Configuration Configuration, string Reason, double Gain)? Next(bool isJudged, int used, bool isLast, IReadOnlyList<Configuration> pending) =>
        _policy.Next(_analysis!, isJudged ? _policy.Judge(_analysis!, used, isLast: false) : Judgement.None, used, isLast, [.. pending.Select(store.PlaceOf)]) is { } next
            ? (At(next.U), next.Reason, _analysis!.Map.ToAmount(next.Gain))
            : null;

    public override TrainingProposed LineOf(TrainingRequest proposal, bool isByModel) =>
        RunTelling.LineOf(proposal, view, isByModel ? _analysis : null, store.PlaceOf(proposal.Configuration));

    public override Trial TrialOf(TrainingEnded training, bool isReused) => RunTelling.TrialOf(training, view, isReused);

    public override TuningResult Finish(StopReason? stop, int used, IReadOnlyList<Trial> trials, long started)
    {
        var analysis = _analysis!;
        var judgement = _policy.Judge(analysis, used, isLast: true);
        var reason = judgement.IsCertified && stop != StopReason.Cancelled ? StopReason.Certified : stop ?? StopReason.TrainingBudget;
        var (map, anchor, posterior) = (analysis.Map, analysis.AnchorAt(judgement.Index), analysis.Posterior[judgement.Index]);
        double[] lambdas = [.. analysis.Posterior.Points.Select(store.LambdaAt)];
        var (mean, deviation) = (map.ToObjective(posterior.Mean), map.ToAmount(posterior.Deviation));
        if (anchor is null && judgement.Index == analysis.BestModel && analysis.Outputs is { } outputs)
        {
            // Who recommends what is not trained says what to expect there. The mean of draws is further off than the objective of the expected outputs: a bent objective has drawn outputs worse.
            var there = store.ConfigurationOf(lambdas[judgement.Index]);
            mean = outputs.MeanAt(outputs.Ground.PlacesOf([there])[0]) * (options.Goal == Goal.Maximize ? -1 : 1);
            deviation = outputs.At(there).Deviation;
        }

        return new TuningResult(
            store,
            anchor,
            () => RunTelling.Posterior(view, analysis, lambdas),
            () => RunTelling.PossibleRange(analysis, judgement.Index, lambdas),
            () => RunTelling.ProbabilityOfBest(analysis, judgement.Index, lambdas, streams))
        {
            Configuration = store.ConfigurationOf(lambdas[judgement.Index]),
            PredictedValue = mean,
            PredictedDeviation = deviation,
            RealValue = anchor is { } real ? view.Measured(real).Value : null,
            Trials = trials,
            TrainingsUsed = used,
            Trust = analysis.Process.Trust,
            Calibration = view.Calibration.Of(analysis.Count),
            Remarks = [.. RunTelling.RemarksOf(store, view, analysis), .. options.UseSurrogate ? RunTelling.LossesOf(store) : []],
            StopReason = reason,
            Outcome = _policy.OutcomeOf(analysis, judgement, reason, used),
            Epsilon = options.Epsilon ?? map.ToAmount(analysis.Epsilon),
            Elapsed = options.TimeProvider.GetElapsedTime(started),
            NoiseDeviation = map.ToAmount(Math.Sqrt(BridgeWeights.Of(analysis.Process).NoiseVariance)),
            GainLeft = _policy.GainLeft(analysis, judgement),
            Believed = configuration =>
            {
                var prediction = analysis.Process.Predict(store.PlaceOf(configuration));
                var (low, high) = RunTelling.Interval(view, map, prediction);
                return new Prediction(map.ToObjective(prediction.Mean), low, high);
            },
            Ahead = trainings =>
            {
                var ahead = LookAhead.Of(analysis.Posterior, analysis.BestAnchored, trainings, streams.Stream($"ahead {analysis.Count}"));
                return new BudgetOutlook(Array.AsReadOnly([.. ahead.Gains.Select(map.ToAmount)]), map.ToAmount(ahead.Limit));
            },
            Goal = options.Goal,
            Anchors = store.Set(store.Anchors.Count),
            Surrogate = store.Surrogate(store.Anchors.Count),
        };
    }

    private Configuration At(double u) => store.ConfigurationOf(store.LambdaAt(u));
}
