using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>Kinds of functions that settings are chosen on: none of them a standard one, an instance each seed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">A function of u [d], each in [0, 1], from d and chance.</param>
internal sealed partial record OwnFunction(string Name, Func<int, RandomStream, Func<double[], double>> Make)
{
    private const int Sweep = 20_000, Descents = 12;

    /// <summary>The kinds.</summary>
    internal static IReadOnlyList<OwnFunction> All { get; } =
    [
        new("smooth process", (d, stream) => Process(d, stream, double.PositiveInfinity)),
        new("rough process", (d, stream) => Process(d, stream, 5)),
        new("bowl with bumps", Bowl),
        new("curved valley", Valley),
        new("wells", Wells),
        new("cone with ripples", Cone),
        new("polynomial", Polynomial),
        new("diverging", Diverging),
        new("ridge", Ridge),
        new("residuals", Residuals),
        new("basins along a valley", Basins),
        new("orders of magnitude", Orders),
        new("corner", Corner),
        new("spirals", Spiral),
        new("turned quartic", Quartic),
    ];

    /// <summary>The function of a seed in d variables.</summary>
    internal Func<double[], double> Of(int seed, int d) => Make(d, new RandomStreams(seed).Fork("own").Stream($"{Name} {d}"));

    /// <summary>The least value, and the median over the space less it: the best of a sweep, and of descents from its best.</summary>
    internal static (double Least, double Gap) Target(Func<double[], double> function, int d)
    {
        var stream = new RandomStreams(d).Stream("target");
        double[][] places = [.. Enumerable.Range(0, Sweep).Select(_ => Enumerable.Range(0, d).Select(_ => stream.NextDouble()).ToArray())];
        double[] values = Array.ConvertAll(places, u => function(u));
        Array.Sort(values, places);
        var least = values[0];
        for (var i = 0; i < Descents; i++)
        {
            var (u, value) = (places[i], values[i]);
            for (var radius = 0.1; radius > 1e-6; radius *= 0.75)
            {
                for (var t = 0; t < 20 * d; t++)
                {
                    double[] trial = Array.ConvertAll(u, x => Math.Clamp(x + radius * stream.NextNormal(), 0, 1));
                    if (function(trial) is var tried && tried < value)
                    {
                        (u, value) = (trial, tried);
                    }
                }
            }

            least = Math.Min(least, value);
        }

        return (least, values[Sweep / 2] - least);
    }

    // A random process by 200 of its waves: of Gaussian covariance, or of the Matérn one of half as many degrees.
    private static Func<double[], double> Process(int d, RandomStream stream, double degrees)
    {
        const int Waves = 200;
        double[] length = [.. Enumerable.Range(0, d).Select(_ => 0.45 * Math.Sqrt(d / 2.0) * Math.Exp(0.4 * stream.NextNormal()))];
        double[][] waves = [.. Enumerable.Range(0, Waves).Select(_ =>
        {
            var square = 0.0;
            for (var i = 0; i < degrees && degrees < 100; i++)
            {
                square += Math.Pow(stream.NextNormal(), 2);
            }

            var scale = degrees < 100 ? Math.Sqrt(degrees / square) : 1;
            return Array.ConvertAll(length, l => scale * stream.NextNormal() / l);
        })];
        double[] phase = [.. waves.Select(_ => 2 * Math.PI * stream.NextDouble())];
        return u =>
        {
            double sum = 0;
            for (var i = 0; i < Waves; i++)
            {
                var at = phase[i];
                for (var j = 0; j < d; j++)
                {
                    at += waves[i][j] * u[j];
                }

                sum += Math.Cos(at);
            }

            return sum * Math.Sqrt(2.0 / Waves);
        };
    }

    // A turned bowl, up to a hundred times as steep along one axis as along another, with bumps.
    private static Func<double[], double> Bowl(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.15), steep = [.. Enumerable.Range(0, d).Select(_ => Math.Pow(10, 2 * stream.NextDouble()))];
        double[][] axes = Axes(d, stream), waves = Axes(d, stream);
        var (height, rate) = (0.02 * steep.Max() * stream.NextDouble(), 8 + 8 * stream.NextDouble());
        return u =>
        {
            double sum = 0;
            for (var j = 0; j < d; j++)
            {
                sum += steep[j] * Math.Pow(Along(axes[j], u, centre), 2) + height * Math.Pow(Math.Sin(rate * Along(waves[j], u, centre)), 2) / d;
            }

            return sum;
        };
    }

    // A valley that winds, its bottom going down slowly.
    private static Func<double[], double> Valley(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.2);
        double[][] axes = Axes(d, stream);
        double steep = Math.Pow(10, 1 + stream.NextDouble()), bend = 1 + 2 * stream.NextDouble(), phase = 2 * Math.PI * stream.NextDouble(), rate = 2 + 3 * stream.NextDouble();
        return u =>
        {
            double[] v = [.. axes.Select(axis => Along(axis, u, centre))];
            var sum = v[0] * v[0] + steep * Math.Pow(v[1] - bend / rate * (Math.Sin(rate * v[0] + phase) - Math.Sin(phase)), 2);
            for (var j = 2; j < d; j++)
            {
                sum += 3 * v[j] * v[j];
            }

            return sum;
        };
    }

    // Five wells of different depth and width.
    private static Func<double[], double> Wells(int d, RandomStream stream)
    {
        var wells = Enumerable.Range(0, 5).Select(_ => (
            Depth: 1 + stream.NextDouble(), At: Inside(d, stream, 0.05), Narrow: Enumerable.Range(0, d).Select(_ => 4 / Math.Sqrt(d) * Math.Exp(stream.NextNormal())).ToArray())).ToArray();
        return u => -wells.Sum(well => well.Depth * Math.Exp(-Enumerable.Range(0, d).Sum(j => well.Narrow[j] * Math.Pow(u[j] - well.At[j], 2))));
    }

    // A pointed cone with ripples, finer than a few trainings can see.
    private static Func<double[], double> Cone(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.2), steep = [.. Enumerable.Range(0, d).Select(_ => Math.Exp(0.3 * stream.NextNormal()))];
        double power = 0.6 + 0.6 * stream.NextDouble(), rate = Math.PI * (5 + 20 * stream.NextDouble()), height = 0.02 + 0.1 * stream.NextDouble();
        return u => Math.Pow(Enumerable.Range(0, d).Sum(j => Math.Pow(steep[j] * (u[j] - centre[j]), 2)), 0.5 * power)
            + height * Enumerable.Range(0, d).Sum(j => Math.Pow(Math.Sin(rate * (u[j] - centre[j])), 2)) / d;
    }

    // A square of a random polynomial of degree two, and another's value squared: least where both are near nothing.
    private static Func<double[], double> Polynomial(int d, RandomStream stream)
    {
        const int Terms = 2;
        double[] centre = Inside(d, stream, 0.2);
        double[][] slopes = [.. Enumerable.Range(0, Terms).Select(_ => Normals(d, stream))];
        double[][] bends = [.. Enumerable.Range(0, Terms).Select(_ => Normals(d * d, stream))];
        var weak = Math.Pow(10, -1.5 * stream.NextDouble());
        return u =>
        {
            double[] v = [.. u.Zip(centre, (a, c) => 2 * (a - c))];
            double sum = 0.02 * v.Sum(a => a * a);
            for (var t = 0; t < Terms; t++)
            {
                double q = 0;
                for (var i = 0; i < d; i++)
                {
                    q += slopes[t][i] * v[i];
                    for (var j = 0; j < d; j++)
                    {
                        q += bends[t][i * d + j] * v[i] * v[j] / Math.Sqrt(d);
                    }
                }

                sum += (t == 0 ? 1 : weak) * q * q;
            }

            return sum;
        };
    }

    // A loss on logarithmic axes: flat where nothing is learned, a bowl, and a steep rise where it diverges.
    private static Func<double[], double> Diverging(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.25), steep = [.. Enumerable.Range(0, d).Select(_ => 2 * Math.Exp(0.7 * stream.NextNormal()))];
        double bar = 0.1 + 0.1 * stream.NextDouble(), rise = 10 + 20 * stream.NextDouble();
        double[] tilt = [.. Normals(d, stream).Select((z, j) => j == 0 ? 1 : 0.3 * z)];
        return u =>
        {
            var bowl = Enumerable.Range(0, d).Sum(j => steep[j] * Math.Pow(u[j] - centre[j], 2));
            return 1 - Math.Exp(-bowl) + Math.Exp(Math.Min(rise * (Along(tilt, u, centre) - bar), 12)) * 0.05;
        };
    }

    // Hardly anything but one direction counts.
    private static Func<double[], double> Ridge(int d, RandomStream stream)
    {
        double[] axis = Axes(d, stream)[0], centre = Inside(d, stream, 0.2);
        double rate = 4 + 8 * stream.NextDouble(), weak = 0.05 + 0.2 * stream.NextDouble();
        return u =>
        {
            var v = Along(axis, u, centre);
            return 1 - Math.Cos(rate * v) + 3 * v * v + weak * Enumerable.Range(0, d).Sum(j => Math.Pow(u[j] - centre[j], 2));
        };
    }

    private static double[] Normals(int n, RandomStream stream) => [.. Enumerable.Range(0, n).Select(_ => stream.NextNormal())];

    private static double[] Inside(int d, RandomStream stream, double margin) => [.. Enumerable.Range(0, d).Select(_ => margin + (1 - 2 * margin) * stream.NextDouble())];

    private static double Along(double[] axis, double[] u, double[] centre)
    {
        double sum = 0;
        for (var j = 0; j < axis.Length; j++)
        {
            sum += axis[j] * (u[j] - centre[j]);
        }

        return sum;
    }

    // Random axes, at right angles.
    private static double[][] Axes(int d, RandomStream stream)
    {
        double[][] axes = [.. Enumerable.Range(0, d).Select(_ => Normals(d, stream))];
        for (var i = 0; i < d; i++)
        {
            for (var k = 0; k < i; k++)
            {
                var share = axes[i].Zip(axes[k], (a, b) => a * b).Sum();
                axes[i] = [.. axes[i].Zip(axes[k], (a, b) => a - share * b)];
            }

            var size = Math.Sqrt(axes[i].Sum(a => a * a));
            axes[i] = Array.ConvertAll(axes[i], a => a / size);
        }

        return axes;
    }
}
