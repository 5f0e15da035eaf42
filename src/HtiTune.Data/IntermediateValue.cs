namespace HtiTune.Data;

/// <summary>What a training measures on its way, such as the validation loss after an epoch.</summary>
/// <param name="Step">Where on its way: an epoch, a batch, an episode; 0 and up.</param>
/// <param name="Value">What was measured, finite.</param>
public sealed record IntermediateValue([property: JsonRequired] long Step, [property: JsonRequired] double Value);

/// <summary>Tells intermediate values where the share that is done is told.</summary>
public static class IntermediateValueExtensions
{
    /// <summary>Tells what was measured at a step. The service keeps it for its pages and clients; where nobody listens nothing happens.</summary>
    /// <param name="progress">What takes the share that is done (<c>TrainingRequest.Progress</c>, or what <c>HtiTuneClient.WorkAsync</c> hands over).</param>
    /// <param name="step">Where on its way the training is, 0 and up; a value told twice at a step replaces the first.</param>
    /// <param name="value">What was measured; one that is not finite is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is below 0.</exception>
    public static void Report(this IProgress<double> progress, long step, double value)
    {
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        if (double.IsFinite(value))
        {
            (progress as IProgress<IntermediateValue>)?.Report(new IntermediateValue(step, value));
        }
    }
}

/// <summary>Intermediate values that wait to be sent with a renewal.</summary>
internal sealed class WaitingValues
{
    /// <summary>So many are kept of an attempt, and sent at once.</summary>
    internal const int Most = 1000;

    private readonly Lock _lock = new();
    private List<IntermediateValue> _values = [];

    /// <summary>Whether any waits.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _values.Count > 0;
            }
        }
    }

    /// <summary>Adds one; where too many wait every second one before it goes.</summary>
    public void Add(IntermediateValue value)
    {
        lock (_lock)
        {
            _values.Add(value);
            _values = Fitting(_values);
        }
    }

    /// <summary>Takes what waits.</summary>
    public IReadOnlyList<IntermediateValue> Take()
    {
        lock (_lock)
        {
            var taken = _values;
            _values = [];
            return taken;
        }
    }

    /// <summary>Puts back what could not be sent.</summary>
    public void Return(IReadOnlyList<IntermediateValue> values)
    {
        lock (_lock)
        {
            _values = Fitting([.. values, .. _values]);
        }
    }

    /// <summary>Sends what waits; what could not be sent waits on.</summary>
    /// <param name="send">Sends it.</param>
    /// <returns>What came back.</returns>
    public async Task<T> SendAsync<T>(Func<IReadOnlyList<IntermediateValue>, Task<T>> send)
    {
        var values = Take();
        try
        {
            return await send(values).ConfigureAwait(false);
        }
        catch
        {
            Return(values);
            throw;
        }
    }

    private static List<IntermediateValue> Fitting(List<IntermediateValue> values) => values.Count <= Most ? values : [.. values.Where((_, i) => i % 2 == 1 || i == values.Count - 1)];
}
