using HtiTune.Data;
using HtiTune.Surrogates;

/// <summary>
/// The policy at a λ never trained, for any observation. The trajectories are fitted once, to the doses at the study's observations; asked
/// another one in a rollout, the surrogate takes the anchors' doses for it from their networks and reads the same curves between them.
/// </summary>
/// <remarks>
/// A tuner fits a surrogate for each set of contexts that an objective asks. For a rollout, whose every day asks new ones, that would be a fit
/// a day; this factory fits the first set only, and gives the others a view of it. It belongs to one tuner at a time.
/// </remarks>
/// <param name="study">The observations that the trajectories are fitted to.</param>
internal sealed class PolicySurrogates(Contexts study)
{
    private readonly Dictionary<string, ISurrogate> _fitted = [];

    /// <summary>Fits, or finds the fit of the same anchors; see <see cref="HtiTune.TunerOptions.SurrogateFactory"/>.</summary>
    /// <param name="anchors">The anchors with their doses for some observations.</param>
    public ISurrogate Fit(AnchorSet anchors)
    {
        var key = string.Join(' ', anchors.Lambdas);
        if (!anchors[0].Samples.Contexts.SameAs(study) && _fitted.TryGetValue(key, out var fitted))
        {
            return new View(fitted, anchors);
        }

        return _fitted[key] = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });
    }

    // The anchors' doses for other observations, on the curves of the fit.
    private sealed class View(ISurrogate fitted, AnchorSet anchors) : ISurrogate
    {
        public ContinuousHyperparameter Hyperparameter => fitted.Hyperparameter;

        public IReadOnlyList<double> Anchors => fitted.Anchors;

        public SurrogateSamples Sample(double lambda, Contexts contexts) => fitted.Sample(
            lambda, contexts, (anchor, _) => anchors.First(known => known.Lambda == anchor).Samples.Outputs);

        public Matrix Transport(Samples rows, double from, double to) => fitted.Transport(rows, from, to);
    }
}
