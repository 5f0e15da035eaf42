using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using HtiTune.Cli;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Documentation;

/// <summary>The schema of study files and their reader say the same: every key, and what may stand there.</summary>
public class StudySchemaTests
{
    private static readonly JsonObject s_schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "src", "docs", "study.schema.json")))!.AsObject();
    private static readonly JsonSchema s_reader = new(s_schema);

    // Values of every kind; those at a schema's own bounds come beside.
    private static readonly string[] s_values =
    [
        "null", "true", "false", "\"\"", "\"x\"", "\"x y\"", "\"90s\"", "\"5m\"", "\"0\"", "\"-1s\"", "\"1w\"", "\"NaN\"", "0", "1", "-1", "0.5", "2", "1e12",
        "[]", "[\"a\"]", "[\"a\",\"a\"]", "[\"\"]", "[\"a\",\"\"]", "[1]", "[0.5]", "[0.5,0.5]", "[null]", "[\"p=0..1\"]", "[\"p=0..1\",\"q=a,b\"]",
        "{}", "{\"a\":1}", "{\"a\":\"b\"}", "{\"a\":null}", "{\"a=b\":\"x\"}", "{\"rows\":1}", "{\"rows\":0}", "{\"rows\":null}", "{\"draws\":2.5}", "{\"rows\":1,\"draws\":1}",
        "{\"rows\":1,\"draws\":null}",
        "\"x.csv\"", "\"x.txt\"", "\"confidence-bound-at-risk=2\"", "[\"x\",\"{lambda}\",\"{out}\"]", "[\"\",\"{lambda}\",\"{out}\"]", "\"symlog=a\"", "\".npy\"", "\"log\"", "\"minimize\"",
    ];

    private static readonly string[] s_constraints =
        ["[\"column:0 <= 1\"]", "[\"column:0<=-1.5e3\",\"column:0 >= 0\"]", "[\"column:0 < 1\"]", "[\"<= 1\"]", "[\"column:0 <= one\"]", "[\"column:0 <= 1e400\"]"];

    public static TheoryData<string> Places =>
        [.. new[] { "", "hyperparameter", "outputs", "budget", "training", "tuner" }
            .SelectMany(place => Keys(place).Select(key => place.Length > 0 ? $"{place}.{key}" : key)).Where(key => key != "$schema")];

    [Theory]
    [InlineData("")]
    [InlineData("hyperparameter")]
    [InlineData("contexts")]
    [InlineData("outputs")]
    [InlineData("budget")]
    [InlineData("training")]
    [InlineData("tuner")]
    public void An_object_has_the_keys_that_the_reader_knows(string place)
    {
        using var folder = new TemporaryFolder();
        var study = Base();
        var at = place.Length == 0 ? study : (study[place] ??= new JsonObject()).AsObject();
        at["nothing-of-the-kind"] = 1;
        if (place == "contexts")
        {
            at["rows"] = 1;
        }

        var fault = Assert.Single(Faults(folder, study), one => one.Contains("nothing-of-the-kind", StringComparison.Ordinal));
        var known = fault.Split("; expected ")[1].Split("; did you")[0].Split(". Did you")[0].Split(" (")[0].Split(", ").Select(word => word.Trim());
        Assert.Equal(Keys(place).Where(key => key != "$schema").Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void What_the_schema_accepts_the_reader_accepts_and_nothing_else(string path)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("x"));
        Directory.CreateDirectory(folder.File("x y"));
        File.WriteAllText(folder.File("x.csv"), "a\n1\n");
        var (accepted, refused, differing) = (0, 0, new List<string>());
        foreach (var value in s_values.Concat(Bounds(path)).Concat(path == "constraints" ? s_constraints : []).Distinct())
        {
            var study = Base();
            if (path == "hyperparameters")
            {
                study.Remove("hyperparameter");
            }

            // Scales have domains.
            if (path == "hyperparameter.scale")
            {
                (study["hyperparameter"]!["from"], study["hyperparameter"]!["to"]) = (0.1, 0.9);
            }

            var parts = path.Split('.');
            var at = parts.Length == 1 ? study : (study[parts[0]] ??= new JsonObject()).AsObject();
            at[parts[^1]] = JsonNode.Parse(value);
            var (bySchema, faults) = (s_reader.Accepts(study), Faults(folder, study));
            (accepted, refused) = (accepted + (bySchema ? 1 : 0), refused + (bySchema ? 0 : 1));
            if (bySchema ? faults.Count > 0 && !IsBeyond(path, value) : faults.Count == 0)
            {
                differing.Add($"{value}: the schema {(bySchema ? "accepts" : "refuses")} it, the reader {(faults.Count == 0 ? "accepts it" : "says " + faults[0])}");
            }
        }

        Assert.Empty(differing);
        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void What_is_needed_is_needed_by_both()
    {
        using var folder = new TemporaryFolder();
        (string, string)[] needed = [("", "hyperparameter"), ("", "objective"), ("hyperparameter", "name"), ("hyperparameter", "from"), ("hyperparameter", "to")];
        foreach (var (place, key) in needed)
        {
            var study = Base();
            Assert.True(s_reader.Accepts(study) && Faults(folder, study).Count == 0);
            (place.Length == 0 ? study : study[place]!.AsObject()).Remove(key);
            Assert.False(s_reader.Accepts(study), key);
            Assert.NotEmpty(Faults(folder, study));
        }

        var both = Base();
        both["hyperparameters"] = new JsonArray("p=0..1");
        Assert.False(s_reader.Accepts(both));
        Assert.NotEmpty(Faults(folder, both));
    }

    [Fact]
    public void The_examples_are_as_the_schema_says()
    {
        var comments = new System.Text.Json.JsonDocumentOptions { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var folder = Path.Combine(Root(), "examples", "python-network");
        Assert.All(
            new[] { File.ReadAllText(Path.Combine(folder, "study.json")), File.ReadAllText(Path.Combine(folder, "several.json")), StudyTemplate.Text },
            text => Assert.True(s_reader.Accepts(JsonNode.Parse(text, null, comments))));
    }

    // What no schema can know: folders and files that are not there, a command that does not use what it must.
    private static bool IsBeyond(string path, string value) => path switch
    {
        "workingDirectory" => value is not ("\"x\"" or "\"x y\""),
        "contexts" => value == "\".npy\"",
        "command" => !value.Contains("{lambda}", StringComparison.Ordinal) || !value.Contains("{out}", StringComparison.Ordinal),
        _ => false,
    };

    private static IEnumerable<string> Keys(string place) => Schema(place)["properties"]!.AsObject().Select(one => one.Key);

    private static JsonObject Schema(string place) => place == "contexts"
        ? s_schema["properties"]!["contexts"]!["anyOf"]!.AsArray().Single(one => one!["properties"] is not null)!.AsObject()
        : place.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(s_schema, (schema, key) => schema["properties"]![key]!.AsObject());

    // Numbers at and beside the bounds that the schema names, its words and its examples.
    private static IEnumerable<string> Bounds(string path)
    {
        foreach (var (word, value) in All(Schema(path)))
        {
            if (word is "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum")
            {
                var number = (double)value!;
                foreach (var one in (double[])[number, number + 1, number - 1])
                {
                    yield return FormattableString.Invariant($"{one:R}");
                }
            }
            else if (word is "enum" or "examples")
            {
                foreach (var one in value!.AsArray())
                {
                    yield return one?.ToJsonString() ?? "null";
                }
            }
        }
    }

    private static IEnumerable<(string Word, JsonNode? Value)> All(JsonObject schema) => schema.SelectMany(rule => rule.Value switch
    {
        JsonArray list when rule.Key is "anyOf" or "oneOf" => list.SelectMany(one => All(one!.AsObject())),
        JsonValue value when rule.Key == "$ref" => All(s_reader.Target((string)value!)),
        _ => [(rule.Key, rule.Value)],
    });

    private static List<string> Faults(TemporaryFolder folder, JsonObject study)
    {
        var file = folder.File("study.json");
        File.WriteAllText(file, study.ToJsonString());
        return [.. StudyFileReader.ReadAll(file, Settings.Find(Path.GetDirectoryName(file)!)).Faults.Select(fault => fault.Message)];
    }

    // Wide enough for every number among the values.
    private static JsonObject Base() => JsonNode.Parse("""{ "hyperparameter": { "name": "lambda", "from": -1e13, "to": 1e13 }, "objective": "column:0" }""")!.AsObject();

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
