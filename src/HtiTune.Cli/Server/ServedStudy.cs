using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace HtiTune.Cli;

/// <summary>
/// Which study of a server belongs to a study file: kept in the study's folder before the server is asked to begin it, so that what is broken off in
/// between is taken up and not begun twice.
/// </summary>
/// <param name="Server">The server's address.</param>
/// <param name="Key">The key under which the study is begun once.</param>
/// <param name="Print">Fingerprint of what the server was told.</param>
/// <param name="Study">The study's id; null while the server has not told it.</param>
/// <param name="Tasks">Trainings that were handed out and not told.</param>
/// <param name="Told">Trainings that were told from here; null for none.</param>
internal sealed record ServedStudy(string Server, string Key, string Print, Guid? Study, IReadOnlyList<Lease> Tasks, IReadOnlyList<Lease>? Told = null)
{
    private const string FileName = "server.json";
    private const string LockName = "server.lock";

    // What begins otherwise was printed of the form that an earlier version sent, and tells nothing of this one's.
    private const string PrintForm = "2:";

    /// <summary>The id of a study that a verb means: given itself, or that of a study file.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static Guid IdOf(ServerConnection server, string? given)
    {
        if (Guid.TryParse(given, out var id))
        {
            return id;
        }

        var specification = StudyLocator.Read(given);
        return Find(specification) is { Study: { } study } kept && kept.Server == server.Address.AbsoluteUri
            ? study
            : throw new CliException("H002", $"{specification.File} was not begun at {server.Address}; expected a study that was, or a study's id.", Advice.ServedTune.For(new AdvicePlace { Study = specification, Name = server.Address.ToString() }));
    }

    /// <summary>What is kept of a study; null where it was never begun at a server.</summary>
    internal static ServedStudy? Find(StudySpecification study)
    {
        var file = Path.Combine(study.Folder, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<ServedStudy>(File.ReadAllText(file), HtiTuneJson.Lines) : null;
        }
        catch (JsonException problem)
        {
            throw new DataFormatException(file, $"line {problem.LineNumber + 1}", "it is not what htitune wrote", "the file as it was, or none");
        }
    }

    /// <summary>The study at the server: begun, or taken up.</summary>
    internal static ServedStudy Begin(ServerConnection server, StudySpecification study)
    {
        var definition = DefinitionOf(study);
        var print = PrintForm + Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(definition with { MaxTrainings = 1 }, HtiTuneJson.Service)))[..16];
        var kept = Find(study) is { } found && !found.Print.StartsWith(PrintForm, StringComparison.Ordinal) ? found with { Print = print } : Find(study);
        if (kept is not null && (kept.Server != server.Address.AbsoluteUri || kept.Print != print))
        {
            throw new CliException(
                "H013",
                kept.Server == server.Address.AbsoluteUri
                    ? $"{study.File} has changed since its study was begun at {server.Address}."
                    : $"{study.File} was begun at {kept.Server}, not at {server.Address}.",
                "undo the change, or give the study another \"folder\"");
        }

        kept ??= new ServedStudy(server.Address.AbsoluteUri, Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), print, null, []);
        if (kept.Study is null)
        {
            kept.Write(study);
            var begun = ServerConnection.Ask(() => CreateAsync(server, study, definition, kept.Key));
            kept = kept with { Study = begun.Id };
            kept.Write(study);
            Terminal.Say($"study {begun.Id} begun at {server.Address}");
        }

        return kept;
    }

    // What the server would not begin is not kept as begun: the file may be mended.
    private static async Task<StudyView> CreateAsync(ServerConnection server, StudySpecification study, StudyDefinition definition, string key)
    {
        try
        {
            return await server.Client.CreateAsync(definition, key).ConfigureAwait(false);
        }
        catch (HtiTuneException refusal) when (refusal.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            File.Delete(Path.Combine(study.Folder, FileName));
            throw;
        }
    }

    /// <summary>Holds what is kept of a study for this process alone, until it is disposed.</summary>
    /// <exception cref="StudyInUseException">Another process has it.</exception>
    internal static IDisposable Hold(StudySpecification study)
    {
        Directory.CreateDirectory(study.Folder);
        var file = Path.Combine(study.Folder, LockName);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (File.Exists(file))
        {
            throw new StudyInUseException($"another htitune asks or tells for {study.Folder}.", problem);
        }
    }

    /// <summary>Keeps it in the study's folder.</summary>
    internal void Write(StudySpecification study)
    {
        Directory.CreateDirectory(study.Folder);
        AtomicFile.Write(Path.Combine(study.Folder, FileName), stream => JsonSerializer.Serialize(stream, this, HtiTuneJson.Lines));
    }

    /// <summary>This process as a worker: the same for the same folder, so that what it held comes back to it.</summary>
    internal static string Worker(StudySpecification study) =>
        $"{Environment.MachineName}-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(study.Folder)))[..8].ToLowerInvariant()}";

    /// <summary>What the server is told of a study file: everything but its command.</summary>
    private static StudyDefinition DefinitionOf(StudySpecification study)
    {
        CliException.ThrowIf(
            study.Categories > 0, "H010", $"{study.File}: contexts with categories are not known to a server; expected numbers alone.");

        // Without any, the first training that succeeds tells how many draws there are.
        var conditions = StudySession.DeclaredBy(study).Contexts?.Conditions ?? new Matrix(0, 0, []);
        return study.Definition with
        {
            Name = Path.GetFileName(study.BaseFolder) is { Length: > 0 } folder ? folder : "study",
            Objective = ObjectiveOf(study.Objective),
            Constraints = study.Constraints.Count == 0 ? null : [.. study.Constraints.Select(one => (one with { Objective = ObjectiveOf(one.Objective) }).Text)],
            Front = study.Front.Count == 0 ? null : [.. study.Front.Select(one => (one with { Objective = ObjectiveOf(one.Objective) }).Text)],
            Rows = conditions.Columns == 0 ? conditions.Rows : 1,
            Contexts = conditions.Columns == 0 ? null : [.. Enumerable.Range(0, conditions.Rows).Select(i => conditions.Row(i).ToArray().Select(value => (double)value).ToArray())],
        };
    }

    /// <summary>An objective in the words of a server, which judges outputs by expressions alone.</summary>
    internal static string ObjectiveOf(string text)
    {
        const string Column = "column:";
        CliException.ThrowIf(text.StartsWith("command:", StringComparison.Ordinal),
            "H012", $"the objective '{text}' is a program, which a server does not run; expected an expression such as mean(cost), or column:NAME.");

        return text.StartsWith(Column, StringComparison.Ordinal) ? $"mean(outputs[{text[Column.Length..].Trim()}])" : text;
    }
}
