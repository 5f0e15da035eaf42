using Microsoft.Extensions.Options;

namespace HtiTune.Hosting;

/// <summary>The studies of this process that are ready to go on; those longest unused give way.</summary>
internal sealed class StudiesInMemory(IOptions<HtiTuneOptions> options, NetworkRegistry registry, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, LinkedListNode<LoadedStudy>> _places = [];
    private readonly LinkedList<LoadedStudy> _byUse = new();

    /// <summary>Number of studies held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>The study if it is here.</summary>
    public LoadedStudy? Find(Guid study)
    {
        lock (_lock)
        {
            return _places.TryGetValue(study, out var place) ? Use(place) : null;
        }
    }

    /// <summary>The study; a blank one where it is not here.</summary>
    public LoadedStudy Get(Guid study, StudyDefinition definition)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(study, out var known))
            {
                return Use(known);
            }

            var place = _byUse.AddLast(new LoadedStudy(study, definition, registry, time));
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
    public void Drop(LoadedStudy study)
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
