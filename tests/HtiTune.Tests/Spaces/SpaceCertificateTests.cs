using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

public sealed class SpaceCertificateTests
{
    [Fact]
    public void ABowlThatIsKnownWellIsCertifiedAndACoarseOneIsNot()
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 0.01 });
        var few = Train(policy, c => Bowl(c), 0);
        var many = Train(policy, c => Bowl(c), 12);

        var (before, after) = (policy.Analyse(few, null)!.Judge(), policy.Analyse(many, null)!.Judge());

        Assert.False(before.Holds);
        Assert.True(before.Probability < 0.9, before.ToString());
        Assert.True(after.Holds, after.ToString());
        Assert.True(after.Draws >= 256 && after.LowerBound >= 0.9 && after.RegretQuantile <= 0.01, after.ToString());
        Assert.Equal(after, policy.Analyse(many, null)!.Judge());
    }

    [Theory]
    [InlineData(0.01, true)]
    [InlineData(1e-9, false)]
    public void ARiskThatNoDrawsCanTellFromNoneIsNotCertifiedAndNotDrawnForever(double delta, bool holds)
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 0.05, Delta = delta });
        var judgement = policy.Analyse(Train(policy, c => Bowl(c), 12), null)!.Judge();
        Assert.Equal(holds, judgement.Holds);
        Assert.InRange(judgement.Draws, 1, 4096);
    }

    [Fact]
    public void NoPlaceIsDrawnTwiceInADrawHoweverOftenPlacesAreDoubled()
    {
        // Outputs that are straight in the hyperparameters are foretold nearly everywhere: every draw agrees, and the places are doubled once.
        var calls = 0;
        double Counted(Matrix y)
        {
            calls++;
            return Math.Pow(y[0, 0] - 0.3, 2) + 0.5 * Math.Pow(y[0, 1] - 0.6, 2);
        }

        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 0.05 });
        var trainings = Train(policy, c => Bowl(c), 8, c => Matrix.Create(1, 2, (_, row) => (row[0], row[1]) = ((float)c["a"].Number, (float)c["b"].Number)), Counted);
        var analysis = policy.Analyse(trainings, Counted)!;
        calls = 0;

        var judgement = analysis.Judge();

        Assert.True(judgement.Holds, judgement.ToString());
        Assert.InRange(calls, 128 * judgement.Draws, 128 * judgement.Draws + 1000);
    }

    [Theory]
    [InlineData(1, 256, 4)]
    [InlineData(4, 128, 2)]
    [InlineData(50, 64, 1)]
    public void LargeOutputsAreJudgedByFewerDrawsAndPlacesButNeverByFewerThanACertificateTakes(double cost, int most, int looks) =>
        Assert.Equal((most, looks), SpaceCertificate.Effort(cost));

    [Fact]
    public void TheProbabilityIsThatOfAKnownLaw()
    {
        // Two configurations of three are trained: the third is better than the best by ε with the probability of one belief, which At tells.
        var space = new SearchSpace(Hyperparameter.Categorical("act", "relu", "gelu", "silu"));
        Configuration Of(string word) => new("act", word);
        var policy = Policy(space, new SpacePolicyOptions { Epsilon = 0.25, Draws = 4096, Delta = 0.999 });
        var analysis = policy.Analyse([TrainingEnded.Seen(0, Of("relu"), 1.0), TrainingEnded.Seen(1, Of("gelu"), 1.5)], null)!;

        var judgement = analysis.Judge();

        // One degree of freedom, K − 1, is left: a Cauchy law about the mean of both, 1.25, whatever the length. Its scale² is σ² v with σ² = (½)²/(2(1 − κ)),
        // κ the correlation of any two words, and v = (1 − κ)(1 + ½): together (½)² ¾.
        var scale = 0.5 * Math.Sqrt(0.75);
        var expected = 1 - (0.5 + Math.Atan((0.75 - 1.25) / scale) / Math.PI);
        Assert.Equal(4096, judgement.Draws);
        Assert.Equal(expected, judgement.Probability, 0.025);
    }

    [Fact]
    public void EveryConfigurationTrainedIsCertain()
    {
        var space = new SearchSpace(Hyperparameter.Categorical("act", "relu", "gelu", "silu"), Hyperparameter.Integer("n", 1, 2));
        var coordinates = new SpaceCoordinates(space);
        var policy = Policy(space, new SpacePolicyOptions { Epsilon = 1e-9 });
        List<TrainingEnded> all = [.. coordinates.Listed!.Select((u, i) => TrainingEnded.Seen(i, coordinates.At(u), Math.Cos(3 * i)))];

        var judgement = policy.Analyse(all, null)!.Judge();

        Assert.Equal(1, judgement.Probability);
        Assert.True(judgement.Holds);
        Assert.Equal(0, judgement.RegretQuantile);
    }

    [Theory]
    [InlineData(0.08125, 0.08125 + 2e-17 * 4)]
    [InlineData(-0.0113302, -0.0113302 + 7e-17)]
    public void TwoBestValuesThatDifferByRoundingMakeNoPenaltiesOfTheOthers(double best, double other)
    {
        // The second pair are sums of .08125 and a constant.
        Assert.NotEqual(best, other);
        var maps = SpaceValueMap.Of([best, other, 0.33, 0.32, 0.6], [0.2, 0.4, 0.8, 0.6, 1], [0]);
        var line = ValueMap.Of(Goal.Minimize, [(0, 0.33), (0.2, best), (0.4, other), (0.7, 0.32), (1, 0.6)]);

        Assert.True(maps[0].ToModel(0.6) <= maps[0].Knee, $"{maps[0].ToModel(0.6)} is above {maps[0].Knee}");
        Assert.Equal(0.6, maps[0].ToValue(maps[0].ToModel(0.6)), 1e-12);
        Assert.Equal(0, line.ExtremeCount);
    }

    [Theory]
    [InlineData(1e10)]
    [InlineData(1e30)]
    public void BesideTwoGoodValuesPenaltiesAreKnown(double penalty)
    {
        var maps = SpaceValueMap.Of([0.04, 0.05, penalty, penalty], [0.25, 0.5, 1, 0.75], [0]);

        Assert.True(maps[0].ToModel(penalty) > maps[0].Knee);
    }

    [Fact]
    public void WithoutATrainingTheBestOfTheModelIsCertifiedWhereTheOutputsTellIt()
    {
        // Outputs that are straight lines of the place are met everywhere; trainings were chosen for (.7, .2), asked is (.3, .6).
        static Matrix Outputs(Configuration c) => Matrix.FromDoubles(2, 1, [c["a"], c["b"]]);
        static double Away(Matrix y, double a, double b) => Math.Pow(y.Exact(0, 0) - a, 2) + Math.Pow(y.Exact(1, 0) - b, 2);
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 1e-3 });
        var trained = Train(policy, c => Away(Outputs(c), 0.7, 0.2), 6, Outputs, y => Away(y, 0.7, 0.2));
        List<TrainingEnded> asked = [.. trained.Select(t => t with { Value = Away(t.Outputs!, 0.3, 0.6) })];
        Assert.True(Best(asked) > 2e-3, $"{Best(asked)}");
        var analysis = policy.Analyse(asked, y => Away(y, 0.3, 0.6))!;

        var (place, judgement) = analysis.JudgeUntrained(CancellationToken.None);

        Assert.False(analysis.Judge().Holds);
        Assert.True(judgement.Holds, judgement.ToString());
        Assert.DoesNotContain(asked, t => t.Configuration.Equals(place));
        Assert.InRange(Away(Outputs(place), 0.3, 0.6), 0, 1e-3);
        Assert.Equal((place, judgement), policy.Analyse(asked, y => Away(y, 0.3, 0.6))!.JudgeUntrained(CancellationToken.None));
    }

    [Fact]
    public void WithoutATrainingACertifiedOneStaysRecommended()
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 0.01 });
        var analysis = policy.Analyse(Train(policy, c => Bowl(c), 12), null)!;

        var (place, judgement) = analysis.JudgeUntrained(CancellationToken.None);

        Assert.Equal(analysis.Judge(), judgement);
        Assert.Equal(Train(policy, c => Bowl(c), 12)[analysis.Best].Configuration, place);
    }

    [Fact]
    public void AValueThatIsKnownCountsAgainstOneThatIsDrawn()
    {
        // One trained value below all draws: what is recommended instead has a regret in every draw.
        var policy = Policy(Square);
        var belief = PlainBelief.Fit(
            policy.Coordinates, [[0.1, 0.1], [0.9, 0.9], [0.5, 0.4]], [1, 2, 1.5], new SpacePolicyOptions(), new PlainSettings(), new RandomStreams(1), CancellationToken.None);
        var certificate = new SpaceCertificate(new SpacePolicyOptions { Draws = 512 }, 0.01, new RandomStreams(2));
        double[] place = [0.3, 0.3];

        Assert.True(certificate.Of(belief, [place], new Recommendation(place, 1.2, false), CancellationToken.None).Holds);
        var against = certificate.Of(belief, [place], new Recommendation(place, 1.2, false, -1e6), CancellationToken.None);
        Assert.Equal(0, against.Probability);
        Assert.True(against.RegretQuantile > 9e5, $"{against}");
    }

    [Fact]
    public void ASmallDeltaIsAskedOfMoreDraws()
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 10, Delta = 0.01 });

        var judgement = policy.Analyse(Train(policy, c => Bowl(c), 6), null)!.Judge();

        Assert.True(judgement.Draws >= Math.Log(Certificate.DefaultEta) / Math.Log(0.99));
        Assert.True(judgement.Holds, judgement.ToString());
    }

    [Fact]
    public void ACancelledJudgementThrows()
    {
        var policy = Policy(Square);
        var analysis = policy.Analyse(Train(policy, c => Bowl(c), 6), null)!;
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => analysis.Judge(source.Token));
    }

    [Fact]
    public void WordsShareALengthAndPredictionsAreThoseOfAnIndependentImplementation()
    {
        // Made with NumPy 2 from the formulas of several.md, section 1 (Matérn 5/2, ν = 1e-8, ordinary kriging), on coordinates u and a block of three words at
        // 1/√2 with one length; σ² = yᵀQy/(K − 2) at K = 4.
        var coordinates = new KrigingCoordinates([0, 1, 1, 1], [true, false]);
        var h = Math.Sqrt(0.5);
        double[] places = [0.1, h, 0, 0, 0.4, 0, h, 0, 0.8, 0, 0, h, 0.6, h, 0, 0];
        double[] y = [1, -0.5, 2, 0.25];
        var layout = new KrigingLayout(coordinates, new KrigingVariant(false, false));
        var kriging = new ValueKriging(AnchorKriging.At(places, layout, GramMatrix.Of(y.AsSpan()), [Math.Log(0.7), Math.Log(1.6)]), y, 1);

        var (mean, deviation) = kriging.At([0.3, 0, 0, h]);

        Assert.Equal(ExpectedMean, mean, 1e-9);
        Assert.Equal(ExpectedDeviation, deviation, 1e-7);
        Assert.Equal(2, kriging.Mean(places.AsSpan(8, 4)), 1e-6);
    }

    private const double ExpectedMean = 1.1495349550958145;
    private const double ExpectedDeviation = 1.2966911258255749;
}
