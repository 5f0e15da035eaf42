using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HtiTune.Diagnostics;

/// <summary>What a tuner tells of itself to whoever listens: metrics, traces and log events, under stable names. Replays of studies are silent.</summary>
/// <remarks>
/// Metrics, each tagged <c>hyperparameter</c>: <c>htitune.trainings</c> (count, tagged <c>outcome</c>: completed, failed, cancelled),
/// <c>htitune.training.duration</c> and <c>htitune.proposal.duration</c> (s), <c>htitune.best_value</c>, <c>htitune.trust</c> (0 to 1) and
/// <c>htitune.evidence</c> (E_t of the calibration alarm). Traces of <see cref="Tuner.Optimize"/>: <c>htitune.run</c>, and in it
/// <c>htitune.proposal</c> and <c>htitune.training</c>. Log events: 1 run starts, 2 training starts, 3 completed, 4 failed, 5 cancelled,
/// 6 surrogate not fitted, 7 certificate judged, 8 run finished, 9 objective has no answer for the surrogate, 10 study taken up, 11 torn last
/// line, 12 journal behind, 13 network not saved, 14 recorded run not continued, 15 calibration alarm, 16 recorded run of another algorithm.
/// </remarks>
public static class TunerTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "HtiTune";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Trainings = Meter.CreateCounter<long>("htitune.trainings", "{training}", "Trainings that ended.");
    private static readonly Histogram<double> TrainingDuration = Meter.CreateHistogram<double>("htitune.training.duration", "s", "Time of a training.");
    private static readonly Histogram<double> ProposalDuration = Meter.CreateHistogram<double>("htitune.proposal.duration", "s", "Time to choose where to train.");
    private static readonly Gauge<double> BestValue = Meter.CreateGauge<double>("htitune.best_value", null, "Best value of the objective at a trained network.");
    private static readonly Gauge<double> Trust = Meter.CreateGauge<double>("htitune.trust", null, "Trust in the surrogate.");
    private static readonly Gauge<double> Evidence = Meter.CreateGauge<double>("htitune.evidence", null, "Evidence against the published intervals.");

    internal static ActivitySource Source { get; } = new(Name);

    internal static void Ended(string hyperparameter, Trial trial, double? best, double evidence)
    {
        var tag = Tag(hyperparameter);
        Trainings.Add(1, tag, new("outcome", trial.State switch { TrialState.Completed => "completed", TrialState.Failed => "failed", _ => "cancelled" }));
        TrainingDuration.Record(trial.Duration.TotalSeconds, tag);
        Evidence.Record(evidence, tag);
        if (best is { } value)
        {
            BestValue.Record(value, tag);
        }
    }

    internal static void Proposed(string hyperparameter, TimeSpan duration, double? trust)
    {
        ProposalDuration.Record(duration.TotalSeconds, Tag(hyperparameter));
        if (trust is { } share)
        {
            Trust.Record(share, Tag(hyperparameter));
        }
    }

    private static KeyValuePair<string, object?> Tag(string hyperparameter) => new("hyperparameter", hyperparameter);
}
