namespace HtiTune.Preferences;

/// <summary>Preferences among several features of what a tuner has trained.</summary>
public static class TunerPreferences
{
    /// <summary>
    /// What the trainings so far say about several features at once, with no training: the best configuration for any preference among them, the
    /// curve of the best over a family of preferences, and the Pareto front.
    /// </summary>
    /// <param name="tuner">The tuner whose trainings answer.</param>
    /// <param name="features">At least one; their names differ.</param>
    /// <remarks>
    /// An answer is the model's best configuration, trained or not, as <see cref="Tuner.Optimize"/> with no training gives it. Where it says
    /// <see cref="NeedsTraining"/>, <see cref="Tuner.Optimize"/> with the same objective makes it.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no feature, or one has no name or an earlier one's.</exception>
    /// <exception cref="InvalidOperationException">No training has given a value of a feature, or a run is going on.</exception>
    public static PreferenceModel Preferences(this Tuner tuner, params IReadOnlyList<Feature> features)
    {
        ArgumentNullException.ThrowIfNull(tuner);
        ArgumentNullException.ThrowIfNull(features);
        Feature.Require(features);
        tuner.Occupy();
        try
        {
            return PreferenceModel.Of(
                tuner.Store, [.. features], tuner.Options, tuner.Streams.Fork("preferences"), (lambda, reason) => Log.ObjectiveFailed(tuner.Options.LoggerOrNone, lambda, reason));
        }
        finally
        {
            tuner.Release();
        }
    }
}
