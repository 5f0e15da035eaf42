using CsCheck;
using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

/// <summary>Hypervolumes against closed forms and against cells that are counted.</summary>
public sealed class HypervolumeTests
{
    private const int Side = 6;

    // Points of whole numbers in one to four features: the dominated part of the box is made of unit cells.
    private static readonly Gen<(double[][] Points, double[] Added)> s_fronts =
        from features in Gen.Int[1, 4]
        from points in Gen.Int[-1, Side + 1].Select(i => (double)i).Array[features].Array[0, 7]
        from added in Gen.Int[-1, Side + 1].Select(i => (double)i).Array[features]
        select (points, added);

    [Fact]
    public void It_is_the_number_of_cells_that_are_dominated() => s_fronts.Sample(
        at =>
        {
            double[] reference = [.. at.Added.Select(_ => (double)Side)];
            var before = Cells(at.Points, reference.Length);
            Assert.Equal(before, Hypervolume.Of(at.Points, reference), 1e-9);
            Assert.Equal(Cells([.. at.Points, at.Added], reference.Length) - before, Hypervolume.Gain(at.Points, at.Added, reference), 1e-9);
            Assert.Equal(before, Hypervolume.Of([.. at.Points.Reverse()], reference), 1e-9);
        },
        iter: 300, seed: "0000KOIXTaO3");

    [Fact]
    public void A_front_has_the_volume_of_its_formula()
    {
        // √f₁ + √f₂ = 1: V = 1 − ∫₀¹ (1 − √x)² dx = 1 − 1/6, from below as steps of a fine front tell it.
        double[][] convex = [.. Enumerable.Range(0, 2001).Select(i => i / 2000.0).Select(a => new[] { a * a, (1 - a) * (1 - a) })];
        Assert.Equal(5.0 / 6, Hypervolume.Of(convex, [1, 1]), 1e-3);

        // Of one point a box; of the corners of a simplex by inclusion and exclusion 3 · 4 − 3 · 2 + 1.
        Assert.Equal(0.5 * 0.25 * 2, Hypervolume.Of([[0.5, 0.75, -1]], [1, 1, 1]), 1e-15);
        Assert.Equal(7, Hypervolume.Of([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [2, 2, 2]), 1e-12);
        Assert.Equal(1, Hypervolume.Gain([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0], [2, 2, 2]), 1e-12);
        Assert.Equal(0, Hypervolume.Gain([], [double.NaN, 0], [1, 1]));
        Assert.Contains("expected finite numbers", Assert.Throws<ArgumentException>(() => Hypervolume.Of([[1, 2]], [1])).Message, StringComparison.Ordinal);
    }

    // Cells of [−1, Side]^J whose lower corner some point dominates.
    private static int Cells(double[][] points, int features)
    {
        var count = 0;
        for (var cell = 0; cell < Math.Pow(Side + 1, features); cell++)
        {
            var rest = cell;
            var corner = new double[features];
            for (var j = 0; j < features; j++, rest /= Side + 1)
            {
                corner[j] = rest % (Side + 1) - 1;
            }

            count += points.Any(p => p.Zip(corner).All(pair => pair.First <= pair.Second)) ? 1 : 0;
        }

        return count;
    }
}
