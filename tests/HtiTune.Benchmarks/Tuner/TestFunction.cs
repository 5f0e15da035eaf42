namespace HtiTune.Benchmarks.Tuning;

/// <summary>A function of one variable whose minimum is sought.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Minimum">Lower end of its range.</param>
/// <param name="Maximum">Upper end of its range.</param>
/// <param name="BestPeer">Median evaluations of the best peer on it (ten peers, 20 seeds each; the table of the issue).</param>
/// <param name="Value">f(x).</param>
internal sealed record TestFunction(string Name, double Minimum, double Maximum, double BestPeer, Func<double, double> Value)
{
    // A dense sweep: the narrowest of these minima is some hundred of its steps wide.
    private const int Sweep = 200_001;

    private readonly Lazy<(double At, double Best, double Gap)> _target = new(() =>
    {
        double[] places = [.. Enumerable.Range(0, Sweep).Select(i => Minimum + (Maximum - Minimum) * i / (Sweep - 1))];
        double[] values = [.. places.Select(Value)];
        Array.Sort(values, places);
        return (places[0], values[0], values[Sweep / 2] - values[0]);
    });

    /// <summary>Where the minimum is, the minimum, and the gap: the median over the range less the minimum.</summary>
    public (double At, double Best, double Gap) Target => _target.Value;

    /// <summary>Whether a value is within 1 % of the gap.</summary>
    /// <param name="value">A value of the function.</param>
    public bool IsReached(double value) => value <= Target.Best + 0.01 * Target.Gap;

    /// <summary>The fourteen functions, in the order of the issue; the third to the last are the univariate problems 2 to 15 of Gavana's collection.</summary>
    public static IReadOnlyList<TestFunction> All { get; } =
    [
        new("Forrester", 0, 1, 8.5, x => Square(6 * x - 2) * Math.Sin(12 * x - 4)),
        new("Gramacy–Lee", 0.5, 2.5, 23.5, x => Math.Sin(10 * Math.PI * x) / (2 * x) + Math.Pow(x - 1, 4)),
        new("sin x + sin 10x/3", 2.7, 7.5, 6, x => Math.Sin(x) + Math.Sin(10 * x / 3)),
        new("−Σ k sin((k+1)x + k)", -10, 10, 16, x => -Enumerable.Range(1, 5).Sum(k => k * Math.Sin((k + 1) * x + k))),
        new("−(16x² − 24x + 5)e^−x", 1.9, 3.9, 4, x => -(16 * x * x - 24 * x + 5) * Math.Exp(-x)),
        new("−(1.4 − 3x) sin 18x", 0, 1.2, 12, x => -(1.4 - 3 * x) * Math.Sin(18 * x)),
        new("−(x + sin x)e^−x²", -10, 10, 12, x => -(x + Math.Sin(x)) * Math.Exp(-x * x)),
        new("sin x + sin 10x/3 + ln x − 0.84x + 3", 2.7, 7.5, 8, x => Math.Sin(x) + Math.Sin(10 * x / 3) + Math.Log(x) - 0.84 * x + 3),
        new("sin x + sin 2x/3", 3.1, 20.4, 7.5, x => Math.Sin(x) + Math.Sin(2 * x / 3)),
        new("−x sin x", 0, 10, 6, x => -x * Math.Sin(x)),
        new("2 cos x + cos 2x", -Math.PI / 2, 2 * Math.PI, 6, x => 2 * Math.Cos(x) + Math.Cos(2 * x)),
        new("−e^−x sin 2πx", 0, 4, 11.5, x => -Math.Exp(-x) * Math.Sin(2 * Math.PI * x)),
        new("(x² − 5x + 6)/(x² + 1)", -5, 5, 4, x => (x * x - 5 * x + 6) / (x * x + 1)),
        new("e^−3x − sin³x", 0, 20, 9, x => Math.Exp(-3 * x) - Math.Pow(Math.Sin(x), 3)),
    ];

    private static double Square(double x) => x * x;
}
