using System.Diagnostics;
using System.Text.Json;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>A client that is generated from the OpenAPI document drives whole studies, and comes to the answers that the clients of C# and Python come to.</summary>
public sealed class TypeScriptClientTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Python = """
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import htitune_client
        client = htitune_client.Client(sys.argv[2], sys.argv[3])
        study = client.create("python line", 0, 1, hyperparameter="rate", maxTrainings=7, seed=4)
        client.work(study["id"], lambda training: (training.value - 0.3) ** 2)
        print(json.dumps(client.study(study["id"])["lambda"]))
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    // Node starts five times: some seconds, the price of what the document promises to strangers.
    [NpmFact]
    public async Task The_document_has_no_fault_and_its_client_runs_the_same_studies_to_the_same_answers()
    {
        var folder = Directory.CreateTempSubdirectory("htitune-typescript").FullName;
        try
        {
            foreach (var file in (string[])["package.json", "tsconfig.json", "drive.ts", "node.d.ts"])
            {
                File.Copy(Path.Combine(NpmFactAttribute.Folder, file), Path.Combine(folder, file));
            }

            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(NpmFactAttribute.Folder, "node_modules"));
            using (var http = server.Http(null))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await http.GetStringAsync("/openapi/v1.json"));
            }

            // Its recommended rules, and no list of faults that are let pass; a warning is one too.
            Assert.DoesNotContain("Warning was generated", await NodeAsync(folder, "@redocly/cli/bin/cli.js", "lint", "--extends", "recommended", "--format", "summary", "openapi.json"), StringComparison.Ordinal);
            await NodeAsync(folder, "openapi-typescript/bin/cli.js", "openapi.json", "--output", "api.d.ts");
            var types = await File.ReadAllTextAsync(Path.Combine(folder, "api.d.ts"));
            Assert.DoesNotContain(types.Split('\n'), line => line.Contains("unknown", StringComparison.Ordinal) && !line.Contains("[name: string]: unknown", StringComparison.Ordinal));
            await NodeAsync(folder, "typescript/bin/tsc", "--project", ".");
            var key = await server.KeyAsync("typescript");
            using var answers = JsonDocument.Parse(await NodeAsync(folder, null, "drive.js", server.Address.ToString().TrimEnd('/'), key));
            await CheckAsync(answers.RootElement, key);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task CheckAsync(JsonElement answers, string key)
    {
        // The same by the client of C#, and by the one file of Python.
        var client = HtiTuneClientExtensions.Create(new HttpClient(), server.Address, key);
        var line = await client.CreateAsync(new StudyDefinition { Name = "line", Hyperparameter = "rate", Minimum = 0, Maximum = 1, MaxTrainings = 7, Seed = 4 });
        await client.WorkAsync("cs", (task, _, _) => Task.FromResult(new WorkResult { Value = Math.Pow(task.Lambda - 0.3, 2) }), line.Id, TimeSpan.FromMilliseconds(50));
        line = await client.GetAsync(line.Id);
        Assert.Equal(line.Lambda, answers.GetProperty("lambda").GetDouble());
        Assert.Equal((await client.TrialsAsync(line.Id)).Select(trial => trial.Lambda), answers.GetProperty("trials").EnumerateArray().Select(one => one.GetDouble()));
        if (File.Exists(PythonFactAttribute.Python))
        {
            var examples = Path.GetFullPath(Path.Combine(NpmFactAttribute.Folder, "..", "..", "..", "examples", "python-client"));
            Assert.Equal(line.Lambda, JsonSerializer.Deserialize<double>(await RunAsync(examples, PythonFactAttribute.Python, "-B", "-c", Python, examples, server.Address.ToString(), key)));
        }

        var space = await client.CreateAsync(new StudyDefinition { Name = "space", Hyperparameters = ["lr=1e-4..1e-1:log", "layers=1..4:int", "act=relu,gelu"], MaxTrainings = 7, Seed = 4 });
        await client.WorkAsync("cs", (task, _, _) => Task.FromResult(new WorkResult
        {
            Value = Math.Pow(Math.Log10(task.Configuration!["lr"].Number) + 2.5, 2) + Math.Pow(task.Configuration["layers"].Number - 2, 2) / 4 + (task.Configuration["act"].Word == "gelu" ? 0 : 0.25),
        }), space.Id, TimeSpan.FromMilliseconds(50));
        space = await client.GetAsync(space.Id);
        Assert.Equal(space.Configuration!["lr"].Number, answers.GetProperty("configuration").GetProperty("lr").GetDouble(), 1e-9);
        Assert.Equal(space.Configuration["act"].Word, answers.GetProperty("configuration").GetProperty("act").GetString());
        Assert.Equal(answers.GetProperty("trials").GetArrayLength(), answers.GetProperty("anchors").GetInt32());
        Assert.Equal(3, answers.GetProperty("total").GetArrayLength());
        Assert.Superset(new HashSet<string?> { "line", "space" }, answers.GetProperty("listed").EnumerateArray().Select(one => one.GetString()).ToHashSet());
        Assert.Equal("<?xml", answers.GetProperty("figure").GetString());
        var words = answers.GetProperty("states").EnumerateArray().Select(one => one.GetString()!).ToList();
        Assert.Contains("minimize", words);
        Assert.Contains("finished", words);
        Assert.All(words, word => Assert.True(char.IsLower(word[0]), word));
        Assert.Equal(400, answers.GetProperty("refused")[0].GetInt32());
        Assert.Contains("minimum and maximum", answers.GetProperty("refused")[1].GetString(), StringComparison.Ordinal);
    }

    // A program of node_modules, or a file of the folder's own.
    private static Task<string> NodeAsync(string folder, string? program, params string[] words) =>
        RunAsync(folder, NpmFactAttribute.Node, [.. program is null ? (string[])[] : [Path.Combine(folder, "node_modules", program)], .. words]);

    private static async Task<string> RunAsync(string folder, string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words)
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{string.Join(' ', words)}: {await output}\n{await errors}");
        Assert.DoesNotContain("[1] ", await errors, StringComparison.Ordinal);
        return await output;
    }
}

/// <summary>A test that needs node and the packages of <c>TypeScript/package.json</c>; skipped with a reason where they are not installed.</summary>
public sealed class NpmFactAttribute : FactAttribute
{
    internal const string Node = "/usr/bin/node";

    /// <summary>Skipped without node or its packages.</summary>
    public NpmFactAttribute()
    {
        if (!File.Exists(Node))
        {
            Skip = $"{Node} is not installed";
        }
        else if (!Directory.Exists(Path.Combine(Folder, "node_modules", "typescript")))
        {
            Skip = $"the packages are not installed (npm ci in {Folder})";
        }
    }

    internal static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "TypeScript"));

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
