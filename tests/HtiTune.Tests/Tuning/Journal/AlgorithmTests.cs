using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Journals that an earlier version of the algorithm wrote: they open, keep their trainings, and go on as a new run.</summary>
public class AlgorithmTests
{
    private const string Plain = "algorithm-1-plain";
    private const string Penalty = "algorithm-1-penalty";
    private const string BrokenOff = "algorithm-1-broken-off";

    [Theory]
    [InlineData(Plain, 6, 8)]
    [InlineData(Penalty, 8, 10)]
    [InlineData(BrokenOff, 5, 8)]
    public void A_journal_of_another_algorithm_opens_keeps_its_trainings_and_goes_on_as_a_new_run(string name, int trainings, int total)
    {
        using var folder = new TemporaryFolder();
        var study = Copy(folder, name);
        Assert.Null(Assert.Single(StudyJournal.Read(study).Runs).Began.Algorithm);
        double[] kept;
        using (var tuner = Tuner.Resume(study, new OneColumn(Value(name))))
        {
            var remark = Assert.Single(tuner.Remarks);
            Assert.Equal(RemarkKind.OtherAlgorithm, remark.Kind);
            Assert.Contains($"version 1 of the algorithm, and this is version {Tuner.Algorithm}", remark.Text, StringComparison.Ordinal);
            kept = tuner.Anchors!.Lambdas.ToArray();
            Assert.Equal(trainings, kept.Length);
            var budget = tuner.PrepareTotal(total, "column:0");
            Assert.Equal(total - trainings, budget);
            var result = tuner.Optimize(Objective, budget, name: "column:0");
            Assert.All(kept, lambda => Assert.Contains(lambda, result.Anchors.Lambdas));
            Assert.Equal(trainings, result.Trials.Count(t => t.IsReused));
            var best = result.Trials.MinBy(t => t.Value)!;
            Assert.Equal(best.Lambda, result.Lambda);
        }

        // From here on it is this version's own: the run is returned as it ended, and nothing is remarked on.
        var runs = StudyJournal.Read(study).Runs;
        Assert.Equal(2, runs.Count);
        Assert.Equal(Tuner.Algorithm, runs[1].Began.Algorithm);
        using var again = Tuner.Resume(study, new OneColumn(_ => throw new InvalidOperationException("Nothing is to be trained.")));
        Assert.Empty(again.Remarks);
        var same = again.Optimize(Objective, again.PrepareTotal(total, "column:0"), name: "column:0");
        Assert.Equal(runs[1].End!.Lambda, same.Lambda);
        Assert.Equal(2, StudyJournal.Read(study).Runs.Count);
    }

    // Without a total over the study, Optimize alone must not take a run of the other version for its own either.
    [Fact]
    public void A_run_of_another_algorithm_is_never_continued_or_returned()
    {
        using var folder = new TemporaryFolder();
        var study = Copy(folder, BrokenOff);
        using var tuner = Tuner.Resume(study, new OneColumn(Value(BrokenOff)));
        using var run = tuner.Begin(Objective, 8, "column:0");
        Assert.Equal(0, run.TrainingsUsed);
        Assert.Equal(6, run.Ask()!.Number);
        Assert.Equal(Tuner.Algorithm, StudyJournal.Read(study).Runs[^1].Began.Algorithm);
    }

    private static double Objective(IConditionalModel model) => model.Sample(Contexts).Outputs[0, 0];

    private static Contexts Contexts { get; } = Contexts.None(1);

    private static Func<double, double> Value(string name) => x => name != Plain && x > 0.9 ? 1e6 : (x - 0.3) * (x - 0.3);

    private static string Copy(TemporaryFolder folder, string name)
    {
        var study = folder.File("study");
        var old = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tuning", name);
        Directory.CreateDirectory(Path.Combine(study, "anchors"));
        foreach (var file in Directory.EnumerateFiles(old, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(study, Path.GetRelativePath(old, file)));
        }

        return study;
    }

    private sealed class OneColumn(Func<double, double> value) : INetwork, ITrainedNetwork
    {
        private double _lambda;

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new OneColumn(value) { _lambda = request.Lambda };

        public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 1, (_, row) => row[0] = (float)value(_lambda));

        public void Dispose()
        {
        }
    }
}
