using HtiTune.Data;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>A penalty in the place of a function's values on an interval of its range: what failed or diverged trainings are often scored.</summary>
/// <param name="From">Lower end of the interval, in the function's units.</param>
/// <param name="To">Upper end of it.</param>
/// <param name="Value">The penalty.</param>
internal sealed record Penalty(double From, double To, double Value)
{
    // Shares of the range that the interval takes, and the least between it and the minimiser.
    private const double Narrowest = 0.1;
    private const double Widest = 0.3;
    private const double Apart = 0.05;
    private const int Looks = 1000;

    private static readonly double[] Values = [1e3, 1e6, 1e10, 1e30, double.MaxValue];

    /// <summary>A penalty for one run: its place and width are drawn, away from all minimisers, and its value goes round from a thousand gaps to the largest double.</summary>
    /// <param name="function">The function.</param>
    /// <param name="seed">Number of the run, from 1.</param>
    internal static Penalty Of(TestFunction function, int seed)
    {
        var stream = new RandomStreams(seed).Stream($"penalty on {function.Name.Replace('/', ':')}");
        var (range, value) = (function.Maximum - function.Minimum, Values[seed % Values.Length]);
        while (true)
        {
            var width = (Narrowest + (Widest - Narrowest) * stream.NextDouble()) * range;
            var from = function.Minimum + (range - width) * stream.NextDouble();

            // Of several minimisers none may be lost.
            if (!Enumerable.Range(0, Looks + 1).Any(i => function.IsReached(function.Value(
                Math.Clamp(from - Apart * range + (width + 2 * Apart * range) * i / Looks, function.Minimum, function.Maximum)))))
            {
                return new Penalty(from, from + width, value < double.MaxValue ? function.Target.Best + value * function.Target.Gap : value);
            }
        }
    }

    /// <summary>The function with the penalty. Its target is that of the function without, so that runs compare.</summary>
    internal TestFunction On(TestFunction function) => function with { Value = x => x >= From && x <= To ? Value : function.Value(x) };
}
