using System.Security.Cryptography;

namespace HtiTune.Journal;

// A study's folder:
//   journal.jsonl        what happened, one event a line
//   contexts.npy         the contexts, [n, C], or [n, C + 1] with the category last; none where the first training told how many draws there are
//   contexts-2.npy       other contexts that an objective asked
//   anchors/0001.npy     answers of training 1 to the contexts, [n, D]
//   anchors/0001-2.npy   its answers to the other contexts
//   anchors/0001.network the network, where it can be saved
//   surrogate.hti        the surrogate of all anchors when the last run ended, where it can be saved
//   study.lock           held by the tuner that has the study open

/// <summary>The names in a study's folder, and its lock.</summary>
internal sealed class StudyFolder : IDisposable
{
    public const string JournalName = "journal.jsonl";
    public const string ContextsName = "contexts.npy";
    public const string SurrogateName = "surrogate.hti";
    public const string LockName = "study.lock";
    private const string AnchorsName = "anchors";

    private readonly Stream _lock;

    private StudyFolder(string path, StudyFiles files, Stream held)
    {
        Path = path;
        Files = files;
        _lock = held;
    }

    public string Path { get; }

    public StudyFiles Files { get; }

    public string Journal => At(Path, JournalName);

    public string this[string name] => At(Path, name);

    public static string At(string folder, string name) => System.IO.Path.Combine(folder, name);

    public static string SamplesName(int number) => string.Create(CultureInfo.InvariantCulture, $"{AnchorsName}/{number:0000}.npy");

    public static string OtherContextsName(int place) => string.Create(CultureInfo.InvariantCulture, $"contexts-{place}.npy");

    public static string OtherSamplesName(int number, int place) => string.Create(CultureInfo.InvariantCulture, $"{AnchorsName}/{number:0000}-{place}.npy");

    public static string NetworkName(int number) => string.Create(CultureInfo.InvariantCulture, $"{AnchorsName}/{number:0000}.network");

    /// <summary>Takes a folder for this process alone; makes it if need be.</summary>
    public static StudyFolder Take(string folder, StudyFiles files)
    {
        var lockPath = At(folder, LockName);
        try
        {
            Directory.CreateDirectory(At(folder, AnchorsName));
            var taken = new StudyFolder(folder, files, files.OpenLock(lockPath));
            taken.RemoveTemporaries();
            return taken;
        }
        catch (IOException problem) when (IsHeld(problem))
        {
            throw new StudyInUseException(
                $"The study in {folder} is open in another process or tuner; expected one at a time: end or dispose that one, "
                + "or use another folder.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw JournalWriter.Unwritable(folder, problem);
        }
    }

    /// <summary>The checksum of a file in the folder.</summary>
    public static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>The bytes of a file; throws unless it is the one that the journal speaks of.</summary>
    public static byte[] Verified(string path, string sha256)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path} is missing; expected the file that the study's journal names.", path);
        }

        var bytes = File.ReadAllBytes(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) is var actual && actual == sha256
            ? bytes
            : throw new DataFormatException(path, "the whole file", $"its SHA-256 is {actual}", $"{sha256}, as the study's journal says: the file was changed or damaged");
    }

    /// <summary>Contexts as one matrix: the category, if any, in the last column.</summary>
    public static Matrix ToMatrix(Contexts contexts)
    {
        // Single precision holds every whole number up to 2²⁴.
        if (contexts.CategoryCount > 1 << 24)
        {
            throw new ArgumentException($"The contexts have {contexts.CategoryCount} categories; a study on disk expects at most {1 << 24}.", nameof(contexts));
        }

        var (conditions, width) = (contexts.Conditions, contexts.Conditions.Columns);
        if (contexts.CategoryCount > 0 && conditions.HasDoubles)
        {
            double[] values = [.. Enumerable.Range(0, contexts.Count * (width + 1)).Select(i =>
                i % (width + 1) < width ? conditions.Exact(i / (width + 1), i % (width + 1)) : contexts.Categories[i / (width + 1)])];
            return Matrix.FromDoubles(contexts.Count, width + 1, values);
        }

        return contexts.CategoryCount == 0
            ? contexts.Conditions
            : Matrix.Create(contexts.Count, contexts.Conditions.Columns + 1, (i, row) =>
            {
                contexts.Conditions.Row(i).CopyTo(row);
                row[^1] = contexts.Categories[i];
            });
    }

    /// <summary>The contexts of such a matrix.</summary>
    public static Contexts ToContexts(Matrix matrix, int categoryCount)
    {
        if (categoryCount == 0)
        {
            return new Contexts(matrix);
        }

        var last = matrix.Columns - 1;
        return new Contexts(
            matrix.SelectColumns(0, last), [.. Enumerable.Range(0, matrix.Rows).Select(i => (int)matrix[i, last])], categoryCount);
    }

    public void Dispose() => _lock.Dispose();

    // Windows says sharing or lock violation; Linux and macOS EWOULDBLOCK, by their own numbers.
    private static bool IsHeld(IOException problem) => OperatingSystem.IsWindows()
        ? (problem.HResult & 0xFFFF) is 32 or 33
        : problem.HResult == (OperatingSystem.IsLinux() ? 11 : 35);

    // What a killed process was writing.
    private void RemoveTemporaries()
    {
        string[] left =
        [
            .. Directory.EnumerateFiles(At(Path, AnchorsName), "*.tmp"),
            .. ((string[])[JournalName, "contexts*", SurrogateName]).SelectMany(name => Directory.EnumerateFiles(Path, name + ".*.tmp")),
        ];
        foreach (var file in left)
        {
            File.Delete(file);
        }
    }
}
