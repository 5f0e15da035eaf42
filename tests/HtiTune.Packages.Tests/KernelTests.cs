using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HtiTune.Packages.Tests;

/// <summary>Every notebook in the kernel that its readers have, from the packages: it shows what is stored in it.</summary>
[Collection(Packed.Name)]
public partial class KernelTests(Packed packed)
{
    // What libtorch trains differs in its last digits between processors, and then in what is proposed: there the kinds of output are compared.
    private const string Trained = "Tour";

    // Jupyter and dotnet-repl start the same kernel, half a minute each: one notebook is executed by the former, the rest by the latter.
    private const string Jupyters = "SeveralHyperparameters";

    public static TheoryData<string> Others =>
        [.. Directory.GetFiles(Path.Combine(Packed.Root, "examples", "notebooks"), "*.ipynb").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Where(name => name != Jupyters).Order(StringComparer.Ordinal)];

    [NotebookTheory("jupyter-nbconvert", "dotnet-interactive")]
    [InlineData(Jupyters)]
    public void Jupyter_executes_it_and_shows_what_is_stored(string name)
    {
        var (folder, kernels) = (Copied($"jupyter-{name}"), packed.Empty($"kernels-{name}"));
        var specifications = Directory.CreateDirectory(Path.Combine(kernels, "kernels")).FullName;
        var (installed, said) = packed.Run(NotebookTheoryAttribute.Find("dotnet-interactive")!, folder, ["jupyter", "install", "--path", specifications]);
        Assert.True(installed == 0, said);
        var path = $"{Path.GetDirectoryName(NotebookTheoryAttribute.Find("dotnet-interactive"))}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var (code, printed) = packed.Run(
            NotebookTheoryAttribute.Find("jupyter-nbconvert")!, folder,
            ["--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", "--output", "executed.ipynb", $"{name}.ipynb"],
            ("JUPYTER_PATH", kernels), ("PATH", path));
        Assert.True(code == 0, printed);
        Compare(name, Path.Combine(folder, "executed.ipynb"));
    }

    [NotebookTheory("dotnet-repl")]
    [MemberData(nameof(Others))]
    public void The_same_kernel_without_Jupyter_executes_it(string name)
    {
        var folder = Copied($"repl-{name}");
        var (code, printed) = packed.Run(
            NotebookTheoryAttribute.Find("dotnet-repl")!, folder,
            ["--run", $"{name}.ipynb", "--exit-after-run", "--output-format", "ipynb", "--output-path", "executed.ipynb"]);
        Assert.True(code == 0, printed);
        Assert.DoesNotContain("\"error\"", File.ReadAllText(Path.Combine(folder, "executed.ipynb")), StringComparison.Ordinal);
        Compare(name, Path.Combine(folder, "executed.ipynb"));
    }

    private static void Compare(string name, string executed)
    {
        var (stored, shown) = (Cells(Path.Combine(Packed.Root, "examples", "notebooks", $"{name}.ipynb")), Cells(executed));
        Assert.Equal(stored.Count, shown.Count);
        foreach (var (before, now) in stored.Zip(shown))
        {
            Assert.Equal(before.Select(one => one.Size is null ? "text" : "figure"), now.Select(one => one.Size is null ? "text" : "figure"));
            foreach (var (expected, actual) in before.Zip(now))
            {
                Assert.Equal(expected.Size, actual.Size);
                if (expected.Size is null && name != Trained)
                {
                    Assert.Equal(Number().Replace(expected.Text, "#"), Number().Replace(actual.Text, "#"));
                    Assert.All(
                        Number().Matches(expected.Text).Select(one => Value(one.Value)).Zip(Number().Matches(actual.Text).Select(one => Value(one.Value))),
                        pair => Assert.Equal(pair.First, pair.Second, 0.02 * Math.Abs(pair.First) + 1e-3));
                }
            }
        }
    }

    // What each code cell shows: texts, and figures by their width and height. What the kernel says of packages and warnings is its own.
    private static List<List<(string Text, (int, int)? Size)>> Cells(string path)
    {
        var cells = new List<List<(string, (int, int)?)>>();
        foreach (var cell in JsonNode.Parse(File.ReadAllText(path))!["cells"]!.AsArray().Where(cell => (string?)cell!["cell_type"] == "code"))
        {
            var (texts, figures) = (new List<string>(), new List<(int, int)>());
            foreach (var output in cell!["outputs"]!.AsArray())
            {
                Assert.NotEqual("error", (string?)output!["output_type"]);
                if (output["text"] is { } text && (string?)output["name"] != "stderr")
                {
                    texts.Add(Joined(text));
                }
                else if (output["data"] is { } data)
                {
                    var (html, plain) = (Joined(data["text/html"]), Joined(data["text/plain"]));
                    var image = data["image/png"] is { } png ? Joined(png) : Embedded().Match(html).Groups[1].Value;
                    if (image.Length > 0)
                    {
                        figures.Add(Size(Convert.FromBase64String(image.Trim())));
                    }
                    else if (!html.Contains("Packages</strong>", StringComparison.Ordinal) && !html.Contains("dotnet-interactive-this-cell", StringComparison.Ordinal)
                        && !plain.StartsWith("Loading extensions", StringComparison.Ordinal))
                    {
                        texts.Add(plain.Length > 0 ? plain : System.Net.WebUtility.HtmlDecode(Tag().Replace(html, " ")));
                    }
                }
            }

            // In which order a cell prints and shows is not the kernel's promise, and how it spaces a table neither.
            var words = texts.Select(one => string.Join(' ', one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Order(StringComparer.Ordinal);
            cells.Add([.. words.Select(one => (one, ((int, int)?)null)), .. figures.Select(size => ("", ((int, int)?)size))]);
        }

        return cells;
    }

    private static string Joined(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "";

    private static (int Width, int Height) Size(byte[] png)
    {
        Assert.Equal("PNG"u8.ToArray(), png[1..4]);
        Assert.InRange(png.Length, 5_000, 500_000);
        return (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    private static double Value(string number) => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture);

    // The data that the notebooks read travel with them.
    private string Copied(string name)
    {
        var (from, to) = (Path.Combine(Packed.Root, "examples", "notebooks"), packed.Empty(name));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex("data:image/png;base64,([A-Za-z0-9+/=]+)")]
    private static partial Regex Embedded();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
