using HtiTune.Data;

namespace HtiTune.Surrogates;

public sealed partial class KrigedSurrogate
{
    /// <summary>α (m(x, λ) − Σ_k w_k m(x, λ_k)) of the regression, in the outputs' own units, [n, D]; null without one, and where one anchor answers.</summary>
    private float[]? BesideKriging(double lambda, Contexts contexts, double[] weights)
    {
        if (_regression is null || AnchorRows.Single(weights) >= 0)
        {
            return null;
        }

        var x = _carrier.State.Seen(contexts).Conditions;
        var beside = _regression.Means(x, PlaceOf(lambda));
        for (var k = 0; k < weights.Length; k++)
        {
            var at = weights[k] == 0 ? [] : _regression.Means(x, PlaceOf(Anchors[k]));
            for (var i = 0; i < at.Length; i++)
            {
                beside[i] -= (float)(weights[k] * at[i]);
            }
        }

        var scale = _carrier.State.Outputs.Deviations;
        for (var i = 0; i < beside.Length; i++)
        {
            beside[i] *= (float)(_regression.Share * scale[i % Dimension]);
        }

        return beside;
    }
}
