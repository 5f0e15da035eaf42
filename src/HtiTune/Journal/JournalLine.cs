// A line is one JSON object, its last property the checksum of all bytes before that property:
//   {"event":"value-measured","sequence":9,"time":"…","number":3,"value":0.25,"error":null,"checksum":"0123456789abcdef"}
// checksum   first 8 bytes of SHA-256, hexadecimal
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HtiTune.Service;

namespace HtiTune.Journal;

/// <summary>Writes and reads one line of a journal.</summary>
internal static class JournalLine
{
    private static readonly JsonSerializerOptions s_options = HtiTuneJson.Journal(
        JsonTypes.Default.WithAddedModifier(OfKind), new JsonStringEnumConverter<Goal>(), new JsonStringEnumConverter<StopReason>(), new JsonStringEnumConverter<AcquisitionKind>());

    // Three kinds of line tell how a training ended, and two that it is asked for; every other event has one.
    private static readonly Dictionary<string, (Type Type, TrialState State)> s_kinds = new(
    [
        .. ((Type[])
        [
            typeof(StudyCreated), typeof(StudyResumed), typeof(RunBegan), typeof(TrainingsEnqueued), typeof(QueueCleared), typeof(TrainingProposed),
            typeof(ContextsAnswered), typeof(ValueMeasured), typeof(RunEnded), typeof(TrainingsImported), typeof(TrainingsTakenBack),
        ]).Select(type => KeyValuePair.Create(JsonNamingPolicy.KebabCaseLower.ConvertName(type.Name), (type, default(TrialState)))),
        KeyValuePair.Create(TrainingProposed.StartedKind, (typeof(TrainingProposed), default(TrialState))),
        .. Enum.GetValues<TrialState>().Select(state => KeyValuePair.Create(TrainingEnded.KindOf(state), (typeof(TrainingEnded), state))),
    ]);

    /// <summary>The lines of events, numbered from behind one.</summary>
    public static byte[] Encode(ReadOnlySpan<JournalEvent> events, long behind)
    {
        var bytes = new List<byte>();
        foreach (var entry in events)
        {
            bytes.AddRange(Encode(entry with { Sequence = ++behind }));
        }

        return [.. bytes];
    }

    /// <summary>The line of an event, its end of line included.</summary>
    public static byte[] Encode(JournalEvent line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, line.GetType(), s_options);
        byte[] body = [.. Encoding.ASCII.GetBytes($"{{\"event\":\"{line.Kind}\","), .. json.AsSpan(1, json.Length - 2)];
        return [.. body, .. Checksum(body), (byte)'\n'];
    }

    /// <summary>Reads a line without its end of line.</summary>
    /// <param name="line">The bytes.</param>
    /// <param name="isWhole">Whether the checksum holds: then whatever is wrong was written so.</param>
    /// <param name="found">What is wrong, or nothing.</param>
    public static JournalEvent? Decode(ReadOnlySpan<byte> line, out bool isWhole, out string? found)
    {
        var length = Checksum([]).Length;
        isWhole = line.Length > length && line[^length..].SequenceEqual(Checksum(line[..^length]));
        found = null;
        if (!isWhole)
        {
            found = "the line's checksum does not hold";
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(line);
            var kind = reader.Read() && reader.Read() && reader.ValueTextEquals("event"u8) && reader.Read() ? reader.GetString() : null;
            var (type, state) = kind is not null && s_kinds.TryGetValue(kind, out var known) ? known : throw new JsonException($"there is no event '{kind}'");
            return (JournalEvent?)JsonSerializer.Deserialize(line, type, s_options) switch
            {
                TrainingEnded { SamplesFile: null } or TrainingEnded { SamplesSha256: null } when state == TrialState.Completed => throw new JsonException("a training that completed has no samples"),
                TrainingEnded ended => ended with { State = state },
                TrainingProposed proposed when proposed.IsStarted != (kind == TrainingProposed.StartedKind) => throw new JsonException("a training is handed out with a seed, and proposed without"),
                { } read => read,
                null => throw new JsonException("null"),
            };
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            found = $"the event is not known or lacks something ({problem.Message.Split('\n')[0].TrimEnd('.')})";
            return null;
        }
    }

    /// <summary>The schema that a first line declares, whatever else it holds; null where it cannot be told.</summary>
    public static int? SchemaOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("schema", out var schema) && schema.TryGetInt32(out var version) ? version : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A line holds what its kind tells, null or not, and nothing else.
    private static void OfKind(JsonTypeInfo type)
    {
        foreach (var member in type.Kind == JsonTypeInfoKind.Object ? type.Properties : [])
        {
            var isOfEnd = type.Type == typeof(TrainingEnded) && member.Name is "networkFile" or "networkSha256";
            var isOfForecast = type.Type == typeof(TrainingProposed) && member.Name is not ("sequence" or "time" or "number" or "lambda" or "seed" or "reason");
            if (isOfEnd)
            {
                member.ShouldSerialize = (entry, _) => entry is TrainingEnded { State: TrialState.Completed };
            }
            else if (isOfForecast)
            {
                member.ShouldSerialize = (entry, _) => entry is TrainingProposed { IsStarted: false };
            }
            else if (type.Type == typeof(TrainingProposed) && member.Name == "seed")
            {
                member.ShouldSerialize = (_, seed) => seed is not null;
            }
        }
    }

    private static byte[] Checksum(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes(LineChecksum.EndOf(LineChecksum.Of(body)));
}
