// What is kriged, by method:
//   kriging, linear, nearest   rows that belong together (OutputKriging); where contexts or draws are each anchor's own, as affine
//   affine, regression         the root's rows, carried to every anchor by affine maps between laws given a context
//   mixture                    the anchors' laws themselves, as points of the space in which the energy distance is the squared distance [Sejdinovic2013]

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>What a method serves from.</summary>
/// <param name="Method">The method, never <see cref="SpaceMethod.Auto"/>.</param>
/// <param name="Kriging">Rows at the anchors, and their kriging.</param>
/// <param name="Regression">A regression beside it, or null.</param>
/// <param name="Stack">A rough kriging beside it, or null.</param>
internal sealed record SpaceFit(SpaceMethod Method, OutputKriging Kriging, SpaceRegression? Regression = null, SpaceStack? Stack = null);

/// <summary>Learns what methods serve from.</summary>
internal sealed class SpaceLearning
{
    /// <summary>Pairs of rows whose distances the kriging of a mixture costs, in all, and rows of a group that are compared at least and at most.</summary>
    private const double MostPairs = 6e7;
    private const int FewestCompared = 40, MostCompared = 250;

    private readonly OutputKrigingRequest _request;
    private readonly Lazy<OutputKriging>? _kriging, _carried, _mixed;

    /// <param name="rows">The anchors' rows.</param>
    /// <param name="isLoose">Whether rows do not belong together from anchor to anchor.</param>
    /// <param name="request">Places, kind and nugget; outputs are those of <paramref name="rows"/> with plausible values in the place of what is set aside.</param>
    /// <param name="conditions">Scale of the conditions.</param>
    /// <param name="known">The coupled kriging, where it is known; else null.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal SpaceLearning(SpaceRows rows, bool isLoose, OutputKrigingRequest request, Standardizer conditions, OutputKriging? known, CancellationToken cancellation)
        : this(
            rows, isLoose, request, conditions,
            known?.Scale ?? Standardizer.Of(new Matrix(request.Outputs.Sum(y => y.Rows), request.Outputs[0].Columns, [.. request.Outputs.SelectMany(y => y.Values.ToArray())])), null)
    {
        _kriging = new Lazy<OutputKriging>(() => known ?? OutputKriging.Learn(request, cancellation));
        _carried = new Lazy<OutputKriging>(() => Learn(Carried(), cancellation));
        _mixed = new Lazy<OutputKriging>(() => Mixture(cancellation));
    }

    /// <param name="rows">The anchors' rows.</param>
    /// <param name="isLoose">Whether rows do not belong together from anchor to anchor.</param>
    /// <param name="request">Places, kind and nugget; outputs as above.</param>
    /// <param name="conditions">Scale of the conditions.</param>
    /// <param name="scale">Scale of the outputs.</param>
    /// <param name="bandwidths">Those of the laws given a context; null to choose them.</param>
    internal SpaceLearning(SpaceRows rows, bool isLoose, OutputKrigingRequest request, Standardizer conditions, Standardizer scale, double[]? bandwidths)
    {
        (Rows, IsLoose, _request, Conditions, Scale) = (rows, isLoose, request, conditions, scale);
        Laws = new ConditionalLaws(rows with { Outputs = request.Outputs }, scale, conditions, bandwidths);
    }

    /// <summary>The anchors' rows.</summary>
    internal SpaceRows Rows { get; }

    /// <summary>Whether rows do not belong together from anchor to anchor.</summary>
    internal bool IsLoose { get; }

    /// <summary>Scale of the outputs.</summary>
    internal Standardizer Scale { get; }

    /// <summary>Scale of the conditions.</summary>
    internal Standardizer Conditions { get; }

    /// <summary>The laws given a context.</summary>
    internal ConditionalLaws Laws { get; }

    /// <summary>Coordinates of the anchors.</summary>
    internal double[][] Places => _request.Places;

    private double[] Flat => [.. Places.SelectMany(x => x)];

    /// <summary>Whether a method's rows are carried from the root.</summary>
    internal static bool IsCarried(SpaceMethod method, bool isLoose) => method is SpaceMethod.Affine or SpaceMethod.Regression || (isLoose && method != SpaceMethod.Mixture);

    /// <summary>Learns what a method serves from.</summary>
    internal SpaceFit Fit(SpaceMethod method, CancellationToken cancellation)
    {
        var kriging = (IsCarried(method, IsLoose) ? _carried : method == SpaceMethod.Mixture ? _mixed : _kriging)!.Value;
        if (method == SpaceMethod.Stacked)
        {
            // It goes through the anchors: what a nugget would smooth is what the rough one follows.
            kriging = kriging.Kriging.Variant.LearnsNugget && _request.Nugget(false) == NuggetKind.Auto ? OutputKriging.Learn(_request with { Nugget = _ => NuggetKind.Fixed }, cancellation) : kriging;
            return new SpaceFit(method, kriging, Stack: SpaceStack.Learn(Flat, _request.Coordinates, _request.Warp, kriging.Kriging, cancellation));
        }

        return new SpaceFit(method, kriging, method == SpaceMethod.Regression ? SpaceRegression.Of(Laws, Places, Conditions, Scale, null, -1, cancellation) : null);
    }

    /// <summary>What a method served from, as it was.</summary>
    /// <param name="method">The method.</param>
    /// <param name="order">The row of each anchor on each particle; null where rows stay as they are.</param>
    /// <param name="kind">The kind, never <see cref="OutputKind.Auto"/>.</param>
    /// <param name="link">ψ.</param>
    /// <param name="variant">What was learned.</param>
    /// <param name="theta">θ.</param>
    /// <param name="regression">What the regression beside it learned, or null.</param>
    /// <param name="rough">What a rough kriging beside it learned, or null.</param>
    internal SpaceFit At(SpaceMethod method, int[][]? order, OutputKind kind, OutputLink link, KrigingVariant variant, double[] theta, JointState? regression, RoughState? rough)
    {
        if (!IsCarried(method, IsLoose) && method != SpaceMethod.Mixture)
        {
            var known = OutputKriging.At(_request, Scale, order, kind, link, variant, theta);
            return new SpaceFit(method, known, Stack: rough is null ? null : SpaceStack.At(Flat, _request.Coordinates, variant.Warp, known.Kriging, rough));
        }

        var points = method != SpaceMethod.Mixture ? Carried() : Particles(order);
        var transform = new OutputTransform(kind, link, Scale, _request.Bounds, isDraws: true);
        var linked = Array.ConvertAll(points, transform.Forward);
        var gram = method == SpaceMethod.Mixture ? Energies() : GramMatrix.Of(linked);
        var kriging = AnchorKriging.At(Flat, new KrigingLayout(_request.Coordinates, variant), gram, theta);
        return new SpaceFit(
            method, new OutputKriging(transform, new AnchorRows(points, linked, null, Rows.Served.Count), kriging, Scale, order),
            regression is null ? null : SpaceRegression.Of(Laws, Places, Conditions, Scale, regression));
    }

    /// <summary>The root's rows at every anchor.</summary>
    private float[][] Carried() => [.. Laws.At(Rows.Root, Rows.Served, null).Select(rows => rows!)];

    // Rows that belong together where some do; else each anchor's own in the contexts that are served.
    private float[][] Particles(int[][]? order) => IsLoose ? Laws.Drawn(Rows.Served) : OutputKriging.Ordered(Laws.Outputs, order, Scale.Columns);

    private OutputKriging Learn(float[][] points, CancellationToken cancellation)
    {
        var kind = KindOf();
        var places = Flat;
        var (transform, rows, kriging) = KrigingLearning.Choose(
            OutputTransform.Links(_request.Outputs, kind, _request.Bounds), link => new OutputTransform(kind, link, Scale, _request.Bounds, isDraws: true), Scale, points,
            linked => KrigingLearning.Learn(places, _request.Coordinates, _request.Warp, GramMatrix.Of(linked), _request.Nugget(true), true, null, cancellation), cancellation);
        return new OutputKriging(transform, rows, kriging, Scale, null);
    }

    private OutputKriging Mixture(CancellationToken cancellation)
    {
        var transform = new OutputTransform(KindOf(), OutputLink.Standardised, Scale, _request.Bounds, isDraws: true);
        var order = IsLoose ? null : _kriging!.Value.Order;
        var points = Particles(order);
        var kriging = KrigingLearning.Learn(
            Flat, _request.Coordinates, _request.Warp, Energies(), _request.Nugget(true), true, null, cancellation);
        return new OutputKriging(transform, new AnchorRows(points, points, null, Rows.Served.Count), kriging, Scale, order);
    }

    private OutputKind KindOf() => _request.Kind == OutputKind.Auto ? OutputTransform.Detect(_request.Outputs, _request.Bounds) : _request.Kind;

    // Of rows of one context, weighted by how many they are; where contexts or draws are each anchor's own, of outputs and conditions together in each category.
    private GramMatrix Energies()
    {
        var (count, d) = (Places.Length, Scale.Columns);
        var most = (int)Math.Clamp(Math.Sqrt(MostPairs) / count, FewestCompared, MostCompared);
        var width = d + (IsLoose ? Conditions.Columns : 0);
        float[][] values = [.. Laws.Outputs.Select((y, k) => width == d ? y : Trajectories.Joined(y.Length / d, (y, d), (Laws.Conditions[k], Conditions.Columns)))];
        int[][][] groups = [.. Rows.Contexts.Select(contexts => SpaceTrial.Groups(contexts, IsLoose))];
        var squares = new double[count * count];
        double all = Rows.Served.Count;
        for (var g = 0; g < groups[0].Length; g++)
        {
            float[][] some = [.. values.Select((y, k) => Trajectories.Select(y, ConditionalMoments.Thinned(groups[k][g], most), width))];
            double[] own = Array.ConvertAll(some, y => EnergyDistance.Mean(y, y, width));
            var share = groups[Rows.Root][g].Length / all;
            for (var k = 0; k < count; k++)
            {
                for (var l = 0; l < k; l++)
                {
                    squares[l * count + k] = squares[k * count + l] += share * Math.Max(0, 2 * EnergyDistance.Mean(some[k], some[l], width) - own[k] - own[l]);
                }
            }
        }

        return GramMatrix.OfSquares(squares, count);
    }
}
