using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Tests.Data;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

public class ManyImportsTests
{
    private static readonly ContinuousHyperparameter X = Hyperparameter.Continuous("x", 0, 1);
    private static readonly Contexts One = new(Matrix.Create(1, 1, (_, row) => row[0] = 0));

    private static double Parabola(double x) => (x - 0.3) * (x - 0.3);

    private static double Objective(IConditionalModel model) => model.Sample(One).Outputs[0, 0];

    private static AnchorSet Imported(int n, Func<double, double> value, double to = 0.999) => new(X, [.. Enumerable.Range(0, n).Select(i => 0.001 + (to - 0.001) * i / (n - 1))
        .Select(x => new Anchor(x, new Samples(new Matrix(1, 1, [(float)value(x)]), One)))]);

    private static TunerOptions Options(int n, Func<double, double> value, int trainings = 3) =>
        new() { MaxTrainings = trainings, GridSize = 65, CertificateDraws = 256, UseSurrogate = false, WarmStart = [Imported(n, value)] };

    private static FormulaNetwork Network(Func<double, double> value) => new((x, _) => value(x));

    [Theory]
    [InlineData(38)]
    [InlineData(64)]
    [InlineData(130)]
    public void A_grid_of_smooth_earlier_runs_ends_with_its_best_place(int n)
    {
        foreach (var (value, best) in ((Func<double, double>, double)[])[(Parabola, 0.3), (x => Math.Exp(-3 * x), 1), (x => -Math.Sin(6 * x), Math.PI / 12)])
        {
            using var tuner = new Tuner(Network(value), X, One, Options(n, value));
            var study = tuner.Optimize(Objective);
            Assert.InRange(study.Lambda, best - 0.02, best + 0.02);
        }
    }

    [Fact]
    public void A_study_that_an_older_build_could_not_end_opens_and_goes_on()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("study");
        using (var tuner = Tuner.Open(path, Network(Parabola), X, One, Options(38, Parabola)))
        {
            // The run that crashed had no line of its end.
            using var run = tuner.Begin(Objective);
            if (run.Ask() is { } proposal)
            {
                run.Tell(proposal, Network(Parabola).Train(new TrainingRequest(proposal.Lambda, 1), default));
            }
        }

        using var again = Tuner.Open(path, Network(Parabola), X, One, Options(38, Parabola));
        Assert.InRange(again.Optimize(Objective).Lambda, 0.28, 0.32);
        Assert.NotNull(StudyJournal.Read(path).Runs[^1].End);
    }

    [Fact]
    public void Of_very_many_the_first_are_gone_through_one_by_one_and_a_replay_comes_to_the_same()
    {
        using var folder = new TemporaryFolder();
        double Wave(double x) => (x - 0.8) * (x - 0.8) + 0.05 * Math.Sin(20 * x);
        var options = Options(150, Wave) with
        {
            WarmStart = [Imported(150, Wave, to: 0.6)],
            Epsilon = 1e-9,
            UseSurrogate = true,
            SurrogateFactory = anchors => new CubicSurrogate(anchors),
        };
        string text;
        using (var tuner = Tuner.Open(folder.File("study"), Network(Wave), X, One, options))
        {
            var study = tuner.Optimize(Objective);
            text = StudyFixture.Text(study);
            Assert.Equal(3, study.TrainingsUsed);
            Assert.All(study.Trials.Skip(1).Take(AnchorStore.FullHistory - 1), trial => Assert.NotNull(trial.Predicted));
            Assert.All(study.Trials.Skip(AnchorStore.FullHistory).Take(150 - AnchorStore.FullHistory), trial => Assert.Null(trial.Predicted));
            Assert.All(study.Trials.Skip(150), trial => Assert.NotNull(trial.Predicted));
        }

        var lines = File.ReadAllLines(Path.Combine(folder.File("study"), "journal.jsonl"));
        foreach (var event_ in (string[])["training-started", "training-completed", "value-measured"])
        {
            var cut = Array.FindLastIndex(lines, line => line.Contains($"\"{event_}\"", StringComparison.Ordinal));
            File.WriteAllLines(Path.Combine(folder.File("study"), "journal.jsonl"), lines.Take(cut + 1));
            using var again = Tuner.Open(folder.File("study"), Network(Wave), X, One, options);
            Assert.Equal(text, StudyFixture.Text(again.Optimize(Objective)));
        }

        Assert.Equal(
            text.Split('\n').Skip(150).Take(3).Select(line => line.Split(' ')[1]),
            StudyJournal.Read(folder.File("study")).Replay(0, Objective, options).Select(p => p.Lambda.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Below_that_number_nothing_is_left_out()
    {
        using var tuner = new Tuner(Network(Parabola), X, One, Options(AnchorStore.FullHistory, Parabola, 0));
        Assert.All(tuner.Optimize(Objective).Trials.Skip(1), trial => Assert.NotNull(trial.Predicted));
    }

    [Fact]
    public void Weighing_many_is_told_while_it_lasts_and_can_be_cancelled()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(0.3) };
        var told = new List<TunerProgress>();
        using var tuner = new Tuner(Network(Parabola), X, One, Options(40, Parabola, 1) with { TimeProvider = clock });
        tuner.Optimize(Objective, progress: new Told(told.Add));
        Assert.Contains(told, p => p.Stage == TunerStage.Weighing && p.Message.StartsWith("Weighing 40 trainings", StringComparison.Ordinal));
        Assert.All(told.Where(p => p.Stage == TunerStage.Weighing && p.Message.StartsWith("Weighing 40", StringComparison.Ordinal)), p =>
            Assert.Equal((int.Parse(p.Message.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture) / 40.0, 1), (p.Share, p.TrainingsPlanned)));

        using var other = new Tuner(Network(Parabola), X, One, Options(40, Parabola, 1) with { TimeProvider = clock });
        using var ending = new CancellationTokenSource();
        var study = other.Optimize(Objective, progress: new Told(p =>
        {
            if (p.Stage == TunerStage.Weighing)
            {
                ending.Cancel();
            }
        }), cancellation: ending.Token);
        Assert.Equal((StopReason.Cancelled, 0), (study.StopReason, study.TrainingsUsed));
    }

    [Fact]
    public void A_run_that_judges_many_as_it_begins_can_be_cancelled_and_the_tuner_begins_another()
    {
        using var tuner = new Tuner(Network(Parabola), X, One, Options(40, Parabola, 1));
        using var ending = new CancellationTokenSource();
        var judged = 0;
        Assert.Throws<OperationCanceledException>(() => tuner.Begin(
            model =>
            {
                if (++judged == 7)
                {
                    ending.Cancel();
                }

                return Objective(model);
            }, cancellation: ending.Token));
        Assert.Equal(7, judged);

        using var run = tuner.Begin(Objective);
        Assert.False(run.Cancellation.CanBeCanceled);
        Assert.Null(run.Ask());
        Assert.InRange(run.Finish().Lambda, 0.28, 0.32);
    }

    private sealed class Told(Action<TunerProgress> report) : IProgress<TunerProgress>
    {
        public void Report(TunerProgress value) => report(value);
    }
}
