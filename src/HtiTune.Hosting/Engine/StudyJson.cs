namespace HtiTune.Hosting;

/// <summary>JSON of the store: definitions, results and the data of events.</summary>
internal static class StudyJson
{
    /// <summary>A value as requests and answers spell it.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, HtiTuneJson.Store);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, HtiTuneJson.Store) ?? throw new JsonException("null where data is expected");
}

/// <summary>What a trial's <see cref="TrialRow.Measures"/> holds: the values of all that the run measures, by objective, and whether every constraint is met.</summary>
internal sealed record TrialMeasures(IReadOnlyDictionary<string, double> Features, bool? IsFeasible);
