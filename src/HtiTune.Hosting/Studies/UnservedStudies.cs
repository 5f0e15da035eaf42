namespace HtiTune.Hosting;

/// <summary>Says of a study why nothing happens: its network is one that no process trains, and no outside worker has claimed.</summary>
internal sealed class UnservedStudies(StudyStore store, OperationsStore operations, NetworkRegistry registry, IOptions<HtiTuneOptions> options)
{
    /// <summary>Why nothing happens; null where something does.</summary>
    public async Task<string?> WordsAsync(StudyRow study, CancellationToken cancellation)
    {
        if (study is not { State: StudyState.Active, Network: { } network } || options.Value.Trains && registry.Names.Contains(network) && HtiTuneNames.Queues(options.Value).Contains(study.Queue))
        {
            return null;
        }

        var (_, processes) = await operations.ProcessesAsync(cancellation).ConfigureAwait(false);
        var isServed = processes.Exists(process =>
            (JsonSerializer.Deserialize<string[]>(process.Networks) ?? []).Contains(network) && process.Queues.Split(',', StringSplitOptions.RemoveEmptyEntries).Contains(study.Queue));
        return isServed || (await store.AttemptsAsync(study.Id, null, cancellation).ConfigureAwait(false)).Any(attempt => attempt.ClaimedAt is not null) ? null
            : $"No process trains the network '{network}' in queue '{study.Queue}', and no outside worker has claimed a training; expected a server or worker that has it, or {Known()}.";
    }

    private string Known() => registry.Names.Count == 0 ? "a study without a network, which outside workers train" : $"one of {string.Join(", ", registry.Names)}";
}
