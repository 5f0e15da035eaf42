using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Answers of three anchors, by which it is chosen how outputs go between them.
internal static partial class ChoiceLaws
{
    private static IEnumerable<ChoiceLaw> ChoosingThree()
    {
        yield return Asked("c11-network-3", 3, 3, 3, stream => Network(stream, 8, 1.5));
        yield return Asked("c12-network-deep-3", 3, 6, 5, stream => Network(stream, 16, 2.5));
        yield return Asked("c13-squares-3", 3, 3, 3, stream => Powers(stream, 2));
        yield return Asked("c14-cubes-3", 3, 3, 3, stream => Powers(stream, 3));
        yield return Asked("c15-passing-3", 3, 36, 3, Passing) with { Rows = 250 };
        yield return Asked("c16-swings-3", 3, 2, 2, Swings);
        yield return Asked("c17-exponents-3", 3, 2, 3, Exponents);
        yield return Asked("c18-shares-3", 3, 3, 3, Logistic);
        yield return Asked("c19-discounts-3", 3, 2, 4, Discounts);
        yield return Asked("c20-network-trained-3", 3, 3, 3, stream => Network(stream, 8, 1.5)) with { TrainingNoise = 0.05 };
        yield return Asked("c21-half-lives-3", 3, 2, 2, HalfLives);
        yield return Asked("c22-smoothed-3", 3, 3, 2, Smoothed);
        yield return Asked("c23-network-early-3", 3, 3, 3, stream => Network(stream, 8, 1.5)) with { Places = [0, 0.35, 1] };
        yield return Asked("c24-cubes-late-3", 3, 3, 3, stream => Powers(stream, 3)) with { Places = [0, 0.6, 1] };
        yield return Asked("c25-odds-3", 3, 2, 3, Odds);
        yield return Asked("c26-reading-3", 3, 2, 2, stream => Powers(stream, 3)) with { Truth = place => place * place };
    }

    /// <summary>A network of one hidden layer that reads λ beside the conditions.</summary>
    private static RowLaw Network(RandomStream stream, int width, double reach)
    {
        double[] a = Normals(stream, 8 * width), outer = Normals(stream, 8 * width);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var h = 0; h < width; h++)
                {
                    sum += outer[j * width + h] * Math.Tanh(Along(a, x, 8 * h) + reach * a[8 * h + 6] * (u - 0.5) + 0.5 * a[8 * h + 7]);
                }

                y[j] = (float)(sum / Math.Sqrt(width));
            }
        };
    }

    /// <summary>Powers of λ whose shares follow the conditions.</summary>
    private static RowLaw Powers(RandomStream stream, int most)
    {
        var a = Normals(stream, 80);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0, power = 1;
                for (var p = 0; p <= most; p++, power *= u)
                {
                    var first = 20 * j + 5 * p;
                    sum += power * (a[first + 4] + Along(a, x, first) + 0.4 * a[first + 3] * x[0] * x[1]);
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>Pictures across which spots pass.</summary>
    private static RowLaw Passing(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double h = j / 6 / 2.5 - 1, v = j % 6 / 2.5 - 1, sum = 0;
                for (var i = 0; i < 3; i++)
                {
                    sum += a[10 * i] * (1 + 0.5 * Along(a, x, 10 * i + 1))
                        * Math.Exp(-(Square(h - 0.4 * a[10 * i + 4] - 0.5 * a[10 * i + 5] * u - 0.2 * x[0]) + Square(v - 0.4 * a[10 * i + 6] - 0.5 * a[10 * i + 7] * u)) / 0.5);
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>Damped swings.</summary>
    private static RowLaw Swings(RandomStream stream)
    {
        double[] a = Normals(stream, 12), rate = [.. Enumerable.Range(0, 2).Select(_ => 1.5 + 2 * stream.NextDouble())];
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.4 * Along(a, x, 4 * j)) * Math.Exp(-(0.6 + 0.4 * x[1]) * u) * Math.Cos(rate[j] * u * (1 + 0.2 * x[0]) + Along(a, x, 4 * j + 2)));
            }
        };
    }

    private static RowLaw Exponents(RandomStream stream)
    {
        var a = Normals(stream, 20);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Pow(1.6 + 0.5 * Math.Tanh(Along(a, x, 8 * j)), 1 + 2 * u) - (1 + a[8 * j + 5]) * u * x[0]);
            }
        };
    }

    private static RowLaw Logistic(RandomStream stream)
    {
        var a = Normals(stream, 60);
        return (u, x, _, _, y) =>
        {
            var share = 1 / (1 + Math.Exp(-4 * (u - 0.5) - Along(a, x)));
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 - share) * Math.Sin(Along(a, x, 6 + 6 * j)) + share * Math.Cos(Along(a, x, 30 + 6 * j)) + 0.3 * a[54 + j] * u);
            }
        };
    }

    /// <summary>What a course of rewards is worth at a discount.</summary>
    private static RowLaw Discounts(RandomStream stream)
    {
        var a = Normals(stream, 100);
        return (u, x, _, _, y) =>
        {
            var discount = 0.2 + 0.7 * u;
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0, weight = 1;
                for (var step = 0; step < 10; step++, weight *= discount)
                {
                    sum += weight * (0.3 + Math.Sin(Along(a, x, 4 * step + 40 * j) + step * 0.3 * a[90]));
                }

                y[j] = (float)(sum / 3);
            }
        };
    }

    private static RowLaw HalfLives(RandomStream stream)
    {
        var a = Normals(stream, 12);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.5 * a[6 * j] * x[1]) / (1 + Math.Exp(3 * (u - 0.5) + Along(a, x, 6 * j + 1))) + 0.4 * a[6 * j + 4] * x[0] * u);
            }
        };
    }

    /// <summary>Signals whose fine parts a width takes away.</summary>
    private static RowLaw Smoothed(RandomStream stream)
    {
        var a = Normals(stream, 60);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var k = 1; k < 5; k++)
                {
                    sum += Math.Exp(-0.5 * Square(k * (0.1 + 0.7 * u))) * Math.Sin(k * (1 + 0.2 * a[12 * j]) * x[0] + Along(a, x, 12 * j + 2 * k)) / k;
                }

                y[j] = (float)sum;
            }
        };
    }

    private static RowLaw Odds(RandomStream stream)
    {
        var a = Normals(stream, 20);
        return (u, x, _, _, y) =>
        {
            y[0] = (float)(1 / (1 + Math.Exp(-(a[0] + Along(a, x, 1) + (1.5 + a[5]) * (2 * u - 1) * (1 + 0.5 * x[1])))));
            y[1] = 1 - y[0];
        };
    }
}
