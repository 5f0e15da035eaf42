namespace HtiTune.Hosting;

/// <summary>What a user wants of a study's step beside what it does by itself, and what came of it.</summary>
/// <param name="wanted">Configurations to train next; null: what waits is to be taken out.</param>
internal sealed class StudyWish(IReadOnlyList<Configuration>? wanted)
{
    private const int EnqueueLimit = 100;

    /// <summary>Configurations to train next; null: what waits is to be taken out.</summary>
    public IReadOnlyList<Configuration>? Wanted => wanted;

    /// <summary>What was added and what waits; null where nothing was to be added, or the study does not go on.</summary>
    public EnqueuedLambdas? Enqueued { get; set; }

    /// <summary>What was taken out; null where nothing was to be, or the study does not go on.</summary>
    public IReadOnlyList<Configuration>? Cleared { get; set; }

    /// <summary>The fault that ended the step which was to grant it; null where there was none.</summary>
    public StudyFault? Fault { get; private set; }

    /// <summary>Nothing has come of it: the step that should grant it was refused, or met a fault.</summary>
    /// <param name="fault">The fault, if any.</param>
    public void Forget(StudyFault? fault = null) => (Enqueued, Cleared, Fault) = (null, null, fault);

    /// <summary>The wish to train λ next.</summary>
    /// <param name="lambdas">λ, 1 to 100.</param>
    /// <param name="range">Their range.</param>
    /// <exception cref="StudyServiceException">Some are wrong; all are named.</exception>
    public static StudyWish Of(IReadOnlyList<double> lambdas, ContinuousHyperparameter range)
    {
        Require(lambdas.Count, "lambdas", "numbers", lambdas.Select((lambda, i) => double.IsFinite(lambda) && range.Contains(lambda)
            ? null : FormattableString.Invariant($"lambdas[{i}] is {lambda:R}; expected {range.Minimum:R} to {range.Maximum:R}")).OfType<string>());
        return new StudyWish([.. lambdas.Select(lambda => new Configuration(range.Name, lambda))]);
    }

    /// <summary>The wish to train configurations next.</summary>
    /// <param name="configurations">Configurations, 1 to 100.</param>
    /// <param name="space">Their space.</param>
    /// <exception cref="StudyServiceException">Some are wrong; all are named.</exception>
    public static StudyWish Of(IReadOnlyList<Configuration> configurations, SearchSpace space)
    {
        Require(configurations.Count, "configurations", "members", StudyProblem.FaultsOf(configurations, space.FaultsOf));
        return new StudyWish([.. configurations.Select(space.Ordered)]);
    }

    private static void Require(int count, string which, string what, IEnumerable<string> found)
    {
        List<string> faults = [.. found];
        if (count is < 1 or > EnqueueLimit)
        {
            faults.Insert(0, $"{which} has {count} {what}; expected 1 to {EnqueueLimit}");
        }

        StudyServiceException.ThrowIf(faults.Count > 0, StudyServiceError.Invalid, $"{string.Join("; ", faults)}.");
    }
}
