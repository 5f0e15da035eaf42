using HtiTune.Journal;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

public class EnqueueTests
{
    private static readonly Problem Task1 = new(3);

    private static double Objective(IConditionalModel model) => StudyFixture.First(model);

    private static Tuner Make(FormulaNetwork network, int budget = 9, Func<TunerOptions, TunerOptions>? with = null)
    {
        var options = Problem.Options(budget) with { GridSize = 33, Epsilon = 1e-9 };
        return new Tuner(network, Problem.Hyperparameter, StudyFixture.Contexts, with is null ? options : with(options));
    }

    [Fact]
    public void What_is_enqueued_is_trained_first_and_in_order_and_counts_as_taken_by_the_first_places()
    {
        using var tuner = Make(Task1.Network());
        Assert.Equal([3.3, 6.0, 4.1], tuner.Enqueue(3.3, 6, 4.1));
        var study = tuner.Optimize(Objective);
        Assert.Equal([3.3, 6, 4.1, 2], study.Trials.Take(4).Select(t => t.Lambda));
        Assert.Equal(["enqueued", "enqueued", "enqueued", "initial: lower end"], study.Trials.Take(4).Select(t => t.Reason));
        Assert.DoesNotContain("initial", study.Trials[4].Reason, StringComparison.Ordinal);
        Assert.Equal(7, study.TrainingsUsed);
        Assert.Empty(tuner.Enqueued);
    }

    [Fact]
    public void A_start_list_does_the_same_and_a_later_run_leaves_out_what_it_had()
    {
        using var tuner = Make(Task1.Network(), 9, o => o with { StartLambdas = [3.3, 6, 4.1] });
        using var other = Make(Task1.Network());
        other.Enqueue(3.3, 6, 4.1);
        Assert.Equal(StudyFixture.Text(other.Optimize(Objective)), StudyFixture.Text(tuner.Optimize(Objective)));
        Assert.DoesNotContain("enqueued", tuner.Optimize(StudyFixture.Second, 2).Trials.Where(t => !t.IsReused).Select(t => t.Reason));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Less_budget_than_what_is_wanted_trains_the_first_and_the_next_run_the_rest(int budget)
    {
        using var tuner = Make(Task1.Network());
        tuner.Enqueue(3.3, 5.7, 4.1);
        Assert.Equal(new[] { 3.3, 5.7 }.Take(budget), tuner.Optimize(Objective, budget).Trials.Select(t => t.Lambda));
        Assert.Equal(new[] { 3.3, 5.7, 4.1 }.Skip(budget), tuner.Enqueued);
        Assert.Equal([3.3, 5.7, 4.1], tuner.Optimize(Objective, 3 - budget).Trials.Select(t => t.Lambda));
    }

    [Fact]
    public void All_faults_are_told_in_one_message_and_nothing_is_kept()
    {
        using var tuner = Make(Task1.Network());
        var message = Assert.Throws<ArgumentException>(() => tuner.Enqueue(1.5, 3, double.NaN, 6.0000001)).Message;
        Assert.Contains("[0] is 1.5; expected 2 to 6", message, StringComparison.Ordinal);
        Assert.Contains("[2] is NaN; expected 2 to 6", message, StringComparison.Ordinal);
        Assert.Contains("[3] is 6.0000001; expected 2 to 6", message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => tuner.Enqueue()).Message, StringComparison.Ordinal);
        Assert.Empty(tuner.Enqueued);
        var options = Assert.Throws<ArgumentException>(() => Make(Task1.Network(), -1, o => o with { StartLambdas = [7] })).Message;
        Assert.Contains("StartLambdas: [0] is 7; expected 2 to 6", options, StringComparison.Ordinal);
        Assert.Contains("MaxTrainings is -1", options, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_trained_waits_or_is_under_way_is_not_enqueued_again()
    {
        using var tuner = Make(Task1.Network());
        var network = Task1.Network();
        Assert.Equal([3.3, 4.2], tuner.Enqueue(3.3, 4.2, 3.3));
        Assert.Empty(tuner.Enqueue(4.2));
        using var run = tuner.Begin(Objective);
        var proposal = run.Ask()!;
        Assert.Empty(run.Enqueue(3.3));
        run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, 1), default));
        Assert.Empty(run.Enqueue(3.3));
        Assert.Equal([4.2], run.Enqueued);
    }

    [Fact]
    public void In_parallel_several_are_handed_out_at_once()
    {
        using var tuner = Make(Task1.Network(), 9, o => o with { Parallelism = 3 });
        tuner.Enqueue(3.3, 4.2);
        using var run = tuner.Begin(Objective);
        Assert.Equal([3.3, 4.2, 2.0], Enumerable.Range(0, 3).Select(_ => run.Ask()!.Lambda));
    }

    [Fact]
    public void A_run_that_wanted_to_end_goes_on_with_what_is_enqueued()
    {
        var network = Task1.Network();
        using var tuner = Make(network, 12, o => o with { Epsilon = 10 });
        using var run = tuner.Begin(Objective);
        while (run.Ask() is { } next)
        {
            run.Tell(next, network.Train(new TrainingRequest(next.Lambda, 1), default));
        }

        Assert.Equal(StopReason.Certified, run.StoppedBy);
        run.Enqueue(3.37);
        Assert.Equal((3.37, "enqueued"), (run.Ask()!.Lambda, run.Pending[0].Reason));
        run.Tell(run.Pending[0], network.Train(new TrainingRequest(3.37, 1), default));
        Assert.Null(run.Ask());
    }

    [Fact]
    public void A_cancelled_one_is_next_again_and_a_failed_one_is_not()
    {
        var network = new FormulaNetwork(Task1.Output) { Before = (n, _, _) => { if (n == 1) { throw new ArithmeticException("diverged"); } } };
        using var tuner = Make(network, 6);
        tuner.Enqueue(3.3, 4.2, 5.1);
        using (var run = tuner.Begin(Objective))
        {
            run.TellFailed(run.Ask()!, "diverged");
            run.Cancel(run.Ask()!);
        }

        Assert.Equal([4.2, 5.1], tuner.Enqueued);
        Assert.Equal([3.3, 4.2, 4.2, 5.1], tuner.Optimize(Objective).Trials.Take(4).Select(t => t.Lambda));
    }

    // A program as a user writes it: it says what it wants each time it is started.
    private static string Program(Tuner tuner, FormulaNetwork network)
    {
        tuner.Enqueue(3.3, 5.9);
        using var run = tuner.Begin(Objective);
        while (true)
        {
            if (run.TrainingsUsed == 4)
            {
                run.Enqueue(2.7, 4.6);
            }

            if (run.Ask() is not { } next)
            {
                break;
            }

            run.Tell(next, network.Train(new TrainingRequest(next.Lambda, next.Seed), default));
        }

        return StudyFixture.Text(run.Finish());
    }

    [Fact]
    public void Killed_after_any_line_of_the_journal_the_program_ends_alike_and_trains_nothing_twice()
    {
        using var whole = new StudyFixture();
        var network = Task1.Network();
        string expected;
        using (var tuner = whole.Open(network))
        {
            expected = Program(tuner, network);
        }

        Assert.Equal([3.3, 5.9], network.Trained.Take(2));
        Assert.Equal([2.7, 4.6], network.Trained.Skip(4).Take(2));
        Assert.Equal(2, StudyJournal.Read(whole.Folder).Events.OfType<TrainingsEnqueued>().Count());
        Assert.Equal(network.Trained, StudyJournal.Read(whole.Folder).Replay(0, Objective, StudyFixture.Options).Select(p => p.Lambda));
        var lines = File.ReadAllLines(whole.Journal);
        for (var kept = 1; kept <= lines.Length; kept++)
        {
            using var cut = whole.Copy();
            File.WriteAllLines(cut.Journal, lines.Take(kept));
            var done = StudyJournal.Read(cut.Folder).Completed.Count;
            var again = Task1.Network();
            using var tuner = cut.Open(again);
            Assert.Equal(expected, Program(tuner, again));
            Assert.Equal(network.Trained.Skip(done), again.Trained);
        }
    }

    [Fact]
    public void What_another_process_enqueues_is_trained_by_the_run_that_was_broken_off_and_after_one_that_ended_by_another()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(Task1.Network()))
        {
            using var run = tuner.Begin(Objective, 4);
            run.Tell(run.Ask()!, Task1.Network().Train(new TrainingRequest(2, 1), default));
        }

        using (var tuner = study.Open(Task1.Network()))
        {
            tuner.Enqueue(4.4);
            Assert.Equal([4.4], tuner.Enqueued);
        }

        using (var tuner = study.Open(Task1.Network()))
        {
            var trials = tuner.Optimize(Objective, 4).Trials;
            Assert.Equal([2, 4.4, 6, 4], trials.Select(t => t.Lambda));
        }

        using (var tuner = study.Open(Task1.Network()))
        {
            tuner.Enqueue(4.8);
        }

        Assert.Equal([4.8], StudyJournal.Read(study.Folder).Enqueued);
        using (var tuner = study.Open(Task1.Network()))
        {
            Assert.Equal(1, tuner.PrepareTotal(5, null));
            var last = tuner.Optimize(Objective, 1);
            Assert.Equal((4.8, "enqueued"), (last.Trials[^1].Lambda, last.Trials[^1].Reason));
        }
    }
}
