using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Tuning;

public class ReplicateTests
{
    private const double Deviation = 0.6;

    // With little noise the bottom is soon covered, and then a second seed there is worth more than the next place.
    private const double Slight = 0.1;

    private static readonly Contexts Few = new(Matrix.Create(3, 1, (i, row) => row[0] = i));

    private static double Truth(double lambda) => (lambda - 4.3) * (lambda - 4.3);

    /// <summary>Answers the truth and a draw that is the seed's and λ's own, the same in all columns.</summary>
    private sealed class Noisy(double deviation, long study = 1) : INetwork
    {
        public List<TrainingRequest> Requests { get; } = [];

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            Requests.Add(request);
            var noise = deviation * new RandomStreams(study).Stream(FormattableString.Invariant($"{request.Seed} {request.Lambda:R}")).NextNormal();
            return new FormulaNetwork((lambda, x) => Truth(lambda) + noise + x).Train(request, cancellation);
        }
    }

    private static double Mean(IConditionalModel model) => model.Sample(Few).Outputs.Values.ToArray().Average() - 1;

    private static TunerOptions Options(double noise, int trainings = 12) => new()
    {
        MaxTrainings = trainings, NoiseVariance = noise, GridSize = 65, Epsilon = 1e-3, UseSurrogate = false,
    };

    [Fact]
    public void Trainings_that_repeat_exactly_are_never_repeated()
    {
        foreach (var options in new[] { Options(0) with { Replicate = true }, Options(0), Options(0) with { NoiseVariance = null }, Options(0.36) with { Replicate = false } })
        {
            var network = new Noisy(0);
            using var tuner = new Tuner(network, Problem.Hyperparameter, Few, options);
            var study = tuner.Optimize(Mean);
            Assert.Equal(network.Requests.Count, network.Requests.Select(r => r.Lambda).Distinct().Count());
            Assert.Single(network.Requests.Select(r => r.Seed).Distinct());
            Assert.Equal(network.Requests.Count, study.Anchors.Count);
        }
    }

    [Fact]
    public void A_trained_place_is_repeated_just_where_the_knowledge_gradient_is_largest_there()
    {
        var network = new Noisy(Slight);
        using var tuner = new Tuner(network, Problem.Hyperparameter, Few, Options(Slight * Slight, 18) with { Epsilon = 1e-6, Delta = 1e-9 });
        using var run = tuner.Begin(Mean);
        var known = new List<Observation>();
        var repeated = 0;
        var fresh = 0;
        while (run.Ask() is { } proposal)
        {
            if (proposal.ExpectedGain is { } gain && !proposal.Reason.StartsWith("confirm", StringComparison.Ordinal))
            {
                // The same decision from the public parts.
                var process = BridgeProcess.Fit(known);
                double[] trained = [.. known.Select(o => o.U).Distinct()];
                double[] grid = [.. trained.Concat(Enumerable.Range(0, 65).Select(i => i / 64.0)).Distinct().Order()];
                var worths = new KnowledgeGradient().OnGrid(process.OnGrid(grid));
                var separation = ProposalSearch.BatchSeparation(process);
                var again = grid.Zip(worths).Where(p => trained.Contains(p.First)).MaxBy(p => p.Second);
                var elsewhere = grid.Zip(worths).Where(p => trained.All(t => Math.Abs(t - p.First) >= separation)).Max(p => p.Second);
                var isRepeat = proposal.Reason.StartsWith("replicate", StringComparison.Ordinal);
                Assert.Equal(again.Second > elsewhere, isRepeat);
                if (isRepeat)
                {
                    Assert.Equal(again.First, Problem.Hyperparameter.ToUnit(proposal.Lambda));
                    Assert.Equal(Math.Exp(again.Second), gain, 1e-9);
                    repeated++;
                }
                else
                {
                    fresh++;
                }
            }

            var trial = run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
            known.Add(new Observation(Problem.Hyperparameter.ToUnit(trial.Lambda), -trial.Value!.Value, NoiseVariance: Slight * Slight));
        }

        Assert.True(repeated >= 2, $"{repeated} of {repeated + fresh}");
        var study = run.Finish();

        // Each place has its own seeds: the first, the second … the same over places.
        foreach (var place in network.Requests.GroupBy(r => r.Lambda))
        {
            Assert.Equal(place.Count(), place.Select(r => r.Seed).Distinct().Count());
        }

        Assert.Equal(network.Requests.GroupBy(r => r.Lambda).Max(g => g.Count()), network.Requests.Select(r => r.Seed).Distinct().Count());

        // The surrogate's anchor is the mean of the answers; the values are kept apart.
        Assert.Equal(network.Requests.Count, study.Trials.Count);
        var lambda = network.Requests.GroupBy(r => r.Lambda).MaxBy(g => g.Count())!.Key;
        var anchor = study.Anchors.Single(a => a.Lambda == lambda);
        var values = study.Trials.Where(t => t.Lambda == lambda).Select(t => t.Value!.Value).ToList();
        Assert.True(values.Distinct().Count() == values.Count && values.Count > 1);
        Assert.Equal(values.Average(), anchor.Samples.Outputs[0, 0], 1e-5);
        Assert.Equal(values.Average() + 2, anchor.Samples.Outputs[2, 0], 1e-5);
    }

    [Fact]
    public void With_a_surrogate_too_and_on_disk_replicates_are_resumed()
    {
        using var study = new StudyFixture();
        var options = Options(Slight * Slight, 18) with { Epsilon = 1e-6, Delta = 1e-9, UseSurrogate = true, SurrogateFactory = anchors => new CubicSurrogate(anchors) };
        string expected;
        using (var memory = new Tuner(new Noisy(Slight), Problem.Hyperparameter, Few, options))
        {
            var undisturbed = memory.Optimize(Mean);
            Assert.Contains(undisturbed.Trials, t => t.Reason.StartsWith("replicate", StringComparison.Ordinal));
            expected = StudyFixture.Text(undisturbed);
        }

        var folder = study.File("noisy");
        using (var first = Tuner.Open(folder, new Noisy(Slight), Problem.Hyperparameter, Few, options))
        {
            using var run = first.Begin(Mean);
            var network = new Noisy(Slight);
            for (var i = 0; i < 15; i++)
            {
                var proposal = run.Ask()!;
                run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, proposal.Seed), default));
            }
        }

        var rest = new Noisy(Slight);
        using (var resumed = Tuner.Open(folder, rest, Problem.Hyperparameter, Few, options))
        {
            Assert.Equal(expected, StudyFixture.Text(resumed.Optimize(Mean)));
            Assert.Equal(3, rest.Requests.Count);
        }

        var journal = StudyJournal.Read(folder);
        Assert.Equal(journal.Runs[0].Proposals, journal.Replay(0, Mean, options));
        Assert.Equal(journal.Runs[0].Proposals.Select(p => p.Lambda).Distinct().Order(), journal.LoadAnchors().Lambdas);
    }

    [Fact]
    public void Equal_evidence_gives_equal_chances_and_exact_trainings_leave_no_doubt()
    {
        // Mirrored: the same values at 2 and 6, a worse one between.
        using var mirrored = new Tuner(new FormulaNetwork((lambda, x) => x - Math.Abs(lambda - 4)), Problem.Hyperparameter, Few, Options(0.5, 3) with { ConfirmByTraining = false, InitialLambdas = [2, 6, 4] });
        var study = mirrored.Optimize(Mean);
        var trained = study.ProbabilityOfBest.Where(p => p.Lambda is 2 or 6).ToList();
        Assert.Equal(1, study.ProbabilityOfBest.Sum(p => p.Probability), 1e-12);
        Assert.Equal(trained[0].Probability, trained[1].Probability, 0.05);
        Assert.Equal(study.ProbabilityOfBest.Single(p => p.Lambda == study.Lambda).Probability, study.ProbabilityRecommendedIsBest);
        Assert.True(study.ProbabilityOfBest.Single(p => p.Lambda == 4).Probability < trained[0].Probability);
        using var exact = new Tuner(new Noisy(0), Problem.Hyperparameter, Few, Options(0, 6));
        var certain = exact.Optimize(Mean);
        Assert.Equal(1, certain.ProbabilityRecommendedIsBest, 1e-3);
        Assert.Equal(certain.Trials.MinBy(t => t.Value)!.Lambda, certain.Lambda);
    }

    [Fact]
    public void Of_recommendations_said_to_be_best_with_a_probability_about_that_share_is()
    {
        var (said, held, unsure) = (0.0, 0, 0);
        const int Studies = 40;
        for (var seed = 1; seed <= Studies; seed++)
        {
            using var tuner = new Tuner(new Noisy(Deviation, seed), Problem.Hyperparameter, Few, Options(Deviation * Deviation, 9) with { GridSize = 33, Seed = seed });
            var study = tuner.Optimize(Mean);
            said += study.ProbabilityRecommendedIsBest;
            unsure += study.ProbabilityRecommendedIsBest < 0.99 ? 1 : 0;
            held += study.ProbabilityOfBest.MinBy(p => Truth(p.Lambda)).Lambda == study.Lambda ? 1 : 0;
        }

        // A binomial count of 40 scatters by 3.2 at most; three of them.
        Assert.True(unsure > Studies / 2, $"{unsure}");
        Assert.Equal(said, held, 9.5);
    }
}
