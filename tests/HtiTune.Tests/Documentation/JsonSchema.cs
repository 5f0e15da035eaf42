using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HtiTune.Tests.Documentation;

/// <summary>The part of JSON Schema (draft 2020-12) that our schema uses; a keyword that it does not know is an error.</summary>
internal sealed class JsonSchema(JsonObject root)
{
    private static readonly string[] s_words = ["$schema", "title", "description", "examples", "$defs"];

    /// <summary>Whether a value is as the schema says.</summary>
    internal bool Accepts(JsonNode? value) => Accepts(root, value);

    internal bool Accepts(JsonObject schema, JsonNode? value) => schema.All(rule => rule.Key switch
    {
        "type" => rule.Value is JsonArray types ? types.Any(type => IsOf((string)type!, value)) : IsOf((string)rule.Value!, value),
        "enum" => rule.Value!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "const" => JsonNode.DeepEquals(rule.Value, value),
        "minimum" => Number(value) is not { } number || number >= (double)rule.Value!,
        "maximum" => Number(value) is not { } number || number <= (double)rule.Value!,
        "exclusiveMinimum" => Number(value) is not { } number || number > (double)rule.Value!,
        "exclusiveMaximum" => Number(value) is not { } number || number < (double)rule.Value!,
        "minLength" => Text(value) is not { } text || text.Length >= (int)rule.Value!,
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, (string)rule.Value!, RegexOptions.ECMAScript),
        "properties" => value is not JsonObject members || rule.Value!.AsObject()
            .All(one => !members.TryGetPropertyValue(one.Key, out var member) || Accepts(one.Value!.AsObject(), member)),
        "propertyNames" => value is not JsonObject members || members.All(one => Accepts(rule.Value!.AsObject(), one.Key)),
        "additionalProperties" => value is not JsonObject members || members.Where(one => schema["properties"]?[one.Key] is null)
            .All(one => rule.Value!.GetValueKind() == JsonValueKind.Object && Accepts(rule.Value.AsObject(), one.Value)),
        "required" => value is not JsonObject members || rule.Value!.AsArray().All(name => members.ContainsKey((string)name!)),
        "prefixItems" => value is not JsonArray items || items.Zip(rule.Value!.AsArray()).All(pair => Accepts(pair.Second!.AsObject(), pair.First)),
        "items" => value is not JsonArray items || items.Skip(schema["prefixItems"]?.AsArray().Count ?? 0).All(one => Accepts(rule.Value!.AsObject(), one)),
        "minItems" => value is not JsonArray items || items.Count >= (int)rule.Value!,
        "uniqueItems" => value is not JsonArray items || items.Select(one => one?.ToJsonString()).Distinct().Count() == items.Count,
        "anyOf" => rule.Value!.AsArray().Any(one => Accepts(one!.AsObject(), value)),
        "oneOf" => rule.Value!.AsArray().Count(one => Accepts(one!.AsObject(), value)) == 1,
        "not" => !Accepts(rule.Value!.AsObject(), value),
        "$ref" => Accepts(Target((string)rule.Value!), value),
        var word => s_words.Contains(word) ? true : throw new NotSupportedException($"the keyword {word}"),
    });

    /// <summary>What a reference names.</summary>
    internal JsonObject Target(string reference) => reference.Split('/')[1..].Aggregate((JsonNode)root, (node, name) => node[name]!).AsObject();

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("integer", JsonValueKind.Number) => Number(value) is { } number && number == Math.Floor(number),
        ("boolean", var kind) => kind is JsonValueKind.True or JsonValueKind.False,
        (var name, var kind) => kind.ToString().Equals(name, StringComparison.OrdinalIgnoreCase),
    };

    private static double? Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number ? (double)value : null;

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? (string)value! : null;
}
