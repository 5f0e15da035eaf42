using HtiTune.Data;

/// <summary>Fill in your own data here, and what you want of the network's outputs.</summary>
internal static class Shop
{
    public const int Days = 120;

    private static readonly RandomStream s_chance = new RandomStreams(1).Stream("days");

    /// <summary>What is known in the morning.</summary>
    public static IReadOnlyList<double> Warmth { get; } = [.. Enumerable.Range(0, Days).Select(_ => s_chance.NextNormal())];

    /// <summary>What was sold.</summary>
    public static IReadOnlyList<double> Sold { get; } = [.. Warmth.Select(t => 5 + 2 * t + s_chance.NextNormal())];

    /// <summary>Mean cost of a day: a unit too little costs <paramref name="shortage"/> times a unit too much.</summary>
    public static double Cost(Matrix stock, double shortage) =>
        Enumerable.Range(0, Days).Average(i => Sold[i] > stock[i, 0] ? shortage * (Sold[i] - stock[i, 0]) : stock[i, 0] - Sold[i]);
}
