using HtiTune.Data;

namespace HtiTune;

/// <summary>λ that the user wants trained next, in order. A tuner has one; its runs take from it.</summary>
internal sealed class TrainingQueue(ContinuousHyperparameter hyperparameter)
{
    /// <summary>The reason of a training from the queue.</summary>
    public const string Reason = "enqueued";

    private readonly List<double> _waiting = [];

    /// <summary>Those that wait, the next first.</summary>
    public IReadOnlyList<double> Waiting => _waiting;

    /// <summary>Is told what was added, for the journal.</summary>
    public Action<IReadOnlyList<double>>? Added { get; init; }

    /// <summary>Adds λ that do not wait yet.</summary>
    /// <param name="lambdas">λ, in the hyperparameter's own units.</param>
    /// <param name="isTrained">Whether a λ is trained already, or is under way.</param>
    /// <returns>Those that were added.</returns>
    /// <exception cref="ArgumentException">There is none, or one is no number of the range; the message names all that are wrong.</exception>
    public IReadOnlyList<double> Add(IReadOnlyList<double> lambdas, Func<double, bool> isTrained)
    {
        ArgumentNullException.ThrowIfNull(lambdas);
        if (Fault(lambdas, hyperparameter) is { } fault)
        {
            throw new ArgumentException($"λ to enqueue: {fault}.", nameof(lambdas));
        }

        double[] added = [.. lambdas.Distinct().Where(lambda => !_waiting.Contains(lambda) && !isTrained(lambda))];
        if (added.Length > 0)
        {
            _waiting.AddRange(added);
            Added?.Invoke(added);
        }

        return added;
    }

    /// <summary>Takes one out.</summary>
    public void Remove(double lambda) => _waiting.Remove(lambda);

    /// <summary>What was taken and not trained is next again.</summary>
    public void PutBack(double lambda)
    {
        if (!_waiting.Contains(lambda))
        {
            _waiting.Insert(0, lambda);
        }
    }

    /// <summary>Stands as a journal tells.</summary>
    public void Set(IEnumerable<double> lambdas)
    {
        double[] now = [.. lambdas];
        _waiting.Clear();
        _waiting.AddRange(now);
    }

    /// <summary>What is wrong with λ of a list, all in one; null where nothing is.</summary>
    public static string? Fault(IReadOnlyList<double> lambdas, ContinuousHyperparameter hyperparameter)
    {
        if (lambdas.Count == 0)
        {
            return "the list is empty; expected at least one";
        }

        var faults = lambdas.Select((lambda, i) => hyperparameter.Contains(lambda)
            ? null
            : FormattableString.Invariant($"[{i}] is {lambda:R}; expected {hyperparameter.Minimum:R} to {hyperparameter.Maximum:R}")).OfType<string>().ToList();
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }
}
