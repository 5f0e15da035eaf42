// Notation
//   c         category 0 … 3; its centre is (−1, 0) for c < 2, else (1, 0)
//   t         the hyperparameter, time 0 … 1
//   r, θ      radius and angle of a sample about its category's centre
//   μ_c(t)    mean angle: πt, −πt, π − πt, −π + πt
//   law       θ ~ von Mises(μ_c(t), κ = 5), ln r ~ Normal(0, s²), s = 0.05; density in the plane = density(r, θ) / r
//   NLL       mean of −ln density over the samples
//   CD        mean |r − 1|
//   spreads   standard deviation of r, and of θ − μ wrapped to (−π, π], in each case over that of actual samples
using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Scores;

/// <summary>The law that the semicircles' samples are drawn from, and the scores against it.</summary>
internal static class SemicircleLaw
{
    internal const int Categories = 4;
    private const double Kappa = 5;
    private const double LogRadius = 0.05;

    /// <summary>I₀(5), the modified Bessel function in the von Mises density.</summary>
    private const double BesselI0 = 27.239871823604442;

    /// <summary>Mean over the samples of −ln of the law's density at time t; +∞ if a sample lies on its centre.</summary>
    /// <param name="rows">Samples [n, 3]: two coordinates and the category.</param>
    /// <param name="t">Time.</param>
    internal static double NegativeLogLikelihood(Matrix rows, double t) => Polar(rows, t).Average(p =>
        -(Kappa * Math.Cos(p.Angle - p.Mean) - Math.Log(2 * Math.PI * BesselI0)
            - Math.Log(p.Radius * LogRadius * Math.Sqrt(2 * Math.PI)) - Math.Pow(Math.Log(p.Radius) / LogRadius, 2) / 2
            - Math.Log(p.Radius)));

    /// <summary>CD: mean distance to the unit circle about the category's centre.</summary>
    /// <param name="rows">Samples [n, 3].</param>
    internal static double CircleDistance(Matrix rows) => Polar(rows, 0).Average(p => Math.Abs(p.Radius - 1));

    /// <summary>Standard deviation of the radius over that of actual samples.</summary>
    /// <param name="rows">Samples [n, 3].</param>
    /// <param name="actual">Actual samples [m, 3] at the same time.</param>
    internal static double RadialSpread(Matrix rows, Matrix actual) =>
        Deviation(Polar(rows, 0).Select(p => p.Radius)) / Deviation(Polar(actual, 0).Select(p => p.Radius));

    /// <summary>Standard deviation of the angle about the law's mean over that of actual samples.</summary>
    /// <param name="rows">Samples [n, 3] at time t.</param>
    /// <param name="actual">Actual samples [m, 3] at time t.</param>
    /// <param name="t">Time.</param>
    internal static double AngularSpread(Matrix rows, Matrix actual, double t) => Deviation(Turns(rows, t)) / Deviation(Turns(actual, t));

    /// <summary>Fresh samples of the law.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="perCategory">Samples of each category.</param>
    /// <param name="t">Time.</param>
    /// <returns>Rows [4 · perCategory, 3], ascending by category.</returns>
    internal static Matrix Draw(RandomStream random, int perCategory, double t) => Matrix.Create(Categories * perCategory, 3, (i, row) =>
    {
        var c = i / perCategory;
        var angle = MeanAngle(c, t) + VonMises(random);
        var radius = Math.Exp(LogRadius * random.NextNormal());
        row[0] = (float)(Centre(c) + radius * Math.Cos(angle));
        row[1] = (float)(radius * Math.Sin(angle));
        row[2] = c;
    });

    /// <summary>A von Mises(0, κ) angle by rejection from a wrapped Cauchy law [Best and Fisher 1979].</summary>
    private static double VonMises(RandomStream random)
    {
        var tau = 1 + Math.Sqrt(1 + 4 * Kappa * Kappa);
        var rho = (tau - Math.Sqrt(2 * tau)) / (2 * Kappa);
        var s = (1 + rho * rho) / (2 * rho);
        while (true)
        {
            var z = Math.Cos(Math.PI * random.NextDouble());
            var f = (1 + s * z) / (s + z);
            var c = Kappa * (s - f);
            var u = 1 - random.NextDouble();
            if (c * (2 - c) > u || Math.Log(c / u) + 1 >= c)
            {
                return Math.Acos(Math.Clamp(f, -1, 1)) * (random.NextDouble() < 0.5 ? -1 : 1);
            }
        }
    }

    private static IEnumerable<(double Radius, double Angle, double Mean)> Polar(Matrix rows, double t)
    {
        for (var i = 0; i < rows.Rows; i++)
        {
            var c = (int)rows[i, 2];
            double x = rows[i, 0] - Centre(c), y = rows[i, 1];
            yield return (Math.Sqrt(x * x + y * y), Math.Atan2(y, x), MeanAngle(c, t));
        }
    }

    private static IEnumerable<double> Turns(Matrix rows, double t) =>
        Polar(rows, t).Select(p => Math.Atan2(Math.Sin(p.Angle - p.Mean), Math.Cos(p.Angle - p.Mean)));

    private static double Centre(int c) => c < 2 ? -1 : 1;

    private static double MeanAngle(int c, double t) => c switch
    {
        0 => t * Math.PI,
        1 => -t * Math.PI,
        2 => Math.PI - t * Math.PI,
        _ => -Math.PI + t * Math.PI,
    };

    private static double Deviation(IEnumerable<double> values) => Spread.Of([.. values]).Deviation;
}
