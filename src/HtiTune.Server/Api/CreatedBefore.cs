using System.Collections.Concurrent;
using HtiTune.Hosting;

namespace HtiTune.Server;

/// <summary>Remembers for a while which study an idempotency key made, so that a request that is made again makes no second one.</summary>
internal sealed class CreatedBefore(TimeProvider time)
{
    private const int Most = 10_000;
    private const int KeyLimit = 200;
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<(string Tenant, string Key), (Lazy<Task<StudyView>> Study, long At)> _made = [];

    /// <summary>Makes a study, or gives the one that the key made before.</summary>
    public async Task<StudyView> OnceAsync(string tenant, string key, Func<Task<StudyView>> make)
    {
        if (key.Length == 0)
        {
            return await make().ConfigureAwait(false);
        }

        if (key.Length > KeyLimit)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"Idempotency-Key has {key.Length} characters; expected at most {KeyLimit}.");
        }

        if (_made.Count >= Most)
        {
            foreach (var old in _made.Where(pair => time.GetElapsedTime(pair.Value.At) > s_kept || _made.Count >= Most).Take(Most / 2))
            {
                _made.TryRemove(old.Key, out _);
            }
        }

        var (study, _) = _made.GetOrAdd((tenant, key), _ => (new Lazy<Task<StudyView>>(make), time.GetTimestamp()));
        try
        {
            return await study.Value.ConfigureAwait(false);
        }
        catch
        {
            // What failed may be tried again.
            _made.TryRemove((tenant, key), out _);
            throw;
        }
    }
}
