using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <content>Kinds with a valley, wide ranges and ends.</content>
internal sealed partial record OwnFunction
{
    // A sum of squares: a curve A e^(−k s) cos(w s) at eight places s, some of its parameters being d variables, and others known. What fits stands in a bent valley.
    private static Func<double[], double> Residuals(int d, RandomStream stream)
    {
        const int Places = 8;
        double[] truth = Inside(d, stream, 0.15);
        double[][] mix = [.. Enumerable.Range(0, 3).Select(_ => Array.ConvertAll(Normals(d, stream), z => z / Math.Sqrt(d)))];
        double scatter = 0.05 * stream.NextDouble(), decay = 0.5 + stream.NextDouble(), rate = 1 + 2 * stream.NextDouble();
        double[] noise = Normals(Places, stream), actual = Curve(truth);
        return u =>
        {
            var curve = Curve(u);
            double sum = 0;
            for (var i = 0; i < Places; i++)
            {
                sum += Math.Pow(curve[i] - actual[i] - scatter * noise[i], 2);
            }

            return sum;
        };

        double[] Curve(double[] u)
        {
            double[] v = [.. mix.Select(row => 2 * Along(row, u, truth))];
            return [.. Enumerable.Range(0, Places).Select(i => i / (Places - 1.0)).Select(s => Math.Exp(0.7 * v[0] - decay * Math.Exp(v[1]) * s) * Math.Cos(rate * (1 + 0.7 * v[2]) * s))];
        }
    }

    // A bent valley, in whose course there are two to four basins of nearly the same depth.
    private static Func<double[], double> Basins(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.25);
        double[][] axes = Axes(d, stream);
        double steep = 5 + 25 * stream.NextDouble(), bend = (stream.NextDouble() - 0.5) * 4, rate = 2 * Math.PI * (1.2 + stream.NextDouble());
        double depth = 0.2 + 0.6 * stream.NextDouble(), tilt = 0.3 * stream.NextNormal();
        return u =>
        {
            double[] v = [.. axes.Select(axis => Along(axis, u, centre))];
            var sum = steep * Math.Pow(v[1] - bend * v[0] * v[0], 2) + depth * (1 - Math.Cos(rate * v[0])) + tilt * v[0] * v[0];
            for (var j = 2; j < d; j++)
            {
                sum += 2 * v[j] * v[j];
            }

            return sum;
        };
    }

    // e to a smooth process: values over two to four orders of magnitude.
    private static Func<double[], double> Orders(int d, RandomStream stream)
    {
        var process = Process(d, stream, double.PositiveInfinity);
        var height = 1 + 1.2 * stream.NextDouble();
        return u => Math.Exp(height * process(u));
    }

    // A process on a slope that ends in a corner or at an edge.
    private static Func<double[], double> Corner(int d, RandomStream stream)
    {
        var process = Process(d, stream, double.PositiveInfinity);
        double[] slopes = [.. Normals(d, stream).Select(z => 2 * z)];
        return u => 0.5 * process(u) + slopes.Zip(u, (a, x) => a * x).Sum() + 0.5 * u.Sum(x => x * x);
    }

    // Round a point: the farther along the angle the lower, in a groove whose radius grows with it.
    private static Func<double[], double> Spiral(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.3);
        double[][] axes = Axes(d, stream);
        double radius = 0.2 + 0.25 * stream.NextDouble(), steep = 10 + 30 * stream.NextDouble(), angle = 2 * Math.PI * stream.NextDouble(), pull = 0.2 + 0.5 * stream.NextDouble();
        return u =>
        {
            double[] v = [.. axes.Select(axis => Along(axis, u, centre))];
            var r = Math.Sqrt(v[0] * v[0] + v[1] * v[1] + 1e-3);
            var sum = steep * Math.Pow(r - radius, 2) + pull * (1 - (v[0] * Math.Cos(angle) + v[1] * Math.Sin(angle)) / r);
            for (var j = 2; j < d; j++)
            {
                sum += 3 * v[j] * v[j];
            }

            return sum;
        };
    }

    // A random polynomial of degree four in turned variables, with no more than one part in a hundred of its worst left near the best.
    private static Func<double[], double> Quartic(int d, RandomStream stream)
    {
        double[] centre = Inside(d, stream, 0.15);
        double[][] axes = Axes(d, stream);
        double[] square = [.. Enumerable.Range(0, d).Select(_ => Math.Exp(stream.NextNormal()))], fourth = [.. Enumerable.Range(0, d).Select(_ => 8 * Math.Exp(stream.NextNormal()))];
        double[] cross = Normals(d, stream);
        return u =>
        {
            double[] v = [.. axes.Select(axis => Along(axis, u, centre))];
            double sum = 0;
            for (var j = 0; j < d; j++)
            {
                var next = v[(j + 1) % d];
                sum += square[j] * v[j] * v[j] + fourth[j] * Math.Pow(v[j] * v[j] + 0.4 * cross[j] * next, 2);
            }

            return sum;
        };
    }
}
