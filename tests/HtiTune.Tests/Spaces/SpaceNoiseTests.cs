using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

public sealed class SpaceNoiseTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(null)]
    public void NoiseIsSeenAndTheRecommendationIsThatOfTheMean(double? variance)
    {
        var noise = new RandomStreams(4).Stream("noise");
        var policy = Policy(Square, new SpacePolicyOptions { NoiseVariance = variance });
        var stream = new RandomStreams(6).Stream("places");
        List<TrainingEnded> trainings = [.. Enumerable.Range(0, 40).Select(i =>
        {
            var place = new Configuration(("a", stream.NextDouble()), ("b", stream.NextDouble()));
            return TrainingEnded.Seen(i, place, 2 * Bowl(place) + 0.1 * noise.NextNormal());
        })];

        var analysis = policy.Analyse(trainings, null)!;

        Assert.InRange(analysis.NoiseDeviation, 0.04, 0.25);
        Assert.True(2 * Bowl(trainings[analysis.Best].Configuration) < 0.25);

        // What is believed of a trained place is no longer its value.
        var belief = analysis.At(trainings[0].Configuration);
        Assert.True(belief.Deviation > 0 && belief.Low < belief.High);
        Assert.NotNull(analysis.Next([]));
        Assert.InRange(analysis.Judge().Probability, 0, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ANoisyFiniteSpaceIsTrainedAgainWhereThatIsAllowed(bool mayRepeat)
    {
        var space = new SearchSpace(Hyperparameter.Categorical("act", "relu", "gelu"), Hyperparameter.Integer("n", 1, 2));
        var coordinates = new SpaceCoordinates(space);
        var policy = Policy(space, new SpacePolicyOptions { NoiseVariance = 0.04, Epsilon = 1e-3, MayRepeat = mayRepeat });
        List<TrainingEnded> all = [.. coordinates.Listed!.Select((u, i) => TrainingEnded.Seen(i, coordinates.At(u), 0.1 * i))];

        Assert.Equal(mayRepeat, policy.Analyse(all, null)!.Next([]) is not null);
    }

    [Theory]
    [InlineData("confidence-bound=4", "confidence bound")]
    [InlineData("confidence-bound-at-risk=0.1", "confidence bound")]
    [InlineData("thompson", "Thompson sampling")]
    [InlineData("log-expected-improvement", "log expected improvement")]
    public void TheAcquisitionIsTheOneAskedFor(string rule, string reason)
    {
        var policy = Policy(Square, new SpacePolicyOptions { Acquisition = AcquisitionRule.Parse(rule) });
        var trainings = Train(policy, c => Bowl(c), 0);

        var reasons = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var next = policy.Analyse(trainings, null)!.Next([])!.Value;
            Assert.Equal(next, policy.Analyse(trainings, null)!.Next([]));
            reasons.Add(next.Reason);
            trainings.Add(TrainingEnded.Seen(trainings.Count, next.Configuration, Bowl(next.Configuration)));
        }

        Assert.Contains(reason, reasons);
        Assert.True(rule == "log-expected-improvement" || reasons.All(r => r == reason), string.Join(", ", reasons));
    }
}
