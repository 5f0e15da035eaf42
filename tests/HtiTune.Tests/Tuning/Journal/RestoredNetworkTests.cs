using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

public class RestoredNetworkTests
{
    [Fact]
    public void A_restored_network_answers_its_stored_contexts_and_says_why_it_answers_no_others()
    {
        using var study = new StudyFixture();
        var few = StudyFixture.Contexts.Select([3, 9]);
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.Optimize(StudyFixture.First);
        }

        using var resumed = study.Open(StudyFixture.Task.Network());
        var found = resumed.Optimize(StudyFixture.First);
        Assert.True(found.Network.Answer(StudyFixture.Contexts, 1).SameAs(found.Anchors.Single(a => a.Lambda == found.Lambda).Samples.Outputs));
        var error = Assert.Throws<InvalidOperationException>(() => found.Network.Answer(few, 1));
        Assert.Contains(nameof(IPersistentNetwork), error.Message, StringComparison.Ordinal);
        Assert.Contains(study.Folder, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NoValueException>(() => resumed.Optimize(model => model.Sample(few).Outputs[0, 0], 0));
        Assert.Contains(nameof(IPersistentNetwork), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_contexts_that_an_objective_asked_are_kept_and_the_run_continues_bit_for_bit()
    {
        using var study = new StudyFixture();
        var few = StudyFixture.Contexts.Select([3, 9]);
        var kinds = Contexts.Of([0, 2, 1], 3);
        double Few(IConditionalModel model) => model.Sample(few).Outputs.Values.ToArray().Sum(y => y * y) + model.Sample(kinds).Outputs[0, 0];
        FormulaNetwork Answering(int killed) => new(StudyFixture.Task.Output)
        {
            Before = (n, _, _) =>
            {
                if (n == killed)
                {
                    throw new OutOfMemoryException("the end of a process");
                }
            },
            Categorical = true,
        };
        using var memory = new Tuner(Answering(0), Problem.Hyperparameter, StudyFixture.Contexts, StudyFixture.Options);
        var expected = StudyFixture.Text(memory.Optimize(Few));
        using (var tuner = study.Open(Answering(5)))
        {
            Assert.Throws<OutOfMemoryException>(() => tuner.Optimize(Few));
        }

        var network = Answering(0);
        using (var resumed = study.Open(network))
        {
            Assert.Equal(expected, StudyFixture.Text(resumed.Optimize(Few)));
        }

        Assert.Equal(3, network.Trained.Count);
        var journal = StudyJournal.Read(study.Folder);
        Assert.Equal(14, journal.Events.OfType<ContextsAnswered>().Count());
        Assert.Equal(["contexts-2.npy", "contexts-3.npy"], journal.Events.OfType<ContextsAnswered>().Select(e => e.ContextsFile).Distinct());
        Assert.Equal(journal.Runs[0].Proposals, journal.Replay(0, Few, StudyFixture.Options));
        using var again = study.Open(Answering(0));
        Assert.Equal(expected, StudyFixture.Text(again.Optimize(Few)));
        Assert.Equal(14, StudyJournal.Read(study.Folder).Events.OfType<ContextsAnswered>().Count());
    }

    [Fact]
    public void A_network_that_can_be_kept_answers_any_contexts_after_a_resume()
    {
        using var study = new StudyFixture();
        var few = StudyFixture.Contexts.Select([3, 9]);
        double Few(IConditionalModel model) => model.Sample(few).Outputs.Values.ToArray().Sum(y => y * y);
        double One(IConditionalModel model) => model.Sample(StudyFixture.Contexts.Select([4])).Outputs[0, 0];
        var disposed = 0;
        INetwork Kept() => Network.Create(
            (request, _) => new Model(request.Lambda, () => disposed++),
            (model, contexts, _) => Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)StudyFixture.Task.Output(model.Lambda, contexts.Conditions[i, 0])),
            (model, path) => File.WriteAllText(path, FormattableString.Invariant($"{model.Lambda:R}")),
            (path, lambda) =>
            {
                Assert.Equal(lambda, double.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture));
                return new Model(lambda, () => disposed++);
            });
        string expected;
        using (var tuner = study.Open(Kept()))
        {
            expected = StudyFixture.Text(tuner.Optimize(Few));
        }

        Assert.Equal(7, disposed);
        using (var resumed = study.Open(Kept()))
        {
            Assert.Equal(expected, StudyFixture.Text(resumed.Optimize(Few)));

            // Nothing was loaded for what was asked before.
            Assert.Equal(7, disposed);
            var one = resumed.Optimize(One, 0);
            Assert.Equal(StudyFixture.Task.Output(one.Trials[2].Lambda, StudyFixture.Contexts.Conditions[4, 0]), one.Trials[2].Value!.Value, 1e-5);
        }

        Assert.Equal(14, disposed);
        var file = Path.Combine(study.Folder, "anchors", "0001.network");
        File.AppendAllText(file, "1");
        using var damaged = study.Open(Kept());
        var error = Assert.Throws<NoValueException>(() => damaged.Optimize(model => model.Sample(StudyFixture.Contexts.Select([5])).Outputs[0, 0], 0));
        Assert.Contains("0001.network", error.Message, StringComparison.Ordinal);
    }

    private sealed record Model(double Lambda, Action Ended) : IDisposable
    {
        public void Dispose() => Ended();
    }
}
