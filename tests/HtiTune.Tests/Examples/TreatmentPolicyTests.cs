using System.IO.Compression;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using TorchSharp;

namespace HtiTune.Tests.Examples;

/// <summary>Policies of the cancer-treatment example: their formula, their training, and the surrogate that answers between them.</summary>
[Collection(Alone.Name)]
public class TreatmentPolicyTests
{
    private static readonly PpoOptions Short = PpoOptions.Quick with { Steps = 2048 };
    private static readonly Contexts Seen = TreatmentRollouts.Observations(20, 3);

    public TreatmentPolicyTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Policy_is_its_formula_also_when_read_from_an_archive()
    {
        // Weights of shape [out, in], as the archive holds them.
        var chance = new RandomStreams(1).Stream("weights");
        Matrix Weights(int rows, int columns) => Matrix.Create(rows, columns, (_, row) =>
        {
            foreach (ref var weight in row)
            {
                weight = (float)(0.2 * chance.NextNormal());
            }
        });
        (string Name, Matrix Values)[] parts =
        [
            ("w0", Weights(16, 7)), ("b0", Weights(1, 16)), ("w1", Weights(16, 16)), ("b1", Weights(1, 16)), ("w2", Weights(2, 16)), ("b2", Weights(1, 2)),
            ("log_std", Weights(1, 2)),
        ];
        using var folder = new TemporaryFolder();
        using (var archive = ZipFile.Open(folder.File("p.npz"), ZipArchiveMode.Create))
        {
            foreach (var (name, values) in parts)
            {
                NpyFile.Write(folder.File("part"), name[0] == 'w' ? [values.Rows, values.Columns] : [values.Columns], values.Values);
                archive.CreateEntryFromFile(folder.File("part"), $"lambda03_{name}.npy");
            }
        }

        var policy = RecordedPolicies.Read(folder.File("p.npz"), 3);
        Span<float> mean = stackalloc float[2];
        for (var i = 0; i < Seen.Count; i++)
        {
            policy.Mean(Seen.Conditions.Row(i), mean);
            double[] x = [.. Seen.Conditions.Row(i).ToArray().Select(value => (double)value)];
            var hidden = Layer(parts[2].Values, parts[3].Values, Layer(parts[0].Values, parts[1].Values, x).Select(Math.Tanh)).Select(Math.Tanh);
            var expected = Layer(parts[4].Values, parts[5].Values, hidden);
            Assert.Equal(expected[0], mean[0], 1e-5);
            Assert.Equal(expected[1], mean[1], 1e-5);
        }

        Assert.Equal(Math.Exp(parts[6].Values[0, 1]), policy.Deviation(1), 1e-6);
        Assert.Throws<InvalidDataException>(() => RecordedPolicies.Read(folder.File("p.npz"), 4));

        static double[] Layer(Matrix weights, Matrix bias, IEnumerable<double> input)
        {
            var values = input.ToArray();
            return [.. Enumerable.Range(0, weights.Rows).Select(k => bias[0, k] + values.Select((value, j) => value * weights[k, j]).Sum())];
        }
    }

    [Fact]
    public void Draws_have_the_policys_deviation_and_are_the_same_for_the_same_question()
    {
        var parts = DosePolicy.Sizes(16).Select(size => new float[size]).ToArray();
        (parts[5], parts[6]) = ([5, 0], [MathF.Log(0.8f), MathF.Log(0.5f)]); // the second dose is cut at 0
        using var policy = new TrainedPolicy(new DosePolicy(parts));
        var many = new Contexts(Matrix.Create(4000, 7, (_, row) => row.Fill(10)));
        var doses = policy.Answer(many, seed: 7);
        var first = Enumerable.Range(0, 4000).Select(i => (double)doses[i, 0]).ToArray();
        Assert.InRange(first.Average(), 4.95, 5.05); // standard error 0.013
        Assert.InRange(Math.Sqrt(first.Average(dose => (dose - 5) * (dose - 5))), 0.77, 0.83);
        Assert.InRange(Enumerable.Range(0, 4000).Count(i => doses[i, 1] == 0), 1850, 2150);
        Assert.True(doses.SameAs(policy.Answer(many, seed: 7)));
        Assert.False(doses.SameAs(policy.Answer(many, seed: 8)));
    }

    [Fact]
    public void Advantages_are_those_worked_out_by_hand()
    {
        // One patient, three days, the treatment ends with the second.
        var round = new PpoRound(1, 3);
        (round.Rewards[0], round.Rewards[1], round.Rewards[2]) = (1, 2, 3);
        round.Ended[1] = true;
        round.Estimate([10, 20, 30, 40], discount: 0.5, decay: 0.25);
        Assert.Equal([1 + 0.5f * 20 - 10 + 0.125f * (2 - 20), 2 - 20, 3 + 0.5f * 40 - 30], round.Advantages);
        Assert.Equal([round.Advantages[0] + 10, 2, 23], round.Returns);
    }

    [Fact]
    public void One_seed_is_one_policy_and_the_weight_matters()
    {
        var network = new TreatmentNetwork(Short);
        Matrix Doses(double lambda, long seed)
        {
            using var policy = network.Train(new TrainingRequest(lambda, seed), CancellationToken.None);
            return ((TrainedPolicy)policy).Policy.Treat(Seen.Conditions);
        }

        var doses = Doses(2, 1);
        Assert.True(doses.SameAs(Doses(2, 1)));
        Assert.False(doses.SameAs(Doses(2, 2)));
        Assert.False(doses.SameAs(Doses(8, 1)));
    }

    [Fact]
    public void Policy_survives_its_file_and_training_leaves_nothing_behind()
    {
        var network = new TreatmentNetwork(Short);
        network.Train(new TrainingRequest(1, 1), CancellationToken.None).Dispose();
        var (threads, before) = (torch.get_num_threads(), DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        using var trained = network.Train(new TrainingRequest(1, 1), CancellationToken.None);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(threads, torch.get_num_threads());

        using var folder = new TemporaryFolder();
        network.Save(trained, folder.File("policy"));
        using var loaded = network.Load(folder.File("policy"), 1);
        Assert.True(trained.Answer(Seen, 4).SameAs(loaded.Answer(Seen, 4)));
    }

    [Fact]
    public void Learns_to_treat_better_than_it_began()
    {
        using var begun = new PpoLearner(PpoOptions.Quick, new RandomStreams(1).Stream("weights"));
        var first = Reward(begun.Policy(begun.Weights));
        using var trained = new TreatmentNetwork(PpoOptions.Quick with { Steps = 16_384 }).Train(new TrainingRequest(0, 1), CancellationToken.None);
        var reached = Reward(((TrainedPolicy)trained).Policy);
        Assert.True(reached > first + 100, $"{first} to {reached}");

        static double Reward(DosePolicy policy) => TreatmentEpisodes.Run(seen => policy.Treat(seen), 6, 11).Mean(0);
    }

    [Fact]
    public void Stops_when_it_is_told()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => new TreatmentNetwork(Short).Train(new TrainingRequest(1, 1), stop.Token));
    }

    [Fact]
    public void Surrogate_asks_the_anchors_networks_and_lies_between_them()
    {
        var network = new TreatmentNetwork(Short);
        using var low = network.Train(new TrainingRequest(0, 1), CancellationToken.None);
        using var high = network.Train(new TrainingRequest(10, 1), CancellationToken.None);
        AnchorSet Set(Contexts contexts) => new(
            TreatmentTask.Weight, [new Anchor(0, new Samples(low.Answer(contexts, 5), contexts)), new Anchor(10, new Samples(high.Answer(contexts, 5), contexts))]);

        var factory = new PolicySurrogates(Seen);
        factory.Fit(Set(Seen));
        var others = TreatmentRollouts.Observations(15, 99);
        var set = Set(others);
        var surrogate = factory.Fit(set);
        Assert.Equal(SampleSource.AnchorNetworks, surrogate.Sample(3, others).Source);
        var at = surrogate.Sample(0, others).Samples.Outputs;
        var between = surrogate.Sample(3, others).Samples.Outputs;
        for (var i = 0; i < others.Count; i++)
        {
            for (var k = 0; k < 2; k++)
            {
                var (a, b) = (set[0].Samples.Outputs[i, k], set[1].Samples.Outputs[i, k]);
                Assert.Equal(a, at[i, k], 1e-4);
                Assert.InRange(between[i, k], Math.Min(a, b) - 1e-4, Math.Max(a, b) + 1e-4);
            }
        }
    }
}
