namespace HtiTune.Benchmarks.Record;

/// <summary>By how much a later value may be worse before it counts as a regression.</summary>
/// <param name="Unit">The unit that it is for.</param>
/// <param name="Allowed">The most that is allowed.</param>
/// <param name="IsRatio">Whether that is a share of the earlier value, and not a difference.</param>
/// <param name="MoreIsBetter">Whether larger values are better.</param>
internal sealed record Threshold(string Unit, double Allowed, bool IsRatio, bool MoreIsBetter)
{
    /// <summary>All that are compared; a benchmark's seeds are the same in both runs, so that of one commit all but times are equal.</summary>
    internal static IReadOnlyList<Threshold> All { get; } =
    [
        // WD, MSE and errors, regrets relative to a gap.
        new("distance", 0.05, IsRatio: true, MoreIsBetter: false),

        // Means or medians over studies.
        new("trainings", 0.5, IsRatio: false, MoreIsBetter: false),

        // Of the best of several runs.
        new("cpu seconds", 0.25, IsRatio: true, MoreIsBetter: false),
        new("MiB", 0.2, IsRatio: true, MoreIsBetter: false),

        // Coverage, certified studies: parts of one.
        new("share", 0.03, IsRatio: false, MoreIsBetter: true),

        // Branches that tests take, parts of one: what threads do in another order may leave out one or two.
        new("branches", 0.002, IsRatio: false, MoreIsBetter: true),

        // Wrong certificates, studies that never end.
        new("failures", 0, IsRatio: false, MoreIsBetter: false),
    ];

    /// <summary>The threshold of a unit; null where values are not compared.</summary>
    /// <param name="unit">The unit.</param>
    internal static Threshold? Of(string unit) => All.FirstOrDefault(one => one.Unit == unit);

    /// <summary>How much worse the later value is, in the measure of <see cref="Allowed"/>; negative where it is better.</summary>
    /// <param name="before">The earlier value.</param>
    /// <param name="after">The later one.</param>
    internal double Worse(double before, double after)
    {
        var difference = MoreIsBetter ? before - after : after - before;
        return !IsRatio || difference == 0 ? difference : difference / Math.Abs(before);
    }

    /// <summary>Whether the later value has regressed; what rounding does is none.</summary>
    /// <param name="before">The earlier value.</param>
    /// <param name="after">The later one.</param>
    internal bool IsRegression(double before, double after) => Worse(before, after) > Allowed + 1e-9;
}
