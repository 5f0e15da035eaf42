using HtiTune.Surrogates;

namespace HtiTune.Hosting;

/// <summary>Surrogates that were asked lately, ready to sample. Reading takes no lock.</summary>
internal sealed class SurrogateCache(StudyStore store, TimeProvider time)
{
    private const int Most = 64;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, Kept> _kept = [];

    /// <summary>A surrogate by its id or its study's; null where there is none, or it is another tenant's.</summary>
    public async ValueTask<IFittedSurrogate?> FindAsync(string? tenant, Guid id, CancellationToken cancellation)
    {
        if (!_kept.TryGetValue(id, out var kept))
        {
            kept = await LoadAsync(id, cancellation).ConfigureAwait(false);
            if (kept is null)
            {
                return null;
            }
        }

        kept.UsedAt = time.GetTimestamp();
        return tenant is null || kept.Tenant == tenant ? kept.Surrogate : null;
    }

    private async Task<Kept?> LoadAsync(Guid id, CancellationToken cancellation)
    {
        if (await store.FindSurrogateAsync(id, cancellation).ConfigureAwait(false) is not { } row
            || await store.BytesAsync(row.Blob, cancellation).ConfigureAwait(false) is not { } bytes)
        {
            return null;
        }

        var file = Path.Combine(Path.GetTempPath(), $"htitune-{row.Id:N}-{Environment.ProcessId}-{time.GetTimestamp()}.hti");
        try
        {
            await File.WriteAllBytesAsync(file, bytes, cancellation).ConfigureAwait(false);
            var kept = new Kept(row.Tenant, SurrogateFile.Load(file)) { UsedAt = time.GetTimestamp() };
            while (_kept.Count >= Most && _kept.MinBy(pair => pair.Value.UsedAt) is { Value: not null } oldest)
            {
                _kept.TryRemove(oldest.Key, out _);
            }

            _kept[id] = kept;
            return kept;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private sealed record Kept(string Tenant, IFittedSurrogate Surrogate)
    {
        public long UsedAt { get; set; }
    }
}
