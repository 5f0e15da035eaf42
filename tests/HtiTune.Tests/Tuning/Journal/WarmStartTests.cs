using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

public class WarmStartTests
{
    [Fact]
    public void A_warm_start_counts_the_anchors_of_other_studies_as_trainings_made_before()
    {
        using var one = new StudyFixture();
        using var two = new StudyFixture();
        TuningResult first;
        using (var tuner = one.Open(StudyFixture.Task.Network()))
        {
            first = tuner.Optimize(StudyFixture.First);
        }

        var anchors = StudyJournal.Read(one.Folder).LoadAnchors();
        Assert.Equal(first.Anchors.Lambdas, anchors.Lambdas);
        Assert.True(anchors.Zip(first.Anchors).All(pair => pair.First.Samples.Outputs.SameAs(pair.Second.Samples.Outputs)));
        var options = StudyFixture.Options with { WarmStart = [anchors, anchors], Seed = 5 };
        var network = StudyFixture.Task.Network();
        string expected;
        using (var memory = new Tuner(StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, options))
        {
            expected = StudyFixture.Text(memory.Optimize(StudyFixture.Second, 2));
        }

        using (var tuner = two.Open(network, options: options))
        {
            var study = tuner.Optimize(StudyFixture.Second, 2);
            Assert.Equal(expected, StudyFixture.Text(study));
            Assert.Equal(2, network.Trained.Count);
            Assert.Equal(7, study.Trials.Count(t => t.IsReused));
        }

        // The study stands on its own: the other one may go.
        Directory.Delete(one.Folder, recursive: true);
        using var again = two.Open(network, options: options with { WarmStart = null });
        Assert.Equal(expected, StudyFixture.Text(again.Optimize(StudyFixture.Second, 2)));
        Assert.Equal(2, network.Trained.Count);
    }

    [Fact]
    public void A_warm_start_of_another_question_is_refused_with_all_its_faults()
    {
        var samples = new Samples(Matrix.Create(21, 1, (i, row) => row[0] = i), StudyFixture.Contexts);
        var wide = new Samples(Matrix.Create(21, 2, (i, row) => row[0] = i), StudyFixture.Contexts);
        var few = new Samples(Matrix.Create(3, 1, (i, row) => row[0] = i), StudyFixture.Contexts.Select([0, 1, 2]));
        AnchorSet Set(Samples at, ContinuousHyperparameter? hyperparameter = null) => new(hyperparameter ?? Problem.Hyperparameter, [new Anchor(3, at)]);
        var other = new Samples(Matrix.Create(21, 1, (i, row) => row[0] = -i), StudyFixture.Contexts);
        var error = Assert.Throws<ArgumentException>(() => new Tuner(
            StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options with
            {
                WarmStart = [Set(samples), Set(few), Set(wide), Set(other), Set(samples, Hyperparameter.Continuous("strength", 2, 7))],
            }));
        foreach (var part in new[] { "[1] answers other contexts", "[2] has 2 output columns", "[3] has other outputs", "[4] is of strength in [2, 7]" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }
}
