using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Preferences;

namespace HtiTune;

/// <summary>The policy over several hyperparameters, or over one that is no range of numbers: <see cref="SpacePolicy"/> in the service of a run.</summary>
/// <remarks>Inside, less is better: values of a goal to maximise are negated on their way in and out.</remarks>
internal sealed class SpaceRunPolicy(
    AnchorStore store, ObjectiveView view, RunBegan request, RandomStreams streams) : RunPolicy
{
    private readonly SpaceCalibration _calibration = new();

    private readonly SpacePolicyOptions _options =
        SpacePolicyOptions.Of(request.Settings, request.Settings.Epsilon) with { Before = BeforeOf(store) };

    private SpacePolicy? _policy;

    // What was forecast for each training before it was made, by its number; in the objective's own sign.
    private readonly Dictionary<int, (SpaceBelief Belief, double Trust)> _forecasts = [];

    private readonly AimMeasures? _measures = request.Aim is { } aim ? new AimMeasures(store, aim, request.Settings) : null;

    private ISpaceAnalysis? _analysis;
    private List<TrainingEnded> _trainings = [];
    private int _analysedTrainings = -1;
    private (Configuration Recommended, SpaceJudgement Judgement)? _judged;
    private int _passes;
    private int _passedAt = -1;
    private int _alarms;

    public override Calibration Calibration => _calibration.State;

    public override double? Trust => _analysis?.Trust;

    public override (Configuration Configuration, double Value)? Best =>
        _analysis is { } analysis && analysis.Missing != HtiTune.Unmet.NothingFeasible && _trainings[analysis.Best] is { Value: { } value } best ? (best.Configuration, Sign * value) : null;

    public override IReadOnlyList<PosteriorPoint> Posterior => [];

    private SpacePolicy Policy => _policy ??= new SpacePolicy(store.Space, _options, streams);

    private double Sign => request.Settings.Goal == Goal.Maximize ? -1 : 1;

    private int Values => _trainings.Count(training => training.Value is not null);

    private bool IsStrict => request.Settings.CertificateRule == CertificateRule.Strict;

    // A cancelled training may be proposed again.
    private IEnumerable<TrainingEnded> Tried => TriedOf(store);

    private IEnumerable<Configuration> Taken => Tried.Select(training => training.Configuration);

    internal static IEnumerable<TrainingEnded> TriedOf(AnchorStore store) => store.Attempts.Where(training => training.State != TrialState.Cancelled);

    private static int? BeforeOf(AnchorStore store) =>
        TriedOf(store).Count(training => training.State == TrialState.Completed) >= Outcome.AnchorsForCertificate ? TriedOf(store).Count() : null;

    public override IReadOnlyList<(Configuration Configuration, string Reason)> InitialPlaces(IReadOnlyList<Configuration> wanted) =>
        [.. Policy.Initial([.. Taken.Concat(wanted).Distinct()]).Take(Math.Max(0, request.Budget - wanted.Count))];

    public override bool IsSamePlace(Configuration first, Configuration other) => first.Equals(other);

    public override bool Analyse()
    {
        if (_analysedTrainings != store.Trainings.Count)
        {
            if (_alarms != _calibration.Alarms)
            {
                // What passed before rested on intervals that did not hold.
                (_alarms, _passes) = (_calibration.Alarms, 0);
                _policy = new SpacePolicy(store.Space, _options with { Widening = _calibration.Widening }, streams);
            }

            _trainings = [.. Tried.Select(training => view.Seen(training, request.Settings.UseSurrogate))];
            _analysis = _measures is { } measures
                ? Policy.AnalyseAt(
                    _trainings, measures, [.. Tried.Select(training => training.State == TrialState.Completed ? measures.Of(training.Anchor) : null)], request.Settings.UseSurrogate ? store.Contexts : null, store.Cancellation)
                : Policy.AnalyseAt(_trainings, request.Settings.UseSurrogate ? Objective : null, store.Cancellation);
            _analysedTrainings = store.Trainings.Count;
            _judged = null;
        }

        return _analysis is not null;
    }

    public override Configuration? Apart(IReadOnlyList<Configuration> pending) =>
        Policy.Apart(Taken.Concat(pending), streams.Stream($"apart {store.Trainings.Count + pending.Count}"));

    public override bool Judge(int used) => Unmet(used) is null;

    public override bool IsNotWorthIt() => false;

    public override (Configuration Configuration, string Reason, double Gain)? Next(bool isJudged, int used, bool isLast, IReadOnlyList<Configuration> pending) =>
        (isJudged && IsStrict && _judged is { Judgement.Holds: true } && Unmet(used) is not null ? _analysis!.Challenge(pending, store.Cancellation) : null)
        ?? _analysis!.Next(pending, store.Cancellation)
        ?? (isJudged && pending.Count == 0 && TestsWanted(used) is > 0 and var tests && tests <= request.Budget - used && _analysis.Challenge(pending, store.Cancellation) is { } test
            ? (test.Configuration, "test: where least is known", test.Gain)
            : null);

    // As of one hyperparameter: where nothing promises a gain a certificate may want for trainings, or for its second pass, alone.
    private int TestsWanted(int used) => _analysis!.Missing is not null ? 0 : TestsWanted(Unmet(used), Values);

    public override void Note(TrainingRequest proposal, bool isByModel)
    {
        if (isByModel && _analysis is { } analysis)
        {
            _forecasts[proposal.Number] = (analysis.At(proposal.Configuration).InSignOf(request.Settings.Goal).WithNoise(analysis.NoiseDeviation), analysis.Trust);
        }
    }

    public override TrainingProposed LineOf(TrainingRequest proposal, bool isByModel)
    {
        if (!isByModel || !_forecasts.TryGetValue(proposal.Number, out var forecast))
        {
            return new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason, proposal.ExpectedGain);
        }

        var belief = forecast.Belief;
        return new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason, proposal.ExpectedGain, belief.Mean, belief.Low, belief.High, forecast.Trust);
    }

    public override Trial TrialOf(TrainingEnded training, bool isReused)
    {
        var trial = RunTelling.TrialOf(training, view, isReused);
        if (trial.Value is not null && _measures?.Of(training.Anchor) is { } measured)
        {
            trial = trial with { Features = _measures.Named(measured), IsFeasible = _measures.Aim.Constraints.Count == 0 ? null : _measures.IsFeasible(measured) };
        }

        if (trial.Value is null || !_forecasts.TryGetValue(training.Number, out var forecast))
        {
            return trial;
        }

        var belief = forecast.Belief;
        if (_calibration.Of(training.Number) is null)
        {
            _calibration.Test(training.Number, belief, trial.Value.Value, _analysis!.Epsilon, OthersThan(training));
        }

        return trial with { Predicted = belief.Mean, PredictedLow = belief.Low, PredictedHigh = belief.High, Trust = forecast.Trust, Test = _calibration.Of(training.Number) };
    }

    // Values of the trainings before this one that were no penalties.
    private double[] OthersThan(TrainingEnded training)
    {
        var extreme = _analysis!.Extreme.Select(one => one.Configuration).ToHashSet();
        return [.. store.Trainings.TakeWhile(other => other.Number != training.Number).Where(other => other.State == TrialState.Completed && !extreme.Contains(other.Configuration))
            .Select(other => view.Measured(other.Anchor).Value).OfType<double>()];
    }

    public override TuningResult Finish(StopReason? stop, int used, IReadOnlyList<Trial> trials, long started)
    {
        var analysis = _analysis!;
        var unmet = Unmet(used);
        var reason = unmet is null && stop != StopReason.Cancelled ? StopReason.Certified : stop ?? StopReason.TrainingBudget;
        var next = new Lazy<(Configuration Configuration, string Reason, double Gain)?>(() => analysis.Next([], store.Cancellation));
        var recommended = reason == StopReason.Certified ? _judged!.Value.Recommended : Recommended();
        var belief = analysis.At(recommended).InSignOf(request.Settings.Goal);
        var anchor = Enumerable.Range(0, store.Anchors.Count).Where(i => store.Anchors[i].Configuration.Equals(recommended) && view.Measured(i).Value is not null).Select(i => (int?)i).FirstOrDefault();
        return new TuningResult(store, anchor, () => [], () => (double.NaN, double.NaN), () => [])
        {
            Configuration = recommended,
            PredictedValue = belief.Mean,
            PredictedDeviation = belief.Deviation,
            RealValue = anchor is { } real ? view.Measured(real).Value : null,
            Trials = trials,
            TrainingsUsed = used,
            Trust = analysis.Trust,
            Calibration = Calibration,
            Remarks = [.. RemarksOf(trials), .. request.Settings.UseSurrogate ? RunTelling.LossesOf(store) : []],
            StopReason = reason,
            Outcome = OutcomeOf(reason, unmet, used, next),
            Epsilon = analysis.Epsilon,
            Elapsed = request.Settings.TimeProvider.GetElapsedTime(started),
            NoiseDeviation = analysis.NoiseDeviation,
            Believed = configuration =>
            {
                var there = analysis.At(configuration).InSignOf(request.Settings.Goal);
                return new Prediction(there.Mean, there.Low, there.High);
            },
            Ahead = trainings => analysis.Ahead(trainings, store.Cancellation),
            Drawn = configurations => analysis.Draws(configurations, "importance"),
            Feasibility = analysis.Feasibility(store.Cancellation),
            FrontBy = analysis.Front,
            IsExhausted = analysis.IsExhausted,
            GainLeft = new Lazy<bool>(() => next.Value is not null),
            Goal = request.Settings.Goal,
            Anchors = store.Set(store.Anchors.Count),
            Surrogate = null,
        };
    }

    /// <summary>Why a judgement holds no certificate; null: there were too few trainings for one.</summary>
    internal static Unmet MissedBy(SpaceJudgement? judgement, double epsilon) => judgement is null ? HtiTune.Unmet.TooFewAnchors
        : judgement.RegretQuantile > epsilon ? HtiTune.Unmet.RegretTooLarge : HtiTune.Unmet.TooFewDraws;

    // With a training to spend, what is recommended is trained; without, an untrained place is, unless a trained one is known to be as good.
    private Configuration Recommended()
    {
        var best = _trainings[_analysis!.Best].Configuration;
        if (request.Budget > 0 && request.Settings.ConfirmByTraining)
        {
            return best;
        }

        return _analysis.Recommended(store.Cancellation);
    }

    // The first condition of a certificate that is not met; null where all are.
    private Unmet? Unmet(int used)
    {
        // Where no training is left none can be asked for either.
        if (!_analysis!.IsExhausted && Values < Outcome.AnchorsForCertificate)
        {
            return HtiTune.Unmet.TooFewAnchors;
        }

        if (_analysis.Missing is { } missing)
        {
            return missing;
        }

        // As of one hyperparameter: with a training to spend, what is recommended is trained; without, the best of the model is all there is.
        _judged ??= request.Budget == 0 ? _analysis.JudgeUntrained(store.Cancellation) : (_trainings[_analysis.Best].Configuration, _analysis.Judge(store.Cancellation));
        if (_judged.Value.Judgement is { Holds: false } missed)
        {
            _passes = 0;
            return MissedBy(missed, _analysis.Epsilon);
        }

        if (_passedAt != store.Anchors.Count)
        {
            // A failed training in between is no new evidence.
            (_passes, _passedAt) = (_passes + 1, store.Anchors.Count);
        }

        return _analysis.IsExhausted ? null
            : _passes < 2 && ((used > 0 && !IsConfirmed(used)) || _alarms > 0) ? _alarms > 0 ? HtiTune.Unmet.AlarmWithdrew : HtiTune.Unmet.HeldOnce
            : IsStrict && !_analysis!.IsCovered ? HtiTune.Unmet.StrictNotCovered
            : null;
    }

    // Trainings of earlier runs were not chosen for this objective, so that no search has convinced itself by them: one pass is enough with none, and with one that has come as it was forecast.
    private bool IsConfirmed(int used) =>
        !IsStrict && store.Trainings.Count - used >= Outcome.AnchorsForCertificate && _calibration.Of(store.Trainings[^1].Number) is { IsMiss: false };

    private Outcome OutcomeOf(StopReason reason, Unmet? unmet, int used, Lazy<(Configuration Configuration, string Reason, double Gain)?> next)
    {
        var (analysis, judgement) = (_analysis!, _judged?.Judgement);
        if (reason == StopReason.Certified)
        {
            return new Certified(analysis.Epsilon, request.Settings.Delta, judgement!.Probability, used) { IsExhaustive = judgement == SpaceJudgement.Known };
        }

        return request.Budget == 0 && next.Value is { } wanted
            ? new NeedsTraining(wanted.Configuration, wanted.Gain, judgement?.Probability ?? 0)
            : new NotCertified(analysis.Epsilon, judgement?.Probability ?? 0, judgement?.RegretQuantile ?? 0, unmet ?? HtiTune.Unmet.Cancelled, request.Settings.Delta);
    }

    private IEnumerable<Remark> RemarksOf(IReadOnlyList<Trial> trials)
    {
        var values = trials.Where(trial => trial.Value is not null).ToList();
        if (values.Select(trial => trial.Value).Distinct().Count() == 1 && values.Select(trial => trial.Configuration).Distinct().Count() > 1)
        {
            yield return RunTelling.ConstantObjective(values.Count, values[0].Value!.Value, "configuration");
        }

        if (_analysis!.Extreme is [.., var worst] extreme)
        {
            yield return RunTelling.ExtremeAmong(extreme.Count, Values, Sign * worst.Value, worst.Configuration.ToString());
        }
    }

    private double Objective(Matrix outputs, Func<Configuration> at) => Sign * request.Judge!(new OutputsModel(store.Contexts!, outputs, at));
}
