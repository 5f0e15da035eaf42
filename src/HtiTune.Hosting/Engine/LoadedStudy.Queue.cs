namespace HtiTune.Hosting;

// λ of the user's own choice, trained before what the tuner would choose.
internal sealed partial class LoadedStudy
{
    /// <summary>Has λ of the user's choice trained next; returns those that the tuner added to its queue.</summary>
    public IReadOnlyList<double> Enqueue(IReadOnlyList<double> lambdas)
    {
        var added = Run!.Enqueue([.. lambdas]);
        Step += added.Count > 0 ? 1 : 0;
        return added;
    }

    /// <summary>Takes out what waits to be trained next, and returns it.</summary>
    public IReadOnlyList<double> Clear()
    {
        var cleared = _tuner!.ClearEnqueued();
        Step += cleared.Count > 0 ? 1 : 0;
        return cleared;
    }
}
