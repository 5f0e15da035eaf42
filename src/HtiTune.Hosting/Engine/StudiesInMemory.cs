namespace HtiTune.Hosting;

/// <summary>
/// The studies of this process that are ready to go on; those longest unused give way. One caller at a time works with each, on the study as it is now: what a
/// caller finds outdated is dropped, read anew and tried again.
/// </summary>
internal sealed class StudiesInMemory(StudyStore store, IOptions<HtiTuneOptions> options, NetworkRegistry registry, TimeProvider time) : IDisposable
{
    /// <summary>A commit that is refused so often in a row meets a fault, not a neighbour.</summary>
    public const int Tries = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, LinkedListNode<LoadedStudy>> _places = [];
    private readonly LinkedList<LoadedStudy> _byUse = new();

    /// <summary>The study if it is here.</summary>
    public LoadedStudy? Find(Guid study)
    {
        lock (_lock)
        {
            return _places.TryGetValue(study, out var place) ? Use(place) : null;
        }
    }

    /// <summary>Works with a study. After an exception the study is dropped, for nobody knows where it stands.</summary>
    /// <param name="id">The study.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="tries">How often it is tried at most.</param>
    /// <param name="work">The work; says whether it is done, or to be done again on what the store has now.</param>
    /// <param name="cancellation">Ends the wait at the gate, and what the study computes.</param>
    /// <returns>What the work said last; <see cref="Turn{T}.Again"/> where no try was done.</returns>
    public async Task<Turn<T>> WorkAsync<T>(Guid id, StudyDefinition definition, int tries, Func<LoadedStudy, Task<Turn<T>>> work, CancellationToken cancellation)
    {
        for (var i = 0; i < tries; i++)
        {
            var loaded = Get(id, definition);
            await StorePatience.WaitForTurnAsync(loaded.Gate.WaitAsync, time, cancellation).ConfigureAwait(false);
            try
            {
                if (loaded.IsDropped)
                {
                    continue;
                }

                loaded.Cancellation = cancellation;
                var turn = await work(loaded).ConfigureAwait(false);
                if (turn.Drops)
                {
                    Drop(loaded);
                }

                if (turn.IsDone)
                {
                    return turn;
                }
            }
            catch
            {
                Drop(loaded);
                throw;
            }
            finally
            {
                loaded.Cancellation = CancellationToken.None;
                loaded.Gate.Release();
            }
        }

        return Turn<T>.Again;
    }

    /// <summary>The study; a blank one where it is not here.</summary>
    private LoadedStudy Get(Guid study, StudyDefinition definition)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(study, out var known))
            {
                return Use(known);
            }

            var place = _byUse.AddLast(new LoadedStudy(study, definition, registry, store.Bytes, time));
            _places.Add(study, place);
            for (var old = _byUse.First; old is not null && _places.Count > options.Value.StudiesInMemory;)
            {
                var next = old.Next;

                // One that is being worked with stays until it is idle.
                if (old != place && old.Value.Gate.Wait(0))
                {
                    Remove(old);
                    old.Value.Gate.Release();
                }

                old = next;
            }

            return place.Value;
        }
    }

    /// <summary>Lets go of a study whose gate the caller holds; it is read anew when it is next needed.</summary>
    private void Drop(LoadedStudy study)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(study.Id, out var place) && place.Value == study)
            {
                Remove(place);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var study in _byUse)
            {
                study.Dispose();
            }

            _places.Clear();
            _byUse.Clear();
        }
    }

    private LoadedStudy Use(LinkedListNode<LoadedStudy> place)
    {
        _byUse.Remove(place);
        _byUse.AddLast(place);
        return place.Value;
    }

    private void Remove(LinkedListNode<LoadedStudy> place)
    {
        _places.Remove(place.Value.Id);
        _byUse.Remove(place);
        place.Value.IsDropped = true;
        place.Value.Dispose();
    }
}

/// <summary>What came of one try.</summary>
/// <param name="IsDone">Whether it is done; otherwise it is tried again.</param>
/// <param name="Drops">Whether the study in memory is outdated, and read anew when it is next needed.</param>
/// <param name="Value">The answer.</param>
internal readonly record struct Turn<T>(bool IsDone, bool Drops, T? Value)
{
    /// <summary>Another process was quicker.</summary>
    public static Turn<T> Again => new(false, true, default);

    /// <summary>There is no answer, and the study in memory is outdated.</summary>
    public static Turn<T> Outdated => new(true, true, default);

    public static Turn<T> Done(T? value) => new(true, false, value);
}
