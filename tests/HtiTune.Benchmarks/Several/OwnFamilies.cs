using HtiTune.Data;
using static HtiTune.Benchmarks.Several.SpaceFamilies;

namespace HtiTune.Benchmarks.Several;

/// <summary>Networks with known law that settings are chosen on, of other kinds than <see cref="SpaceFamilies"/>; an instance each seed.</summary>
internal static class OwnFamilies
{
    /// <summary>The first seed: settings are chosen on none of those that score.</summary>
    internal const int FirstSeed = 100;

    /// <summary>Names and makers: seed and d, 2 to 4, to a problem.</summary>
    internal static IReadOnlyList<(string Name, bool IsSmooth, Func<int, int, SpaceProblem> Make)> All { get; } =
    [
        ("exponential", true, Exponential),
        ("loop", true, Loop),
        ("features", true, RandomFeatures),
        ("neighbours", true, Neighbours),
        ("descent", true, Descent),
        ("filters", true, Filters),
    ];

    private static RandomStream Stream(string family, int seed, int d) => new RandomStreams(seed).Fork("several own").Stream($"{family} {d}");

    private static double Log(double u, double low, double high) => low * Math.Pow(high / low, u);

    private static double At(double[] u, int j, double otherwise) => j < u.Length ? u[j] : otherwise;

    // Exponential smoothing of level, trend and season, with a damped trend: forecasts of series three steps ahead.
    private static SpaceProblem Exponential(int seed, int d)
    {
        const int Series = 30, Length = 40, Season = 4, Ahead = 3;
        var stream = Stream("exponential", seed, d);
        var y = new double[Series][];
        for (var s = 0; s < Series; s++)
        {
            double level = stream.NextNormal(), trend = 0.2 * stream.NextNormal(), noise = 0.3 + 0.5 * stream.NextDouble(), moves = 0.1 + 0.4 * stream.NextDouble();
            double[] season = Normals(stream, Season);
            y[s] = new double[Length + Ahead];
            for (var t = 0; t < y[s].Length; t++)
            {
                level += trend + moves * stream.NextNormal();
                trend = 0.9 * trend + 0.05 * stream.NextNormal();
                season[t % Season] += 0.2 * moves * stream.NextNormal();
                y[s][t] = level + season[t % Season] + noise * stream.NextNormal();
            }
        }

        double[] ahead = [1, 0.5 + stream.NextDouble(), stream.NextDouble()];
        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("exponential", d, u =>
        {
            double a = Log(u[0], 0.01, 1), c = Log(u[1], 0.003, 1), b = Log(At(u, 2, 0.5), 0.003, 1), damp = 1 - Log(At(u, 3, 0.5), 0.003, 0.5);
            return Matrix.Create(Series, Ahead, (s, row) =>
            {
                double level = y[s][0], trend = 0;
                var season = new double[Season];
                for (var t = 1; t < Length; t++)
                {
                    var before = level;
                    level = a * (y[s][t] - season[t % Season]) + (1 - a) * (level + damp * trend);
                    trend = b * (level - before) + (1 - b) * damp * trend;
                    season[t % Season] = c * (y[s][t] - level) + (1 - c) * season[t % Season];
                }

                double drift = 0, power = 1;
                for (var h = 0; h < Ahead; h++)
                {
                    power *= damp;
                    drift += power * trend;
                    row[h] = (float)(level + drift + season[(Length + h) % Season]);
                }
            });
        }, o => WithTail([.. Enumerable.Range(0, Series).Select(s => Enumerable.Range(0, Ahead).Sum(h => ahead[h] * Math.Abs(o.Exact(s, h) - y[s][Length + h])))], tail));
    }

    // Step answers of plants under proportional, integral and derivative action with a filter, each gain on a logarithmic scale.
    private static SpaceProblem Loop(int seed, int d)
    {
        const int Plants = 16, Steps = 30, Each = 4;
        var stream = Stream("loop", seed, d);
        double[] inertia = [.. Normals(stream, Plants).Select(z => Math.Exp(0.3 * z))], friction = [.. Normals(stream, Plants).Select(z => 0.8 * Math.Exp(0.3 * z))];
        double[] load = [.. Normals(stream, Plants).Select(z => 0.3 * z)];
        double effort = 0.05 * Math.Exp(stream.NextNormal()), over = 1 + 4 * stream.NextDouble(), tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("loop", d, u =>
        {
            double p = Log(u[0], 0.1, 8), i = Log(u[1], 0.01, 3), r = Log(At(u, 2, 0.4), 0.02, 3), filter = Log(At(u, 3, 0.3), 0.1, 2);
            return Matrix.Create(Plants, 2 * Steps, (k, row) =>
            {
                const double Step = 0.3 / Each;
                double x = 0, v = 0, sum = 0, slow = 0, force = 0;
                for (var t = 0; t < Steps; t++)
                {
                    for (var e = 0; e < Each; e++)
                    {
                        var miss = 1 - x;
                        sum += Step * miss;
                        slow += Step / (filter + Step) * (v - slow);
                        force = 3 * Math.Tanh((p * miss + i * sum - r * slow) / 3);
                        v = (v + Step * (force + load[k]) / inertia[k]) / (1 + Step * friction[k] / inertia[k]);
                        x += Step * v;
                    }

                    (row[2 * t], row[2 * t + 1]) = ((float)x, (float)force);
                }
            });
        }, y => WithTail([.. Enumerable.Range(0, Plants).Select(k => Enumerable.Range(0, Steps).Sum(t =>
        {
            double miss = y.Exact(k, 2 * t) - 1, force = y.Exact(k, 2 * t + 1);
            return (Math.Abs(miss) + over * Math.Max(0, miss) + effort * force * force) / Steps;
        }))], tail));
    }

    // Ridge regression on random features of a network's first layer: penalty × scale of the weights × of the biases × share of a linear part.
    private static SpaceProblem RandomFeatures(int seed, int d)
    {
        const int Train = 40, Rows = 60, Inputs = 3, Hidden = 40;
        var stream = Stream("features", seed, d);
        double[] x = Normals(stream, (Train + Rows) * Inputs), w = Normals(stream, Hidden * Inputs), bias = Normals(stream, Hidden), turn = Normals(stream, Inputs);
        var bend = 0.5 + 1.5 * stream.NextDouble();
        double[] target = [.. Enumerable.Range(0, Train + Rows).Select(i =>
        {
            var z = Dot(x, i * Inputs, turn, 0, Inputs);
            return Math.Sin(bend * z) + 0.3 * z + 0.3 * stream.NextNormal();
        })];
        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("features", d, u =>
        {
            double penalty = Log(u[0], 1e-3, 30), scale = Log(u[1], 0.05, 5), shift = Log(At(u, 2, 0.5), 0.05, 5), line = Log(At(u, 3, 0.4), 0.01, 3);
            double[] phi = [.. Enumerable.Range(0, (Train + Rows) * Hidden).Select(at => Math.Tanh(scale * Dot(x, at / Hidden * Inputs, w, at % Hidden * Inputs, Inputs) + shift * bias[at % Hidden]))];
            return Solved(Train, Rows, penalty, target, (i, k) => Dot(phi, i * Hidden, phi, k * Hidden, Hidden) / Hidden + line * Dot(x, i * Inputs, x, k * Inputs, Inputs) / Inputs);
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Math.Abs(y.Exact(i, 0) - target[Train + i]))], tail));
    }

    // Means of near training rows: a bandwidth for each feature.
    private static SpaceProblem Neighbours(int seed, int d)
    {
        const int Train = 50, Rows = 50;
        var stream = Stream("neighbours", seed, d);
        double[] x = Normals(stream, (Train + Rows) * d), turns = [.. Enumerable.Range(0, d).Select(_ => 0.3 + 1.5 * stream.NextDouble())];
        double[] target = [.. Enumerable.Range(0, Train + Rows).Select(i => Enumerable.Range(0, d).Sum(j => Math.Sin(turns[j] * x[i * d + j] + j)) + 0.4 * stream.NextNormal())];
        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("neighbours", d, u =>
        {
            double[] inverse = [.. u.Select(v => 1 / Log(v, 0.2, 6))];
            return Matrix.Create(Rows, 1, (i, row) =>
            {
                double sum = 0, all = 0;
                for (var k = 0; k < Train; k++)
                {
                    double square = 0;
                    for (var j = 0; j < d; j++)
                    {
                        square += Math.Pow((x[(Train + i) * d + j] - x[k * d + j]) * inverse[j], 2);
                    }

                    var near = Math.Exp(-0.5 * square) + 1e-4;
                    (sum, all) = (sum + near * target[k], all + near);
                }

                row[0] = (float)(sum / all);
            });
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Math.Abs(y.Exact(i, 0) - target[Train + i]))], tail));
    }

    // Descent of a linear network that is stopped: for how long × how much faster the last features learn × decay × where the loss becomes straight.
    private static SpaceProblem Descent(int seed, int d)
    {
        const int Train = 30, Rows = 60, Features = 12;
        var stream = Stream("descent", seed, d);
        double[] x = [.. Normals(stream, (Train + Rows) * Features).Select((z, at) => z * Math.Pow(0.75, at % Features))], w = Normals(stream, Features);
        double[] target = [.. Enumerable.Range(0, Train + Rows).Select(i => Dot(x, i * Features, w, 0, Features) + 1.2 * stream.NextNormal())];
        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("descent", d, u =>
        {
            double time = Log(u[0], 0.3, 60), second = Log(u[1], 0.03, 10), decay = Log(At(u, 2, 0.3), 1e-3, 3), clip = Log(At(u, 3, 0.7), 0.2, 5);
            const int Steps = 60;
            double[] beta = new double[Features];
            for (var t = 0; t < Steps; t++)
            {
                var slope = new double[Features];
                for (var i = 0; i < Train; i++)
                {
                    // A loss that is straight far out.
                    var miss = Dot(x, i * Features, beta, 0, Features) - target[i];
                    var pull = miss / Math.Sqrt(1 + miss * miss / (clip * clip)) / Train;
                    for (var j = 0; j < Features; j++)
                    {
                        slope[j] += pull * x[i * Features + j];
                    }
                }

                for (var j = 0; j < Features; j++)
                {
                    var rate = time / Steps * (j >= Features / 2 ? second : 1);
                    beta[j] = (beta[j] - rate / (1 + rate) * slope[j]) / (1 + rate * decay / 10);
                }
            }

            return Matrix.Create(Rows, 1, (i, row) => row[0] = (float)Dot(x, (Train + i) * Features, beta, 0, Features));
        }, y => WithTail([.. Enumerable.Range(0, Rows).Select(i => Math.Abs(y.Exact(i, 0) - target[Train + i]))], tail));
    }

    // A signal through filters in turn: width of a smoother × what it takes for a leap × how much of what it leaves is kept × width of a second one.
    private static SpaceProblem Filters(int seed, int d)
    {
        const int Signals = 12, Length = 48;
        var stream = Stream("filters", seed, d);
        double[][] clean = new double[Signals][], noisy = new double[Signals][];
        for (var s = 0; s < Signals; s++)
        {
            double rate = 0.1 + 0.4 * stream.NextDouble(), phase = 6 * stream.NextDouble(), slow = stream.NextNormal(), bump = Length * stream.NextDouble();
            clean[s] = [.. Enumerable.Range(0, Length).Select(t => Math.Sin(rate * t + phase) + slow * t / Length + 1.5 * Math.Exp(-0.1 * (t - bump) * (t - bump)))];
            noisy[s] = [.. clean[s].Select(v => v + 0.5 * stream.NextNormal() + (stream.NextDouble() < 0.05 ? 3 : 0))];
        }

        var tail = 0.6 * stream.NextDouble();
        return new SpaceProblem("filters", d, u =>
        {
            double width = Log(u[0], 0.3, 10), robust = Log(u[1], 0.1, 5), keep = 2 * At(u, 2, 0.5), second = Log(At(u, 3, 0.2), 0.3, 10);
            return Matrix.Create(Signals, Length, (s, row) =>
            {
                double[] first = Smooth(noisy[s], noisy[s], width, robust), rest = [.. noisy[s].Select((v, t) => v - first[t])], again = Smooth(rest, rest, second, 2 * robust);
                for (var t = 0; t < Length; t++)
                {
                    row[t] = (float)(first[t] + keep * again[t]);
                }
            });
        }, y => WithTail([.. Enumerable.Range(0, Signals).Select(s => Enumerable.Range(0, Length).Sum(t => Math.Pow(y.Exact(s, t) - clean[s][t], 2)))], tail));

        static double[] Smooth(double[] y, double[] guide, double width, double robust) => [.. Enumerable.Range(0, y.Length).Select(t =>
        {
            double sum = 0, all = 0;
            for (var k = 0; k < y.Length; k++)
            {
                double far = (t - k) / width, off = (guide[t] - guide[k]) / robust;
                var weight = Math.Exp(-0.5 * far * far) / (1 + off * off);
                (sum, all) = (sum + weight * y[k], all + weight);
            }

            return sum / all;
        })];
    }

    private static Matrix Solved(int train, int rows, double penalty, double[] target, Func<int, int, double> kernel)
    {
        var system = new double[train * train];
        for (var i = 0; i < train; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                system[i * train + k] = system[k * train + i] = kernel(i, k) + (i == k ? penalty : 0);
            }
        }

        var factor = CholeskyFactor.Of(system, train);
        var weights = target[..train];
        factor.SolveLower(weights, weights);
        factor.SolveUpper(weights, weights);
        return Matrix.Create(rows, 1, (i, row) => row[0] = (float)Enumerable.Range(0, train).Sum(k => weights[k] * kernel(train + i, k)));
    }

    private static double Dot(double[] x, int from, double[] y, int at, int count)
    {
        double sum = 0;
        for (var j = 0; j < count; j++)
        {
            sum += x[from + j] * y[at + j];
        }

        return sum;
    }
}
