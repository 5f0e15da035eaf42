using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Laws of other kinds than those that choose, looked at once, when it was chosen how answers go between three anchors.
internal static partial class ChoiceLaws
{
    private static IEnumerable<ChoiceLaw> UnseenThree()
    {
        yield return Asked("n09-zoom-3", 3, 25, 3, Zoom) with { Rows = 250 };
        yield return Asked("n10-queues-3", 3, 2, 3, Queues);
        yield return Asked("n11-squared-hinges-3", 3, 3, 4, SquaredHinges);
        yield return Asked("n12-harmonics-3", 3, 4, 2, Harmonics);
        yield return Asked("n13-doses-3", 3, 2, 3, Doses);
        yield return Asked("n14-bearings-3", 3, 2, 2, Bearings);
        yield return Asked("n15-chains-3", 3, 4, 3, Chains);
        yield return Asked("n16-kernel-means-3", 3, 2, 3, KernelMeans);
        yield return Asked("n17-doses-trained-3", 3, 2, 3, Doses) with { TrainingNoise = 0.04 };
        yield return Asked("n18-pendulum-3", 3, 2, 2, Pendulum);
        yield return Asked("n19-pendulum-early-3", 3, 2, 2, Pendulum) with { Places = [0, 0.4, 1] };
        yield return Asked("n20-queues-2", 2, 2, 3, Queues);
        yield return Asked("n21-harmonics-5", 5, 4, 2, Harmonics);
        yield return new ChoiceLaw("n22-delays-4", s_unit, Even(4), 1, Delays) { Asking = Asking.OwnContexts, Conditions = 2, Rows = 600 };
        yield return new ChoiceLaw("n23-crescents-3", s_unit, Even(3), 2, Crescents) { Categories = 2, Rows = 600 };
    }

    /// <summary>A pattern seen through a lens.</summary>
    private static RowLaw Zoom(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double h = (j / 5 / 2.0 - 1) * (1 + 0.7 * u), v = (j % 5 / 2.0 - 1) * (1 + 0.7 * u), sum = 0;
                for (var i = 0; i < 3; i++)
                {
                    sum += Math.Cos(1.2 * a[8 * i] * h + 1.2 * a[8 * i + 1] * v + Along(a, x, 8 * i + 2));
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>How long one waits where the load rises.</summary>
    private static RowLaw Queues(RandomStream stream)
    {
        var a = Normals(stream, 20);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                var load = (0.15 + 0.65 * u) / (1 + Math.Exp(-1 - 0.6 * Along(a, x, 6 * j)));
                y[j] = (float)(load / (1 - load) - 1.5 + 0.5 * a[6 * j + 4] * x[0]);
            }
        };
    }

    private static RowLaw SquaredHinges(RandomStream stream)
    {
        var a = Normals(stream, 80);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var i = 0; i < 3; i++)
                {
                    var first = 24 * j + 8 * i;
                    sum += a[first + 6] * Square(Math.Max(0, Along(a, x, first) + a[first + 4] * (u - 0.5) + 0.4 * a[first + 5]));
                }

                y[j] = (float)sum;
            }
        };
    }

    private static RowLaw Harmonics(RandomStream stream)
    {
        var a = Normals(stream, 80);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var k = 0; k < 4; k++)
                {
                    sum += Math.Exp(-0.7 * k) * Math.Cos(Math.PI * 0.8 * k * u) * Math.Sin(Along(a, x, 16 * j + 4 * k) + a[16 * j + 4 * k + 2]);
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>What a dose does, to whom.</summary>
    private static RowLaw Doses(RandomStream stream)
    {
        var a = Normals(stream, 20);
        var steep = 1 + 2 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double dose = Math.Pow(0.05 + u, steep), half = Math.Pow(0.5 * Math.Exp(0.5 * Along(a, x, 8 * j)), steep);
                y[j] = (float)((1 + 0.3 * Along(a, x, 8 * j + 3)) * dose / (dose + half) + 0.4 * x[0]);
            }
        };
    }

    private static RowLaw Bearings(RandomStream stream)
    {
        var a = Normals(stream, 12);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double along = Along(a, x, 6 * j) + 1.5 * a[6 * j + 2] * (u - 0.5), off = 1 + 0.4 * Along(a, x, 6 * j + 3) * u;
                y[j] = (float)(Math.Atan2(along, Math.Abs(off) + 0.3) + 0.2 * u * x[1]);
            }
        };
    }

    /// <summary>Where a walk of four places is after some time.</summary>
    private static RowLaw Chains(RandomStream stream)
    {
        var a = Normals(stream, 60);
        return (u, x, _, _, y) =>
        {
            Span<double> at = stackalloc double[4], next = stackalloc double[4];
            at.Clear();
            at[0] = 1;
            const int Steps = 60;
            for (var step = 0; step < Steps; step++)
            {
                next.Clear();
                for (var i = 0; i < 4; i++)
                {
                    for (var j = 0; j < 4; j++)
                    {
                        var flow = i == j ? 0 : at[i] * (0.1 + 2 * u) / Steps * Math.Exp(0.5 * Along(a, x, 12 * i + 3 * j));
                        (next[i], next[j]) = (next[i] - flow, next[j] + flow);
                    }
                }

                for (var i = 0; i < 4; i++)
                {
                    at[i] += next[i];
                }
            }

            for (var j = 0; j < 4; j++)
            {
                y[j] = (float)at[j];
            }
        };
    }

    /// <summary>Means of twelve points' values by a kernel whose width is λ.</summary>
    private static RowLaw KernelMeans(RandomStream stream)
    {
        double[] points = Normals(stream, 36), values = Normals(stream, 24);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0, weights = 0;
                for (var i = 0; i < 12; i++)
                {
                    double square = 0;
                    for (var c = 0; c < x.Length; c++)
                    {
                        square += Square(x[c] - 0.7 * points[3 * i + c]);
                    }

                    var weight = Math.Exp(-0.5 * square / Square(0.35 + u));
                    (sum, weights) = (sum + weight * values[12 * j + i], weights + weight);
                }

                y[j] = (float)(sum / weights);
            }
        };
    }

    /// <summary>A pendulum let go, after some time.</summary>
    private static RowLaw Pendulum(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, _, y) =>
        {
            double angle = 1 + 0.7 * Along(a, x), speed = 0.7 * Along(a, x, 2), step = 2.5 * u / 200;
            for (var i = 0; i < 200; i++)
            {
                speed -= step * (Math.Sin(angle) + 0.2 * speed);
                angle += step * speed;
            }

            (y[0], y[1]) = ((float)angle, (float)speed);
        };
    }

    /// <summary>Delays of two stages, now and then of a third.</summary>
    private static RowLaw Delays(RandomStream stream)
    {
        var a = Normals(stream, 8);
        return (u, x, _, chance, y) =>
        {
            double Stage(double rate) => -Math.Log(1 - chance.NextDouble()) / rate;
            y[0] = (float)(Stage(1.5 * Math.Exp(0.4 * Along(a, x))) + Stage(2 + a[2] * (u - 0.5)) + (chance.NextDouble() < 0.1 + 0.5 * u ? Stage(0.8) + 0.5 * u : 0));
        };
    }

    /// <summary>Crescents that open while they turn.</summary>
    private static RowLaw Crescents(RandomStream stream)
    {
        double turn = 1 + stream.NextDouble(), open = 0.5 + stream.NextDouble();
        return (u, _, category, chance, y) =>
        {
            double angle = (chance.NextDouble() - 0.5) * (1 + open * u) + (category == 0 ? turn : -turn) * u, radius = 1 + 0.5 * category + 0.07 * chance.NextNormal();
            (y[0], y[1]) = ((float)(radius * Math.Cos(angle) + 2 * category), (float)(radius * Math.Sin(angle)));
        };
    }
}
