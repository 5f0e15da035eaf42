using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>A study with penalties that is killed at any line of its journal goes on bit for bit, and replays so.</summary>
public class PenaltyReplayTests
{
    private static readonly ContinuousHyperparameter X = Hyperparameter.Continuous("x", 0, 1);
    private static readonly Contexts One = new(Matrix.Create(1, 1, (_, row) => row[0] = 0));

    [Theory]
    [InlineData(Goal.Minimize, 1e30)]
    [InlineData(Goal.Maximize, double.MaxValue)]
    public void Whatever_line_was_the_last_the_rest_is_the_same(Goal goal, double penalty)
    {
        var sign = goal == Goal.Minimize ? 1 : -1;
        double Objective(IConditionalModel model) => sign * (model.Lambda is > 0.55 and < 0.8 or > 0.97 ? penalty : (model.Lambda - 0.4) * (model.Lambda - 0.4));
        var options = new TunerOptions { MaxTrainings = 9, UseSurrogate = false, GridSize = 65, CertificateDraws = 256, Epsilon = 1e-9, Goal = goal };
        using var folder = new TemporaryFolder();
        var (path, journal) = (folder.File("study"), Path.Combine(folder.File("study"), "journal.jsonl"));
        string expected;
        using (var tuner = Tuner.Open(path, new FormulaNetwork((_, _) => 0), X, One, options))
        {
            var study = tuner.Optimize(Objective, name: "penalised");
            Assert.Equal(RemarkKind.ExtremeValues, Assert.Single(study.Remarks).Kind);
            expected = StudyFixture.Text(study);
        }

        var lines = File.ReadAllLines(journal);
        for (var kept = 2; kept < lines.Length; kept++)
        {
            // Half of the next line was on its way.
            File.WriteAllText(journal, string.Join('\n', lines.Take(kept)) + "\n" + lines[kept][..(lines[kept].Length / 2)]);
            var network = new FormulaNetwork((_, _) => 0);
            using var again = Tuner.Open(path, network, X, One, options);
            Assert.Equal(expected, StudyFixture.Text(again.Optimize(Objective, name: "penalised")));
            Assert.Equal(9 - lines.Take(kept).Count(line => line.Contains("\"training-completed\"", StringComparison.Ordinal)), network.Trained.Count);
        }

        File.WriteAllLines(journal, lines);
        var read = StudyJournal.Read(path);
        var replayed = read.Replay(0, Objective, options);
        Assert.Equal(read.Runs[0].Proposals.Select(p => (p.Number, p.Lambda, p.Seed, p.Reason)), replayed.Select(p => (p.Number, p.Lambda, p.Seed, p.Reason)));
    }
}
