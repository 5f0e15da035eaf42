namespace HtiTune;

/// <summary>Trainings that report one number each, and bring no outputs.</summary>
internal static class BlackBox
{
    /// <summary>Searches the best number.</summary>
    public static TuningResult Optimize(
        SearchSpace space, Func<TrainingRequest, double> train, Goal goal, TunerOptions? options, IProgress<TunerProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        var network = Network.Create(at => Reported(train(at)), number => Matrix.FromDoubles(1, 1, [number]));

        // One number has no distribution that a surrogate could learn. The tuner holds nothing that must be disposed of.
        var tuner = new Tuner(network, space, Contexts.None(1), (options ?? new TunerOptions()) with { Goal = goal, UseSurrogate = false });
        return tuner.Optimize(model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0), progress: progress, cancellation: cancellation);
    }

    private static double Reported(double value) => double.IsFinite(value) ? value : throw new ArithmeticException($"The training reported {value}; expected a finite number.");
}
