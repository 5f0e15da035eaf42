using HtiTune;

namespace HtiTune.Tests.Documentation;

/// <summary>The quick start of the README, compiled; <see cref="ReadmeTests"/> holds the two together.</summary>
internal static class QuickStart
{
    internal static void Run()
    {
        // <quick start>
        TuningResult best = Tuner.Minimize("dropout", 0, 0.9, at => TrainAndValidate(at.Lambda, at.Seed));                 // any black box
        Console.WriteLine(best);

        using var tuner = Tuner.Create("quantile", 0.01, 0.99, at => Train(at.Lambda), model => model.Predict());   // outputs are kept
        TuningResult four = tuner.Minimize(stock => Cost(stock, shortage: 4));                     // at most 8 trainings
        TuningResult nine = tuner.Minimize(stock => Cost(stock, shortage: 9), maxTrainings: 0);    // another preference, no training
        Console.WriteLine($"{four}\n{nine}");
        // </quick start>
    }

    // The user's own: days of demand, and a forecaster that knows their law.
    private const int Days = 60;

    private static readonly double[] s_demand = [.. Enumerable.Range(0, Days).Select(i => 10 + i % 5 + Math.Log((i * 37 % Days + 0.5) / (Days - (i * 37 % Days + 0.5))))];

    private static double TrainAndValidate(double dropout, long seed) => 0.1 + (dropout - 0.3) * (dropout - 0.3) + 0 * seed;

    private static Forecaster Train(double quantile) => new(quantile);

    private static double Cost(HtiTune.Data.Matrix stock, double shortage) =>
        s_demand.Select((sold, i) => sold > stock[i, 0] ? shortage * (sold - stock[i, 0]) : stock[i, 0] - sold).Average();

    private sealed record Forecaster(double Quantile)
    {
        public HtiTune.Data.Matrix Predict() => HtiTune.Data.Matrix.FromDoubles(Days, 1, [.. Enumerable.Range(0, Days).Select(i => 10 + i % 5 + Math.Log(Quantile / (1 - Quantile)))]);
    }
}
