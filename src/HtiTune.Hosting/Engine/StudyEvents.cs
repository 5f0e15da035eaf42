using System.Collections.Concurrent;

namespace HtiTune.Hosting;

/// <summary>Wakes those of this process that wait for a study's next event.</summary>
internal sealed class StudyEvents
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = [];
    private TaskCompletionSource _any = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the study's next event of this process.</summary>
    public Task Next(Guid study) => _waiting.GetOrAdd(study, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Completes with any study's next event of this process.</summary>
    public Task NextOfAny() => Volatile.Read(ref _any).Task;

    /// <summary>Something has happened to a study.</summary>
    public void Happened(Guid study)
    {
        Interlocked.Exchange(ref _any, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        if (_waiting.TryRemove(study, out var waiting))
        {
            waiting.SetResult();
        }
    }
}
