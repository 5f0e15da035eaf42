using System.Runtime.CompilerServices;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Notebooks;

/// <summary>
/// The notebooks' code runs, and they are stored with what they showed. With HTITUNE_WRITE_NOTEBOOKS set, outputs and file-based apps are written.
/// </summary>
[Collection(Alone.Name)]
public class NotebookTests
{
    public static TheoryData<string> Names => ["Tour", "PythonNetwork", "Certificates", "SeveralHyperparameters"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_code_cell_runs_in_order(string name)
    {
        TorchRuntime.EnsureLoaded();
        var notebook = new Notebook(Path.Combine(Folder(), name + ".ipynb"));
        var stored = Shape(notebook);
        var app = Path.Combine(Folder(), name + ".cs");
        var here = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Folder();
        try
        {
            await notebook.Execute();
        }
        finally
        {
            Environment.CurrentDirectory = here;
        }

        if (Environment.GetEnvironmentVariable("HTITUNE_WRITE_NOTEBOOKS") is not null)
        {
            notebook.Save();
            await File.WriteAllTextAsync(app, notebook.App());
            return;
        }

        // What is stored was made by this code: the same kinds of output in the same cells, figures among them.
        Assert.Equal(Shape(notebook), stored);
        Assert.Contains("image/png", string.Concat(stored), StringComparison.Ordinal);
        Assert.Equal(notebook.App(), await File.ReadAllTextAsync(app));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_metadata_name_the_kernel_and_every_cell(string name)
    {
        var notebook = new Notebook(Path.Combine(Folder(), name + ".ipynb"));
        Assert.Equal((4, 5), ((int)notebook.Root["nbformat"]!, (int)notebook.Root["nbformat_minor"]!));
        Assert.Equal(".net-csharp", (string?)notebook.Root["metadata"]!["kernelspec"]!["name"]);
        Assert.Equal("polyglot-notebook", (string?)notebook.Root["metadata"]!["language_info"]!["name"]);
        var ids = notebook.Cells.Select(cell => (string?)cell.Cell["id"]).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count(id => !string.IsNullOrEmpty(id)));
        Assert.All(
            notebook.Cells.Where(cell => cell.IsCode),
            cell => Assert.Equal("csharp", (string?)cell.Cell["metadata"]!["polyglot_notebook"]!["kernelName"]));
    }

    // Each code cell's outputs by their kinds.
    private static List<string> Shape(Notebook notebook) =>
    [
        .. notebook.Cells.Where(cell => cell.IsCode).Select(cell => string.Join(
            ' ', cell.Cell["outputs"]!.AsArray().Select(output => output!["data"] is { } data
                ? string.Join(',', data.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal))
                : "text"))),
    ];

    private static string Folder([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "examples", "notebooks"));
}
