using System.Text.Json.Nodes;

namespace HtiTune.Server;

/// <summary>Data of events as they are answered: words as everywhere in the API (<c>minimize</c>, where the store has <c>Minimize</c>), workers by the names that they claim with.</summary>
internal static class EventWords
{
    // The members whose values are one of few words.
    private static readonly HashSet<string> s_words = ["state", "goal", "stopReason", "unmet"];

    internal static string Of(StudyEvent happened)
    {
        // Most events are of numbers alone.
        if (happened.Kind is StudyEventKind.Asked or StudyEventKind.Told or StudyEventKind.ToldFailed or StudyEventKind.Enqueued or StudyEventKind.Cleared or StudyEventKind.Imported)
        {
            return happened.Data;
        }

        var data = JsonNode.Parse(happened.Data)!;
        Spell(data);
        return data.ToJsonString(HtiTuneJson.Api);
    }

    private static void Spell(JsonNode node)
    {
        if (node is not JsonObject members)
        {
            return;
        }

        foreach (var (name, value) in members.ToList())
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var word) && word.Length > 0)
            {
                members[name] = s_words.Contains(name) ? char.ToLowerInvariant(word[0]) + word[1..]
                    : name == "worker" ? ServiceAnswers.Short(word)
                    : word;
            }
            else if (value is JsonObject inner && name is not "configuration")
            {
                Spell(inner);
            }
        }
    }
}
