using System.Text.Json.Nodes;

namespace HtiTune.Hosting;

/// <summary>Data of the store's own events.</summary>
internal static class StoreEvents
{
    public static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString();

    public static string Created(string definition) => $$"""{"definition":{{definition}}}""";

    public static string Attempt(int trial, AttemptRow attempt) => JsonSerializer.Serialize(new
    {
        number = trial,
        attempt = attempt.Number,
        attemptId = attempt.Id,
        state = Name(attempt.State),
        reason = attempt.Reason,
        worker = attempt.Worker,
    });

    public static string Replicate(int trial, AttemptRow attempt, WorkResult end) => JsonSerializer.Serialize(new
    {
        number = trial,
        attempt = attempt.Number,
        attemptId = attempt.Id,
        samples = end.Samples,
        reported = end.Value,
    });

    public static string State(StudyState state, string? reason) => JsonSerializer.Serialize(new { state = Name(state), reason });

    public static string Imported(IReadOnlyList<TrialRow> anchors) => JsonSerializer.Serialize(new
    {
        anchors = anchors.Select(a => a.Configuration is { } configuration
            ? (object)new { number = a.Number, configuration = JsonNode.Parse(configuration), samples = a.Samples, source = a.Reason }
            : new { number = a.Number, lambda = a.Lambda, samples = a.Samples, source = a.Reason }),
    });

    /// <summary>Number of the trial whose end an event of the tuner's takes; null where it takes none.</summary>
    public static int? Taken(StudyEvent happened)
    {
        if (happened.Kind is not (StudyEventKind.Told or StudyEventKind.ToldFailed))
        {
            return null;
        }
        using var data = JsonDocument.Parse(happened.Data);
        return data.RootElement.GetProperty("number").GetInt32();
    }
}
