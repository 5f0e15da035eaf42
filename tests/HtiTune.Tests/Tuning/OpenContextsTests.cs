using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

/// <summary>A tuner that was made without contexts: the first training that succeeds tells how many draws there are.</summary>
public class OpenContextsTests
{
    private const int Draws = 4;

    private static readonly ContinuousHyperparameter Strength = Hyperparameter.Continuous("strength", 0, 1);

    private static readonly TunerOptions Options = new() { Seed = 3, MaxTrainings = 6, GridSize = 33, Epsilon = 1e-9 };

    private static double Cost(IConditionalModel model, Tuner tuner)
    {
        var outputs = model.Sample(tuner.Contexts!).Outputs;
        return Enumerable.Range(0, outputs.Rows).Average(i => outputs[i, 0]);
    }

    private static Func<IConditionalModel, double> CostOf(Tuner tuner) => model => Cost(model, tuner);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_first_that_succeeds_tells_how_many_draws_there_are(int failures)
    {
        var network = new DrawsNetwork(n => n <= failures ? throw new ArithmeticException($"error {n}") : Draws);
        using var tuner = new Tuner(network, Strength, null, Options);
        Assert.Null(tuner.Contexts);
        Assert.Null(tuner.Anchors);
        var study = tuner.Optimize(CostOf(tuner));
        Assert.Equal((Draws, 0, 0), (tuner.Contexts!.Count, tuner.Contexts.Conditions.Columns, tuner.Contexts.CategoryCount));
        Assert.Equal(Enumerable.Range(1, failures).Select(n => $"error {n}"), study.Trials.Where(t => t.State == TrialState.Failed).Select(t => t.Error));
        Assert.Equal(6 - failures, study.Anchors.Count);
        Assert.All(study.Anchors, anchor => Assert.Equal(Draws, anchor.Samples.Count));
    }

    [Fact]
    public void It_proposes_as_with_the_contexts_given()
    {
        using var open = new Tuner(new DrawsNetwork(_ => Draws), Strength, null, Options);
        using var given = new Tuner(new DrawsNetwork(_ => Draws), Strength, Contexts.None(Draws), Options);
        Assert.Equal(
            given.Optimize(CostOf(given)).Trials.Select(t => (t.Lambda, t.Value, t.Reason)),
            open.Optimize(CostOf(open)).Trials.Select(t => (t.Lambda, t.Value, t.Reason)));
    }

    [Theory]
    [InlineData(2, 2, "bad row")]
    [InlineData(3, 9, "bad row")]
    public void Another_number_of_rows_than_the_first_success_is_a_failed_training(int at, int rows, string reason)
    {
        var network = new DrawsNetwork(n => n == at ? rows : Draws);
        using var tuner = new Tuner(network, Strength, null, Options);
        var study = tuner.Optimize(CostOf(tuner));
        var failed = Assert.Single(study.Trials, t => t.State == TrialState.Failed);
        Assert.Equal((at, reason), (failed.Number, failed.Error));
        Assert.Equal(5, study.Anchors.Count);
    }

    [Theory]
    [InlineData(null, "made without")]
    [InlineData(0, "brings 0 rows")]
    public void A_network_that_brings_no_rows_of_its_own_fails_with_words(int? rows, string words)
    {
        var network = new DrawsNetwork(n => n == 1 ? rows : Draws);
        using var tuner = new Tuner(network, Strength, null, Options);
        var study = tuner.Optimize(CostOf(tuner));
        Assert.Contains(words, study.Trials[0].Error, StringComparison.Ordinal);
        Assert.Equal(5, study.Anchors.Count);
    }

    [Fact]
    public void Contexts_of_a_warm_start_are_taken()
    {
        using var first = new Tuner(new DrawsNetwork(_ => Draws), Strength, null, Options);
        first.Optimize(CostOf(first), maxTrainings: 3);
        using var second = new Tuner(new DrawsNetwork(_ => Draws), Strength, null, Options with { WarmStart = [first.Anchors!] });
        Assert.Equal(Draws, second.Contexts!.Count);
        Assert.Equal(3, second.Anchors!.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_study_on_disk_goes_on_wherever_it_was_broken_off(int after)
    {
        using var folder = new StudyFixture();
        (double, string?)[] expected;
        using (var undisturbed = new Tuner(new DrawsNetwork(FirstFails), Strength, null, Options))
        {
            expected = [.. undisturbed.Optimize(CostOf(undisturbed)).Trials.Select(t => (t.Lambda, t.Error))];
        }

        using (var tuner = Tuner.Open(folder.Folder, new DrawsNetwork(FirstFails), Strength, null, Options))
        using (var run = tuner.Begin(CostOf(tuner)))
        {
            for (var i = 1; i <= after; i++)
            {
                var proposal = run.Ask()!;
                if (i == 1)
                {
                    run.TellFailed(proposal, "error 1");
                }
                else
                {
                    run.Tell(proposal, new DrawsNetwork.Trained(proposal.Lambda, Draws));
                }
            }

            _ = run.Ask();
        }

        var journal = StudyJournal.Read(folder.Folder);
        Assert.Null(journal.Header.ContextsFile);
        Assert.Equal(after < 2 ? null : Draws, journal.LoadContexts()?.Count);
        var network = new DrawsNetwork(n => FirstFails(n + after));
        using (var tuner = Tuner.Open(folder.Folder, network, Strength, null, Options))
        {
            Assert.Equal(after < 2 ? null : Draws, tuner.Contexts?.Count);
            Assert.Equal(expected, tuner.Optimize(CostOf(tuner)).Trials.Select(t => (t.Lambda, t.Error)));
        }

        Assert.Equal(6 - after, network.Count);
        Assert.Equal(5, StudyJournal.Read(folder.Folder).LoadAnchors().Count);

        static int? FirstFails(int n) => n == 1 ? throw new ArithmeticException("error 1") : Draws;
    }

    [Fact]
    public void A_study_with_contexts_opens_without_and_one_without_refuses_others()
    {
        using var with = new StudyFixture();
        using (Tuner.Open(with.Folder, new DrawsNetwork(_ => Draws), Strength, Contexts.None(Draws), Options))
        {
        }

        using (var tuner = Tuner.Open(with.Folder, new DrawsNetwork(_ => Draws), Strength, null, Options))
        {
            Assert.Equal(Draws, tuner.Contexts!.Count);
        }

        using var without = new StudyFixture();
        using (Tuner.Open(without.Folder, new DrawsNetwork(_ => Draws), Strength, null, Options))
        {
        }

        Refused(9, "first training that succeeds tells");
        using (var tuner = Tuner.Open(without.Folder, new DrawsNetwork(_ => Draws), Strength, null, Options))
        {
            tuner.Optimize(CostOf(tuner), maxTrainings: 1);
        }

        Refused(9, $"its {Draws} contexts are not the 9 given");
        using (var tuner = Tuner.Open(without.Folder, new DrawsNetwork(_ => Draws), Strength, Contexts.None(Draws), Options))
        {
            Assert.Single(tuner.Anchors!);
        }

        void Refused(int rows, string words) => Assert.Contains(
            words,
            Assert.Throws<ArgumentException>(() => Tuner.Open(without.Folder, new DrawsNetwork(_ => Draws), Strength, Contexts.None(rows), Options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Two_at_once_are_told_in_any_order_and_the_first_decides()
    {
        using var tuner = new Tuner(new DrawsNetwork(_ => Draws), Strength, null, Options with { Parallelism = 2 });
        using var run = tuner.Begin(CostOf(tuner));
        var (first, second) = (run.Ask()!, run.Ask()!);
        Assert.NotSame(first, second);
        Assert.Equal(TrialState.Completed, run.Tell(second, new DrawsNetwork.Trained(second.Lambda, Draws)).State);
        Assert.Equal(Draws, tuner.Contexts!.Count);
        Assert.Equal(TrialState.Failed, run.Tell(first, new DrawsNetwork.Trained(first.Lambda, Draws + 1)).State);
    }

    /// <summary>Brings as many draws around (λ − 0.3)² as the n-th training (from 1) is said to; null: it does not say how many.</summary>
    private sealed class DrawsNetwork(Func<int, int?> rows) : INetwork
    {
        public int Count { get; private set; }

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(request.Lambda, rows(++Count));

        public sealed class Trained(double lambda, int? rows) : ITrainedNetwork
        {
            public int? Rows => rows;

            public Matrix Answer(Contexts contexts, long seed) => rows is null || contexts.Count == rows
                ? Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)((lambda - 0.3) * (lambda - 0.3) + 0.01 * i * lambda))
                : throw new InvalidOperationException("bad row");

            public void Dispose()
            {
            }
        }
    }
}
