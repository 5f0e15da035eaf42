using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class AnchorSetTests
{
    private static readonly ContinuousHyperparameter s_quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99);

    [Fact]
    public void HoldsItsAnchorsAndTheirShape()
    {
        var contexts = new Contexts(new Matrix(3, 2, new float[6]), [0, 1, 0], 2);
        Anchor[] anchors = [At(0.1, 3, contexts), At(0.5, 3, contexts), At(0.9, 3, contexts)];
        var set = new AnchorSet(s_quantile, anchors);
        Assert.Equal((3, 3, 2, 2), (set.Count, set.Dimension, set.ConditionCount, set.CategoryCount));
        Assert.Equal([0.1, 0.5, 0.9], set.Lambdas);
        Assert.Same(anchors[1].Samples, set[1].Samples);
        Assert.Equal(anchors.Select(anchor => anchor.Lambda), set.Select(anchor => anchor.Lambda));

        // Who made them did not know what λ is called.
        Assert.Equal(new Configuration("quantile", 0.5), set[1].Configuration);
        anchors[0] = anchors[2];
        Assert.Equal(0.1, set[0].Lambda);
    }

    [Fact]
    public void AnInsertedAnchorFindsItsPlaceAndTheOldSetStays()
    {
        Gen.Int[1, 98].Array[1, 12].Where(levels => levels.Distinct().Count() == levels.Length).Sample(levels =>
        {
            var set = new AnchorSet(s_quantile, [At(levels[0] / 100.0)]);
            foreach (var level in levels.Skip(1))
            {
                var before = set.Lambdas.ToArray();
                var next = set.With(At(level / 100.0));
                Assert.Equal(before, set.Lambdas);
                set = next;
            }

            Assert.Equal(levels.Order().Select(level => level / 100.0), set.Lambdas);
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void RefusesAnAnchorItHolds()
    {
        var set = new AnchorSet(s_quantile, [At(0.1), At(0.5)]);
        Assert.Contains("λ = 0.5 is that of anchor 1", Assert.Throws<ArgumentException>(() => set.With(At(0.5))).Message);
        var outside = Assert.Throws<ArgumentOutOfRangeException>(() => set.With(At(1)));
        Assert.StartsWith("the new anchor: quantile = 1; expected 0.01 to 0.99", outside.Message);
    }

    [Fact]
    public void NamesTheAnchorsThatAreOutOfOrder()
    {
        AssertRefused([], "no anchor");
        AssertRefused([At(0.1), At(0.5), At(0.5)], "Anchors 1 and 2 are equal: λ = 0.5, then 0.5; expected strictly ascending");
        AssertRefused([At(0.1), At(0.7), At(0.5)], "Anchors 1 and 2 are out of order: λ = 0.7, then 0.5; expected strictly ascending");
        AssertRefused([At(0.1), At(0.995)], "anchor 1: quantile = 0.995; expected 0.01 to 0.99");
        AssertRefused([At(double.NaN)], "anchor 0: quantile = NaN; expected 0.01 to 0.99");
        var wide = Hyperparameter.Continuous("offset", -1, 1);
        var close = Assert.Throws<ArgumentException>(() => new AnchorSet(wide, [At(0), At(0.5), At(Math.BitIncrement(0.5))]));
        Assert.Contains("Anchors 1 and 2 are too close to tell apart on the scale 'linear'", close.Message);
    }

    [Fact]
    public void NamesTheAnchorOfAnotherShape()
    {
        var plain = Contexts.None(4);
        AssertRefused([At(0.1), At(0.2, 3)], "Anchor 1 (λ = 0.2) has 3 output columns; expected 2, as anchor 0 has");
        AssertRefused(
            [At(0.1), At(0.2), At(0.3, 2, new Contexts(new Matrix(4, 1, new float[4])))],
            "Anchor 2 (λ = 0.3) has 1 condition columns; expected 0");
        AssertRefused([At(0.1, 2, Contexts.Of([0, 0, 0, 0], 3)), At(0.2, 2, plain)], "Anchor 1 (λ = 0.2) has 0 categories; expected 3");
        AssertRefused([At(0.1), At(0.2, 2, Contexts.None(0))], "Anchor 1 (λ = 0.2) has no row");
        AssertRefused([At(0.1), null!], "Anchor 1 is null");
    }

    private static void AssertRefused(Anchor[] anchors, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => new AnchorSet(s_quantile, anchors)).Message);

    private static Anchor At(double lambda, int dimension = 2, Contexts? contexts = null)
    {
        contexts ??= Contexts.None(4);
        return new Anchor(lambda, new Samples(Matrix.Create(contexts.Count, dimension, (i, row) => row.Fill(i)), contexts));
    }
}
