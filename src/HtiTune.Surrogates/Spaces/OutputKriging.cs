// Notation, beside that of AnchorKriging (K anchors with outputs y_k [n, D] at coordinates x_k [c])
//   ψ          link of the outputs (OutputTransform): what is kriged, of the outputs standardised over all anchors
//   y(λ)       ψ⁻¹(Σ_k w_k(λ) ψ(y_k))
// Draws of one context are coupled from anchor to anchor first (TreeCoupling); they scatter, so that ν is learned.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What outputs that anchors gave anywhere in a space are kriged from.</summary>
/// <param name="Coordinates">Lengths and warps of the coordinates.</param>
/// <param name="Places">x_k.</param>
/// <param name="Outputs">y_k, in the order of the contexts.</param>
/// <param name="Contexts">What they answer; null: every row a question of its own.</param>
internal sealed record OutputKrigingRequest(KrigingCoordinates Coordinates, double[][] Places, Matrix[] Outputs, Contexts? Contexts)
{
    /// <summary>The kind of the outputs.</summary>
    internal OutputKind Kind { get; init; }

    /// <summary>Bounds of the columns, or null.</summary>
    internal IReadOnlyList<OutputBounds>? Bounds { get; init; }

    /// <summary>Whether coordinates may be warped.</summary>
    internal bool Warp { get; init; } = true;

    /// <summary>Whether trainings scatter, by whether rows are draws.</summary>
    internal Func<bool, NuggetKind> Nugget { get; init; } = _ => NuggetKind.Auto;

    /// <summary>A kriging of the first of the anchors, whose scale, kind, link and inner products are kept; or null.</summary>
    internal OutputKriging? Previous { get; init; }
}

/// <summary>Outputs of anchors that lie anywhere in a space, coupled where they are draws, and their kriging.</summary>
/// <param name="Transform">ψ.</param>
/// <param name="Rows">The outputs, in the order of the particles.</param>
/// <param name="Kriging">Their kriging.</param>
/// <param name="Scale">Scale of the outputs.</param>
/// <param name="Order">The row of each anchor on each particle, [K] of [n]; null where rows stay as they are.</param>
internal sealed record OutputKriging(OutputTransform Transform, AnchorRows Rows, AnchorKriging Kriging, Standardizer Scale, int[][]? Order)
{
    // Of very many anchors a kriging each state costs too much.
    private const int MostForAllStates = 60, Thinning = 4;

    /// <summary>Learns.</summary>
    /// <param name="request">From what.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static OutputKriging Learn(OutputKrigingRequest request, CancellationToken cancellation)
    {
        var (outputs, previous) = (request.Outputs, request.Previous);
        var (n, d) = (outputs[0].Rows, outputs[0].Columns);
        var scale = previous?.Scale ?? Standardizer.Of(Matrix.Create(n * outputs.Length, d, (i, row) => outputs[i / n].Row(i % n).CopyTo(row)));
        var standardised = Standardised(outputs, scale);
        var order = request.Contexts is null || previous is { Order: null }
            ? null
            : TreeCoupling.Couple(request.Places, standardised, d, ContextKey.Groups(request.Contexts), cancellation);
        var points = Ordered(standardised, order, d);
        var kind = previous?.Transform.Kind ?? (request.Kind == OutputKind.Auto ? OutputTransform.Detect(outputs, request.Bounds) : request.Kind);
        var links = previous is null ? OutputTransform.Links(outputs, kind, request.Bounds) : [previous.Transform.Link];
        var (places, nugget) = (request.Places.SelectMany(x => x).ToArray(), request.Nugget(order is not null));
        var (transform, rows, kriging) = KrigingLearning.Choose(
            links, link => new OutputTransform(kind, link, scale, request.Bounds, isDraws: order is not null), scale, points,
            linked => KrigingLearning.Learn(places, request.Coordinates, request.Warp, GramOf(linked, order is null ? previous : null), nugget, order is not null, null, cancellation),
            cancellation);
        return new OutputKriging(transform, rows, kriging, scale, order);
    }

    /// <summary>What was learned once, as it was.</summary>
    /// <param name="request">The anchors.</param>
    /// <param name="scale">Scale of the outputs.</param>
    /// <param name="order">The row of each anchor on each particle; null where rows stay as they are.</param>
    /// <param name="kind">The kind, never <see cref="OutputKind.Auto"/>.</param>
    /// <param name="link">ψ.</param>
    /// <param name="variant">What was learned.</param>
    /// <param name="theta">θ.</param>
    internal static OutputKriging At(OutputKrigingRequest request, Standardizer scale, int[][]? order, OutputKind kind, OutputLink link, KrigingVariant variant, double[] theta)
    {
        var transform = new OutputTransform(kind, link, scale, request.Bounds, isDraws: order is not null);
        var points = Ordered(Standardised(request.Outputs, scale), order, scale.Columns);
        var linked = Array.ConvertAll(points, transform.Forward);
        var kriging = AnchorKriging.At([.. request.Places.SelectMany(x => x)], new KrigingLayout(request.Coordinates, variant), GramMatrix.Of(linked), theta);
        return new OutputKriging(transform, new AnchorRows(points, linked, null, request.Outputs[0].Rows), kriging, scale, order);
    }

    /// <summary>The kriging at states of θ that the anchors allow.</summary>
    /// <param name="walk">Chance of the walk.</param>
    internal AnchorKriging[] States(RandomStream walk) => Array.ConvertAll(ThetaStates(walk), Kriging.With);

    /// <summary>Those states, θ each.</summary>
    internal double[][] ThetaStates(RandomStream walk) => Kriging.Likelihood.HasVariation
        ? [.. HyperparameterWalk.From(Kriging.Likelihood, Kriging.Theta, walk).Where((_, i) => Kriging.Count <= MostForAllStates || i % Thinning == Thinning - 1)]
        : [Kriging.Theta.ToArray()];

    /// <summary>Standardised outputs of each anchor.</summary>
    internal static float[][] Standardised(Matrix[] outputs, Standardizer scale) => [.. outputs.Select(y => scale.Apply(y).Values.ToArray())];

    /// <summary>Rows of each anchor in the order of the particles.</summary>
    internal static float[][] Ordered(float[][] rows, int[][]? order, int d) => order is null ? rows : [.. rows.Select((y, k) => Trajectories.Select(y, order[k], d))];

    // Grown by a row for each anchor that is new.
    private static GramMatrix GramOf(float[][] linked, OutputKriging? previous)
    {
        if (previous is null)
        {
            return GramMatrix.Of(linked);
        }

        var gram = previous.Kriging.Gram;
        for (var k = gram.Count; k < linked.Length; k++)
        {
            gram = gram.With(linked[..(k + 1)], k);
        }

        return gram;
    }
}
