// Notation
//   e_k, f_k   errors of anchor k's linked outputs when it is left out, by the smooth kriging and by the rough one, in closed form: c_kᵀY and d_kᵀY
//   share      the least Σ_k |e_k + s (f_k − e_k)|²/√v_k of 0 ≤ s ≤ 1, v_k the variance of the smooth one: anchors that the others surround tell more
// A likelihood of smooth surfaces answers a leap by short lengths or by a nugget, and overshoots beside it. Errors of both kinds of surface differ most there, and a convex
// sum errs less than either; where outputs are smooth the share is 0, or so small that nothing is lost. With 1/v_k in the place of its root hardly any share was taken on leaps,
// with 1 some was on smooth outputs of few anchors, whose outer ones all surfaces miss.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>A kriging whose surfaces bend at the anchors, beside a smooth one.</summary>
/// <param name="Rough">It.</param>
/// <param name="Share">Its share of the weights, 0 to 1.</param>
internal sealed record SpaceStack(AnchorKriging Rough, double Share)
{
    /// <summary>Learns it.</summary>
    /// <param name="places">Coordinates of the anchors, [K, c].</param>
    /// <param name="coordinates">Their lengths and warps.</param>
    /// <param name="warp">Whether coordinates may be warped.</param>
    /// <param name="smooth">The smooth kriging.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static SpaceStack Learn(double[] places, KrigingCoordinates coordinates, bool warp, AnchorKriging smooth, CancellationToken cancellation)
    {
        var rough = AnchorKriging.Fit(places, new KrigingLayout(coordinates, VariantOf(warp)), smooth.Gram, cancellation: cancellation);
        return new SpaceStack(rough, ShareOf(smooth, rough));
    }

    /// <summary>What was learned once, as it was.</summary>
    internal static SpaceStack At(double[] places, KrigingCoordinates coordinates, bool warp, AnchorKriging smooth, RoughState state) =>
        new(AnchorKriging.At(places, new KrigingLayout(coordinates, VariantOf(warp)), smooth.Gram, state.Theta), state.Share);

    /// <summary>What the rough kriging learns.</summary>
    internal static KrigingVariant VariantOf(bool warp) => new(warp, LearnsNugget: false, Kernel: KrigingKernel.Exponential);

    /// <summary>Turns weights of the smooth kriging into those of both; an anchor alone stays alone.</summary>
    /// <param name="weights">w, [K].</param>
    /// <param name="rough">Those of the rough one.</param>
    internal void Blend(Span<double> weights, ReadOnlySpan<double> rough)
    {
        for (var k = 0; k < weights.Length; k++)
        {
            weights[k] += Share * (rough[k] - weights[k]);
        }
    }

    private static double ShareOf(AnchorKriging smooth, AnchorKriging rough)
    {
        var count = smooth.Count;
        var gram = smooth.Gram.Centred();
        double[] weights = new double[count], away = new double[count], row = new double[count];
        double along = 0, square = 0;
        for (var k = 0; k < count; k++)
        {
            var weight = 1 / Math.Sqrt(smooth.LeaveOneOut(k, weights));
            rough.LeaveOneOut(k, away);
            CholeskyFactor.Add(-1, weights, away);
            weights[k] -= 1;
            row.AsSpan().Clear();
            for (var l = 0; l < count; l++)
            {
                CholeskyFactor.Add(away[l], gram.AsSpan(l * count, count), row);
            }

            along -= weight * CholeskyFactor.Dot(weights, row);
            square += weight * CholeskyFactor.Dot(away, row);
        }

        return square > 0 ? Math.Clamp(along / square, 0, 1) : 0;
    }
}

/// <summary>What a file says of a rough kriging.</summary>
/// <param name="Theta">θ.</param>
/// <param name="Share">Its share, 0 to 1.</param>
internal sealed record RoughState(double[] Theta, double Share);
