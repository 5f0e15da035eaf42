using System.Security.Cryptography;
using System.Text.Json.Nodes;
using static HtiTune.Hosting.ServiceAnswers;

namespace HtiTune.Hosting;

/// <summary>Studies begin here, each once where its caller gives a key.</summary>
internal sealed class StudyBeginnings(StudyStore store, TenantFinder finder, NetworkRegistry registry, IWakeUps wakeUps, TimeProvider time)
{
    private const int KeyLimit = 200;

    /// <summary>Whether the tenant has begun a study under a key.</summary>
    public async Task<bool> IsBegunAsync(string tenant, string idempotencyKey, CancellationToken cancellation)
    {
        RequireKey(idempotencyKey);
        return await store.FindByKeyAsync(tenant, idempotencyKey, cancellation).ConfigureAwait(false) is not null;
    }

    /// <summary>Begins a study; under a key that has begun one before, tells of that one.</summary>
    public async Task<StudyView> BeginAsync(
        string tenant, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, string? key, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentNullException.ThrowIfNull(anchors);
        if (key is not null)
        {
            RequireKey(key);
            if (await store.FindByKeyAsync(tenant, key, cancellation).ConfigureAwait(false) is { } begun)
            {
                return await SameAsync(begun, definition, anchors, cancellation).ConfigureAwait(false);
            }
        }

        var problem = StudyDefinitionCheck.Require(definition, registry);
        definition = problem.Definition;
        Require(problem, anchors);
        var imported = new List<TrialRow>();
        foreach (var anchor in anchors)
        {
            var trial = new TrialRow
            {
                Number = imported.Count + 1,
                Reason = "upload",
                Samples = await store.KeepAsync(NpyFile.ToBytes(anchor.Outputs!), cancellation).ConfigureAwait(false),
            };
            trial.Place(problem, At(anchor, problem));
            imported.Add(trial);
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
        StudyRow begun, StudyDefinition definition, IReadOnlyList<EarlierTraining> anchors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(definition);
        // Both are written by this version of the library: a member that it has added stands in both with its default.
        var first = JsonNode.Parse(StudyJson.Write(StudyJson.Read<StudyDefinition>(begun.Definition)))!.AsObject();
        var second = JsonNode.Parse(StudyJson.Write(definition.InShortForm()))!.AsObject();
        List<string> others = [.. first.Select(member => member.Key).Union(second.Select(member => member.Key)).Where(member => !JsonNode.DeepEquals(first[member], second[member]))];
        var problem = StudyProblem.Of(begun, registry);
        var imported = (await store.TrialsAsync(begun.Id, cancellation).ConfigureAwait(false)).Where(trial => trial.IsImported).OrderBy(trial => trial.Number)
            .Select(trial => (trial.At(problem), trial.Samples));
        if (anchors.Any(anchor => !IsOf(anchor, problem)) || !imported.SequenceEqual(anchors.Select(anchor => (At(anchor, problem), (string?)Convert.ToHexStringLower(SHA256.HashData(NpyFile.ToBytes(anchor.Outputs!)))))))
        {
            others.Add("anchors");
        }

        return others.Count == 0 ? View(begun, problem) : throw new StudyServiceException(
            StudyServiceError.KeyReused,
            $"Idempotency-Key is '{begun.IdempotencyKey}', under which study {begun.Id} was begun with other {string.Join(", ", others)}; expected the same request, or another key.");
    }

    private static void RequireKey(string key) => StudyServiceException.ThrowIf(
        string.IsNullOrWhiteSpace(key) || key.Length > KeyLimit || key.Any(char.IsControl), StudyServiceError.Invalid,
        $"Idempotency-Key has {key?.Length ?? 0} characters; expected 1 to {KeyLimit}, none of them a control character and not all blank.");

    /// <summary>Whether a training is given as a study's hyperparameters are: λ of one continuous one, or a configuration of its names.</summary>
    private static bool IsOf(EarlierTraining anchor, StudyProblem problem) => anchor.Configuration is not { } given
        ? problem.Space.IsLine
        : !problem.Space.IsLine || given.Count == 1 && given.TryGet(problem.Space.Line.Name, out var value) && value.IsNumber;

    private static Configuration At(EarlierTraining anchor, StudyProblem problem) => problem.At(anchor.Lambda, anchor.Configuration);

    private static void Require(StudyProblem problem, IReadOnlyList<EarlierTraining> anchors)
    {
        var faults = new List<string>();
        var first = anchors.Select(anchor => anchor.Outputs).FirstOrDefault(outputs => outputs is not null)!;
        for (var i = 0; i < anchors.Count; i++)
        {
            if (anchors[i].Outputs is not { } outputs)
            {
                Check(false, i, "has no outputs", "a row for each context");
                continue;
            }

            Check(!problem.IsValue, i, "is there", "no outputs where the objective is value");
            Place(i);
            Check(problem.RowsExpected(outputs) is null, i, $"has {outputs.Rows} rows of {outputs.Columns} numbers", problem.RowsExpected(null)!);
            Check(outputs.Rows == first.Rows || problem.Contexts is not null, i, $"has {outputs.Rows} rows", $"{first.Rows}, as the first");
            Check(outputs.Columns == first.Columns, i, $"has {outputs.Columns} columns", $"{first.Columns}, as the first");
        }

        StudyServiceException.ThrowIf(faults.Count > 0, StudyServiceError.Invalid, $"The anchors: {string.Join("; ", faults)}.");

        void Place(int i)
        {
            var anchor = anchors[i];
            if (!IsOf(anchor, problem))
            {
                Check(false, i, anchor.Configuration is null ? $"is at λ = {anchor.Lambda:R}" : "has a configuration", $"a configuration of {problem.Space.Label}");
                return;
            }

            var at = At(anchor, problem);
            if (problem.Space.IsLine)
            {
                Check(problem.Space.Line.Contains(at.Lambda), i, $"is at λ = {at.Lambda:R}", $"a λ in [{problem.Space.Line.Minimum:R}, {problem.Space.Line.Maximum:R}]");
                Check(!anchors.Take(i).Any(other => IsOf(other, problem) && At(other, problem).Equals(at)), i, $"is at λ = {at.Lambda:R} as an earlier one", "each λ once");
                return;
            }

            faults.AddRange(problem.Space.FaultsOf(at).Select(fault => $"[{i}] {fault}"));
            Check(!anchors.Take(i).Any(other => IsOf(other, problem) && At(other, problem).Equals(at)), i, $"is at {at.ToText()} as an earlier one", "each configuration once");
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
