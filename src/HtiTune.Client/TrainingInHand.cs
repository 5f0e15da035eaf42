using HtiTune.Data;

namespace HtiTune.Client;

/// <summary>A training while its lease is renewed.</summary>
internal sealed class TrainingInHand(HtiTuneClient client, ClaimedAttempt task, TimeProvider time) : IProgress<double>, IProgress<IntermediateValue>, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly WaitingValues _values = new();
    private double _progress;
    private string? _asked;

    public void Report(IntermediateValue value) => _values.Add(value);

    public void Report(double value) => Volatile.Write(ref _progress, Math.Clamp(value, 0, 1));

    /// <summary>Trains to the end, and says how that was.</summary>
    public async Task<WorkResult> RunAsync(Func<ClaimedAttempt, IProgress<double>, CancellationToken, Task<WorkResult>> train, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellation);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(done.Token);
        try
        {
            return Checked(await train(task, this, both.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            return _asked is { } why
                ? new WorkResult { State = AttemptState.Cancelled, Reason = why }
                : new WorkResult { State = AttemptState.Preempted, Reason = "shutdown: the worker stops" };
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return new WorkResult { State = AttemptState.Failed, Reason = $"exception: {problem.GetType().Name}: {problem.Message}" };
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    public void Dispose() => _end.Dispose();

    // What is no number of JSON the server cannot take, and the training would be handed out again for ever.
    private static WorkResult Checked(WorkResult result)
    {
        double? wrong = result.Value is { } value && !double.IsFinite(value) ? value
            : result.Outputs is { } outputs && Array.FindIndex(outputs.Values.ToArray(), one => !float.IsFinite(one)) is >= 0 and var at ? outputs.Values[at]
            : null;
        return wrong is { } told
            ? result with
            {
                State = AttemptState.Failed,
                Value = null,
                Outputs = null,
                Reason = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{WorkResult.BadOutput}it holds {told}; expected finite numbers"),
            }
            : result;
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(task.RenewEvery, time, cancellation).ConfigureAwait(false);
                await RenewOnceAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The training has ended; what it measured last is kept too.
            if (_values.Any)
            {
                await RenewOnceAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task RenewOnceAsync(CancellationToken cancellation)
    {
        try
        {
            var lease = await _values.SendAsync(
                values => client.RenewAsync(task, Volatile.Read(ref _progress), null, values.Count > 0 ? values : null, cancellation)).ConfigureAwait(false);
            if (lease.Stop || lease.Kill || !lease.Holds)
            {
                _asked ??= lease.Holds ? "stopped: a user asked for it" : "lease-over: another worker may have it";
                await _end.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (HtiTuneException)
        {
            // The lease lasts for several renewals.
        }
    }
}
