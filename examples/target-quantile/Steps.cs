using HtiTune;

/// <summary>Prints each step of a tuner as it happens.</summary>
/// <param name="clock">Tells the time since the start.</param>
internal sealed class Steps(TimeProvider clock) : IProgress<TunerProgress>
{
    private readonly long _start = clock.GetTimestamp();
    private (double? Lambda, int Used) _announced = (null, -1);

    /// <inheritdoc/>
    public void Report(TunerProgress value)
    {
        // A training reports its share again and again; a line at its start is enough here.
        if (value.Stage == TunerStage.Training)
        {
            if (_announced == (value.Lambda, value.TrainingsUsed))
            {
                return;
            }

            _announced = (value.Lambda, value.TrainingsUsed);
        }

        Console.WriteLine($"  {clock.GetElapsedTime(_start).TotalSeconds,6:F1} s  {value.Message}");
    }
}
