using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Surrogates;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace HtiTune.Tests.Notebooks;

/// <summary>What a cell can call besides the library: as in the kernel, display shows a value.</summary>
public sealed class NotebookGlobals
{
    private readonly List<JsonObject> _shown = [];

    /// <summary>Shows a value by the formatters that its type names, else as text.</summary>
    /// <param name="value">The value.</param>
#pragma warning disable IDE1006 // the kernel's own name
    public void display(object value) => _shown.Add(Data(value));
#pragma warning restore IDE1006

    internal List<JsonObject> Take()
    {
        List<JsonObject> taken = [.. _shown];
        _shown.Clear();
        return taken;
    }

    // An image is kept as one, so that web pages show it; its HTML would hold the same bytes again.
    internal static JsonObject Data(object value) => value is Figure figure
        ? new JsonObject { ["image/png"] = Convert.ToBase64String(figure.Png), ["text/plain"] = Formatted(value)["text/plain"]!.DeepClone() }
        : Formatted(value);

    // By names alone, as the kernel does.
    private static JsonObject Formatted(object value)
    {
        var data = new JsonObject();
        var attribute = value.GetType().GetCustomAttributes().FirstOrDefault(a => a.GetType().Name == "TypeFormatterSourceAttribute");
        if (attribute is null)
        {
            data["text/plain"] = value.ToString();
            return data;
        }

        var type = (Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!;
        var source = Activator.CreateInstance(type, nonPublic: true)!;
        foreach (var formatter in (IEnumerable<object>)type.GetMethod("CreateTypeFormatters")!.Invoke(source, null)!)
        {
            using var writer = new StringWriter();
            var mime = (string)formatter.GetType().GetProperty("MimeType")!.GetValue(formatter)!;
            if (formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)])!.Invoke(formatter, [value, writer]) is true)
            {
                data[mime] = writer.ToString();
            }
        }

        return data;
    }
}

/// <summary>A notebook file: its cells are executed in order, and what they showed is stored.</summary>
internal sealed class Notebook(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Assembly[] References =
    [
        typeof(Matrix).Assembly, typeof(TrajectorySurrogate).Assembly, typeof(TorchRuntime).Assembly, typeof(Tuner).Assembly, typeof(Figure).Assembly, typeof(TorchSharp.torch).Assembly,
        typeof(object).Assembly, typeof(Enumerable).Assembly, typeof(Console).Assembly, typeof(List<>).Assembly, typeof(File).Assembly,
        typeof(NotebookGlobals).Assembly, Assembly.Load("System.Runtime"), Assembly.Load("System.Collections"), Assembly.Load("System.Linq"),
    ];

    /// <summary>The file's content.</summary>
    internal JsonObject Root { get; } = JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    /// <summary>The cells with their kind and source.</summary>
    internal IEnumerable<(JsonObject Cell, bool IsCode, string Source)> Cells => Root["cells"]!.AsArray().Select(cell => (
        cell!.AsObject(), (string?)cell["cell_type"] == "code", string.Concat(cell["source"]!.AsArray().Select(line => (string?)line))));

    /// <summary>Executes all code cells in order, and puts their outputs into <see cref="Root"/>.</summary>
    internal async Task Execute()
    {
        var globals = new NotebookGlobals();
        var options = ScriptOptions.Default.AddReferences(References.Distinct())
            .AddImports("System", "System.IO", "System.Linq", "System.Collections.Generic");
        ScriptState<object>? state = null;
        var count = 0;
        var console = Console.Out;
        foreach (var (cell, isCode, source) in Cells)
        {
            if (!isCode)
            {
                continue;
            }

            using var printed = new StringWriter();
            Console.SetOut(printed);
            try
            {
                var code = Code(source);
                state = state is null
                    ? await CSharpScript.RunAsync(code, options, globals, typeof(NotebookGlobals))
                    : await state.ContinueWithAsync(code, options);
            }
            finally
            {
                Console.SetOut(console);
            }

            var outputs = new JsonArray();
            if (printed.ToString() is { Length: > 0 } text)
            {
                outputs.Add(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = Lines(text) });
            }

            foreach (var data in globals.Take())
            {
                outputs.Add(new JsonObject { ["data"] = data, ["metadata"] = new JsonObject(), ["output_type"] = "display_data" });
            }

            cell["execution_count"] = ++count;
            cell["outputs"] = outputs;
        }
    }

    /// <summary>Writes the file, with outputs.</summary>
    internal void Save() => File.WriteAllText(path, Root.ToJsonString(Indented) + "\n");

    /// <summary>The same code as a file-based app: usings first, then the cells with their words as comments.</summary>
    internal string App()
    {
        var (usings, body) = (new List<string>(), new StringBuilder());
        foreach (var (_, isCode, source) in Cells)
        {
            foreach (var line in (isCode ? Code(source) : source).Split('\n').Select(line => line.TrimEnd()))
            {
                if (isCode && line.StartsWith("using ", StringComparison.Ordinal))
                {
                    usings.Add(line);
                }
                else
                {
                    body.Append(isCode ? line : $"// {line}".TrimEnd()).Append('\n');
                }
            }

            body.Append('\n');
        }

        var projects = string.Concat(new[] { "Data", "Surrogates", "Surrogates.Torch", "", "Plotting" }.Select(name => name.Length > 0 ? $"HtiTune.{name}" : "HtiTune")
            .Select(name => $"#:project ../../src/{name}/{name}.csproj\n"));
        return $"""
            #!/usr/bin/env dotnet
            // The code of {Path.GetFileName(path)}, made from it by its test.
            {projects}#:package TorchSharp
            #:include Show.cs

            {string.Join('\n', usings.Distinct())}
            using static Show;

            {body.ToString().TrimEnd()}

            """.ReplaceLineEndings("\n");
    }

    // Packages are the build output here, and magic commands are the kernel's.
    private static string Code(string source) =>
        string.Join('\n', source.Split('\n').Where(line => !line.StartsWith("#r ", StringComparison.Ordinal) && !line.StartsWith("#!", StringComparison.Ordinal)));

    private static JsonArray Lines(string text) => new([.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => (JsonNode)(line + "\n"))]);
}
