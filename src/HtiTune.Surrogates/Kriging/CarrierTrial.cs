// How rows of a context that no anchor has seen come from the first anchor to the last. Every fifth context is kept out of a fit by either way, and its
// draws are carried:  score = energy distance to its own draws at the last anchor, mean over those contexts.
// λ between anchors does not come in: a choice of the carrier is one of contexts, and leaving out anchors says nothing of it.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>Tries conditional affine maps and learned maps on contexts that were kept out.</summary>
internal static class CarrierTrial
{
    private const int Every = 5, FewestContexts = 20, MostContexts = 100;

    /// <summary>Scores of affine and of learned maps, and of levels; null where contexts are too few to keep some out.</summary>
    /// <param name="anchors">Anchors that answered the same contexts, with several draws each.</param>
    /// <param name="coupled">Which rows of theirs belong together.</param>
    /// <param name="options">Of the fit.</param>
    /// <param name="cancellation">Ends the trial.</param>
    internal static CarrierScores? Scores(AnchorSet anchors, Trajectories coupled, KrigingOptions options, CancellationToken cancellation)
    {
        var groups = ContextKey.Groups(anchors[0].Samples.Contexts);
        if (groups.Length < FewestContexts || !options.Coupling.TrainMaps)
        {
            return null;
        }

        var kept = groups.Where((_, g) => g % Every != 0).SelectMany(rows => rows).Order().ToArray();
        var ends = new AnchorSet(anchors.Hyperparameter, new[] { 0, anchors.Count - 1 }.Select(k => new Anchor(anchors[k].Lambda, Of(k, kept))));
        var maps = TrajectorySurrogate.Fit(ends, options.Coupling with { Method = Method.Linear }, null, cancellation);
        var affine = options.Kind == OutputKind.Integer ? null : KrigedSurrogate.Fit(ends, options with { Carrying = RowCarrying.Affine }, null, cancellation);
        var quantiles = KrigedSurrogate.Fit(ends, options with { Carrying = RowCarrying.Quantiles }, null, cancellation);
        int[][] judged = [.. groups.Where((_, g) => g % Every == 0).Take(MostContexts)];
        double byAffine = 0, byMaps = 0, byQuantiles = 0;
        foreach (var rows in judged)
        {
            cancellation.ThrowIfCancellationRequested();
            var from = Of(0, rows);
            var truth = Of(anchors.Count - 1, rows).Outputs;
            byAffine += affine is null ? double.PositiveInfinity : Error(affine, from, truth);
            byQuantiles += Error(quantiles, from, truth);
            byMaps += Error(maps, from, truth);
        }

        return new CarrierScores(byAffine / judged.Length, byMaps / judged.Length) { Quantiles = byQuantiles / judged.Length };

        double Error(IFittedSurrogate surrogate, Samples from, Matrix truth) => EnergyDistance.Of(
            Trajectories.Standardised(surrogate.Transport(from, ends[0].Lambda, ends[1].Lambda), maps.State.Outputs), Trajectories.Standardised(truth, maps.State.Outputs), anchors.Dimension).Score;

        Samples Of(int anchor, int[] rows)
        {
            var chosen = Array.ConvertAll(rows, t => coupled.Rows[anchor][t]);
            return new Samples(anchors[anchor].Samples.Outputs.SelectRows(chosen), anchors[anchor].Samples.Contexts.Select(chosen));
        }
    }
}
