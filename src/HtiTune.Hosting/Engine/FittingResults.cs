namespace HtiTune.Hosting;

/// <summary>Outputs of a store, and which of a study's a tuner can take together.</summary>
internal static class FittingResults
{
    /// <summary>Outputs by their blob.</summary>
    public static async Task<Matrix> OutputsAsync(StudyStore store, string hash, CancellationToken cancellation) =>
        NpyFile.FromBytes(await store.BytesAsync(hash, cancellation).ConfigureAwait(false) ?? throw new InvalidOperationException($"The store has no outputs {hash}."), hash);

    /// <summary>The results that look like the first: outputs of another shape, which a training under way beside it brought, are of no use to a tuner.</summary>
    public static async Task<IReadOnlyList<(TrialRow Trial, Matrix? Outputs)>> OfAsync(StudyStore store, IReadOnlyList<TrialRow> trials, CancellationToken cancellation)
    {
        var results = new List<(TrialRow Trial, Matrix? Outputs)>();
        foreach (var trial in trials.Where(trial => trial.Status == TrialStatus.Completed))
        {
            results.Add((trial, trial.Samples is { } hash ? await OutputsAsync(store, hash, cancellation).ConfigureAwait(false) : null));
        }

        if (results.Count == 0)
        {
            return [];
        }

        var first = results.MinBy(result => result.Trial.EndOrder).Outputs;
        return [.. results.Where(result => (result.Outputs?.Rows, result.Outputs?.Columns) == (first?.Rows, first?.Columns))];
    }
}
