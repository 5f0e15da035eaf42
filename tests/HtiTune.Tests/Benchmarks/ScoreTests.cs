using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;

namespace HtiTune.Tests.Benchmarks;

/// <summary>The benchmark's scores against closed forms.</summary>
public class ScoreTests
{
    [Fact]
    public void Wasserstein_of_a_shifted_copy_is_the_squared_shift()
    {
        var a = Matrix.From(new double[,] { { 0, 0 }, { 1, 5 }, { -2, 3 }, { 4, 4 } });
        var b = Matrix.From(new double[,] { { 7, 8 }, { 3, 4 }, { 4, 9 }, { 1, 7 } });
        Assert.Equal(25, Wasserstein.Squared(a, b), 12);
    }

    [Fact]
    public void Wasserstein_splits_mass_between_samples_of_different_sizes() =>
        // Thirds against halves on a line: 0 → 0 (⅓), 0.5 → 0 (⅙), 0.5 → 1 (⅙), 1 → 1 (⅓).
        Assert.Equal(2 * 0.25 / 6, Wasserstein.Squared(Matrix.From(new[,] { { 0 }, { 0.5 }, { 1 } }), Matrix.From(new double[,] { { 0 }, { 1 } })), 12);

    [Fact]
    public void Wasserstein_per_category_weighs_categories_alike_and_never_mixes_them()
    {
        var predicted = Matrix.From(new double[,] { { 0, 0 }, { 10, 1 }, { 0, 0 }, { 0, 0 } });
        var actual = Matrix.From(new double[,] { { 1, 0 }, { 12, 1 }, { 12, 1 } });
        Assert.Equal((1 + 4) / 2.0, Wasserstein.PerCategory(predicted, actual), 12);
    }

    [Fact]
    public void Squared_error_is_the_mean_over_rows_and_outputs_alone()
    {
        var predicted = Matrix.From(new double[,] { { 1, 2, 99 }, { 3, 4, 99 } });
        var actual = Matrix.From(new double[,] { { 1, 0, -1 }, { 0, 4, -1 } });
        Assert.Equal((4 + 9) / 4.0, SquaredError.Mean(predicted, actual, 2), 12);
    }

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.75)]
    [InlineData(3, 0.1)]
    public void Likelihood_at_the_mode_is_the_product_of_the_two_laws_modes(int category, double t)
    {
        // κ − ln 2π I₀(5) − ln 0.05 √2π, with I₀(5) = Σ (25/4)^k / k!².
        double bessel = 0, term = 1;
        for (var k = 1; k < 60; k++)
        {
            bessel += term;
            term *= 6.25 / ((double)k * k);
        }

        var expected = -(5 - Math.Log(2 * Math.PI * bessel) - Math.Log(0.05 * Math.Sqrt(2 * Math.PI)));
        Assert.Equal(expected, SemicircleLaw.NegativeLogLikelihood(At(category, t, 1, 0), t), 5);
        Assert.True(SemicircleLaw.NegativeLogLikelihood(At(category, t, 1.05, 0), t) > expected + 0.4);
    }

    [Fact]
    public void Likelihood_counts_the_turn_from_the_mean_angle_and_the_radius_twice()
    {
        // Off the mode by an angle δ: κ (1 − cos δ); by ln r = ρ: 2ρ (log-normal and the plane's 1/r) + ρ² / (2 s²).
        var mode = SemicircleLaw.NegativeLogLikelihood(At(0, 0.25, 1, 0), 0.25);
        Assert.Equal(mode + 5 * (1 - Math.Cos(0.7)), SemicircleLaw.NegativeLogLikelihood(At(0, 0.25, 1, 0.7), 0.25), 4);
        var rho = Math.Log(1.2);
        Assert.Equal(mode + 2 * rho + rho * rho / 0.005, SemicircleLaw.NegativeLogLikelihood(At(0, 0.25, 1.2, 0), 0.25), 4);
    }

    [Fact]
    public void Circle_distance_and_spreads_of_known_arcs()
    {
        var narrow = Rows(At(1, 0.5, 0.9, -0.1), At(1, 0.5, 1.1, 0.1));
        var wide = Rows(At(1, 0.5, 0.6, -0.4), At(1, 0.5, 1.4, 0.4));
        Assert.Equal(0.1, SemicircleLaw.CircleDistance(narrow), 6);
        Assert.Equal(0.25, SemicircleLaw.RadialSpread(narrow, wide), 6);
        Assert.Equal(0.25, SemicircleLaw.AngularSpread(narrow, wide, 0.5), 6);
    }

    [Fact]
    public void Angular_spread_is_wrapped_about_the_mean()
    {
        // At t = 1 the mean angle of category 0 is π: −π + 0.1 and π − 0.1 lie 0.1 on either side.
        var across = Rows(At(0, 1, 1, -0.1), At(0, 1, 1, 0.1));
        var actual = Rows(At(0, 1, 1, -0.2), At(0, 1, 1, 0.2));
        Assert.Equal(0.5, SemicircleLaw.AngularSpread(across, actual, 1), 1e-5);
    }

    [Fact]
    public void Fresh_samples_follow_the_law()
    {
        // Expectations under the law: E cos(θ − μ) = I₁(5)/I₀(5) = 0.8933831, E ln² r = s² = 0.0025; NLL its entropy.
        const int Count = 20_000;
        var drawn = SemicircleLaw.Draw(new RandomStreams(3).Stream("law"), Count, 0.3);
        double cosine = 0, square = 0;
        for (var i = 0; i < Count; i++)
        {
            double x = drawn[i, 0] + 1, y = drawn[i, 1];
            cosine += Math.Cos(Math.Atan2(y, x) - 0.3 * Math.PI) / Count;
            square += Math.Pow(Math.Log(Math.Sqrt(x * x + y * y)), 2) / Count;
        }

        Assert.Equal(0.8933831, cosine, 0.005);
        Assert.Equal(0.0025, square, 0.0002);
        Assert.Equal([0f, 1f, 2f, 3f], Enumerable.Range(0, 4).Select(c => drawn[c * Count, 2]));
    }

    private static Matrix Rows(params Matrix[] rows) => Matrix.Create(rows.Length, 3, (i, row) => rows[i].Row(0).CopyTo(row));

    /// <summary>A sample at a radius, and at an angle from its category's mean angle at time t.</summary>
    private static Matrix At(int category, double t, double radius, double turn)
    {
        var (centre, mean) = category switch
        {
            0 => (-1, t * Math.PI),
            1 => (-1, -t * Math.PI),
            2 => (1, Math.PI - t * Math.PI),
            _ => (1, -Math.PI + t * Math.PI),
        };
        return Matrix.From(new[,] { { centre + radius * Math.Cos(mean + turn), radius * Math.Sin(mean + turn), category } });
    }
}
