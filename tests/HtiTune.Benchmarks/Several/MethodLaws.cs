using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Several;

/// <summary>How the anchors of a law are asked.</summary>
internal enum SpaceAsking
{
    /// <summary>Draws without conditions.</summary>
    Draws,

    /// <summary>The same contexts of all, one answer each.</summary>
    Answers,

    /// <summary>The same contexts of all, one draw each.</summary>
    OneDraw,

    /// <summary>The same contexts of all, ten draws each.</summary>
    TenDraws,

    /// <summary>Contexts of each anchor's own.</summary>
    OwnContexts,
}

/// <summary>A network of several hyperparameters whose law is known.</summary>
/// <param name="Name">The law.</param>
/// <param name="Asking">How anchors are asked.</param>
/// <param name="Conditions">Continuous conditions, uniform in 0 … 1.</param>
/// <param name="Categories">Categories, 0 without.</param>
/// <param name="Draw">Outputs [2] at u [d] in the context x [C] of a category.</param>
internal sealed record MethodLaw(string Name, SpaceAsking Asking, int Conditions, int Categories, Func<double[], double[], int, RandomStream, double[]> Draw)
{
    /// <summary>Bounds of the outputs, or null.</summary>
    internal OutputBounds[]? Bounds { get; init; }

    /// <summary>Contexts that are asked.</summary>
    internal Contexts Contexts(int rows, RandomStream stream)
    {
        var each = Asking == SpaceAsking.TenDraws ? 10 : 1;
        double[] x = [];
        var conditions = Matrix.Create(rows, Conditions, (i, row) =>
        {
            x = i % each == 0 ? [.. row.ToArray().Select(_ => stream.NextDouble())] : x;
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)x[j];
            }
        });
        return Categories == 0 ? new Contexts(conditions) : new Contexts(conditions, [.. Enumerable.Range(0, rows).Select(i => i % Categories)], Categories);
    }

    /// <summary>Outputs in contexts.</summary>
    internal Matrix Sample(double[] u, Contexts contexts, RandomStream stream) => Matrix.Create(contexts.Count, 2, (i, row) =>
    {
        double[] x = [.. contexts.Conditions.Row(i).ToArray().Select(v => (double)v)];
        var y = Draw(u, x, Categories == 0 ? 0 : contexts.Categories[i], stream);
        (row[0], row[1]) = ((float)y[0], (float)y[1]);
    });
}

/// <summary>Laws on which methods over a space are compared; the instance of a seed has numbers of its own.</summary>
internal static class MethodLaws
{
    /// <summary>All laws of d hyperparameters, with the instance of a seed.</summary>
    internal static MethodLaw[] Of(int seed, int d)
    {
        var stream = new RandomStreams(seed).Fork("space methods").Stream($"{d}");
        double[] a = [.. Enumerable.Range(0, 24).Select(_ => stream.NextNormal())];

        // A direction of the cube and a smooth course along it, 0 … 1.
        double Along(double[] u, int which) => u.Select((v, j) => v * (1 + 0.4 * Math.Tanh(a[(which * 3 + j) % 24]))).Sum() / u.Length;
        double Bent(double[] u, int which) => Math.Sin(2.2 * Along(u, which) + a[which]) + 0.5 * u[which % u.Length] * u[(which + 1) % u.Length];
        double Between(double v) => 1 / (1 + Math.Exp(-v));
        return
        [
            new("smooth", SpaceAsking.Answers, 2, 0, (u, x, _, _) => [Bent(u, 0) + Math.Sin(3 * x[0] + 2 * u[0]), Bent(u, 1) * x[1] + u[^1] * x[0]]),
            new("leap", SpaceAsking.Answers, 2, 0, (u, x, _, _) => [Bent(u, 0) + x[0] + (Along(u, 2) + 0.15 * x[1] > 0.55 ? 1.5 : 0), Bent(u, 1) * x[1]]),
            new("weights", SpaceAsking.Draws, 0, 0, (u, _, _, r) =>
            {
                var mode = r.NextDouble() is var p && p < Between(5 * (Along(u, 0) - 0.5)) ? 0 : p < 0.5 + 0.5 * Between(4 * (u[^1] - 0.4)) ? 1 : 2;
                return [(mode - 1) * 3 + 0.3 * r.NextNormal(), (mode == 1 ? 2 : 0) + 0.3 * r.NextNormal()];
            }),
            new("clipped", SpaceAsking.Draws, 0, 0, (u, _, _, r) =>
                [Math.Clamp(0.5 + 0.5 * Bent(u, 0) + (0.3 + 0.5 * u[1]) * r.NextNormal(), 0, 1), Math.Clamp(Along(u, 1) + 0.5 * r.NextNormal(), 0, 1)])
            {
                Bounds = [new(0, 1), new(0, 1)],
            },
            new("counts", SpaceAsking.Draws, 0, 0, (u, _, _, r) => [Poisson(Math.Exp(0.6 + Bent(u, 0)), r), Poisson(1 + 4 * Along(u, 1), r)]),
            new("probabilities", SpaceAsking.Draws, 0, 0, (u, _, _, r) => Between(2 * Bent(u, 0) - 1 + (0.3 + u[1]) * r.NextNormal()) is var p ? [p, 1 - p] : []),
            new("tails", SpaceAsking.Draws, 0, 0, (u, _, _, r) => Heavy(r) is var (s, t) ? [2 * Bent(u, 0) + (0.3 + u[1]) * s, Bent(u, 1) + 0.5 * t + 0.5 * u[0] * s] : []),
            new("categories", SpaceAsking.Draws, 0, 4, (u, _, c, r) =>
                [Math.Cos(c * 1.5 + 2 * Along(u, c)) * 2 + 0.3 * r.NextNormal(), Math.Sin(c * 1.5 + 2 * Along(u, c)) * 2 + (0.2 + 0.4 * u[1]) * r.NextNormal()]),
            new("bananas", SpaceAsking.Draws, 0, 0, (u, _, _, r) => r.NextNormal() is var s ? [s + u[1], 1.4 * (Along(u, 0) - 0.4) * (s * s - 1) + 0.3 * r.NextNormal()] : []),
            new("ten-draws", SpaceAsking.TenDraws, 2, 0, (u, x, _, r) =>
                [Bent(u, 0) + Math.Sin(3 * x[0]) + (0.2 + 0.4 * u[1]) * r.NextNormal(), Bent(u, 1) * x[1] + 0.3 * (1 + x[0]) * r.NextNormal()]),
            new("one-draw", SpaceAsking.OneDraw, 2, 0, (u, x, _, r) =>
                [2 * Bent(u, 0) + Math.Sin(3 * x[0]) + (0.3 + 0.4 * u[1]) * r.NextNormal(), 2 * Bent(u, 1) * x[1] + 0.4 * (1 + x[0]) * r.NextNormal()]),
            new("one-draw-weights", SpaceAsking.OneDraw, 1, 0, (u, x, _, r) =>
                (r.NextDouble() < Between(5 * (Along(u, 0) + 0.5 * x[0] - 0.7)) ? 2 : -2) is var mode ? [mode + 0.3 * r.NextNormal(), x[0] + 0.3 * r.NextNormal()] : []),
            new("own-clouds", SpaceAsking.OwnContexts, 1, 0, (u, x, _, r) => r.NextNormal() is var s
                ? [2 * Bent(u, 0) + Math.Sin(4 * x[0]) + (0.3 + 0.4 * u[1]) * s, Bent(u, 1) + x[0] * Along(u, 2) * 2 + 0.3 * s + 0.3 * r.NextNormal()] : []),
            new("own-answers", SpaceAsking.OwnContexts, 2, 0, (u, x, _, _) => [Math.Sin(3 * x[0] + 3 * Along(u, 0)) + Bent(u, 1), Math.Cos(2 * x[1] - 2 * u[1]) * (1 + u[0])]),
            new("own-weights", SpaceAsking.OwnContexts, 1, 0, (u, x, _, r) =>
                (r.NextDouble() < Between(6 * (Along(u, 0) + 0.4 * x[0] - 0.7)) ? 2 : -2) is var mode ? [mode + 0.3 * r.NextNormal(), 0.5 * mode + 0.5 * x[0] + 0.3 * r.NextNormal()] : []),
            new("own-categories", SpaceAsking.OwnContexts, 1, 3, (u, x, c, r) =>
                [Math.Cos(c * 2 + 2 * Along(u, c)) * 1.5 + x[0] + 0.3 * r.NextNormal(), Math.Sin(c * 2 + 2 * Along(u, c)) * 1.5 + (0.2 + 0.4 * u[1]) * r.NextNormal()]),
        ];
    }

    private static (double, double) Heavy(RandomStream r)
    {
        // Student with three degrees of freedom.
        double Chi() => Math.Sqrt((Square(r) + Square(r) + Square(r)) / 3);
        return (r.NextNormal() / Chi(), r.NextNormal() / Chi());
    }

    private static double Square(RandomStream r) => r.NextNormal() is var n ? n * n : 0;

    private static double Poisson(double mean, RandomStream r)
    {
        double product = r.NextDouble(), least = Math.Exp(-mean);
        var count = 0;
        for (; product > least && count < 200; count++)
        {
            product *= r.NextDouble();
        }

        return count;
    }
}
