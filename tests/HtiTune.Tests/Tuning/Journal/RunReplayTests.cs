using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Who keeps a journal elsewhere brings a run to where it is by its events, and goes on as if it had not stopped.</summary>
public sealed class RunReplayTests
{
    private static readonly TunerOptions s_options = new() { Seed = 4, MaxTrainings = 10, Parallelism = 2, UseSurrogate = false, Cost = TrainingCost.Measured() };

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(13)]
    public void A_run_that_was_replayed_proposes_what_the_first_would_have(int piece)
    {
        var (events, outstanding) = Trained(s_options);
        using var tuner = TunerOf(s_options);
        using var run = tuner.Begin(Value, 10);
        var replay = new RunReplay(run);
        for (var i = 0; i < events.Count; i++)
        {
            Assert.True(replay.Repeats(events[i].Entry, events[i].Outputs), events[i].Entry.ToString());

            // What others wrote later is taken as what was there first.
            if (piece > 0 && i % piece == 0)
            {
                replay.GoOn();
            }
        }

        replay.GoOn();
        Assert.Equal(outstanding.Select(Text), run.Outstanding.Select(Text));
        Assert.All(events.Select(one => one.Entry).OfType<ValueMeasured>(), measured => Assert.Equal(measured.Value, run.Values[measured.Number]));
        var first = GoesOn(run, 8);
        using var second = TunerOf(s_options);
        using var again = second.Begin(Value, 10);
        var twice = new RunReplay(again);
        Assert.All(events, one => Assert.True(twice.Repeats(one.Entry, one.Outputs)));
        twice.GoOn();
        Assert.Equal(first, GoesOn(again, 8));
    }

    [Fact]
    public void What_the_run_does_otherwise_is_not_repeated()
    {
        var (events, _) = Trained(s_options);
        Func<JournalEvent, JournalEvent?>[] changes =
        [
            entry => entry is TrainingProposed { IsStarted: true, Number: 3 } started ? started with { Configuration = new Configuration("x", started.Lambda + 1e-9) } : null,
            entry => entry is TrainingProposed { IsStarted: true, Number: 4 } started ? started with { Number = 5 } : null,
            entry => entry is ValueMeasured { Number: 3 } measured ? measured with { Value = measured.Value + 1e-12 } : null,
            entry => entry is TrainingEnded { Number: 3 } done ? done with { Number = 7 } : null,
            entry => entry is TrainingEnded { Number: 3 } done ? done with { Configuration = new Configuration("x", 0.123) } : null,
        ];
        foreach (var change in changes)
        {
            using var tuner = TunerOf(s_options);
            using var run = tuner.Begin(Value, 10);
            var replay = new RunReplay(run);
            var refused = events.FindIndex(one => !replay.Repeats(change(one.Entry) ?? one.Entry, one.Outputs));
            Assert.NotEqual(-1, refused);
            Assert.Equal(events.FindIndex(one => change(one.Entry) is not null), refused);
        }
    }

    [Fact]
    public void Outputs_that_cannot_be_taken_have_failed_and_those_that_are_not_given_are_asked_for()
    {
        using var tuner = TunerOf(s_options);
        using var run = tuner.Begin(Value, 10);
        var replay = new RunReplay(run);
        using var other = TunerOf(s_options);
        using var asked = other.Begin(Value, 10);
        var proposal = asked.Ask()!;
        Assert.True(replay.Repeats(new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason) { Seed = proposal.Seed }));
        var done = new TrainingEnded(proposal.Number, proposal.Configuration, proposal.Reason, TimeSpan.Zero);
        Assert.Contains("outputs are not given; expected them", Assert.Throws<ArgumentException>(() => replay.Repeats(done)).Message, StringComparison.Ordinal);
        var told = asked.Tell(proposal, new Matrix(2, 1, new float[2]));
        Assert.Equal(TrialState.Failed, told.State);
        Assert.True(replay.Repeats(done, new Matrix(2, 1, new float[2])));
        Assert.True(replay.Repeats(new ValueMeasured(proposal.Number, null, told.Error)));
        Assert.Equal(Text(asked.Ask()!), Text(run.Ask()!));
    }

    [Fact]
    public void What_is_outstanding_took_its_time_from_when_it_was_handed_out()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var options = s_options with { TimeProvider = clock, Cost = null };
        using var tuner = TunerOf(options);
        using var run = tuner.Begin(Value, 10);
        using var other = TunerOf(options);
        using var asked = other.Begin(Value, 10);
        var proposal = asked.Ask()!;
        var since = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromSeconds(90));
        var replay = new RunReplay(run);
        Assert.True(replay.Repeats(new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason) { Seed = proposal.Seed, Time = since }));
        Assert.Equal(since, replay.HandedOut(proposal.Number));
        Assert.Null(replay.HandedOut(proposal.Number + 1));
        replay.GoOn();
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(120), run.Tell(Assert.Single(run.Outstanding), 0.5).Duration);
    }

    // Two at a time, the younger told first now and then; one fails, and something is enqueued.
    private static (List<(JournalEvent Entry, Matrix? Outputs)> Events, IReadOnlyList<TrainingRequest> Outstanding) Trained(TunerOptions options)
    {
        using var tuner = TunerOf(options);
        using var run = tuner.Begin(Value, 10);
        var events = new List<(JournalEvent, Matrix?)>();
        for (var told = 0; told < 6; told++)
        {
            if (told == 3)
            {
                events.Add((new TrainingsEnqueued([.. run.Enqueue([new Configuration("x", 0.77)])]), null));
            }

            while (run.AskAnother() is { } proposal)
            {
                events.Add((new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason) { Seed = proposal.Seed }, null));
            }

            var ended = run.Outstanding[told % 3 == 1 ? ^1 : 0];
            if (told == 2)
            {
                var failed = run.TellFailed(ended, "broken");
                events.Add((new TrainingEnded(ended.Number, ended.Configuration, ended.Reason, failed.Duration) { State = TrialState.Failed, Error = "broken" }, null));
                continue;
            }

            var outputs = Matrix.FromDoubles(1, 1, [Loss(ended.Lambda)]);
            var trial = run.Tell(ended, outputs);
            events.Add((new TrainingEnded(ended.Number, ended.Configuration, ended.Reason, trial.Duration), outputs));
            events.Add((new ValueMeasured(ended.Number, trial.Value, trial.Error), null));
        }

        while (run.AskAnother() is { } proposal)
        {
            events.Add((new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason) { Seed = proposal.Seed }, null));
        }

        return (events, run.Outstanding);
    }

    private static List<string> GoesOn(TuningRun run, int most)
    {
        var asked = new List<string>();
        while (asked.Count < most && run.Outstanding is [var oldest, ..])
        {
            asked.Add(Text(oldest));

            // Time is no part of it: what is told from here on failed.
            run.TellFailed(oldest, "told no more");
            run.AskAnother();
        }

        return asked;
    }

    private static Tuner TunerOf(TunerOptions options) => new(new NoNetwork(), Hyperparameter.Continuous("x", 0, 1), Contexts.None(1), options);

    private static double Value(IConditionalModel model) => model.Sample(Contexts.None(1)).Outputs.Exact(0, 0);

    private static double Loss(double x) => (x - 0.3) * (x - 0.3) + 0.05 * Math.Sin(20 * x);

    private static string Text(TrainingRequest proposal) => FormattableString.Invariant($"{proposal.Number} at {proposal.Lambda:R}, {proposal.Seed}, {proposal.Reason}");

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new InvalidOperationException("Nothing trains here.");
    }
}
