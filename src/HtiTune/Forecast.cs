namespace HtiTune;

/// <summary>What a run is expected to cost from here.</summary>
/// <param name="Trainings">Trainings expected to come: what it usually takes to a certificate, within the budget.</param>
/// <param name="AtMost">Trainings to come at most: the rest of the budget.</param>
/// <param name="PerTraining">Mean time of a training so far, with what judging one takes; null before the first.</param>
public sealed record Forecast(int Trainings, int AtMost, TimeSpan? PerTraining)
{
    // Certificates took 8 trainings in the median of the prototype's problems.
    internal const int UsualTrainings = 8;

    /// <summary>Trainings that run at the same time.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Expected time to come; null before the first training.</summary>
    public TimeSpan? Remaining => PerTraining * Rounds(Trainings);

    /// <summary>Longest time to come at the present pace; null before the first training.</summary>
    public TimeSpan? RemainingAtMost => PerTraining * Rounds(AtMost);

    /// <summary>The forecast in words.</summary>
    public override string ToString() =>
        Trainings + (AtMost > Trainings ? $" (at most {AtMost})" : "") + (AtMost == 1 ? " training to come" : " trainings to come")
        + (Remaining is { } time ? $", about {Math.Ceiling(time.TotalSeconds)} s" : ", time unknown before the first");

    internal static Forecast Of(int budget, int used, int anchors, TimeSpan? perTraining, int parallelism = 1)
    {
        var atMost = Math.Max(0, budget - used);
        return new Forecast(Math.Min(atMost, Math.Max(1, UsualTrainings - anchors)), atMost, perTraining) { Parallelism = parallelism };
    }

    private int Rounds(int trainings) => (trainings + Parallelism - 1) / Parallelism;

    /// <summary>What a run is expected to cost, by the trainings of a store.</summary>
    internal static Forecast Of(AnchorStore store, int budget, int used, int parallelism, TimeSpan judging = default)
    {
        var timed = store.Trainings.Where(t => t.State == TrialState.Completed).ToList();
        TimeSpan? mean = timed.Count == 0 ? null : TimeSpan.FromTicks((long)timed.Average(t => t.Duration.Ticks)) + judging;
        return Of(budget, used, store.Anchors.Count, mean, parallelism);
    }
}
