using HtiTune.Benchmarks.Quality.Processes;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>A task of the benchmark.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Score">What its score is: WD or MSE.</param>
/// <param name="Run">Fits, samples and scores one method with one seed.</param>
internal sealed record QualityTask(string Name, string Score, Func<BenchmarkData, Command, TaskScores> Run)
{
    /// <summary>All tasks, in the order of the table.</summary>
    internal static IReadOnlyList<QualityTask> All { get; } =
    [
        new("semicircles", "WD", Semicircles.Published),
        new("semicircles-fresh", "WD", Semicircles.Fresh),
        new("moons", "WD", Moons.ThreeAnchors),
        new("moons-loo", "mean WD", Moons.OneLeftOut),
        new("quantile", "MSE", Quantiles.TwoAnchors),
        new("quantile3", "MSE", Quantiles.ThreeAnchors),
        new("cancer", "MSE", Cancer.Run),
        new("cancer-reward", "reward lost", Treatments.Reward),
        .. Treatments.HasPolicies ? (QualityTask[])[new("hinge", "WD", Treatments.Hinge)] : [],
    ];
}

/// <summary>What a task measured.</summary>
/// <param name="Score">The task's score.</param>
/// <param name="Far">The error at the far anchors; null where the task has none.</param>
/// <param name="Others">Further scores by name.</param>
internal sealed record TaskScores(double Score, double? Far, params (string Name, double Value)[] Others);
