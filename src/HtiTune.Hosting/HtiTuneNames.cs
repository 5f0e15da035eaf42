namespace HtiTune.Hosting;

/// <summary>Names that options leave to the service.</summary>
internal static class HtiTuneNames
{
    /// <summary>The job queue of advances; it comes before all queues of trainings in the alphabet, by which they are served.</summary>
    public const string ControlQueue = "a-control";

    private const string DefaultQueue = "default";

    /// <summary>The job queue of wake-ups for the trainings of a queue.</summary>
    public static string TrainingQueue(string queue) => $"m-{queue}";

    /// <summary>The queues that a process trains.</summary>
    public static IReadOnlyList<string> Queues(HtiTuneOptions options) => options.Queues.Count == 0 ? [DefaultQueue] : [.. options.Queues.Distinct(StringComparer.Ordinal)];

    /// <summary>The process's name as a worker.</summary>
    public static string Worker(HtiTuneOptions options) => options.Worker ?? $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>The folder for files of trainings under way.</summary>
    public static string WorkFolder(HtiTuneOptions options) =>
        options.WorkFolder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "HtiTune", "work");
}
