using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Answers in contexts that no anchor answered: laws by which what carries them is chosen, and laws that are looked at once, when all is chosen.
internal static partial class ChoiceLaws
{
    /// <summary>The laws: those whose names begin with c choose, those with n are looked at at the end.</summary>
    public static IReadOnlyList<ChoiceLaw> NewContexts { get; } = [.. ChoosingContexts(), .. ChoosingThree(), .. UnseenContexts(), .. UnseenThree()];

    private static ChoiceLaw Asked(string name, int anchors, int d, int c, Func<RandomStream, RowLaw> make) =>
        new(name, s_unit, Even(anchors), d, make) { IsDeterministic = true, Asking = Asking.SameContexts, Conditions = c, Rows = 400 };

    private static IEnumerable<ChoiceLaw> ChoosingContexts()
    {
        yield return Asked("c01-phases-4", 4, 3, 2, Phases);
        yield return Asked("c02-kinks-3", 3, 2, 3, Kinks);
        yield return Asked("c03-bumps-5", 5, 2, 2, Bumps);
        yield return Asked("c04-steps-4", 4, 2, 2, Steps);
        yield return Asked("c05-few-of-six-3", 3, 2, 6, Few);
        yield return Asked("c06-phases-trained-5", 5, 3, 3, Phases) with { TrainingNoise = 0.05 };
        yield return Asked("c07-temperature-3", 3, 5, 4, Heated);
        yield return Asked("c08-waves-7", 7, 2, 5, stream => Waves(stream, 0.5));
        yield return Asked("c09-growth-3", 3, 2, 1, Growth);
        yield return Asked("c10-bumps-2", 2, 2, 3, Bumps);
    }

    private static IEnumerable<ChoiceLaw> UnseenContexts()
    {
        yield return Asked("n01-soft-ridges-3", 3, 2, 4, SoftRidges);
        yield return Asked("n02-orbit-4", 4, 2, 1, Orbit);
        yield return Asked("n03-hinges-5", 5, 1, 2, Hinges);
        yield return Asked("n04-products-6", 6, 4, 3, Products);
        yield return Asked("n05-experts-3", 3, 2, 5, Experts);
        yield return Asked("n06-wells-7", 7, 1, 2, Wells);
        yield return Asked("n07-soft-ridges-trained-5", 5, 2, 3, SoftRidges) with { TrainingNoise = 0.05 };
        yield return Asked("n08-rational-4", 4, 3, 3, Rational);
    }

    /// <summary>Distances from planes that λ moves.</summary>
    private static RowLaw Kinks(RandomStream stream)
    {
        var a = Normals(stream, 30);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Abs(Along(a, x, 6 * j) + a[6 * j + 4] * u) + 0.5 * Along(a, x, 12 + 3 * j) * u);
            }
        };
    }

    /// <summary>Hills whose places follow λ.</summary>
    private static RowLaw Bumps(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var i = 0; i < 3; i++)
                {
                    double square = 0;
                    for (var c = 0; c < x.Length; c++)
                    {
                        square += Square(x[c] - 0.5 * a[6 * i + c] - 0.4 * a[6 * i + 3 + c] * u);
                    }

                    sum += a[20 + 4 * j + i] * Math.Exp(-square / 0.4);
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>Steps across planes that λ moves.</summary>
    private static RowLaw Steps(RandomStream stream)
    {
        var a = Normals(stream, 20);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Tanh(5 * (Along(a, x, 4 * j) + 0.4 * a[4 * j + 3] * (u - 0.5))) + a[10 + j] * u * x[0]);
            }
        };
    }

    /// <summary>Waves of two of the conditions.</summary>
    private static RowLaw Few(RandomStream stream)
    {
        var a = Normals(stream, 12);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Sin(2.5 * x[j] + (1 + 0.5 * a[j]) * u) + a[2 + j] * x[j + 1] * x[j + 1] * u);
            }
        };
    }

    private static RowLaw SoftRidges(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Log(1 + Math.Exp(3 * (Along(a, x, 8 * j) + a[8 * j + 5] * u))) / 3 + u * u * Along(a, x, 20 + 5 * j));
            }
        };
    }

    private static RowLaw Orbit(RandomStream stream)
    {
        double rate = 1.5 + stream.NextDouble(), turn = 1.5 + stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            var angle = rate * x[0] + turn * u;
            (y[0], y[1]) = ((float)((1 + 0.3 * x[0] * u) * Math.Cos(angle)), (float)((1 - 0.2 * u) * Math.Sin(angle)));
        };
    }

    private static RowLaw Hinges(RandomStream stream)
    {
        var a = Normals(stream, 10);
        return (u, x, _, _, y) => y[0] = (float)(Math.Max(0, Along(a, x) + 2 * a[3] * (u - 0.5)) + Math.Max(0, Along(a, x, 4) - u) + 0.3 * a[7] * u * u);
    }

    private static RowLaw Products(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double product = 1;
                for (var c = 0; c < x.Length; c++)
                {
                    product *= 1 + 0.6 * Math.Sin((1 + 0.5 * a[8 * j + c]) * x[c] + a[8 * j + c + 3] * u);
                }

                y[j] = (float)product;
            }
        };
    }

    private static RowLaw Experts(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            var share = 1 / (1 + Math.Exp(-3 * Along(a, x) - 2 * u + 1));
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(share * Along(a, x, 6 + 6 * j) + (1 - share) * (Along(a, x, 20 + 6 * j) + u));
            }
        };
    }

    private static RowLaw Wells(RandomStream stream)
    {
        var a = Normals(stream, 10);
        return (u, x, _, _, y) => y[0] = (float)(-Math.Exp(-(Square(x[0] - 0.8 * Math.Cos(a[0] + 2 * u)) + Square(x[1] - 0.8 * Math.Sin(a[0] + 2 * u))) / 0.25) + 0.3 * a[1] * x[0] * u);
    }

    private static RowLaw Rational(RandomStream stream)
    {
        var a = Normals(stream, 30);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.4 * a[20 + j] * u) / (1 + Square(1.5 * Along(a, x, 4 * j) + 2 * (u - 0.5) * a[4 * j + 3])));
            }
        };
    }
}
