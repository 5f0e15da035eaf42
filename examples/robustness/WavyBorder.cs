using HtiTune.Data;

// x          points, even on [−1, 1] × [−0.6, 0.6]
// p(x)       probability of class 1: σ((x₂ − 0.2 sin 4π x₁) / 0.04), σ(t) = 1 / (1 + e^−t)
// The border of the classes is a wave. Following it pays where points stay what they are; whoever expects shifts as wide as its bends does
// better to cut them.

/// <summary>Two classes with a wavy border, and with some chance on either side of it.</summary>
/// <param name="X">Points, shape [n, 2].</param>
/// <param name="Probabilities">Probability of class 1 at each point.</param>
/// <param name="Labels">Classes 0 and 1, drawn by it.</param>
internal sealed record WavyBorder(Matrix X, double[] Probabilities, int[] Labels)
{
    private const double HalfHeight = 0.6;
    private const double Amplitude = 0.2;
    private const double Waves = 2;
    private const double Blur = 0.04;

    /// <summary>Probability of class 1.</summary>
    /// <param name="x1">First coordinate.</param>
    /// <param name="x2">Second coordinate.</param>
    public static double Probability(double x1, double x2) => 1 / (1 + Math.Exp(-(x2 - Amplitude * Math.Sin(2 * Math.PI * Waves * x1)) / Blur));

    /// <summary>Draws points and their classes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="chance">Chance.</param>
    public static WavyBorder Draw(int count, RandomStream chance)
    {
        var x = Matrix.Create(count, 2, (_, row) =>
            (row[0], row[1]) = ((float)(2 * chance.NextDouble() - 1), (float)(HalfHeight * (2 * chance.NextDouble() - 1))));
        double[] probabilities = [.. Enumerable.Range(0, count).Select(i => Probability(x[i, 0], x[i, 1]))];
        return new WavyBorder(x, probabilities, [.. probabilities.Select(p => chance.NextDouble() < p ? 1 : 0)]);
    }
}
