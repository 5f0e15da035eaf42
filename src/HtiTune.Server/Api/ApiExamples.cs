using System.Text.Json.Nodes;

namespace HtiTune.Server;

/// <summary>A request for each operation that takes JSON; tests send them.</summary>
internal static class ApiExamples
{
    private static readonly Dictionary<string, string> s_requests = new(StringComparer.Ordinal)
    {
        ["createStudy"] = """{"definition":{"name":"dropout","hyperparameter":"dropout","minimum":0,"maximum":0.9,"objective":"value","maxTrainings":12}}""",
        ["describeStudy"] = """{"tags":["baseline","team/vision"],"notes":"The learning rate of the first month."}""",
        ["cancelStudy"] = """{"reason":"no longer needed"}""",
        ["enqueueTrainings"] = """{"lambdas":[0.3,0.5]}""",
        ["predict"] = """{"configurations":[{"dropout":0.3}],"importances":true}""",
        ["prefer"] = """{"objective":"mean(abs(outputs[0]))","goal":"minimize","mayTrain":0}""",
        ["claim"] = """{"worker":"gpu-7","study":"019ac0de-0000-7000-8000-000000000001","waitFor":"00:00:30"}""",
        ["renew"] = """{"lease":"019ac0de-0000-7000-8000-000000000002","progress":0.4,"values":[{"step":12,"value":0.53}]}""",
        ["tell"] = """{"lease":"019ac0de-0000-7000-8000-000000000002","value":0.153}""",
        ["sample"] = """{"lambda":0.3,"rows":5}""",
        ["addWebhook"] = """{"url":"https://hooks.example.com/htitune","kinds":["study.ended","training.wanted"]}""",
        ["createKey"] = """{"name":"ci","scopes":"read write"}""",
    };

    /// <summary>The operations that have one.</summary>
    internal static IReadOnlyCollection<string> Operations => s_requests.Keys;

    /// <summary>A refusal.</summary>
    internal static JsonNode Problem => JsonNode.Parse(
        """{"type":"about:blank","title":"Bad Request","status":400,"detail":"The study: maxTrainings is 0; expected 1 to 1000.","instance":"/api/v1/studies"}""")!;

    /// <summary>An operation's request; null where it takes none.</summary>
    internal static JsonNode? Of(string operation) => s_requests.TryGetValue(operation, out var text) ? JsonNode.Parse(text) : null;
}
