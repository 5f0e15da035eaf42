namespace HtiTune;

/// <summary>What a run does next and when it may stop: the rules, apart from the bookkeeping of <see cref="TuningRun"/>.</summary>
internal sealed class TuningPolicy(
    AnchorStore store, ObjectiveView view, TunerOptions options, RandomStreams streams, ILogger logger, int budget)
{
    private readonly PlaceChoice _choice = new(store, view, options, streams);
    private Analysis? _judged;
    private Judgement _judgement = Judgement.None;
    private int _passes;
    private int _passedAt = -1;
    private int _alarms;

    /// <summary>The first places, at most as many as the budget; none when there are values enough to model.</summary>
    /// <param name="wanted">Places which the user wants: they are of the budget, and count.</param>
    public IEnumerable<(double U, double Lambda, string Reason)> InitialPlaces(IReadOnlyList<double> wanted)
    {
        if (view.ValueCount(store.Anchors.Count) >= InitialDesign.EnoughValues)
        {
            return [];
        }

        List<double> taken = [.. TakenPlaces(), .. wanted];
        var hyperparameter = store.Hyperparameter;
        var left = Math.Max(0, budget - wanted.Count);
        if (options.InitialLambdas is { } given)
        {
            return [.. given.Select(lambda => (U: hyperparameter.ToUnit(lambda), Lambda: lambda, Reason: "initial: given")).Where(p => IsOpen(p.U)).Take(left)];
        }

        var counted = view.ValueCount(store.Anchors.Count) + wanted.Count;
        return [.. InitialDesign.Places(left, counted, IsOpen).Select(p => (p.U, Lambda: hyperparameter.FromUnit(p.U), p.Reason))];

        bool IsOpen(double u) => !taken.Exists(t => Math.Abs(t - u) < Analysis.LeastSeparation);
    }

    /// <summary>Places where a training succeeded or failed; a cancelled one may be proposed again.</summary>
    public List<double> TakenPlaces() => [.. store.Attempts.Where(t => t.State != TrialState.Cancelled).Select(t => t.U)];

    /// <summary>
    /// Judges a state once: two passes in a row with a training between certify, or one pass of anchors that were there before. An alarm
    /// withdraws the passes before it, and then both must come after it.
    /// </summary>
    /// <param name="analysis">The state.</param>
    /// <param name="used">Trainings that the run has used.</param>
    /// <param name="isLast">Whether the study is made from it; then the paths are drawn even where there is too little to certify.</param>
    public Judgement Judge(Analysis analysis, int used, bool isLast)
    {
        if (ReferenceEquals(_judged, analysis) && (!isLast || _judgement.Recommended.Draws == options.CertificateDraws))
        {
            return _judgement;
        }

        var alarms = view.Calibration.Alarms(analysis.Count);
        if (alarms > _alarms)
        {
            // What passed before rested on intervals that did not hold.
            (_alarms, _passes) = (alarms, 0);
        }

        var observations = analysis.Process.Observations;
        var missing = Missing(observations, store.Surrogate(analysis.Count) is not null);
        var isEligible = missing is null;
        if (!isEligible && !isLast)
        {
            return Judgement.None;
        }

        // With a training to spend, what is recommended is trained; without, the model's best is all there is.
        var recommended = budget == 0 ? analysis.BestKnown : options.ConfirmByTraining ? analysis.BestAnchored : analysis.BestModel;
        var certificates = Certificates(recommended);
        if (budget == 0 && analysis.BestByProcess != recommended && !certificates[0].Holds && Certificates(analysis.BestByProcess) is [{ Holds: true }, ..] surer)
        {
            // What can be certified is worth more than what is expected to be a little better.
            (recommended, certificates) = (analysis.BestByProcess, surer);
        }

        var modelHolds = isEligible && certificates[1].Holds;

        // The strict rule challenges what is recommended, so only that can pass.
        var isStrict = options.CertificateRule == CertificateRule.Strict;
        var passes = isEligible && (certificates[0].Holds || modelHolds && !isStrict);
        if (!passes)
        {
            _passes = 0;
        }
        else if (_passedAt != analysis.Count)
        {
            // A failed training in between is no new evidence.
            _passes++;
            _passedAt = analysis.Count;
        }

        var unmet = missing ?? (!certificates[0].Holds ? MissedBy(certificates[0])
            : _passes < 2 && (used > 0 || alarms > 0) ? alarms > 0 ? Unmet.AlarmWithdrew : Unmet.HeldOnce
            : isStrict && !StrictRule.Covers(observations.Select(o => o.U)) ? Unmet.StrictNotCovered
            : null);
        _judged = analysis;
        _judgement = new Judgement(recommended, certificates[0], modelHolds, unmet) { IsToBeChallenged = isStrict && passes && unmet is not null };
        Log.Judged(
            logger, analysis.Map.ToAmount(certificates[0].Epsilon), certificates[0].Probability, store.LambdaAt(analysis.Posterior.Points[recommended]), analysis.Process.Trust);
        return _judgement;

        IReadOnlyList<Certificate> Certificates(int index) => Certificate.Evaluate(
            analysis.Posterior, [index, analysis.BestModel], analysis.Epsilon, options.Delta, streams.Stream($"certificate {analysis.Count}"), options.CertificateDraws, Certificate.DefaultEta,
            whole: isLast);
    }

    /// <summary>What is missing to certify anything: anchors, or tests of the surrogate where there is one; null where there is enough.</summary>
    public static Unmet? Missing(IReadOnlyList<Observation> observations, bool hasSurrogate) =>
        observations.Count < Outcome.AnchorsForCertificate ? Unmet.TooFewAnchors
        : hasSurrogate && observations.Count(o => o.Predicted is not null) < Outcome.SurrogateTestsForCertificate ? Unmet.SurrogateUntested
        : null;

    /// <summary>Why a certificate does not hold.</summary>
    public static Unmet MissedBy(Certificate certificate) =>
        certificate.RegretQuantile > certificate.Epsilon ? Unmet.RegretTooLarge : Unmet.TooFewDraws;

    /// <summary>
    /// Where to train: under the strict rule at the place that challenges a recommendation that has passed; at the model's own best λ when that
    /// is the last chance to confirm it, or when it would be certified but for a training there; else where the acquisition is largest. Null when that is negligible.
    /// The gain is in the model.
    /// </summary>
    /// <param name="analysis">The state.</param>
    /// <param name="judgement">What the certificate says of it.</param>
    /// <param name="used">Trainings that the run has used.</param>
    /// <param name="isLast">Whether time allows no further one.</param>
    /// <param name="pending">Places of trainings under way; null for none.</param>
    public (double U, string Reason, double Gain)? Next(
        Analysis analysis, Judgement judgement, int used, bool isLast = false, IReadOnlyList<double>? pending = null)
    {
        var best = analysis.BestModel;
        isLast |= budget - used <= 1;
        if (judgement.IsToBeChallenged && StrictRule.Challenge(analysis, TakenPlaces(), pending ?? []) is { } challenge)
        {
            return (challenge, "challenge", Math.Exp(analysis.Process.At(challenge).LogExpectedImprovement(analysis.Process.BestMean)));
        }

        if (!options.ConfirmByTraining || analysis.AnchorAt(best) is not null || !isLast && !judgement.ModelHolds)
        {
            return Find(analysis, TakenPlaces(), pending ?? []) ?? (pending is null or [] ? Test(analysis, judgement, used) : null);
        }

        // Where it is being trained already, that is waited for.
        var (place, apart) = (analysis.Posterior.Points[best], ProposalSearch.BatchSeparation(analysis.Process));
        return pending?.Any(p => Math.Abs(p - place) < apart) == true ? null : (place, "confirm the recommendation", analysis.ExpectedGain(best));
    }

    // Where nothing promises a gain, a certificate may want for tests of what is believed alone: they are made where the trainings say least, if the budget allows all that are wanted.
    private (double U, string Reason, double Gain)? Test(Analysis analysis, Judgement judgement, int used)
    {
        var observations = analysis.Process.Observations;
        var unmet = Missing(observations, store.Surrogate(analysis.Count) is not null) ?? judgement.Unmet;
        var wanted = RunPolicy.TestsWanted(unmet, observations.Count, observations.Count(o => o.Predicted is not null));
        if (wanted == 0 || wanted > budget - used)
        {
            return null;
        }

        var place = InitialDesign.WidestGap(TakenPlaces());
        return (place, "test: the widest gap", Math.Exp(analysis.Process.At(place).LogExpectedImprovement(analysis.Process.BestMean)));
    }

    /// <summary>Whether one more training would be proposed, were it allowed: to confirm the model's best λ, or because it is expected to gain.</summary>
    public Lazy<bool> GainLeft(Analysis analysis, Judgement judgement)
    {
        var taken = TakenPlaces();
        return new Lazy<bool>(() =>
            options.ConfirmByTraining && judgement.ModelHolds && analysis.AnchorAt(analysis.BestModel) is null || Find(analysis, taken, []) is not null);
    }

    // Where the outputs are believed they say where a training gains most; where they promise nothing more the process is asked.
    private (double U, string Reason, double Gain)? Find(Analysis analysis, IReadOnlyList<double> taken, IReadOnlyList<double> pending) =>
        analysis.Outputs is { } outputs && outputs.NextByOutputs(outputs.Ground.PlacesOf([.. pending.Select(u => store.ConfigurationOf(store.LambdaAt(u)))]), store.Cancellation) is { } next
            ? (store.PlaceOf(next.Configuration), next.Reason, analysis.Map.FromAmount(next.Gain))
            : _choice.Find(analysis, taken, pending);

    /// <summary>Whether no training is expected to gain what it costs.</summary>
    public bool IsNotWorthIt(Analysis analysis) => _choice.IsNotWorthIt(analysis, TakenPlaces());

    /// <summary>What can be said about the recommendation of a run that ends.</summary>
    public Outcome OutcomeOf(Analysis analysis, Judgement judgement, StopReason stop, int used)
    {
        var certificate = judgement.Recommended;
        var epsilon = options.Epsilon ?? analysis.Map.ToAmount(certificate.Epsilon);
        if (stop == StopReason.Certified)
        {
            return new Certified(epsilon, certificate.Delta, certificate.Probability, used);
        }

        return budget == 0 && !IsNotWorthIt(analysis) && Next(analysis, judgement, used) is { } next
            ? new NeedsTraining(store.ConfigurationOf(store.Hyperparameter.FromUnit(next.U)), analysis.Map.ToAmount(next.Gain), certificate.Probability)
            : new NotCertified(epsilon, certificate.Probability, analysis.Map.ToAmount(certificate.RegretQuantile), judgement.Unmet ?? Unmet.Cancelled, certificate.Delta);
    }
}

/// <summary>What the certificate says of one state.</summary>
/// <param name="Index">Grid index of the recommendation.</param>
/// <param name="Recommended">Its certificate.</param>
/// <param name="ModelHolds">Whether the model's own best λ, trained or not, would pass.</param>
/// <param name="Unmet">The first condition that is not met; null where all are.</param>
internal sealed record Judgement(int Index, Certificate Recommended, bool ModelHolds, Unmet? Unmet)
{
    /// <summary>Whether all conditions are met.</summary>
    public bool IsCertified => Unmet is null;

    /// <summary>Whether it passes, and the strict rule wants a training where the model is least sure.</summary>
    public bool IsToBeChallenged { get; init; }

    /// <summary>Nothing can be certified yet.</summary>
    public static Judgement None { get; } = new(-1, new Certificate(0, 0, 0, 0, 0, 0), false, HtiTune.Unmet.TooFewAnchors);
}
