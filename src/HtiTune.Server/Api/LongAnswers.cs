using System.Collections.Concurrent;

namespace HtiTune.Server;

/// <summary>
/// Answers that may have to be computed first. One that is not ready within two seconds is 202 with <c>Retry-After</c>, goes on being computed, and is there when it is asked for again;
/// who follows the study's events is told (<see cref="ReadyKind"/>). Each is computed once at a time, whoever asks.
/// </summary>
internal sealed class LongAnswers(TimeProvider time, IHostApplicationLifetime life)
{
    /// <summary>Kind of the event that tells of an answer that is ready: of the stream alone, not of the study's journal.</summary>
    internal const string ReadyKind = "answer.ready";

    private const string RetryAfterSeconds = "2";
    private const int Most = 256;
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<Asked, Lazy<Answer>> _answers = [];
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<string>> _listening = [];

    /// <summary>Answers that are being computed for those who ask again.</summary>
    internal int Count => _answers.Count(pair => pair.Value is { IsValueCreated: true, Value.Work.IsCompleted: false });

    /// <summary>Computes an answer; null where it is not ready yet, of which the response tells.</summary>
    /// <param name="context">The request.</param>
    /// <param name="study">The study that it is about.</param>
    /// <param name="version">The study's last event: what is asked of a later one is another answer.</param>
    /// <param name="what">What is asked, with all that the answer depends on.</param>
    /// <param name="compute">Computes it; its token fires with the end of the server.</param>
    /// <param name="shown">The response with the answer.</param>
    /// <param name="isOnce">Whether who asks for the same when it was answered wants it computed again: the answer changes something.</param>
    internal async Task<IResult> AnswerAsync<T>(
        HttpContext context, Guid study, long version, string what, Func<CancellationToken, Task<T?>> compute, Func<T, IResult> shown, bool isOnce = false)
        where T : class
    {
        var (isReady, answer) = await WithinAsync(study, version, what, compute, context.RequestAborted).ConfigureAwait(false);
        if (isReady)
        {
            if (isOnce)
            {
                _answers.TryRemove(new Asked(study, version, what), out _);
            }

            return answer is null ? Results.NoContent() : shown(answer);
        }

        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    /// <summary>Computes an answer, and waits for it for two seconds.</summary>
    /// <returns>Whether it is ready, and the answer.</returns>
    internal async Task<(bool IsReady, T? Answer)> WithinAsync<T>(Guid study, long version, string what, Func<CancellationToken, Task<T?>> compute, CancellationToken cancellation)
        where T : class
    {
        Forget();
        var asked = new Asked(study, version, what);
        var answer = _answers.GetOrAdd(asked, _ => new Lazy<Answer>(() => Begin(asked, compute))).Value;
        try
        {
            var found = (T?)await answer.Work.WaitAsync(s_wait, time, cancellation).ConfigureAwait(false);
            if (!answer.IsLate)
            {
                _answers.TryRemove(asked, out _);
            }

            return (true, found);
        }
        catch (TimeoutException) when (!answer.Work.IsFaulted)
        {
            answer.IsLate = true;
            return answer.Work.IsCompleted ? (true, (T?)await answer.Work.ConfigureAwait(false)) : (false, null);
        }
        catch (Exception) when (answer.Work.IsFaulted || answer.Work.IsCanceled)
        {
            // Who asks again has it computed again.
            _answers.TryRemove(asked, out _);
            throw;
        }
    }

    /// <summary>Completes when an answer about a study is ready that somebody has asked for in vain; with what was asked.</summary>
    internal Task<string> NextReady(Guid study) => _listening.GetOrAdd(study, _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    private Answer Begin<T>(Asked asked, Func<CancellationToken, Task<T?>> compute)
        where T : class
    {
        var answer = new Answer();
        answer.Work = Task.Run(ComputeAsync);
        return answer;

        async Task<object?> ComputeAsync()
        {
            // Nobody waits for it: it outlives a restart of the database.
            StorePatience.Limit(s_patience);
            try
            {
                return await compute(life.ApplicationStopping).ConfigureAwait(false);
            }
            finally
            {
                answer.EndedAt = time.GetTimestamp();
                if (answer.IsLate && _listening.TryRemove(asked.Study, out var listening))
                {
                    listening.SetResult(asked.What);
                }
            }
        }
    }

    // What nobody has come back for.
    private void Forget()
    {
        foreach (var (asked, made) in _answers)
        {
            if (made is { IsValueCreated: true, Value: { EndedAt: not 0 } answer } && (time.GetElapsedTime(answer.EndedAt) > s_kept || _answers.Count > Most))
            {
                _answers.TryRemove(asked, out _);
            }
        }
    }

    private sealed record Asked(Guid Study, long Version, string What);

    private sealed class Answer
    {
        private long _endedAt;
        private volatile bool _isLate;

        public Task<object?> Work { get; set; } = Task.FromResult<object?>(null);

        /// <summary>Whether somebody was told to ask again.</summary>
        public bool IsLate { get => _isLate; set => _isLate = value; }

        public long EndedAt { get => Interlocked.Read(ref _endedAt); set => Interlocked.Exchange(ref _endedAt, value); }
    }
}
