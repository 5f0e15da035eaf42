// Notation
//   u, u_k   a place between the anchors' places;  w_k  weights of the anchors at u, Σ_k w_k = 1
//   straight w_i = 1 − s, w_{i+1} = s, s = (u − u_i)/(u_{i+1} − u_i), 0 elsewhere
//   parabola w_k = Π_{l ≠ k} (u − u_l)/(u_k − u_l), K = 3                                                                [Lagrange]

namespace HtiTune.Surrogates;

/// <summary>Ways between anchors that need nothing learned, of which weights may be a mean.</summary>
internal static class OtherWays
{
    /// <summary>Moves weights towards those of a straight way, then towards those of a parabola through three anchors.</summary>
    /// <param name="weights">w, [K].</param>
    /// <param name="places">u_k, ascending, [K].</param>
    /// <param name="u">u, within them.</param>
    /// <param name="straight">The share of the straight way, 0 … 1.</param>
    /// <param name="parabola">The share of the parabola, 0 … 1; nothing unless K is 3.</param>
    internal static void Mix(Span<double> weights, double[] places, double u, double straight, double parabola)
    {
        if (straight > 0)
        {
            var after = Math.Max(1, places.TakeWhile(place => place < u).Count());
            var share = (u - places[after - 1]) / (places[after] - places[after - 1]);
            foreach (ref var weight in weights)
            {
                weight *= 1 - straight;
            }

            weights[after - 1] += straight * (1 - share);
            weights[after] += straight * share;
        }

        for (var k = 0; k < 3 && weights.Length == 3 && parabola > 0; k++)
        {
            double one = places[(k + 1) % 3], other = places[(k + 2) % 3];
            weights[k] += parabola * ((u - one) * (u - other) / ((places[k] - one) * (places[k] - other)) - weights[k]);
        }
    }
}
