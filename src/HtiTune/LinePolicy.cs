using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using Microsoft.Extensions.Logging;

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

    public override IReadOnlyList<PosteriorPoint> Posterior => Analyse() ? StudyMaker.Posterior(view, _analysis!, [.. _analysis!.Posterior.Points.Select(store.LambdaAt)]) : [];

    public override IReadOnlyList<(Configuration Configuration, string Reason)> InitialPlaces(IReadOnlyList<Configuration> wanted) =>
        [.. _policy.InitialPlaces(wanted.Count).Select(place => (store.ConfigurationOf(place.Lambda), place.Reason))];

    public override bool IsSamePlace(Configuration first, Configuration other) => Math.Abs(store.PlaceOf(first) - store.PlaceOf(other)) < Analysis.LeastSeparation;

    public override bool Analyse()
    {
        // A failure brings no anchor, but it moves the candidates away from its place.
        if (_analysis is null || _analysedTrainings != store.Trainings.Count)
        {
            _analysis = Analysis.Of(store, view, store.Anchors.Count, options);
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

    public override TrainingProposed LineOf(Proposal proposal, bool isByModel) =>
        StudyMaker.LineOf(proposal, view, isByModel ? _analysis : null, store.PlaceOf(proposal.Configuration));

    public override Trial TrialOf(Training training, bool isReused) => StudyMaker.TrialOf(training, view, isReused);

    public override TuningResult Finish(StopReason? stop, int used, IReadOnlyList<Trial> trials, long started)
    {
        var analysis = _analysis!;
        var judgement = _policy.Judge(analysis, used, isLast: true);
        var reason = judgement.IsCertified && stop != StopReason.Cancelled ? StopReason.Certified : stop ?? StopReason.TrainingBudget;
        return StudyMaker.Make(
            store, view, analysis, judgement, reason, _policy.OutcomeOf(analysis, judgement, reason, used), used, options, trials, started, streams, _policy.GainLeft(analysis, judgement));
    }

    private Configuration At(double u) => store.ConfigurationOf(store.LambdaAt(u));
}
