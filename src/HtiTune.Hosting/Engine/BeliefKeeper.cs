using HtiTune.Surrogates;

namespace HtiTune.Hosting;

/// <summary>Keeps what a study's tuner believes where people look at it: the curve over λ, and the surrogate.</summary>
internal sealed class BeliefKeeper(StudyStore store, TimeProvider time)
{
    /// <summary>Keeps what is believed now; null where nothing is.</summary>
    public async Task<string?> KeepCurveAsync(LoadedStudy loaded, CancellationToken cancellation) =>
        await OffPool.RunAsync(!loaded.Problem.IsValue, () => StudyFault.Within(() => CurveOf(loaded))).ConfigureAwait(false) is { } curve ? await KeepAsync(curve, cancellation).ConfigureAwait(false) : null;

    /// <summary>Keeps a curve; returns its blob.</summary>
    public Task<string> KeepAsync(StudyCurve curve, CancellationToken cancellation) => store.KeepAsync(System.Text.Encoding.UTF8.GetBytes(StudyJson.Write(curve)), cancellation);

    /// <summary>Keeps the surrogate; null where there is none, or none with another anchor.</summary>
    public async Task<SurrogateRow?> KeepSurrogateAsync(LoadedStudy loaded, StudyRow row, CancellationToken cancellation)
    {
        if ((loaded.Run?.Surrogate ?? loaded.Ended?.Surrogate) is not IFittedSurrogate surrogate || loaded.SavedAnchors == surrogate.Anchors.Count)
        {
            return null;
        }

        var file = Path.Combine(Path.GetTempPath(), $"htitune-{loaded.Id:N}-{Environment.ProcessId}.hti");
        try
        {
            StudyFault.Within(() => surrogate.Save(file));
            var blob = await store.KeepAsync(await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            loaded.SavedAnchors = surrogate.Anchors.Count;
            return new SurrogateRow
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()), StudyId = loaded.Id, Tenant = row.Tenant, Blob = blob, Anchors = surrogate.Anchors.Count,
            };
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What is believed over λ; null before the first value.</summary>
    public static StudyCurve? CurveOf(LoadedStudy loaded)
    {
        var posterior = loaded.Run?.Posterior ?? loaded.Ended?.Posterior;
        if (posterior is not { Count: > 0 })
        {
            return null;
        }

        var values = loaded.Run is null ? loaded.Values : loaded.Measure();
        AnchorPoint[] anchors = [.. loaded.Completed.Select(trial => new AnchorPoint(trial.Number, trial.Lambda, values.TryGetValue(trial.Number, out var value) ? value : null))];
        var next = loaded.Pending.MaxBy(pending => pending.Number)?.Lambda;
        return new StudyCurve(posterior, anchors, next);
    }
}
