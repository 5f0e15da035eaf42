using HtiTune.Data;

namespace HtiTune;

/// <summary>
/// What the outputs of the trainings say over one continuous hyperparameter, as over several (<see cref="SpaceAnalysis"/>): the objective at joint draws of them. Where they have
/// foretold the trainings no worse than the values did, they say where the optimum is expected, and where a training gains most; the bridge process, which
/// adds doubt where the outputs are known already, says what is certain.
/// </summary>
internal static class LineOutputs
{
    // Of more trainings the process of the values knows as much, and costs less.
    private const int Most = 32;

    /// <summary>What the outputs say; null where they are not believed, or where an option asks for what the bridge process alone knows of.</summary>
    /// <param name="store">The trainings.</param>
    /// <param name="view">The objective, as it sees them.</param>
    /// <param name="options">How.</param>
    /// <param name="streams">All chance.</param>
    public static SpaceAnalysis? Of(AnchorStore store, ObjectiveView view, TunerOptions options, RandomStreams streams)
    {
        if (!Serves(options) || store.Contexts is not { } contexts || store.Anchors.Count > Most || view.Calibration.Alarms(store.Anchors.Count) > 0)
        {
            return null;
        }

        var sign = options.Goal == Goal.Maximize ? -1 : 1;
        var policy = new SpacePolicy(store.Space, SpacePolicyOptions.Of(options, options.Epsilon), streams.Fork("outputs"));
        var analysis = policy.AnalyseAt(
            [.. SpaceRunPolicy.TriedOf(store).Select(training => view.Seen(training, withOutputs: true))],
            (outputs, at) => sign * view.Value(new OutputsModel(contexts, outputs, at)), store.Cancellation);
        return analysis is { IsComposite: true, IsExact: true } ? analysis : null;
    }

    // A surrogate of the user's own is to be asked, and costs, beliefs, replicates and other acquisitions are weighed by the process.
    private static bool Serves(TunerOptions options) =>
        options.UseSurrogate && options.SurrogateFactory is null && options.Acquisition.Kind == AcquisitionKind.LogExpectedImprovement && options.Cost is null && options.Belief is null
        && options.Bootstrap == 0 && !options.MayReplicate && options.NoiseVariance is null or 0;
}
