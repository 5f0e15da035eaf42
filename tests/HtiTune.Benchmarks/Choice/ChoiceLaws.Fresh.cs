using HtiTune.Benchmarks.Laws;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Choice;

// Laws that ways are judged on beside simple ideas: those of odd numbers choose, those of even numbers are looked at when all is chosen.
internal static partial class ChoiceLaws
{
    /// <summary>The laws, the ways of choosing in turn.</summary>
    public static IReadOnlyList<ChoiceLaw> Fresh { get; } = [.. FreshDraws(), .. FreshClouds(), .. FreshAnswers()];

    private static IEnumerable<ChoiceLaw> FreshDraws()
    {
        static ChoiceLaw Own(string name, int anchors, int d, int c, Func<RandomStream, RowLaw> make) =>
            new(name, s_unit, Even(anchors), d, make) { Asking = Asking.OwnContexts, Conditions = c, Rows = 600 };

        static ChoiceLaw Tenfold(string name, int anchors, int d, int c, Func<RandomStream, RowLaw> make) =>
            new(name, s_unit, Even(anchors), d, make) { Asking = Asking.SameContexts, Conditions = c, Repeats = 10, Rows = 800 };

        yield return Own("f01-spread-3", 3, 1, 2, stream => Spread(stream, chance => chance.NextNormal()));
        yield return Own("f02-spread-laplace-4", 4, 1, 1, stream => Spread(stream, chance => Math.Sign(chance.NextDouble() - 0.5) * -Math.Log(1 - chance.NextDouble())));
        yield return Own("f03-fractions-3", 3, 1, 1, stream => Waiting(stream, 1, true));
        yield return Own("f04-waiting-3", 3, 1, 2, stream => Waiting(stream, 1, false));
        yield return Own("f05-two-modes-3", 3, 1, 1, Modes);
        yield return Own("f06-tails-5", 5, 1, 1, stream => Spread(stream, Student));
        yield return Own("f07-amounts-3", 3, 1, 2, Amounts);
        yield return Own("f08-events-own-3", 3, 1, 2, Numbers);
        yield return Tenfold("f09-events-3", 3, 1, 2, Numbers);
        yield return Tenfold("f10-successes-4", 4, 1, 2, Successes);
        yield return Own("f11-skewed-3", 3, 2, 1, stream => Waiting(stream, 2, false));
        yield return Own("f12-fractions-5", 5, 2, 2, stream => Waiting(stream, 2, true));
        yield return Own("f15-own-clouds-3", 3, 2, 1, stream => Clouds(stream, 2, 2.5));
        yield return Tenfold("f27-policies-3", 3, 2, 4, Policies) with { TrainingNoise = 0.4 };
        yield return Tenfold("f28-clipped-3", 3, 2, 2, Capped) with { Bounds = [new(0, 2), new(0, 2)] };
        yield return Tenfold("f29-one-draw-spread-3", 3, 1, 2, stream => Spread(stream, chance => chance.NextNormal())) with { Repeats = 1, Rows = 600 };
    }

    private static IEnumerable<ChoiceLaw> FreshClouds()
    {
        static ChoiceLaw Law(string name, int anchors, int d, Func<RandomStream, RowLaw> make) => new(name, s_unit, Even(anchors), d, make) { Rows = 500 };

        yield return Law("f13-kinds-3", 3, 2, stream => Clouds(stream, 3, 2.5)) with { Categories = 3, Rows = 900 };
        yield return Law("f14-clouds-5", 5, 2, stream => Clouds(stream, 3, 3));
        yield return Law("f16-kinds-2", 2, 2, stream => Clouds(stream, 2, 2)) with { Categories = 2 };
        yield return Law("f25-arcs-3", 3, 2, stream => Arcs(stream, 2)) with { Categories = 2 };
        yield return Law("f26-cloud-2", 2, 3, Cloud);
        yield return Law("f31-clouds-3", 3, 2, stream => Clouds(stream, 3, 2));
        yield return Law("f32-cloud-4", 4, 3, Cloud);
    }

    private static IEnumerable<ChoiceLaw> FreshAnswers()
    {
        static ChoiceLaw Law(string name, int anchors, int d, int c, Func<RandomStream, RowLaw> make) =>
            new(name, s_unit, Even(anchors), d, make) { IsDeterministic = true, Asking = Asking.SameContexts, Conditions = c, Rows = 400 };

        yield return Law("f17-phases-3", 3, 2, 3, Phases);
        yield return Law("f18-phases-5", 5, 8, 4, Phases);
        yield return Law("f19-waves-3", 3, 2, 3, stream => Waves(stream, 0.6));
        yield return Law("f20-temperature-2", 2, 5, 4, Heated);
        yield return Law("f21-classes-3", 3, 5, 3, Classes);
        yield return Law("f22-waves-wrong-scale-4", 4, 2, 2, stream => Waves(stream, 0.6)) with { Places = [0, 0.002, 0.05, 1], Truth = place => Math.Log(1 + 5e3 * place) / Math.Log(1 + 5e3) };
        yield return Law("f23-saturation-3", 3, 2, 2, Saturation);
        yield return Law("f24-waves-trained-8", 8, 3, 2, stream => Waves(stream, 0.5)) with { TrainingNoise = 0.1 };
        yield return Law("f33-growth-3", 3, 2, 2, Growth);
        yield return Law("f34-phases-3", 3, 3, 2, Phases);
        yield return Law("f35-images-3", 3, 64, 5, Images) with { Rows = 250 };
        yield return Law("f36-waves-2", 2, 2, 3, stream => Waves(stream, 0.6));
    }

    private static double Student(RandomStream chance) =>
        chance.NextNormal() / Math.Sqrt((Square(chance.NextNormal()) + Square(chance.NextNormal()) + Square(chance.NextNormal())) / 3);

    private static double Square(double v) => v * v;

    /// <summary>A mean and a spread that follow λ and the conditions.</summary>
    private static RowLaw Spread(RandomStream stream, Func<RandomStream, double> draw)
    {
        double[] a = Normals(stream, 12), tilt = Normals(stream, 3);
        return (u, x, _, chance, y) =>
            y[0] = (float)(Math.Sin(1.5 * Along(a, x) + tilt[0] * u) + 0.8 * tilt[1] * u + 0.25 * Math.Exp(0.9 * Along(a, x, 4) + tilt[2] * (u - 0.5)) * draw(chance));
    }

    /// <summary>Gamma waiting times whose shape and scale follow λ and the conditions, or fractions of two of them.</summary>
    private static RowLaw Waiting(RandomStream stream, int d, bool isFraction)
    {
        double[] a = Normals(stream, 16), tilt = Normals(stream, 8);
        return (u, x, _, chance, y) =>
        {
            var shared = 0.4 * chance.NextNormal();
            for (var j = 0; j < d; j++)
            {
                var first = Gamma(Math.Exp(0.5 + 0.6 * Along(a, x, 4 * j) + (1 + tilt[j]) * (u - 0.5)), chance) * (d > 1 ? Math.Exp(shared) : 1);
                y[j] = (float)(isFraction ? first / (first + Gamma(Math.Exp(0.5 + 0.6 * Along(a, x, 4 * j + 2) - tilt[2 + j] * (u - 0.5)), chance)) : first * Math.Exp(tilt[4 + j] * u));
            }
        };
    }

    /// <summary>A gamma number of a shape, as Marsaglia and Tsang draw it.</summary>
    private static double Gamma(double shape, RandomStream chance)
    {
        if (shape < 1)
        {
            return Gamma(shape + 1, chance) * Math.Pow(1 - chance.NextDouble(), 1 / shape);
        }

        double d = shape - 1 / 3.0, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var z = chance.NextNormal();
            var v = Math.Pow(1 + c * z, 3);
            if (v > 0 && Math.Log(1 - chance.NextDouble()) < 0.5 * z * z + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }

    /// <summary>Two modes that move apart, whose shares follow the condition and λ.</summary>
    private static RowLaw Modes(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) =>
        {
            var isHigh = chance.NextDouble() < 1 / (1 + Math.Exp(-a[0] * x[0] - a[1] * (u - 0.5)));
            y[0] = (float)(a[2] * u + Math.Sin(2 * x[0]) + (isHigh ? 1 + u * Math.Exp(0.3 * a[3]) : -1) + 0.25 * chance.NextNormal());
        };
    }

    /// <summary>Nothing, or a positive amount.</summary>
    private static RowLaw Amounts(RandomStream stream)
    {
        var a = Normals(stream, 8);
        return (u, x, _, chance, y) => y[0] = chance.NextDouble() < 1 / (1 + Math.Exp(-Along(a, x) - 2 * a[2] * (u - 0.5)))
            ? 0 : (float)Math.Exp(0.4 * Along(a, x, 3) + a[5] * u + 0.5 * chance.NextNormal());
    }

    /// <summary>Numbers of events at a rate.</summary>
    private static RowLaw Numbers(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) =>
        {
            var left = Math.Exp(-Math.Exp(0.8 + a[0] * (u - 0.5) + 0.5 * Along(a, x, 1) + 0.4 * a[4] * u * x[0]));
            var count = 0;
            for (var product = chance.NextDouble(); product > left; product *= chance.NextDouble())
            {
                count++;
            }

            y[0] = count;
        };
    }

    /// <summary>Successes of six trials.</summary>
    private static RowLaw Successes(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) =>
        {
            var share = 1 / (1 + Math.Exp(-(2 * a[0] * (u - 0.5) + Along(a, x, 1) + a[3] * u * x[1])));
            y[0] = Enumerable.Range(0, 6).Count(_ => chance.NextDouble() < share);
        };
    }

    /// <summary>Clouds that move a little while their shares change, each category's, or each condition's, in its own way.</summary>
    private static RowLaw Clouds(RandomStream stream, int count, double tilts)
    {
        double[] start = Normals(stream, 3 * count), tilt = Normals(stream, 3 * count), move = Normals(stream, 4 * count);
        var turn = 6 * stream.NextDouble();
        return (u, x, category, chance, y) =>
        {
            var tilted = x.Length > 0 ? x[0] : 0;
            double[] share = [.. Enumerable.Range(0, count).Select(i => Math.Exp(start[3 * i + category] + tilts * tilt[3 * i + category] * (u - 0.3) + move[4 * i] * tilted))];
            var at = chance.NextDouble() * share.Sum();
            var cloud = 0;
            for (; cloud < count - 1 && at >= share[cloud]; cloud++)
            {
                at -= share[cloud];
            }

            var angle = turn + 2 * Math.PI * cloud / count + category;
            y[0] = (float)(3 * Math.Cos(angle) + 0.8 * move[4 * cloud + 1] * u + 0.4 * chance.NextNormal());
            y[1] = (float)(3 * Math.Sin(angle) + 0.8 * move[4 * cloud + 2] * u * u + (0.3 + 0.2 * u) * chance.NextNormal());
        };
    }

    /// <summary>Answers whose phase λ and conditions turn together.</summary>
    private static RowLaw Phases(RandomStream stream)
    {
        double[] a = Normals(stream, 60), turn = Normals(stream, 12);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Sin((2.5 + turn[j]) * u + 1.2 * Along(a, x, 5 * j) + turn[^1]) + 0.5 * a[5 * j + 4] * x[0] * u * u);
            }
        };
    }

    /// <summary>Probabilities at a temperature.</summary>
    private static RowLaw Heated(RandomStream stream)
    {
        var a = Normals(stream, 25);
        return (u, x, _, _, y) =>
        {
            double sum = 0;
            Span<double> e = stackalloc double[5];
            for (var j = 0; j < 5; j++)
            {
                sum += e[j] = Math.Exp((1.5 * Along(a, x, 4 * j) + 0.5 * a[20 + j]) / (0.4 + 2.5 * u));
            }

            for (var j = 0; j < 5; j++)
            {
                y[j] = (float)(e[j] / sum);
            }
        };
    }

    /// <summary>Pictures of bumps whose heights follow the conditions and λ.</summary>
    private static RowLaw Images(RandomStream stream)
    {
        double[] places = Normals(stream, 12), a = Normals(stream, 60);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double h = j / 8 / 3.5 - 1, v = j % 8 / 3.5 - 1, sum = 0;
                for (var i = 0; i < 5; i++)
                {
                    var height = Math.Cos(1.6 * u) * Along(a, x, 10 * i) + Math.Sin(2.5 * u) * Along(a, x, 10 * i + 5) + u * u * places[10];
                    sum += height * Math.Exp(-(Square(h - 0.6 * places[2 * i]) + Square(v - 0.6 * places[2 * i + 1])) / 0.25);
                }

                y[j] = (float)sum;
            }
        };
    }
}
