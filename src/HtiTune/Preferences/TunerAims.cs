namespace HtiTune.Preferences;

/// <summary>Runs with an aim of several features, or under constraints.</summary>
public static class TunerAims
{
    /// <summary>Searches what an aim looks for.</summary>
    /// <param name="tuner">The tuner; its <see cref="TunerOptions.Goal"/> is not looked at.</param>
    /// <param name="aim">What is looked for.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="name">The aim's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends the run; the result so far is returned.</param>
    /// <returns>
    /// The result. Its configuration is the best trained one that meets the constraints; where none is known to, the trained one that misses them least, see
    /// <see cref="TuningResult.Feasibility"/>. Of a front it is the compromise: the trained one nearest to the best values of all features, each measured by its range on
    /// <see cref="TuningResult.Front"/>.
    /// </returns>
    /// <exception cref="ArgumentException">An option of the tuner cannot serve an aim that is not of one function; the message names all.</exception>
    /// <inheritdoc cref="Tuner.Optimize"/>
    public static TuningResult Optimize(
        this Tuner tuner, Aim aim, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        return tuner.Run(RequestOf(tuner, aim, maxTrainings, name), progress, cancellation);
    }

    /// <summary>Searches what an aim looks for with any black box that reports several numbers.</summary>
    /// <param name="aim">What is looked for, of features that are <see cref="Feature.Reported"/>: what they judge by is not looked at, their names are.</param>
    /// <param name="space">What is tuned.</param>
    /// <param name="train">
    /// Trains at the request's values and returns a number for each name of the aim; others are not looked at. An exception, or a number that is missing or not finite, is a
    /// failed training.
    /// </param>
    /// <param name="options">How; null for the defaults. <see cref="TunerOptions.Goal"/> is not looked at.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="cancellation">Ends the run once the trainings under way have ended; the result so far is returned.</param>
    /// <returns>As of <see cref="Optimize(Tuner, Aim, int?, IProgress{TunerProgress}?, string?, CancellationToken)"/>; it needs no tuner.</returns>
    /// <exception cref="ArgumentException">An option is not as it must be.</exception>
    /// <exception cref="NoValueException">No training has given all numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given all numbers.</exception>
    public static TuningResult Optimize(
        this Aim aim, SearchSpace space, Func<TrainingRequest, IReadOnlyDictionary<string, double>> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(aim);
        ArgumentNullException.ThrowIfNull(train);
        string[] names = [.. aim.Measures.Select(feature => feature.Name).Distinct()];
        var network = Network.Create(at => Numbers(train(at), names), numbers => Matrix.FromDoubles(1, names.Length, numbers));

        // Numbers have no distribution that a surrogate could learn. The tuner holds nothing that must be disposed of.
        var tuner = new Tuner(network, space, Contexts.None(1), (options ?? new TunerOptions()) with { Goal = aim.Goal, UseSurrogate = false });
        var judged = aim.Judged(name => Array.IndexOf(names, name) is var column ? model => model.Sample(tuner.Contexts!).Outputs.Exact(0, column) : null!);
        return tuner.Optimize(judged, progress: progress, cancellation: cancellation);
    }

    private static double[] Numbers(IReadOnlyDictionary<string, double> reported, string[] names) => Array.ConvertAll(names, name => reported.TryGetValue(name, out var number) && double.IsFinite(number)
        ? number
        : throw new ArithmeticException($"The training reported {(reported.ContainsKey(name) ? $"{number} as '{name}'" : $"no '{name}'")}; expected a finite number for each of {string.Join(", ", names)}."));

    /// <summary>Begins a run whose trainings the caller makes, as <see cref="Tuner.Begin"/> does.</summary>
    /// <param name="tuner">The tuner.</param>
    /// <param name="aim">What is looked for.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>.</param>
    /// <param name="name">The aim's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends what the run computes, as in <see cref="Tuner.Begin"/>.</param>
    /// <exception cref="ArgumentException">An option of the tuner cannot serve an aim that is not of one function; the message names all.</exception>
    public static TuningRun Begin(this Tuner tuner, Aim aim, int? maxTrainings = null, string? name = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        return tuner.BeginRun(RequestOf(tuner, aim, maxTrainings, name), cancellation);
    }

    private static RunBegan RequestOf(Tuner tuner, Aim aim, int? maxTrainings, string? name)
    {
        ArgumentNullException.ThrowIfNull(aim);
        if (aim.IsScalar)
        {
            return tuner.Request(aim.Features[0].Value, aim.Goal, maxTrainings, name);
        }

        var options = tuner.Options;
        (bool IsSet, string Name)[] unfit =
        [
            (options.InitialLambdas is not null, nameof(TunerOptions.InitialLambdas)), (options.StartLambdas is not null, nameof(TunerOptions.StartLambdas)),
            (options.Belief is not null, nameof(TunerOptions.Belief)), (options.Cost is not null, nameof(TunerOptions.Cost)),
            (options.SurrogateFactory is not null, nameof(TunerOptions.SurrogateFactory)), (options.Bootstrap != 0, nameof(TunerOptions.Bootstrap)),
            (options.NoiseVariance > 0, nameof(TunerOptions.NoiseVariance)), (options.Replicate == true, nameof(TunerOptions.Replicate)),
            (options.Acquisition != AcquisitionRule.LogExpectedImprovement, nameof(TunerOptions.Acquisition)),
        ];
        if (unfit.Where(option => option.IsSet).Select(option => option.Name).ToList() is { Count: > 0 } names)
        {
            throw new ArgumentException($"{nameof(TunerOptions)}: {string.Join(", ", names)} cannot serve {aim}; expected the defaults.", nameof(tuner));
        }

        return tuner.Request(aim.Value, aim.Goal, maxTrainings, name) with { Aim = aim };
    }
}
