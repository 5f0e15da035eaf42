// Notation
//   u    place asked for, 0 … 1 between the first and the last anchor on the hyperparameter's scale;  u_k  places of the K anchors
//   a_k  weights: y(u) = Σ_k a_k·y_k with y_k the points of one trajectory (or the chained maps of one row) at the anchors; Σ_k a_k = 1
//   linear:         a_i = 1 − s, a_{i+1} = s, s = (u − u_i)/(u_{i+1} − u_i)
//   shrunk linear:  a = 0.4·linear + 0.6/K, at anchors too: 60 % is the share that the benchmark's table states, not a fit

namespace HtiTune.Surrogates;

/// <summary>The baselines that are weighted means of the anchors' outputs.</summary>
internal static class AnchorWeights
{
    private const double Shrinkage = 0.6;

    /// <summary>Weights a of the anchors, length K.</summary>
    /// <param name="method">A method that <see cref="MethodRecipe.IsWeighted"/>.</param>
    /// <param name="positions">u_k, ascending.</param>
    /// <param name="interval">i with u_i ≤ u ≤ u_{i+1}.</param>
    /// <param name="u">The place.</param>
    /// <param name="source">The anchor that rows come from.</param>
    internal static double[] Of(Method method, double[] positions, int interval, double u, int source)
    {
        var count = positions.Length;
        var weights = new double[count];
        var share = (u - positions[interval]) / (positions[interval + 1] - positions[interval]);
        switch (method)
        {
            case Method.Stay:
                weights[source] = 1;
                break;
            case Method.Nearest:
                weights[share > 0.5 ? interval + 1 : interval] = 1;
                break;
            case Method.Mean:
                Array.Fill(weights, 1.0 / count);
                break;
            case Method.Linear or Method.Displacement:
                weights[interval] = 1 - share;
                weights[interval + 1] = share;
                break;
            case Method.ShrunkLinear:
                Array.Fill(weights, Shrinkage / count);
                weights[interval] += (1 - Shrinkage) * (1 - share);
                weights[interval + 1] += (1 - Shrinkage) * share;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(method), method, "No weighted mean of the anchors.");
        }

        return weights;
    }
}
