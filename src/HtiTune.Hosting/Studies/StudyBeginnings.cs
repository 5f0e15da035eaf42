using System.Security.Cryptography;
using System.Text.Json.Nodes;
using HtiTune.Data;
using static HtiTune.Hosting.ServiceAnswers;

namespace HtiTune.Hosting;

/// <summary>Studies begin here, each once where its caller gives a key.</summary>
internal sealed class StudyBeginnings(IStudyStore store, TenantFinder finder, NetworkRegistry registry, IWakeUps wakeUps, TimeProvider time)
{
    private const int KeyLimit = 200;

    /// <summary>Begins a study once for each key.</summary>
    public async Task<StudyView> BeginOnceAsync(
        string tenant, StudyDefinition definition, IReadOnlyList<(double Lambda, Matrix Outputs)> anchors, string idempotencyKey, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentNullException.ThrowIfNull(anchors);
        RequireKey(idempotencyKey);
        return await store.FindByKeyAsync(tenant, idempotencyKey, cancellation).ConfigureAwait(false) is { } begun
            ? await SameAsync(begun, definition, anchors, cancellation).ConfigureAwait(false)
            : await BeginAsync(tenant, definition, anchors, idempotencyKey, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether the tenant has begun a study under a key.</summary>
    public async Task<bool> IsBegunAsync(string tenant, string idempotencyKey, CancellationToken cancellation)
    {
        RequireKey(idempotencyKey);
        return await store.FindByKeyAsync(tenant, idempotencyKey, cancellation).ConfigureAwait(false) is not null;
    }

    /// <summary>Begins a study.</summary>
    public async Task<StudyView> BeginAsync(
        string tenant, StudyDefinition definition, IReadOnlyList<(double Lambda, Matrix Outputs)> anchors, string? key, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentNullException.ThrowIfNull(anchors);
        StudyDefinitionCheck.Require(definition, registry);
        definition = definition.InShortForm();
        var problem = new StudyProblem(definition, registry);
        Require(problem, anchors);
        var imported = new List<ImportedAnchor>();
        foreach (var (lambda, outputs) in anchors)
        {
            imported.Add(new ImportedAnchor(lambda, await store.KeepAsync(NpyFile.ToBytes(outputs), cancellation).ConfigureAwait(false), "upload"));
        }

        var row = new StudyRow
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Tenant = tenant,
            Name = definition.Name,
            IdempotencyKey = key,
            Definition = StudyJson.Write(definition),
            Queue = definition.Queue,
            Network = definition.Network,
            Priority = definition.Priority,
            Parallelism = definition.Parallelism,
        };
        var stands = await store.CreateAsync(row, imported, cancellation).ConfigureAwait(false);
        if (stands.Id != row.Id)
        {
            // Another request with the same key was quicker.
            return await SameAsync(stands, definition, anchors, cancellation).ConfigureAwait(false);
        }

        wakeUps.Outbox();
        return View(await finder.RowAsync(tenant, row.Id, cancellation).ConfigureAwait(false), problem);
    }

    /// <summary>The study that was begun under the key, where the request is the same.</summary>
    private async Task<StudyView> SameAsync(
        StudyRow begun, StudyDefinition definition, IReadOnlyList<(double Lambda, Matrix Outputs)> anchors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(definition);
        // Both are written by this version of the library: a member that it has added stands in both with its default.
        var first = JsonNode.Parse(StudyJson.Write(StudyJson.Read<StudyDefinition>(begun.Definition)))!.AsObject();
        var second = JsonNode.Parse(StudyJson.Write(definition.InShortForm()))!.AsObject();
        List<string> others = [.. first.Select(member => member.Key).Union(second.Select(member => member.Key)).Where(member => !JsonNode.DeepEquals(first[member], second[member]))];
        var imported = (await store.TrialsAsync(begun.Id, cancellation).ConfigureAwait(false)).Where(trial => trial.IsImported).OrderBy(trial => trial.Number)
            .Select(trial => (trial.Lambda, trial.Samples));
        if (!imported.SequenceEqual(anchors.Select(anchor => (anchor.Lambda, (string?)Convert.ToHexStringLower(SHA256.HashData(NpyFile.ToBytes(anchor.Outputs)))))))
        {
            others.Add("anchors");
        }

        return others.Count == 0 ? View(begun, new StudyProblem(StudyJson.Read<StudyDefinition>(begun.Definition), registry)) : throw new StudyServiceException(
            StudyServiceError.KeyReused,
            $"Idempotency-Key is '{begun.IdempotencyKey}', under which study {begun.Id} was begun with other {string.Join(", ", others)}; expected the same request, or another key.");
    }

    private static void RequireKey(string key)
    {
        if (string.IsNullOrWhiteSpace(key) || key.Length > KeyLimit || key.Any(char.IsControl))
        {
            throw new StudyServiceException(
                StudyServiceError.Invalid, $"Idempotency-Key has {key?.Length ?? 0} characters; expected 1 to {KeyLimit}, none of them a control character and not all blank.");
        }
    }

    private static void Require(StudyProblem problem, IReadOnlyList<(double Lambda, Matrix Outputs)> anchors)
    {
        if (anchors.Count > 0 && !problem.Space.IsLine)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"The anchors: there are {anchors.Count}, each at a λ, and the study tunes {problem.Space.Label}; expected none.");
        }

        var faults = new List<string>();
        for (var i = 0; i < anchors.Count; i++)
        {
            var (lambda, outputs) = anchors[i];
            Check(!problem.IsValue, i, "is there", "no outputs where the objective is value");
            Check(problem.Hyperparameter.Contains(lambda), i, $"is at λ = {lambda:R}", $"a λ in [{problem.Hyperparameter.Minimum:R}, {problem.Hyperparameter.Maximum:R}]");
            Check(problem.RowsExpected(outputs) is null, i, $"has {outputs.Rows} rows of {outputs.Columns} numbers", problem.RowsExpected(null)!);
            Check(outputs.Rows == anchors[0].Outputs.Rows || problem.Contexts is not null, i, $"has {outputs.Rows} rows", $"{anchors[0].Outputs.Rows}, as the first");
            Check(outputs.Columns == anchors[0].Outputs.Columns, i, $"has {outputs.Columns} columns", $"{anchors[0].Outputs.Columns}, as the first");
            Check(!anchors.Take(i).Any(other => other.Lambda == lambda), i, $"is at λ = {lambda:R} as an earlier one", "each λ once");
        }

        if (faults.Count > 0)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"The anchors: {string.Join("; ", faults)}.");
        }

        void Check(bool holds, int i, string what, string expected)
        {
            if (!holds)
            {
                faults.Add($"[{i}] {what}; expected {expected}");
            }
        }
    }
}
