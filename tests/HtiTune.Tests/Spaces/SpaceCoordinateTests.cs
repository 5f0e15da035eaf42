using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

public sealed class SpaceCoordinateTests
{
    private static readonly SearchSpace s_mixed = new(
        Hyperparameter.Continuous("lr", 1e-5, 1e-1, Scale.Log),
        Hyperparameter.Integer("layers", 1, 4),
        Hyperparameter.Categorical("act", "relu", "gelu", "silu"),
        Hyperparameter.Ordered("size", "small", "medium", "large"),
        Hyperparameter.Continuous("momentum", 0, 0.99).OnlyIf("act", "relu"),
        Hyperparameter.Continuous("skip", 0, 1).OnlyIf("layers", 3, 4));

    [Fact]
    public void AnUnorderedWordIsAsFarFromAnyOther()
    {
        var coordinates = new SpaceCoordinates(s_mixed);
        double[] Place(string act) => coordinates.Place(coordinates.Of(new Configuration(
            act == "relu" ? [("lr", 1e-3), ("layers", 1), ("act", act), ("size", "small"), ("momentum", 0.495)] : [("lr", 1e-3), ("layers", 1), ("act", act), ("size", "small")])));

        var (relu, gelu, silu) = (Place("relu"), Place("gelu"), Place("silu"));

        // Momentum's ½ where it is not active is the coordinate of .495.
        Assert.Equal(1, SpaceCoordinates.Distance(relu, gelu), 12);
        Assert.Equal(1, SpaceCoordinates.Distance(relu, silu), 12);
        Assert.Equal(1, SpaceCoordinates.Distance(gelu, silu), 12);

        // lr, layers, size, momentum, skip: one each; act: three that share a length; whether skip is active: one.
        Assert.Equal((9, 7), (coordinates.Count, coordinates.Kriging.Lengths));
        Assert.Equal(coordinates.Kriging.LengthOf(2), coordinates.Kriging.LengthOf(4));
    }

    [Fact]
    public void WhatIsNotActiveHasAFixedPlaceAndIsTold()
    {
        var coordinates = new SpaceCoordinates(s_mixed);
        double[] shallow = [0.5, 0.1, 0.5, 0.5, double.NaN, 0.9], deep = [0.5, 0.9, 0.5, 0.5, double.NaN, 0.5];
        coordinates.Snap(shallow);
        coordinates.Snap(deep);

        Assert.True(double.IsNaN(shallow[5]));
        var (off, on) = (coordinates.Place(shallow), coordinates.Place(deep));
        Assert.Equal((0.5, 0.0), (off[7], off[8]));
        Assert.Equal((0.5, 1.0), (on[7], on[8]));
        Assert.False(coordinates.At(shallow).TryGet("skip", out _));
        Assert.Equal(0.5, (double)coordinates.At(deep)["skip"], 12);
    }

    [Fact]
    public void CoordinatesGoToAConfigurationAndBack()
    {
        var coordinates = new SpaceCoordinates(s_mixed);
        var stream = new RandomStreams(3).Stream("places");
        for (var i = 0; i < 200; i++)
        {
            var u = coordinates.Random(stream);
            var configuration = coordinates.At(u);

            Assert.Empty(s_mixed.FaultsOf(configuration));
            var back = coordinates.Of(configuration);
            Assert.Equal(0, SpaceCoordinates.Distance(coordinates.Place(u), coordinates.Place(back)), 9);
        }
    }

    [Fact]
    public void EveryProposalIsARealConfigurationOfTheSpace()
    {
        var policy = Policy(s_mixed, new SpacePolicyOptions { Epsilon = 1e-6 });
        var trainings = Train(policy, c => Math.Pow(Math.Log10(c["lr"]) + 3, 2) + Math.Abs(c["layers"] - 3) + (c["act"].Word == "gelu" ? 0 : 1) + (c["size"].Word == "large" ? 0 : 0.3), 16);

        Assert.All(trainings, t => Assert.Empty(s_mixed.FaultsOf(t.Configuration)));
        Assert.Equal(trainings.Count, trainings.Select(t => t.Configuration).Distinct().Count());
        Assert.True(Best(trainings) < 0.6, $"the best of {trainings.Count} is {Best(trainings)}");
    }

    [Fact]
    public void AWholeNumberOfManyValuesIsFound()
    {
        var space = SearchSpace.Parse("n=1..2000000000:int", "k=1..100000:int:log", "a=0..1");
        var policy = Policy(space, new SpacePolicyOptions { Epsilon = 1e-4 });
        var coordinates = new SpaceCoordinates(space);
        foreach (var v in new[] { 0, 7, 99_999 })
        {
            Assert.Equal(v, coordinates.LevelAt(1, coordinates.Level(1, v)));
        }

        var trainings = Train(policy, c => Math.Pow(c["n"] / 2e9 - 0.3, 2) + Math.Pow(Math.Log10(c["k"]) - 3, 2) / 25 + Math.Pow(c["a"] - 0.5, 2), 14);

        Assert.True(Best(trainings) < 0.004, $"the best of {trainings.Count} is {Best(trainings)}");
    }

    [Fact]
    public void AFiniteSpaceIsExhausted()
    {
        var space = new SearchSpace(
            Hyperparameter.Integer("n", 1, 3), Hyperparameter.Categorical("act", "relu", "gelu"), Hyperparameter.Integer("k", 0, 1).OnlyIf("act", "gelu"));
        var policy = Policy(space, new SpacePolicyOptions { Epsilon = 1e-9 });

        Assert.Equal(9, new SpaceCoordinates(space).Listed!.Length);
        var trainings = Train(policy, c => Math.Sin(7 * c["n"]) + (c["act"].Word == "relu" ? 0.3 : 0.2 * c["k"]), 20);

        Assert.True(trainings.Count <= 9);
        Assert.Equal(trainings.Count, trainings.Select(t => t.Configuration).Distinct().Count());
        var all = new SpaceCoordinates(space).Listed!.Select(u => new SpaceCoordinates(space).At(u)).ToList();
        List<TrainingEnded> every = [.. all.Select((c, i) => TrainingEnded.Seen(i, c, i % 4))];
        Assert.Null(policy.Analyse(every, null)!.Next([]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TheFirstConfigurationsAreDistinctAndFarApart(int given)
    {
        var policy = Policy(Square);
        Configuration[] before = [.. policy.Initial([]).Take(given).Select(p => p.Configuration)];

        var initial = policy.Initial(before);

        Assert.Equal(4 - given, initial.Count);
        Assert.Equal(initial.Select(p => p.Configuration), policy.Initial(before).Select(p => p.Configuration));
        var places = before.Concat(initial.Select(p => p.Configuration)).Select(c => new double[] { c["a"], c["b"] }).ToList();
        for (var i = 0; i < places.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                // Of four random places in a unit square two are seldom so far apart.
                Assert.True(SpaceCoordinates.Distance(places[i], places[j]) > 0.33);
            }
        }
    }

    [Fact]
    public void WhereNothingIsGivenTheFirstConfigurationIsTheMiddle()
    {
        var space = SearchSpace.Parse(["lr=1e-4..1:log", "layers=1..5:int", "act=relu,gelu,silu"]);

        var first = Policy(space).Initial([])[0].Configuration;

        Assert.Equal(1e-2, first["lr"].Number, 1e-12);
        Assert.Equal(3, first["layers"].Number);
        string[] words = [.. Enumerable.Range(0, 20).Select(seed => Policy(space, seed: seed).Initial([])[0].Configuration["act"].Word).Distinct()];
        Assert.Equal(3, words.Length);
        var given = first;
        Assert.DoesNotContain(given, Policy(space).Initial([given]).Select(p => p.Configuration));
        Assert.Equal(4, Policy(space).Initial([given]).Count);
    }

    [Fact]
    public void WhatIsActiveInTheMiddleAloneStandsInItsMiddleToo()
    {
        var space = new SearchSpace(
            Hyperparameter.Categorical("method", "sgd", "adam", "lion"), Hyperparameter.Continuous("momentum", 0, 0.8).OnlyIf("method", "sgd"), Hyperparameter.Continuous("rate", 0, 2));
        foreach (var seed in Enumerable.Range(0, 12))
        {
            var first = Policy(space, seed: seed).Initial([])[0].Configuration;

            Assert.Equal(1, first["rate"].Number);
            Assert.Equal(first["method"].Word == "sgd", first.TryGet("momentum", out var momentum));
            Assert.True(first["method"].Word != "sgd" || Math.Abs(momentum.Number - 0.4) < 1e-12);
        }
    }

    [Fact]
    public void OneContinuousHyperparameterStartsAtItsEndsAndMiddle()
    {
        var policy = Policy(SearchSpace.Parse("lr=1e-4..1:log"));

        var initial = policy.Initial([]).Select(p => p.Configuration.Value).ToArray();

        Assert.Equal([1e-4, 1, 1e-2], initial.Select(v => Math.Round(v, 12)));
        Assert.Equal(1, policy.Initial([new Configuration("lr", 1e-4)])[0].Configuration.Value);
    }

    [Fact]
    public void ASmallSpaceStartsWithWhatThereIs()
    {
        var policy = Policy(new SearchSpace(Hyperparameter.Categorical("act", "relu", "gelu"), Hyperparameter.Categorical("norm", "on", "off")));

        Assert.Equal(4, policy.Initial([]).Select(p => p.Configuration).Distinct().Count());
        Assert.Single(policy.Initial([.. policy.Initial([]).Take(3).Select(p => p.Configuration)]));
    }
}
