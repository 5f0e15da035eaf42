using HtiTune.Data;
using HtiTune.Preferences;

namespace HtiTune;

public sealed partial class Tuner
{
    /// <summary>
    /// What the trainings so far say about several features at once, with no training: the best λ for any preference among them, the curve
    /// λ*(w) of a family of preferences, and the Pareto front.
    /// </summary>
    /// <param name="features">At least one; their names differ.</param>
    /// <remarks>
    /// An answer is the model's best λ, trained or not, as <see cref="Optimize"/> with no training gives it. Where it says
    /// <see cref="NeedsTraining"/>, <see cref="Optimize"/> with the same objective makes it.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no feature, or one has no name or an earlier one's.</exception>
    /// <exception cref="InvalidOperationException">No training has given a value of a feature, or a run is going on.</exception>
    public PreferenceModel Preferences(params IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        Feature.Require(features);
        ObjectDisposedException.ThrowIf(_store.IsDisposed, this);
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
        {
            throw new InvalidOperationException("A run of this tuner is going on; finish or dispose it first.");
        }

        try
        {
            return PreferenceModel.Of(
                _store, [.. features], Options, _streams.Fork("preferences"), (lambda, reason) => Log.ObjectiveFailed(_logger, lambda, reason));
        }
        finally
        {
            EndRun();
        }
    }
}
