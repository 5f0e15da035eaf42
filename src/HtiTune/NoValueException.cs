namespace HtiTune;

/// <summary>A run ended without a single value of the objective: there is nothing to recommend.</summary>
public sealed class NoValueException : InvalidOperationException
{
    internal NoValueException(string message, StopReason stopReason)
        : base(message) => StopReason = stopReason;

    /// <summary>Why the run ended: <see cref="StopReason.AllTrainingsFailed"/>, or before so many had been tried.</summary>
    public StopReason StopReason { get; }
}
