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
        var (outputs, contexts) = Aligned(anchors, previous?.Contexts ?? anchors[0].Samples.Contexts);
        Configuration[] configurations = [.. anchors.Select(anchor => anchor.Configuration)];
        var coordinates = new SpaceCoordinates(anchors.Space);
        double[][] places = Array.ConvertAll(configurations, coordinates.Place);
        var screen = SpaceScreen.Of(anchors.Space, configurations, places, outputs, contexts);

        // What stands in the place of rows that are set aside depends on all anchors.
        previous = screen.Texts.Length > 0 || previous is { IsScreened: true } ? null : previous;
        var kriging = OutputKriging.Learn(
            new OutputKrigingRequest(coordinates.Kriging, places, screen.Outputs, contexts)
            {
                Kind = options.Kind,
                Bounds = bounds,
                Warp = options.Warp,
                Nugget = _ => options.Nugget,
                Previous = previous?.Kriging,
            },
            cancellation);
        var conditions = previous?.Conditions ?? Standardization.Of([contexts.Conditions], shareScale: false);
        progress?.Report(new FitProgress("maps", KrigingShare));
        var network = options.TrainMaps && contexts.Conditions.Columns > 0 && kriging.Order is null
            ? Network(kriging.Rows.Standardised!, outputs[0].Columns, contexts, conditions, Shape(options), new RandomStreams(options.Seed).Fork("space").Fork("contexts"), cancellation)
            : null;
        var state = new SpaceState
        {
            Space = anchors.Space,
            Anchors = configurations,
            Outputs = outputs,
            Contexts = contexts,
            Options = options,
            Conditions = conditions,
            Kriging = kriging,
            Network = network,
            IsScreened = screen.Texts.Length > 0,
            Notes = [.. screen.Texts, .. Notes(anchors, options, coordinates, kriging)],
        };
        progress?.Report(new FitProgress("done", 1));
        return state;
    }

    /// <summary>Layers and steps of the network of contexts.</summary>
    internal static NetworkShape Shape(SpaceSurrogateOptions options) => IntervalFits.MapShape(new TrajectoryOptions { HiddenWidth = options.HiddenWidth, MapSteps = options.MapSteps });

    /// <summary>Learns standardised outputs of all anchors [n, K · D] from contexts.</summary>
    internal static FrozenNetwork Network(
        float[]?[] standardised, int d, Contexts contexts, Standardizer scale, NetworkShape shape, RandomStreams random, CancellationToken cancellation) => NetworkTrainer.Train(
            Trajectories.Standardised(contexts.Conditions, scale), contexts.Conditions.Columns, TrajectoryLookup.CategoriesOf(contexts), Math.Max(1, contexts.CategoryCount),
            Trajectories.Joined(contexts.Count, [.. standardised.Select(rows => (rows!, d))]), standardised.Length * d, shape, random, cancellation);

    /// <summary>The anchors' outputs in the order of some contexts.</summary>
    private static (Matrix[] Outputs, Contexts Contexts) Aligned(AnchorSet anchors, Contexts contexts)
    {
        var places = new Lazy<Dictionary<string, int[]>>(() => Enumerable.Range(0, contexts.Count).GroupBy(i => ContextKey.Of(contexts, i)).ToDictionary(group => group.Key, group => group.ToArray()));
        return ([.. anchors.Select((anchor, k) => anchor.Samples.Contexts.SameAs(contexts) ? anchor.Samples.Outputs : anchor.Samples.Outputs.SelectRows(RowsOf(anchor, k)))], contexts);

        int[] RowsOf(Anchor anchor, int k)
        {
            var own = anchor.Samples.Contexts;
            if (own.Count != contexts.Count)
            {
                throw Unmatched($"has {own.Count} rows; expected {contexts.Count}, as the first has");
            }

            var (rows, taken) = (new int[own.Count], new Dictionary<string, int>());
            for (var i = 0; i < own.Count; i++)
            {
                var key = ContextKey.Of(own, i);
                var rank = taken[key] = taken.GetValueOrDefault(key, -1) + 1;
                if (!places.Value.TryGetValue(key, out var same) || rank >= same.Length)
                {
                    throw Unmatched($"answers in row {i} a context that the first {(same is null ? "does not" : $"answers {same.Length} times only")}; expected the same contexts, in any order");
                }

                rows[same[rank]] = i;
            }

            return rows;

            ArgumentException Unmatched(string what) => new(
                $"Anchor {k} ({anchors.Space.TextOf(anchor.Configuration)}) {what}: over several hyperparameters the anchors' rows are joined by their contexts.", nameof(anchors));
        }
    }

    private static IEnumerable<string> Notes(AnchorSet anchors, SpaceSurrogateOptions options, SpaceCoordinates coordinates, OutputKriging kriging)
    {
        var kind = kriging.Transform.Kind;
        if (options.Kind == OutputKind.Auto && kind != OutputKind.Free)
        {
            yield return $"Every output of every anchor is of the kind {kind}: what is sampled is of it too. Declare {OutputKind.Free} where that is chance.";
        }

        if (anchors.Count < coordinates.Hyperparameters + 2)
        {
            yield return $"There are {anchors.Count} anchors of {coordinates.Hyperparameters} hyperparameter{(coordinates.Hyperparameters > 1 ? "s" : "")}: "
                + $"how fast outputs move along each is told by what is usual rather than by them. From {coordinates.Hyperparameters + 2} on they tell more.";
        }

        if (kriging.Order is not null)
        {
            yield return "Rows of one context are draws: they were coupled along the tree of the anchors, and keep their spread between them.";
        }

        if (kriging.Kriging.Variant.LearnsNugget)
        {
            yield return $"Trainings scatter (nugget {kriging.Kriging.Nugget:G2}): the surface smooths, and passes beside the anchors by as much.";
        }

        foreach (var (i, one) in anchors.Space.Index())
        {
            HyperparameterValue[] values = [.. anchors.Where(anchor => anchor.Configuration.TryGet(one.Name, out _)).Select(anchor => anchor.Configuration[one.Name]).Distinct()];
            if (one is CategoricalHyperparameter words)
            {
                string[] missing = [.. words.Choices.Where(word => !values.Any(value => value.ToString() == word))];
                if (missing.Length > 0)
                {
                    yield return $"No anchor has {one.Name} = {string.Join(" or ", missing)}: outputs there are those of the others, and their intervals widen.";
                }

                continue;
            }

            double[] units = [.. values.Select(one.ToUnit).Order()];
            if (units.Length == 0)
            {
                yield return $"No anchor has a value of {one.Name}: outputs do not depend on it, and their intervals widen.";
            }
            else if (units[0] > one.ToUnit(one.ValueAt(0)) || units[^1] < one.ToUnit(one.ValueAt(1)))
            {
                yield return FormattableString.Invariant($"Anchors cover {one.Name} from {values.MinBy(one.ToUnit).Number:G6} to {values.MaxBy(one.ToUnit).Number:G6}; ")
                    + FormattableString.Invariant($"from {one.ValueAt(0).Number:G6} to {one.ValueAt(1).Number:G6} outputs are extrapolated, and their intervals widen.");
            }
        }
    }
}
