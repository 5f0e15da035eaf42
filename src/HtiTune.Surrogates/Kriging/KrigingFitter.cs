// The kind is as declared, else the first that every row obeys; link and nugget are chosen by KrigingLearning.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Fits the parts of a <see cref="KrigedSurrogate"/> that are not the carrier's.</summary>
internal static class KrigingFitter
{
    /// <summary>Fits.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="carrier">Coupling and maps.</param>
    /// <param name="options">How.</param>
    /// <param name="previous">The surrogate of some of the anchors that goes on, or null.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static KrigingState Fit(
        AnchorSet anchors, TrajectorySurrogate carrier, KrigingOptions options, KrigedSurrogate? previous, CancellationToken cancellation)
    {
        var bounds = carrier.Options.Bounds;
        IRowCarrier? laws = options.Carrying switch
        {
            RowCarrying.Affine => new AffineCarrier(carrier.State.Trajectories, null),
            RowCarrying.Quantiles => new QuantileCarrier(carrier.State.Trajectories, null),
            _ => null,
        };
        var points = PointsOf(carrier, laws);
        var kind = previous?.Transform.Kind ?? (options.Kind == OutputKind.Auto ? OutputTransform.Detect(anchors, bounds) : options.Kind);
        var links = previous is null ? OutputTransform.Links(anchors, kind, bounds) : [previous.Transform.Link];
        var (transform, _, fitted) = KrigingLearning.Choose(
            links, link => new OutputTransform(kind, link, carrier.State.Outputs, bounds), carrier.State.Outputs, points,
            rows => Learn(carrier, laws is null ? GramOf(anchors, carrier, rows, previous) : GramMatrix.Of(rows), options, previous?.Kriging, cancellation), cancellation);
        var regression = laws is null || !options.Regression || kind != OutputKind.Free || bounds is not null || anchors.Count < 3
            ? null
            : JointRegression.Fit(carrier.State.Trajectories, [.. KrigedSurrogate.PlacesOf(carrier).Select(u => new[] { u })], cancellation);
        return new KrigingState(options with { Coupling = new() }, kind, transform.Link, fitted.Variant, fitted.Theta.ToArray(), Notes(anchors, options, kind, fitted, regression, carrier.State.Ridge))
        {
            Gram = fitted.Gram,
            Points = points,
            Bandwidths = (laws as AffineCarrier)?.Bandwidths,
            Quantiles = (laws as QuantileCarrier)?.State,
            Regression = regression?.State,
        };
    }

    /// <summary>The stored rows at every anchor: as they are coupled, or those of the first anchor carried to the others.</summary>
    internal static float[][] PointsOf(TrajectorySurrogate carrier, IRowCarrier? laws)
    {
        var trajectories = carrier.State.Trajectories;
        var own = trajectories.Conditions[0];
        return laws is null ? trajectories.Points : Array.ConvertAll(laws.Carry(trajectories.Points[0], own, own, trajectories.Categories, 0, null), rows => rows!);
    }

    private static AnchorKriging Learn(TrajectorySurrogate carrier, GramMatrix gram, KrigingOptions options, AnchorKriging? previous, CancellationToken cancellation) =>
        KrigingLearning.Learn(KrigedSurrogate.PlacesOf(carrier), KrigingCoordinates.Each(1), options.Warp, gram, options.Nugget, !carrier.Report.Deterministic, previous, cancellation,
        options.Smooth ? KrigingKernel.Gaussian : KrigingKernel.Matern52);

    /// <summary>Inner products, grown by a row for each new anchor where rows are the same at the old ones.</summary>
    private static GramMatrix GramOf(AnchorSet anchors, TrajectorySurrogate carrier, float[][] rows, KrigedSurrogate? previous)
    {
        if (previous is null || !carrier.Report.Deterministic || rows[0].Length != previous.Carrier.State.Trajectories.Points[0].Length)
        {
            return GramMatrix.Of(rows);
        }

        var gram = previous.Kriging.Gram;
        var known = previous.Anchors.ToList();
        for (var k = 0; k < anchors.Count; k++)
        {
            if (!known.Contains(anchors[k].Lambda))
            {
                known.Add(anchors[k].Lambda);
                known.Sort();
                gram = gram.With([.. Enumerable.Range(0, anchors.Count).Where(i => known.Contains(anchors[i].Lambda)).Select(i => rows[i])], known.IndexOf(anchors[k].Lambda));
            }
        }

        return gram;
    }

    /// <summary>What is said of rows that lie far outside all others: one would decide the inner products alone.</summary>
    internal static IEnumerable<string> SetAside(RowScreen? screen) => screen?.Rows
        .GroupBy(row => row.Lambda)
        .Select(rows => FormattableString.Invariant(
            $"{rows.Count()} rows at {rows.Key:R} lie far outside all others (the first is row {rows.First().Row}: {rows.First().Value:G6} in column {rows.First().Column}) and are set aside: plausible values stand in their place, at their own anchor too.")) ?? [];

    private static string[] Notes(AnchorSet anchors, KrigingOptions options, OutputKind kind, AnchorKriging kriging, JointRegression? regression, RidgeState? ridge)
    {
        var notes = new List<string>();
        if (options.Kind == OutputKind.Auto && kind != OutputKind.Free)
        {
            notes.Add($"Every output of every anchor is of the kind {kind}: what is sampled is of it too. Declare {OutputKind.Free} where that is chance.");
        }

        if (anchors.Count == 2)
        {
            notes.Add("Two anchors do not show how fast outputs move between them: a third anchor, or a declared scale of the "
                + "hyperparameter, is worth more than any other setting.");
        }

        if (options.Carrying == RowCarrying.Affine)
        {
            notes.Add("Rows are carried by conditional affine maps: the anchors' laws are met as far as mean and covariance go.");
        }

        if (options.Carrying == RowCarrying.Quantiles)
        {
            notes.Add("Rows are carried by their levels in the laws given their context, column by column: the anchors' laws are met as far as near rows tell them.");
        }

        if (regression is not null)
        {
            notes.Add($"{char.ToUpperInvariant(anchors.Hyperparameter.Name[0])}{anchors.Hyperparameter.Name[1..]} and the conditions act together: outputs are kriged about a regression on both.");
        }

        if (ridge is not null)
        {
            notes.Add(ridge.Note);
        }

        if (kriging.Variant.LearnsNugget)
        {
            notes.Add($"Trainings scatter (nugget {kriging.Nugget:G2}): the curve smooths, and passes beside the anchors by as much.");
        }

        var hyperparameter = anchors.Hyperparameter;
        if (anchors[0].Lambda > hyperparameter.Minimum || anchors[^1].Lambda < hyperparameter.Maximum)
        {
            notes.Add($"Anchors cover {hyperparameter.Name} from {anchors[0].Lambda:G6} to {anchors[^1].Lambda:G6}; from {hyperparameter.Minimum:G6} to "
                + $"{hyperparameter.Maximum:G6} outputs are extrapolated, and their intervals widen.");
        }

        return [.. notes];
    }
}
