using HtiTune.Journal;

namespace HtiTune.Server;

/// <summary>A study to be created, by a request or by the dashboard's form.</summary>
/// <param name="Definition">What it is to find.</param>
/// <param name="Anchors">Trainings that were made before; null without.</param>
public sealed record CreateStudyRequest(StudyDefinition Definition, IReadOnlyList<EarlierTraining>? Anchors = null)
{
    /// <summary>A training from a file of its outputs, named by its place: <c>0.25.npy</c>, <c>lr=0.01,layers=3.npy</c>.</summary>
    /// <exception cref="DataFormatException">The file is not one, or its name tells no place.</exception>
    internal static EarlierTraining Anchor(string name, byte[] bytes)
    {
        var place = name.EndsWith(StudyUpload.Ending, StringComparison.OrdinalIgnoreCase) ? StudyUpload.PlaceOf(name[..^StudyUpload.Ending.Length]) : null;
        var (lambda, configuration) = place ?? throw new DataFormatException(name, "its name", "it names no place", "a place and .npy: 0.25.npy, or lr=0.01,layers=3.npy");
        var outputs = NpyFile.FromBytes(bytes, name);
        return configuration is null ? new EarlierTraining(lambda, outputs) : new EarlierTraining(configuration, outputs);
    }

    /// <summary>The conditions of a file: .npy [n, d], or .csv with a heading.</summary>
    /// <exception cref="DataFormatException">The file is not what its name says, or neither.</exception>
    /// <exception cref="StudyServiceException">The table cannot be read.</exception>
    internal static IReadOnlyList<IReadOnlyList<double>> Contexts(string name, byte[] bytes)
    {
        if (name.EndsWith(StudyUpload.Ending, StringComparison.OrdinalIgnoreCase))
        {
            return Rows(NpyFile.FromBytes(bytes, name));
        }

        if (!name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            throw new DataFormatException(name, "its name", "it ends in neither .npy nor .csv", "a file of conditions, one a row");
        }

        var folder = Directory.CreateTempSubdirectory("htitune-contexts");
        try
        {
            // A table is read from a file; faults name the one that was sent.
            var file = Path.Combine(folder.FullName, "contexts.csv");
            File.WriteAllBytes(file, bytes);
            return Rows(CsvFile.Read(file).Matrix);
        }
        catch (DataFormatException problem)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, problem.Message.Replace(Path.Combine(folder.FullName, "contexts.csv"), name, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<IReadOnlyList<double>> Rows(Matrix matrix) =>
        [.. Enumerable.Range(0, matrix.Rows).Select(i => (IReadOnlyList<double>)[.. Enumerable.Range(0, matrix.Columns).Select(j => (double)matrix[i, j])])];
}
