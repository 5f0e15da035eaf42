namespace HtiTune;

// Trainings in several hands: each process asks for one of its own, and any of them tells how one went.
public sealed partial class TuningRun
{
    /// <summary>
    /// Proposals that were not told yet, in order: of a study on disk also those that an earlier process had handed out. Each may be told, whoever
    /// was asked for it.
    /// </summary>
    public IReadOnlyList<TrainingRequest> Outstanding => _pending.Proposals;

    /// <summary>
    /// Where to train beside all that is outstanding, whether it is in the caller's hands or not: what to ask where each training has a holder of its own.
    /// </summary>
    /// <returns>
    /// The proposal; or null, when as many are outstanding as <see cref="TunerOptions.Parallelism"/> allows, or for the reasons of <see cref="Ask"/>.
    /// </returns>
    /// <exception cref="IOException">The study's folder could not be written; the run is as it was, and may be asked again.</exception>
    public TrainingRequest? AskAnother()
    {
        ThrowIfEnded();
        _recorder?.Flush();
        return StoppedBy is not null || _pending.Count >= _options.Parallelism ? null : _course.Next();
    }

    /// <summary>Hands out again what is outstanding, as where its holder is gone; the journal tells so, and its time begins anew.</summary>
    /// <param name="proposal">One of <see cref="Outstanding"/>.</param>
    /// <returns><paramref name="proposal"/>.</returns>
    /// <exception cref="ArgumentException">It is not outstanding.</exception>
    /// <exception cref="IOException">The study's folder could not be written.</exception>
    public TrainingRequest AskAgain(TrainingRequest proposal)
    {
        ThrowIfEnded();
        var pending = _pending.Require(proposal);
        _recorder?.Flush();
        pending.IsStarted = false;
        return _pending.HandOut(pending);
    }
}
