using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using HtiTune.Data;
using HtiTune.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning;

[Collection(Alone.Name)]
public class TelemetryTests
{
    [Fact]
    public void Metrics_tell_trainings_times_best_value_trust_and_evidence()
    {
        // Tests run side by side: the hyperparameter's name tells whose measurements these are.
        var strength = Hyperparameter.Continuous("metered", 2, 6);
        var seen = new ConcurrentBag<(string Instrument, double Value, string? Outcome)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == TunerTelemetry.Name)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Note(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var known = tags.ToArray().ToDictionary(t => t.Key, t => t.Value as string);
            if (known.GetValueOrDefault("hyperparameter") == strength.Name)
            {
                seen.Add((name, value, known.GetValueOrDefault("outcome")));
            }
        }

        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Note(i.Name, v, tags));
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Note(i.Name, v, tags));
        listener.Start();
        var clock = new FakeTimeProvider();
        var network = new FormulaNetwork(new Problem(1).Output)
        {
            Before = (n, _, _) => clock.Advance(n == 4 ? throw new ArithmeticException("diverged") : TimeSpan.FromSeconds(n)),
        };
        using var tuner = new Tuner(network, strength, Problem.Contexts, Problem.Options(7) with { TimeProvider = clock, Epsilon = 1e-12 });
        var study = tuner.Optimize(m => Problem.Tracking(m));
        double[] Of(string name) => [.. seen.Where(s => s.Instrument == name).Select(s => s.Value)];
        Assert.Equal((6, 1), (seen.Count(s => s.Outcome == "completed"), seen.Count(s => s.Outcome == "failed")));
        Assert.Equal(study.Trials.Select(t => t.Duration.TotalSeconds).Order(), Of("htitune.training.duration").Order());
        Assert.Equal(7, Of("htitune.proposal.duration").Length);
        Assert.Equal(study.Trials.Min(t => t.Value), Of("htitune.best_value").Min());
        Assert.Contains(study.Calibration.Evidence, Of("htitune.evidence"));
        Assert.All(Of("htitune.trust"), trust => Assert.InRange(trust, 0.0, 1.0));
        Assert.NotEmpty(Of("htitune.trust"));
    }

    [Fact]
    public void A_trace_holds_a_span_for_each_training_and_each_choice()
    {
        var strength = Hyperparameter.Continuous("traced", 2, 6);
        var seen = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TunerTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var tuner = new Tuner(new Problem(1).Network(), strength, Problem.Contexts, Problem.Options(4));
        var study = tuner.Optimize(m => Problem.Tracking(m));
        var run = Assert.Single(seen, a => a.OperationName == "htitune.run" && a.GetTagItem("hyperparameter") as string == strength.Name);
        var inside = seen.Where(a => a.ParentId == run.Id).ToList();
        Assert.Equal(
            study.Trials.Select(t => (t.Number, t.Lambda)).Order(),
            inside.Where(a => a.OperationName == "htitune.training").Select(a => ((int)a.GetTagItem("number")!, (double)a.GetTagItem("lambda")!)).Order());
        Assert.True(inside.Count(a => a.OperationName == "htitune.proposal") >= 4);
    }

    [Fact]
    public void Event_ids_are_those_that_were_published()
    {
        (int, LogLevel, string)[] published =
        [
            (1, LogLevel.Information, "Starting"), (2, LogLevel.Information, "Training"), (3, LogLevel.Information, "Completed"),
            (4, LogLevel.Warning, "Failed"), (5, LogLevel.Information, "Cancelled"), (6, LogLevel.Warning, "SurrogateFailed"),
            (7, LogLevel.Information, "Judged"), (8, LogLevel.Information, "Finished"), (9, LogLevel.Warning, "ObjectiveFailed"),
            (10, LogLevel.Information, "Resumed"), (11, LogLevel.Warning, "TornLine"), (12, LogLevel.Error, "JournalBehind"),
            (13, LogLevel.Warning, "NetworkNotKept"), (14, LogLevel.Warning, "Diverged"), (15, LogLevel.Warning, "AlarmRaised"), (16, LogLevel.Warning, "OtherAlgorithm"),
        ];
        var actual = typeof(Log).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null).Select(m => (m.Message!.EventId, m.Message.Level, m.Method.Name)).Order().ToArray();
        Assert.Equal(published, actual);
    }

    [Fact]
    public void An_alarm_is_logged_once()
    {
        var log = new Noted();
        FormulaNetwork? network = null;
        network = new FormulaNetwork((_, _) => Math.Pow(-100, Math.Min(6, network!.Trained.Count)) * (1 + 1e-3 * network.Trained.Count));
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Problem.Options(5) with { UseSurrogate = false, Logger = log });
        Assert.Equal(1, tuner.Optimize(m => m.Sample(Problem.Contexts).Outputs[0, 0]).Calibration.Alarms);
        Assert.Equal("Calibration alarm: 3 of 3 values missed", Assert.Single(log.Messages, m => m.Id == 15).Text[..39]);
    }

    private sealed class Noted : ILogger
    {
        public List<(int Id, string Text)> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add((eventId.Id, formatter(state, exception)));
    }
}
