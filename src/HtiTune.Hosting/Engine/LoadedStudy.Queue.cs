namespace HtiTune.Hosting;

// Configurations of the user's own choice, trained before what the tuner would choose.
internal sealed partial class LoadedStudy
{
    /// <summary>Has configurations of the user's choice trained next; returns those that the tuner added to its queue.</summary>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        var added = Run!.Enqueue(configurations);
        Step += added.Count > 0 ? 1 : 0;
        return added;
    }

    /// <summary>Takes out what waits to be trained next, and returns it.</summary>
    public IReadOnlyList<Configuration> Clear()
    {
        var cleared = _tuner!.ClearWaiting();
        Step += cleared.Count > 0 ? 1 : 0;
        return cleared;
    }
}
