using HtiTune.Data;

namespace HtiTune.Hosting;

/// <summary>What a user wants of a study's step beside what it does by itself, and what came of it.</summary>
/// <param name="lambdas">λ to train next; null: what waits is to be taken out.</param>
internal sealed class StudyWish(IReadOnlyList<double>? lambdas)
{
    private const int EnqueueLimit = 100;

    /// <summary>λ to train next; null: what waits is to be taken out.</summary>
    public IReadOnlyList<double>? Lambdas => lambdas;

    /// <summary>λ that were added and those that wait; null where none were to be added, or the study does not go on.</summary>
    public EnqueuedLambdas? Enqueued { get; set; }

    /// <summary>λ that were taken out; null where none were to be, or the study does not go on.</summary>
    public IReadOnlyList<double>? Cleared { get; set; }

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
        List<string> faults = [.. lambdas.Select((lambda, i) => double.IsFinite(lambda) && range.Contains(lambda)
            ? null : FormattableString.Invariant($"lambdas[{i}] is {lambda:R}; expected {range.Minimum:R} to {range.Maximum:R}")).OfType<string>()];
        if (lambdas.Count is < 1 or > EnqueueLimit)
        {
            faults.Insert(0, $"lambdas has {lambdas.Count} numbers; expected 1 to {EnqueueLimit}");
        }

        if (faults.Count > 0)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"{string.Join("; ", faults)}.");
        }

        return new StudyWish(lambdas);
    }
}
