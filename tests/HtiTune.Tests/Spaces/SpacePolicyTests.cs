using HtiTune.Data;
using HtiTune.Journal;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

public sealed class SpacePolicyTests
{
    [Fact]
    public void TheSameTrainingsGiveTheSameAnswersToTheLastBit()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Bowl(c), 4);
        var other = Policy(Square);

        var (first, again, apart) = (policy.Analyse(trainings, null)!, policy.Analyse(trainings, null)!, other.Analyse(trainings, null)!);

        var place = trainings[0].Configuration;
        foreach (var analysis in new[] { again, apart })
        {
            Assert.Equal(first.Next([]), analysis.Next([]));
            Assert.Equal(first.At(new Configuration(("a", 0.2), ("b", 0.9))), analysis.At(new Configuration(("a", 0.2), ("b", 0.9))));
            Assert.Equal(first.BestPredicted(), analysis.BestPredicted());
            Assert.Equal(first.Epsilon, analysis.Epsilon);
            Assert.Equal(first.Next([place])?.Configuration, analysis.Next([place])?.Configuration);
        }

        // Asking one thing does not change the answer to another.
        Assert.Equal(first.Next([]), policy.Analyse(trainings, null)!.Next([]));
    }

    [Fact]
    public void AnotherSeedStartsElsewhere() =>
        Assert.NotEqual(Policy(Square, seed: 1).Initial([]).Select(p => p.Configuration), Policy(Square, seed: 2).Initial([]).Select(p => p.Configuration));

    [Fact]
    public void WithoutAValueThereIsNoAnalysis()
    {
        var policy = Policy(Square);

        Assert.Null(policy.Analyse([], null));
        Assert.Null(policy.Analyse([TrainingEnded.Seen(0, policy.Initial([])[0].Configuration, null)], null));
        Assert.Null(policy.Analyse([TrainingEnded.Seen(0, policy.Initial([])[0].Configuration, double.NaN)], null));
    }

    [Fact]
    public void ABowlIsFoundInFewTrainings()
    {
        var trainings = Train(Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 }), c => Bowl(c), 10);

        Assert.True(Best(trainings) < 1e-3, $"the best of {trainings.Count} is {Best(trainings)}");
    }

    [Theory]
    [InlineData(1e300, 0)]
    [InlineData(1e-300, 0)]
    [InlineData(1, 1e12)]
    [InlineData(-1e308, 0)]
    public void MagnitudeDoesNotMatter(double scale, double offset)
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 * Math.Abs(scale) });
        var trainings = Train(policy, c => offset + Bowl(c, Math.Abs(scale)) * Math.Sign(scale) - (scale < 0 ? -1e308 : 0), 10);

        var analysis = policy.Analyse(trainings, null)!;

        Assert.True(trainings.Count > 4);
        Assert.True(double.IsFinite(analysis.Epsilon) && analysis.Epsilon > 0);
        var belief = analysis.At(new Configuration(("a", 0.31), ("b", 0.61)));
        Assert.True(double.IsFinite(belief.Mean) && belief.Deviation >= 0 && belief.Low <= belief.High, belief.ToString());
        if (scale > 0)
        {
            Assert.True(Best(trainings) - offset < 2e-3 * scale, $"the best of {trainings.Count} is {Best(trainings) - offset}");
        }
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(1e300)]
    [InlineData(double.MaxValue)]
    public void PenaltiesDoNotLeadAstray(double penalty)
    {
        var trainings = Train(Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 }), c => c["a"] + c["b"] > 1.2 ? penalty : Bowl(c), 14);

        Assert.True(Best(trainings) < 3e-3, $"the best of {trainings.Count} is {Best(trainings)}");
    }

    [Fact]
    public void AConstantObjectiveEndsInPeace()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, _ => 7.5, 6);

        var analysis = policy.Analyse(trainings, null)!;

        Assert.Equal(7.5, analysis.At(trainings[^1].Configuration).Mean);
        Assert.Equal(trainings.Count, trainings.Select(t => t.Configuration).Distinct().Count());
        Assert.True(analysis.BestPredicted().Belief.Deviation >= 0);
    }

    [Fact]
    public void FailedTrainingsAreAvoided()
    {
        var trainings = Train(Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 }), c => c["a"] > 0.55 ? null : Bowl(c) + c["b"], 14);

        var later = trainings.Skip(8).ToList();
        Assert.NotEmpty(later);
        Assert.True(later.Count(t => t.Value is null) <= 2, string.Join("; ", later.Select(t => t.Configuration)));
        foreach (var failed in trainings.Where(t => t.Value is null))
        {
            Assert.DoesNotContain(trainings, t => t.Number > failed.Number && Math.Abs(t.Configuration["a"] - failed.Configuration["a"]) + Math.Abs(t.Configuration["b"] - failed.Configuration["b"]) < 0.01);
        }
    }

    [Fact]
    public void WhatIsUnderWayIsLeftAlone()
    {
        var policy = Policy(Square);
        var analysis = policy.Analyse(Train(policy, c => Bowl(c), 3), null)!;
        var pending = new List<Configuration>();
        for (var i = 0; i < 3 && analysis.Next(pending) is { } next; i++)
        {
            Assert.All(pending, p => Assert.True(Math.Abs(p["a"] - next.Configuration["a"]) + Math.Abs(p["b"] - next.Configuration["b"]) > 0.04));
            pending.Add(next.Configuration);
        }

        Assert.Equal(3, pending.Count);
    }

    [Fact]
    public void ACancelledAnalysisThrows()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Bowl(c), 2);
        using var source = new CancellationTokenSource();
        var analysis = policy.Analyse(trainings, null)!;
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => policy.Analyse(trainings, null, source.Token));
        Assert.Throws<OperationCanceledException>(() => analysis.Next([], source.Token));
        Assert.Throws<OperationCanceledException>(() => analysis.BestPredicted(source.Token));
    }

    [Fact]
    public void ATrainedConfigurationIsItsValue()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Bowl(c), 4);

        var analysis = policy.Analyse(trainings, null)!;

        foreach (var training in trainings)
        {
            Assert.Equal(new SpaceBelief(training.Value!.Value, 0, training.Value.Value, training.Value.Value), analysis.At(training.Configuration));
        }

        Assert.Equal(Best(trainings), trainings[analysis.Best].Value);
    }
}
