using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HtiTune.Hosting;

/// <summary>What the service measures and traces, by OpenTelemetry's rules for names and units. Costs next to nothing where nobody listens.</summary>
internal sealed class ServiceTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string Name = "HtiTune.Hosting";

    private readonly Meter _meter = new(Name);
    private readonly ActivitySource _source = new(Name);
    private readonly Counter<long> _commitsRefused;
    private readonly Counter<long> _studiesEnded;
    private readonly Counter<long> _studiesFaulted;
    private readonly Counter<long> _attemptsEnded;
    private readonly Histogram<double> _advance;
    private readonly Histogram<double> _training;
    private readonly UpDownCounter<int> _running;

    public ServiceTelemetry()
    {
        _commitsRefused = _meter.CreateCounter<long>("htitune.commits.refused", "{commit}", "Steps of a study that another process was before.");
        _studiesEnded = _meter.CreateCounter<long>("htitune.studies.ended", "{study}", "Runs of studies that have ended, by their state.");
        _studiesFaulted = _meter.CreateCounter<long>("htitune.studies.faulted", "{study}", "Steps of studies that met a fault, by which the study was paused.");
        _attemptsEnded = _meter.CreateCounter<long>("htitune.attempts.ended", "{attempt}", "Attempts at trainings of which this process has heard the end, by how they ended: its own, and those told or lost by outside workers.");
        _advance = _meter.CreateHistogram<double>("htitune.study.advance.duration", "s", "Time that a study's step took: results taken, surrogate fitted, trainings proposed.");
        _training = _meter.CreateHistogram<double>("htitune.training.duration", "s", "Time that an attempt at a training took in this process, by how it ended.");
        _running = _meter.CreateUpDownCounter<int>("htitune.trainings.running", "{training}", "Trainings under way in this process.");
    }

    /// <summary>The meter.</summary>
    internal Meter Meter => _meter;

    /// <summary>A step of a study begins; null where nobody traces.</summary>
    public Activity? Advances(Guid study) => _source.StartActivity("advance study")?.SetTag("htitune.study", study);

    /// <summary>An attempt begins; null where nobody traces.</summary>
    public Activity? Trains(Guid study, int trial, int attempt, Data.Configuration configuration)
    {
        _running.Add(1);
        return _source.StartActivity("train")?.SetTag("htitune.study", study).SetTag("htitune.trial", trial).SetTag("htitune.attempt", attempt).SetTag("htitune.lambda", StudyProblem.LambdaOf(configuration)).SetTag("htitune.configuration", configuration.ToString());
    }

    /// <summary>A step of a study is written, or there was nothing to do.</summary>
    public void Advanced(TimeSpan took) => _advance.Record(took.TotalSeconds);

    /// <summary>A step of a study was refused.</summary>
    public void Refused() => _commitsRefused.Add(1);

    /// <summary>A study's run has ended.</summary>
    public void Ended(StudyState state) => _studiesEnded.Add(1, new KeyValuePair<string, object?>("htitune.study.state", state.ToString()));

    /// <summary>A study's step has met a fault.</summary>
    public void Faulted() => _studiesFaulted.Add(1);

    /// <summary>Attempts have ended, of outside workers or without a word.</summary>
    public void AttemptsEnded(AttemptState state, int count = 1) => _attemptsEnded.Add(count, new KeyValuePair<string, object?>("htitune.attempt.state", state.ToString()));

    /// <summary>An attempt has ended; null where an error kept it from being told.</summary>
    public void Trained(AttemptState? state, TimeSpan took)
    {
        _running.Add(-1);
        _attemptsEnded.Add(1, new KeyValuePair<string, object?>("htitune.attempt.state", state?.ToString() ?? "Untold"));
        _training.Record(took.TotalSeconds, new KeyValuePair<string, object?>("htitune.attempt.state", state?.ToString() ?? "Untold"));
    }

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
    }
}
