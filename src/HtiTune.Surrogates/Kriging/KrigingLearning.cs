// Choices, in this order:
//   link     of those that the kind allows, the one whose predictions of left-out anchors (closed form, in the outputs' own standardised units) err
//            least; another than the plainest must err a tenth less, and needs three anchors
//   nugget   draws: learned from five anchors on;  deterministic outputs: learned from eight on where that lowers −log likelihood by more than 2

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Learns how outputs are kriged: over one hyperparameter or several, for a surrogate or a tuner.</summary>
internal static class KrigingLearning
{
    /// <summary>Anchors from which draws have a nugget.</summary>
    internal const int LeastForDraws = 5;

    /// <summary>Anchors from which outputs that answer to contexts may be found to scatter.</summary>
    internal const int LeastForDeterministic = 8;

    private const int LeastForLinks = 3;
    private const double ClearGain = 2;
    private const double ClearShare = 0.9;

    /// <summary>Fits by every link that is allowed and takes the best.</summary>
    /// <param name="links">The links, the plainest first.</param>
    /// <param name="transformOf">ψ by a link.</param>
    /// <param name="scale">Scale of the outputs.</param>
    /// <param name="points">Standardised outputs at each anchor, [K] of [n, D].</param>
    /// <param name="fit">The kriging of linked outputs.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static (OutputTransform Transform, AnchorRows Rows, AnchorKriging Kriging) Choose(
        OutputLink[] links, Func<OutputLink, OutputTransform> transformOf, Standardizer scale, float[][] points, Func<float[][], AnchorKriging> fit, CancellationToken cancellation)
    {
        (OutputTransform Transform, AnchorRows Rows, AnchorKriging Kriging, double Error)? best = null;
        links = points.Length < LeastForLinks ? links[..1] : links;
        foreach (var link in links)
        {
            cancellation.ThrowIfCancellationRequested();
            var transform = transformOf(link);
            var linked = Array.ConvertAll(points, transform.Forward);
            var rows = new AnchorRows(points, linked, null, points[0].Length / scale.Columns);
            var kriging = fit(linked);
            var error = links.Length > 1 ? LeftOutError(rows, transform, scale, kriging) : 0;
            if (best is null || error < ClearShare * best.Value.Error)
            {
                best = (transform, rows, kriging, error);
            }
        }

        return (best!.Value.Transform, best.Value.Rows, best.Value.Kriging);
    }

    /// <summary>Learns lengths, warps and perhaps a nugget.</summary>
    /// <param name="places">Coordinates of the anchors, [K, ·], each in [0, 1].</param>
    /// <param name="coordinates">Which length each coordinate has.</param>
    /// <param name="warp">Whether coordinates may be warped.</param>
    /// <param name="gram">Inner products of the linked outputs.</param>
    /// <param name="nugget">Whether trainings scatter.</param>
    /// <param name="isDraws">Whether rows are draws, which always scatter.</param>
    /// <param name="previous">A kriging of nearly the same anchors, from whose parameters a short search goes on; or null.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="kernel">How smooth outputs are taken to be.</param>
    internal static AnchorKriging Learn(
        double[] places, KrigingCoordinates coordinates, bool warp, GramMatrix gram, NuggetKind nugget, bool isDraws, AnchorKriging? previous, CancellationToken cancellation,
        KrigingKernel kernel = KrigingKernel.Matern52)
    {
        var learns = nugget == NuggetKind.Learned || (nugget == NuggetKind.Auto && isDraws && gram.Count >= LeastForDraws);
        var kriging = Of(learns);
        if (nugget == NuggetKind.Auto && !isDraws && gram.Count >= LeastForDeterministic)
        {
            var scattered = Of(true);
            kriging = scattered.Objective < kriging.Objective - ClearGain ? scattered : kriging;
        }

        return kriging;

        AnchorKriging Of(bool learned) => AnchorKriging.Fit(
            places, new KrigingLayout(coordinates, new KrigingVariant(warp, learned, Kernel: kernel)), gram,
            previous is not null && previous.Variant.LearnsNugget == learned ? previous.Theta.ToArray() : null, cancellation);
    }

    /// <summary>Summed squared error of left-out anchors' outputs, in standardised units.</summary>
    internal static double LeftOutError(AnchorRows rows, OutputTransform transform, Standardizer scale, AnchorKriging kriging)
    {
        var d = scale.Columns;
        var weights = new double[kriging.Count];
        var row = new float[d];
        double sum = 0;
        for (var k = 0; k < kriging.Count; k++)
        {
            kriging.LeaveOneOut(k, weights);
            var predicted = rows.Weighted(weights, transform, d);
            for (var i = 0; i < rows.Count; i++)
            {
                scale.Apply(predicted.AsSpan(i * d, d), row);
                for (var j = 0; j < d; j++)
                {
                    double error = row[j] - rows.Standardised[k]![i * d + j];
                    sum += error * error;
                }
            }
        }

        return sum;
    }
}
