using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

// Notation
//   y    what came true [n];  q(λ) forecasts of a network of two hyperparameters (a, b), each from 0 to 1, at 18 × 18 of their values
//   Row 0 of a table is y, the others q, of b in turn for each a. Trainings scatter: what each adds by chance is smooth over the rows and differs from one to the next.

/// <summary>Tables of networks of two hyperparameters that settings are chosen on.</summary>
internal static class OwnTables
{
    private const int Levels = 18, Rows = 90;

    /// <summary>The kinds, a table each seed.</summary>
    internal static IReadOnlyList<(string Name, Func<int, Matrix> Make)> All { get; } =
    [
        ("smoother", seed => Make(seed, "smoother", Smoother)), ("levels and shrinkage", seed => Make(seed, "levels", Shrunk)), ("two penalties", seed => Make(seed, "penalties", Penalties)),
        ("fits and stops", seed => Make(seed, "stops", Stopped)),
    ];

    private static Matrix Make(int seed, string name, Func<RandomStream, float[], Func<double, double, double[]>> kind)
    {
        var stream = new RandomStreams(seed).Fork("own tables").Stream(name);
        var actual = new float[Rows];
        var forecasts = kind(stream, actual);
        var scatter = 0.004 * stream.NextDouble();
        var table = new float[(Levels * Levels + 1) * Rows];
        actual.CopyTo(table, 0);
        var spread = Math.Sqrt(actual.Average(y => (double)y * y) - Math.Pow(actual.Average(y => (double)y), 2));
        for (var k = 0; k < Levels * Levels; k++)
        {
            var q = forecasts((k / Levels + 0.5) / Levels, (k % Levels + 0.5) / Levels);
            double[] chance = [.. Enumerable.Range(0, 4).Select(_ => scatter * spread * stream.NextNormal())];
            for (var i = 0; i < Rows; i++)
            {
                var at = 2 * Math.PI * i / Rows;
                table[(k + 1) * Rows + i] = (float)(q[i] + chance[0] + chance[1] * Math.Sin(3 * at) + chance[2] * Math.Cos(5 * at) + chance[3] * Math.Sin(11 * at));
            }
        }

        return new Matrix(Levels * Levels + 1, Rows, table);
    }

    // A kernel smoother of a noisy course: its width × how far it leans to high values.
    private static Func<double, double, double[]> Smoother(RandomStream stream, float[] actual)
    {
        double[] course = Course(stream), past = [.. course.Select(c => c + 0.5 * Skewed(stream))];
        Fill(actual, i => course[i] + 0.5 * Skewed(stream));
        return (a, b) =>
        {
            double width = 0.5 * Math.Exp(4 * a), lean = 4 * (b - 0.5);
            return [.. Enumerable.Range(0, Rows).Select(i =>
            {
                double sum = 0, weights = 0;
                for (var k = 0; k < Rows; k++)
                {
                    var weight = Math.Exp(-0.5 * Math.Pow((i - k) / width, 2) + lean * (past[k] - course[k]));
                    (sum, weights) = (sum + weight * past[k], weights + weight);
                }

                return sum / weights;
            })];
        };
    }

    // The a-quantile of a skewed law whose spread is known in part, drawn to the mean of all by b.
    private static Func<double, double, double[]> Shrunk(RandomStream stream, float[] actual)
    {
        double[] course = Course(stream), spreads = [.. Course(stream).Select(c => Math.Exp(0.4 * c))], guessed = [.. course.Select(c => c + 0.4 * stream.NextNormal())];
        Fill(actual, i => course[i] + 0.6 * spreads[i] * Skewed(stream));
        var mean = guessed.Average();
        return (a, b) =>
        {
            double z = NormalDistribution.Quantile(0.03 + 0.94 * a), share = Math.Pow(b, 1.5);
            return [.. Enumerable.Range(0, Rows).Select(i => (1 - share) * guessed[i] + share * mean + 0.6 * ((1 - share) * spreads[i] + share) * (z + 0.3 * (z * z - 1)))];
        };
    }

    // Ridge regression on twelve waves with a penalty for the slow and one for the fast, on a target that leans to high values.
    private static Func<double, double, double[]> Penalties(RandomStream stream, float[] actual)
    {
        double[] course = Course(stream), past = [.. course.Select(c => c + 0.6 * Skewed(stream) + 0.3)];
        Fill(actual, i => course[i] + 0.4 * Skewed(stream));
        return (a, b) =>
        {
            var q = new double[Rows];
            for (var w = 0; w < 24; w++)
            {
                var wave = Enumerable.Range(0, Rows).Select(i => Math.Cos(Math.PI * w * (i + 0.5) / Rows)).ToArray();
                var penalty = Math.Exp(w < 8 ? 10 * a - 3 : 10 * b - 3);
                var size = wave.Zip(past, (p, y) => p * y).Sum() / (wave.Sum(p => p * p) + penalty);
                for (var i = 0; i < Rows; i++)
                {
                    q[i] += size * wave[i];
                }
            }

            return q;
        };
    }

    // Descent that is stopped after a while (a), at a price of being low that it was trained for (b): what is fast is learned late.
    private static Func<double, double, double[]> Stopped(RandomStream stream, float[] actual)
    {
        double[] course = Course(stream), past = [.. course.Select(c => c + 0.5 * Skewed(stream))];
        Fill(actual, i => course[i] + 0.5 * Skewed(stream));
        double[] sizes = [.. Enumerable.Range(0, 30).Select(w => Enumerable.Range(0, Rows).Sum(i => past[i] * Math.Cos(Math.PI * w * (i + 0.5) / Rows)) * (w == 0 ? 1 : 2) / Rows)];
        return (a, b) =>
        {
            double steps = Math.Exp(7 * a), shift = 0.8 * NormalDistribution.Quantile(0.05 + 0.9 * b) * (0.6 + 0.4 * (1 - a));
            return [.. Enumerable.Range(0, Rows).Select(i =>
                shift + Enumerable.Range(0, 30).Sum(w => (1 - Math.Exp(-steps / (1 + 2.0 * w * w))) * sizes[w] * Math.Cos(Math.PI * w * (i + 0.5) / Rows)))];
        };
    }

    private static double[] Course(RandomStream stream)
    {
        double[] sizes = [.. Enumerable.Range(1, 6).Select(w => stream.NextNormal() / Math.Sqrt(w))], phases = [.. Enumerable.Range(0, 6).Select(_ => 2 * Math.PI * stream.NextDouble())];
        return [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Range(0, 6).Sum(w => sizes[w] * Math.Sin(2 * Math.PI * (w + 1) * i / Rows + phases[w])))];
    }

    private static double Skewed(RandomStream stream) => stream.NextNormal() is var z ? z + 0.3 * (z * z - 1) : 0;

    private static void Fill(float[] actual, Func<int, double> at)
    {
        for (var i = 0; i < Rows; i++)
        {
            actual[i] = (float)at(i);
        }
    }
}
