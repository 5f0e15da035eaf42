using System.IO.Compression;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality;

/// <summary>The folder of the benchmark's data.</summary>
internal sealed class BenchmarkData
{
    /// <summary>The environment variable that names the folder.</summary>
    internal const string Variable = "HTITUNE_DATA";
    private const string Known = "semicircles_train.npy";
    private readonly string _folder;

    private BenchmarkData(string folder) => _folder = folder;

    /// <summary>Finds the folder: the one given, else the variable's, else <c>../shared/data</c> seen from the repository's root.</summary>
    /// <param name="given">The folder of <c>--data</c>, if any.</param>
    /// <param name="root">The repository's root, if known.</param>
    /// <exception cref="DirectoryNotFoundException">There is no data there; the message names the place and the ways to point elsewhere.</exception>
    internal static BenchmarkData Find(string? given, string? root)
    {
        var folder = given ?? Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(root ?? ".", "..", "shared", "data");
        folder = Path.GetFullPath(folder);
        return System.IO.File.Exists(Path.Combine(folder, Known)) ? new BenchmarkData(folder) : throw new DirectoryNotFoundException(
            $"No benchmark data: looked for {Known} in {folder}. Name their folder with --data FOLDER or {Variable}.");
    }

    /// <summary>A file's path.</summary>
    internal string File(string name) => Path.Combine(_folder, name);

    /// <summary>An array.</summary>
    internal NpyArray Array(string name) => NpyFile.Read(File(name));

    /// <summary>A matrix.</summary>
    internal Matrix Matrix(string name) => NpyFile.ReadMatrix(File(name));

    /// <summary>The arrays of a NumPy archive (.npz: a ZIP file of .npy files), by name.</summary>
    /// <exception cref="DataFormatException">One of them is no array of numbers.</exception>
    internal IReadOnlyDictionary<string, NpyArray> Archive(string name) => ReadArchive(File(name));

    /// <summary>The arrays of a NumPy archive, by name.</summary>
    /// <param name="path">The file.</param>
    internal static IReadOnlyDictionary<string, NpyArray> ReadArchive(string path)
    {
        var folder = Directory.CreateTempSubdirectory("htitune-npz-");
        try
        {
            ZipFile.ExtractToDirectory(path, folder.FullName);
            return folder.GetFiles("*.npy").ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => NpyFile.Read(file.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
