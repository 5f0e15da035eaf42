using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Trainings made elsewhere come into a study, and can be taken back; the journal tells both, and replays hold.</summary>
public class ImportUndoTests
{
    private static readonly EarlierTraining[] s_earlier =
    [
        new(2.5, Outputs(2.5)) { Place = "a", Duration = TimeSpan.FromSeconds(3) },
        new(3.1, null) { Place = "b", Error = "out of memory" },
        new(4, Outputs(4)) { Place = "c" },
    ];

    [Fact]
    public void An_import_is_recorded_with_durations_and_failures_and_costs_no_budget()
    {
        using var fixture = new StudyFixture();
        string expected;
        using (var memory = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options))
        {
            Assert.Equal([1, 2, 3], memory.Import(s_earlier, "elsewhere"));
            expected = StudyFixture.Text(memory.Optimize(StudyFixture.First, 3));
        }

        var network = StudyFixture.Task.Network();
        using (var tuner = fixture.Open(network))
        {
            tuner.Import(s_earlier, "elsewhere");
        }

        using (var tuner = fixture.Open(network))
        {
            var study = tuner.Optimize(StudyFixture.First, 3);
            Assert.Equal(expected, StudyFixture.Text(study));
            Assert.Equal(3, study.TrainingsUsed);
            Assert.Equal([3.0, 0, 0], study.Trials.Take(3).Select(trial => trial.Duration.TotalSeconds));
            Assert.Equal([TrialState.Completed, TrialState.Failed, TrialState.Completed], study.Trials.Take(3).Select(trial => trial.State));
            Assert.Equal(["imported: a", "imported: b", "imported: c"], study.Trials.Take(3).Select(trial => trial.Reason));
            Assert.Throws<InvalidOperationException>(() => tuner.Import(s_earlier, "elsewhere"));
        }

        using var again = fixture.Open(network);
        Assert.Throws<InvalidOperationException>(() => again.Import(s_earlier, "elsewhere"));
        Assert.Equal(expected, StudyFixture.Text(again.Optimize(StudyFixture.First, 3)));
        Assert.Equal(3, network.Trained.Count);
    }

    [Fact]
    public void Trainings_keep_the_numbers_by_which_they_are_known_and_lead_to_the_same_proposals()
    {
        TuningResult Run(Action<Tuner> import)
        {
            using var tuner = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
            import(tuner);
            return tuner.Optimize(StudyFixture.First, 3);
        }

        var plain = Run(tuner => tuner.Import(s_earlier, "elsewhere"));
        int[] numbers = [4, 9, 7];
        var numbered = Run(tuner => Assert.Equal(numbers, tuner.Import([.. s_earlier.Zip(numbers, (one, number) => one with { Number = number })], "elsewhere", 11)));
        Assert.Equal([4, 9, 7, 12, 13, 14], numbered.Trials.Select(trial => trial.Number));
        Assert.Equal(
            plain.Trials.Select(trial => (trial.Lambda, trial.State, trial.Value, trial.Predicted, trial.Trust, trial.Reason)),
            numbered.Trials.Select(trial => (trial.Lambda, trial.State, trial.Value, trial.Predicted, trial.Trust, trial.Reason)));
        Assert.Equal(plain.Lambda, numbered.Lambda);

        using var wrong = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        var problem = Assert.Throws<ArgumentException>(() => wrong.Import([s_earlier[0] with { Number = 2 }, s_earlier[2] with { Number = 2 }], "elsewhere"));
        Assert.Contains("number 2 is given; expected one above 0 that no other training has", problem.Message, StringComparison.Ordinal);
        using var fixture = new StudyFixture();
        using var kept = fixture.Open(StudyFixture.Task.Network());
        Assert.Throws<InvalidOperationException>(() => kept.Import(s_earlier, "elsewhere", 11));
    }

    [Fact]
    public void An_import_is_taken_back_and_later_trainings_stay_under_their_numbers()
    {
        using var fixture = new StudyFixture();
        var network = StudyFixture.Task.Network();
        using (var tuner = fixture.Open(network))
        {
            tuner.Import(s_earlier, "elsewhere");
            tuner.Optimize(StudyFixture.First, 3, name: "first");
        }

        var before = File.ReadAllBytes(fixture.Journal);
        var back = Tuner.UndoImport(fixture.Folder)!;
        Assert.Equal(("elsewhere", "1 2 3"), (back.Source, string.Join(' ', back.Numbers)));
        Assert.Null(Tuner.UndoImport(fixture.Folder));
        Assert.Equal(before, File.ReadAllBytes(fixture.Journal).Take(before.Length)); // It is appended to, and nothing else.

        var journal = StudyJournal.Read(fixture.Folder);
        Assert.Equal([4, 5, 6], journal.Trainings.Select(training => training.Number));
        Assert.True(Assert.Single(journal.Runs).IsOutdated);

        // The run that stood on them is history, and can still be computed afresh.
        Assert.Equal([4, 5, 6], journal.Replay(0, StudyFixture.First, StudyFixture.Options).Select(proposal => proposal.Number));

        string expected;
        using (var tuner = fixture.Open(network))
        {
            var study = tuner.Optimize(StudyFixture.First, 2, name: "first");
            Assert.Equal([4, 5, 6, 7, 8], study.Trials.Select(trial => trial.Number));
            Assert.All(study.Trials.Take(3), trial => Assert.True(trial.IsReused));
            expected = StudyFixture.Text(study);
        }

        Assert.Equal(5, network.Trained.Count);
        using (var tuner = fixture.Open(network))
        {
            Assert.Equal(expected, StudyFixture.Text(tuner.Optimize(StudyFixture.First, 2, name: "first")));
        }

        journal = StudyJournal.Read(fixture.Folder);
        Assert.Equal([true, false], journal.Runs.Select(run => run.IsOutdated));
        Assert.Equal([7, 8], journal.Replay(1, StudyFixture.First, StudyFixture.Options).Select(proposal => proposal.Number));
    }

    [Fact]
    public void Imports_are_taken_back_one_by_one_and_a_warm_start_last()
    {
        using var fixture = new StudyFixture();
        var warm = new AnchorSet(Problem.Hyperparameter, [new Anchor(2, new Samples(Outputs(2), StudyFixture.Contexts))]);
        using (var tuner = fixture.Open(StudyFixture.Task.Network(), options: StudyFixture.Options with { WarmStart = [warm] }))
        {
            tuner.Import(s_earlier[..1], "one");
            tuner.Import(s_earlier[1..], "two");
        }

        Assert.Equal("two", StudyJournal.Read(fixture.Folder).LastImport!.Source);
        Assert.Equal([3, 4], Tuner.UndoImport(fixture.Folder)!.Numbers);
        Assert.Equal([2], Tuner.UndoImport(fixture.Folder)!.Numbers);
        Assert.Equal((null, 1), Tuner.UndoImport(fixture.Folder) is { } last ? (last.Source, last.Numbers[0]) : default);
        Assert.Empty(StudyJournal.Read(fixture.Folder).Trainings);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_all_faults_and_nothing_is_taken()
    {
        using var tuner = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        var problem = Assert.Throws<ArgumentException>(() => tuner.Import(
            [new(2.5, Outputs(2.5)), new(99, Outputs(2)), new(double.NaN, null), new(3, Matrix.Create(3, 1, (_, row) => row[0] = 1)), new(3, new Matrix(21, 2, new float[42])), new(4, null) { Duration = -TimeSpan.FromSeconds(1) }],
            "elsewhere"));
        foreach (var part in new[] { "[1] is at λ = 99", "[2] is at λ = NaN", "[3] has 3 rows", "[4] has 2 output columns", "[5] took -00:00:01" })
        {
            Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("[0]", problem.Message, StringComparison.Ordinal);
        Assert.Null(tuner.Anchors);
    }

    private static Matrix Outputs(double lambda)
    {
        using var network = StudyFixture.Task.Network().Train(new TrainingRequest(lambda, 1), default);
        return network.Answer(StudyFixture.Contexts, 1);
    }
}
