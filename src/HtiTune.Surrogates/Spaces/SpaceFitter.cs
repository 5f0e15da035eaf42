using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Fits the parts of a <see cref="SpaceSurrogate"/>.</summary>
internal static class SpaceFitter
{
    private const double KrigingShare = 0.2;

    /// <summary>Fits.</summary>
    /// <param name="anchors">All anchors.</param>
    /// <param name="options">How.</param>
    /// <param name="previous">A fit of the first of them, whose scale, kind and link are kept, or null.</param>
    /// <param name="progress">Takes the stage and the share that is done.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static SpaceState Fit(AnchorSet anchors, SpaceSurrogateOptions options, SpaceState? previous, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        if (anchors.Count < 2)
        {
            throw new ArgumentException("There is one anchor; expected at least two.", nameof(anchors));
        }

        var bounds = options.Bounds;
        var kind = previous?.Kriging.Transform.Kind ?? options.Kind;
        if (kind is not (OutputKind.Auto or OutputKind.Free) && OutputTransform.Fault(anchors, kind, bounds) is { } fault)
        {
            throw new ArgumentException(
                previous is null ? $"Outputs are declared {kind}, but {fault}." : $"Outputs are {kind} at the anchors of this surrogate, but {fault}, or fit anew.", nameof(anchors));
        }

        progress?.Report(new FitProgress("kriging", 0));
        Configuration[] configurations = [.. anchors.Select(anchor => anchor.Configuration)];
        var coordinates = new SpaceCoordinates(anchors.Space);
        double[][] places = Array.ConvertAll(configurations, coordinates.Place);
        var rows = SpaceRows.Of(anchors, places, previous is { IsLoose: false } ? previous.Contexts : null);
        if (!rows.IsAlike && (options.Method == SpaceMethod.Kriging || anchors.Dimension > AffineCarrier.MostDimensions))
        {
            var why = options.Method == SpaceMethod.Kriging ? $"{nameof(SpaceMethod)}.{nameof(SpaceMethod.Kriging)} joins the anchors' rows by their contexts"
                : $"outputs have {anchors.Dimension} columns, and laws of contexts of each anchor's own are told where they have {AffineCarrier.MostDimensions} at most";
            throw new ArgumentException($"Anchors answered contexts of their own, and {why}; expected the same contexts of all, in any order.", nameof(anchors));
        }

        var screen = rows.IsAlike ? SpaceScreen.Of(anchors.Space, configurations, places, rows.Outputs, rows.Served) : new SpaceScreen(rows.Outputs, []);

        // What stands in the place of rows that are set aside depends on all anchors; and a choice but kriging's is made anew.
        previous = screen.Texts.Length > 0 || !rows.IsAlike || previous is { IsScreened: true } or { IsLoose: true } or { Method: not SpaceMethod.Kriging } ? null : previous;
        var request = new OutputKrigingRequest(coordinates.Kriging, places, screen.Outputs, rows.Served)
        {
            Kind = options.Kind,
            Bounds = bounds,
            Warp = options.Warp,
            Nugget = _ => options.Nugget,
            Previous = previous?.Kriging,
        };
        var conditions = previous?.Conditions ?? Standardization.Of(rows.IsAlike ? [rows.Served.Conditions] : rows.Contexts.Select(contexts => contexts.Conditions), shareScale: false);
        var coupled = rows.IsAlike ? Coupled(request, options.Nugget, cancellation) : null;
        var isTaken = options.Method != SpaceMethod.Kriging && coupled is { Order: null } && IndependentScatter.Is(coupled, places, rows.Served, conditions, cancellation);
        var (fit, choice, learning) = Chosen(rows, isTaken || !rows.IsAlike, request, conditions, coupled, options, cancellation);
        progress?.Report(new FitProgress("maps", KrigingShare));
        var isDraws = learning.IsLoose || coupled!.Order is not null;
        var isGiven = options.TrainMaps && rows.Served.Conditions.Columns > 0 && !isDraws;
        var ridge = isGiven ? previous?.Ridge ?? RidgeOf(fit.Kriging, rows.Served, conditions, options, cancellation) : null;
        var network = isGiven && ridge is not { NeedsNetworks: false }
            ? Network(fit.Kriging.Rows.Standardised!, anchors.Dimension, rows.Served, conditions, Shape(options), new RandomStreams(options.Seed).Fork("space").Fork("contexts"), cancellation)
            : null;
        var state = new SpaceState
        {
            Space = anchors.Space,
            Anchors = configurations,
            Outputs = rows.Outputs,
            Contexts = rows.Served,
            Rows = rows,
            Options = options,
            Conditions = conditions,
            Kriging = fit.Kriging,
            Method = fit.Method,
            IsLoose = learning.IsLoose,
            IsDraws = isDraws,
            Laws = isDraws ? learning.Laws : null,
            Regression = fit.Regression,
            Stack = fit.Stack,
            Choice = choice,
            Network = network,
            Ridge = ridge,
            IsScreened = screen.Texts.Length > 0,
            Notes = [.. rows.Notes, .. screen.Texts, .. SpaceNotes.Of(anchors, options, coordinates, fit, isDraws), .. ridge is null ? (string[])[] : [ridge.Note]],
        };
        progress?.Report(new FitProgress("done", 1));
        return state;
    }

    // Outputs that leap, or turn faster than the anchors stand, look like scatter to a likelihood of smooth surfaces: a nugget has to foretell left-out anchors better as well.
    private static OutputKriging Coupled(OutputKrigingRequest request, NuggetKind nugget, CancellationToken cancellation)
    {
        var kriging = OutputKriging.Learn(request, cancellation);
        if (nugget != NuggetKind.Auto || kriging.Order is not null || !kriging.Kriging.Variant.LearnsNugget)
        {
            return kriging;
        }

        var through = OutputKriging.Learn(request with { Nugget = _ => NuggetKind.Fixed }, cancellation);
        return LeftOutError(kriging) < LeftOutError(through) ? kriging : through;
    }

    private static double LeftOutError(OutputKriging kriging) => KrigingLearning.LeftOutError(kriging.Rows, kriging.Transform, kriging.Scale, kriging.Kriging);

    private static (SpaceFit Fit, SpaceChoice Choice, SpaceLearning Learning) Chosen(
        SpaceRows rows, bool isLoose, OutputKrigingRequest request, Standardizer conditions, OutputKriging? coupled, SpaceSurrogateOptions options, CancellationToken cancellation)
    {
        var learning = new SpaceLearning(rows, isLoose, request, conditions, coupled, cancellation);
        var isDraws = isLoose || coupled!.Order is not null;
        var kind = coupled?.Transform.Kind ?? (options.Kind == OutputKind.Auto ? OutputTransform.Detect(request.Outputs, request.Bounds) : options.Kind);
        if (options.Method == SpaceMethod.Auto)
        {
            var (fit, choice) = new SpaceTrial(learning).Choose(kind, isDraws, cancellation);
            return (fit, choice, learning);
        }

        var fault = options.Method switch
        {
            SpaceMethod.Affine or SpaceMethod.Mixture or SpaceMethod.Regression when !isDraws => "each context has one output",
            SpaceMethod.Stacked when isDraws => "rows are draws",
            SpaceMethod.Affine or SpaceMethod.Regression when learning.Scale.Columns > AffineCarrier.MostDimensions =>
                $"outputs have {learning.Scale.Columns} columns, and covariances are taken of {AffineCarrier.MostDimensions} at most",
            SpaceMethod.Regression when kind != OutputKind.Free => $"outputs are of the kind {kind}, which it does not keep",
            SpaceMethod.Regression when !SpaceRegression.IsPossible(rows, request.Places[0].Length) =>
                $"it needs continuous conditions, {SpaceRegression.MostInputs} at most with the hyperparameters' coordinates, and no categories",
            _ => null,
        };
        return fault is not null
            ? throw new ArgumentException($"{nameof(SpaceSurrogateOptions.Method)} is {options.Method}, but {fault}; expected {nameof(SpaceMethod.Auto)} or another method.", nameof(rows))
            : (learning.Fit(options.Method, cancellation), new SpaceChoice
            {
                Candidates = [],
                LeftOut = [],
                Default = options.Method,
                Chosen = options.Method,
                TakenForDraws = isLoose && rows.IsAlike,
                OwnContexts = !rows.IsAlike,
            }, learning);
    }

    private static RidgeState? RidgeOf(OutputKriging kriging, Contexts contexts, Standardizer conditions, SpaceSurrogateOptions options, CancellationToken cancellation)
    {
        var trajectories = SpaceCarrier.TrajectoriesOf([.. kriging.Rows.Standardised.Select(y => y!)], contexts, conditions, kriging.Order, kriging.Scale.Columns);
        return options.Maps switch
        {
            ContextMaps.Networks => null,
            ContextMaps.Ridge => ContextRidge.Learn(trajectories, cancellation),
            _ => RidgeTrial.Of(trajectories, Shape(options), new RandomStreams(options.Seed).Fork("space").Fork("kept-out contexts"), cancellation),
        };
    }

    /// <summary>Layers and steps of the network of contexts.</summary>
    internal static NetworkShape Shape(SpaceSurrogateOptions options) => IntervalFits.MapShape(new TrajectoryOptions { HiddenWidth = options.HiddenWidth, MapSteps = options.MapSteps });

    /// <summary>Learns standardised outputs of all anchors [n, K · D] from contexts.</summary>
    internal static FrozenNetwork Network(
        float[]?[] standardised, int d, Contexts contexts, Standardizer scale, NetworkShape shape, RandomStreams random, CancellationToken cancellation) => NetworkTrainer.Train(
            Trajectories.Standardised(contexts.Conditions, scale), contexts.Conditions.Columns, TrajectoryLookup.CategoriesOf(contexts), Math.Max(1, contexts.CategoryCount),
            Trajectories.Joined(contexts.Count, [.. standardised.Select(rows => (rows!, d))]), standardised.Length * d, shape, random, cancellation);
}
