using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>What a regression over conditions and λ together adds to outputs that are kriged.</summary>
/// <param name="carrier">Its rows and units.</param>
/// <param name="places">The anchors' places.</param>
/// <param name="state">What was learned of the regression.</param>
internal sealed class RegressionBeside(TrajectorySurrogate carrier, double[] places, JointState state)
{
    private readonly JointRegression _regression = JointRegression.At(carrier.State.Trajectories, [.. places.Select(u => new[] { u })], state);

    // Who asks at many λ asks for the same contexts: the regression at the anchors is kept of those that were asked last.
    private AnchorMeans? _anchorMeans;

    internal JointRegression Regression => _regression;

    /// <summary>m(x, λ_k) in standardised outputs at every anchor, K of [n, D].</summary>
    /// <param name="x">Standardised conditions, [n, C].</param>
    internal float[][] AtAnchors(float[] x) => Array.ConvertAll(places, place => _regression.Means(x, [place]));

    /// <summary>α (m(x, λ) − Σ_k w_k m(x, λ_k)), in the outputs' own units, [n, D]; null where one anchor answers.</summary>
    /// <param name="place">λ's place.</param>
    /// <param name="contexts">n of them.</param>
    /// <param name="weights">w, one an anchor.</param>
    internal float[]? At(double place, Contexts contexts, double[] weights)
    {
        if (AnchorRows.Single(weights) >= 0)
        {
            return null;
        }

        var x = carrier.State.Seen(contexts).Conditions;
        var known = _anchorMeans;
        if (!ReferenceEquals(known?.Contexts, contexts))
        {
            _anchorMeans = known = new AnchorMeans(contexts, new float[weights.Length][]);
        }

        var beside = _regression.Means(x, [place]);
        for (var k = 0; k < weights.Length; k++)
        {
            if (weights[k] == 0)
            {
                continue;
            }

            // Two threads that compute the same come to the same.
            var at = known.Means[k] ??= _regression.Means(x, [places[k]]);
            for (var i = 0; i < at.Length; i++)
            {
                beside[i] -= (float)(weights[k] * at[i]);
            }
        }

        var scale = carrier.State.Outputs.Deviations;
        for (var i = 0; i < beside.Length; i++)
        {
            beside[i] *= (float)(_regression.Share * scale[i % scale.Length]);
        }

        return beside;
    }

    private sealed record AnchorMeans(Contexts Contexts, float[]?[] Means);
}
