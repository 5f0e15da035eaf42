using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class LogExpectedImprovementTests
{
    [Fact]
    public void Agrees_with_high_precision_values_for_every_number_of_degrees_of_freedom()
    {
        var worst = 0.0;
        var rows = 0;
        foreach (var row in Fixture.Rows("log_ei_mpmath.csv"))
        {
            var (nu, z, expected) = (row[0], row[1], row[2]);
            var actual = double.IsPositiveInfinity(nu) ? LogExpectedImprovement.LogH(z) : LogExpectedImprovement.Student(z, 1, nu, 0);
            var error = Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected));
            Assert.True(error < 1e-10, $"ν = {nu}, z = {z}: {actual:R} instead of {expected:R}, error {error:E1}");
            worst = Math.Max(worst, error);
            rows++;
        }

        Assert.True(rows > 200);
        Assert.True(worst > 0, "Nothing was compared.");
    }

    [Fact]
    public void Distribution_and_density_agree_with_high_precision_values()
    {
        foreach (var row in Fixture.Rows("student_t_mpmath.csv"))
        {
            Assert.Equal(1, new StudentT(row[0]).Distribution(row[1]) / row[2], 1e-11);
            Assert.Equal(1, new StudentT(row[0]).LogDensity(row[1]) / row[3], 1e-11);
        }
    }

    [Fact]
    public void Scale_and_units_enter_as_they_should()
    {
        // EI(a μ, a s, a f⁺) = a EI(μ, s, f⁺)
        var plain = LogExpectedImprovement.Student(1.2, 0.7, 6, 2.1);
        Assert.Equal(plain + Math.Log(1000), LogExpectedImprovement.Student(1200, 700, 6, 2100), 1e-12);
        var normal = LogExpectedImprovement.Normal(1.2, 0.7, 2.1);
        Assert.Equal(normal + Math.Log(1000), LogExpectedImprovement.Normal(1200, 700, 2100), 1e-12);
        Assert.Equal(normal, LogExpectedImprovement.Student(1.2, 0.7, 1e12, 2.1), 1e-8);
    }

    [Fact]
    public void Certainty_improves_by_exactly_what_it_exceeds()
    {
        Assert.Equal(Math.Log(0.5), LogExpectedImprovement.Student(2.5, 0, 5, 2));
        Assert.Equal(double.NegativeInfinity, LogExpectedImprovement.Student(1.5, 0, 5, 2));
        Assert.Equal(double.NegativeInfinity, LogExpectedImprovement.Normal(2, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogExpectedImprovement.Student(0, 1, 1, 0));
    }
}
