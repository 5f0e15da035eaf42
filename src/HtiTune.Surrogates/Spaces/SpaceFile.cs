using System.Text.Json;
using System.Text.Json.Serialization;
using HtiTune.Data;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Writes and reads the file of a <see cref="SpaceSurrogate"/>.</summary>
internal static class SpaceFile
{
    /// <summary>The version of files that hold a surrogate over a space: programs that know none refuse them.</summary>
    internal const int Version = 5;

    /// <summary>That of files whose method is another than kriging, or whose anchors have contexts of their own.</summary>
    internal const int MethodVersion = 6;

    /// <summary>That of files whose new contexts are answered by kernel ridge.</summary>
    internal const int RidgeVersion = 9;

    /// <summary>Whether a version is that of a surrogate over a search space.</summary>
    internal static bool Has(int version) => version is Version or MethodVersion or RidgeVersion;

    internal static void Write(string path, SpaceState state)
    {
        var arrays = new List<(string Name, float[] Values)>
        {
            ("contexts", [.. state.Contexts.Conditions.Values]),
            ("categories", Array.ConvertAll(TrajectoryLookup.CategoriesOf(state.Contexts), c => (float)c)),
        };
        for (var k = 0; k < state.Outputs.Length; k++)
        {
            arrays.Add(($"outputs.{k}", [.. state.Outputs[k].Values]));
            if (state.Kriging.Order is { } order)
            {
                arrays.Add(($"order.{k}", Array.ConvertAll(order[k], row => (float)row)));
            }
        }

        for (var k = 0; k < state.Outputs.Length && state.Rows is { IsAlike: false } rows; k++)
        {
            arrays.Add(($"contexts.{k}", [.. rows.Contexts[k].Conditions.Values]));
            arrays.Add(($"categories.{k}", Array.ConvertAll(TrajectoryLookup.CategoriesOf(rows.Contexts[k]), c => (float)c)));
        }

        var network = state.Network is { } one ? NetworkArrays.Add("network", one, arrays) : null;
        var kriging = state.Kriging;
        var header = new SpaceHeader(
            state.Space.Texts, state.Anchors, state.Contexts.Count, state.Dimension, state.Contexts.Conditions.Columns, state.Contexts.CategoryCount, kriging.Order is not null,
            state.Options, kriging.Transform.Kind, kriging.Transform.Link, kriging.Kriging.Variant.LearnsNugget, kriging.Kriging.Theta.ToArray(), state.States!, kriging.Scale.Means.ToArray(),
            kriging.Scale.Deviations.ToArray(), state.Conditions.Means.ToArray(), state.Conditions.Deviations.ToArray(), state.Notes, network,
            [.. arrays.Select(a => new ArrayEntry(a.Name, a.Values.Length))], state.Method, state.IsLoose, state.IsDraws, state.Rows?.Root ?? 0, state.Rows is { IsAlike: false },
            state.IsCarried ? state.Laws!.Bandwidths : null, state.Regression?.State, state.Choice,
            state.Stack is { } stack ? new RoughState(stack.Rough.Theta.ToArray(), stack.Share) : null, state.Ridge);
        ModelContainer.Write(
            path, state.Ridge is not null ? RidgeVersion : state.Method == SpaceMethod.Kriging && !state.IsLoose ? Version : MethodVersion,
            JsonSerializer.SerializeToUtf8Bytes(header, ModelHeaderJson.Default.SpaceHeader), arrays);
    }

    internal static SpaceState Read(string path, SearchSpace? space)
    {
        var version = ModelContainer.VersionOf(path);
        if (!Has(version))
        {
            throw new DataFormatException(
                path, "byte 8", ModelFile.Has(version) ? "a model over λ" : $"format version {version}",
                version > RidgeVersion ? $"version {RidgeVersion} at most; a newer HtiTune may read it"
                    : $"a model over a search space; {nameof(SurrogateFile)}.{nameof(SurrogateFile.Load)} reads one over λ");
        }

        return ModelContainer.Read(path, ModelHeaderJson.Default.SpaceHeader, header => header.Arrays, (header, arrays) => header.ToState(arrays, space));
    }
}

/// <summary>What the file of a surrogate over a space says of itself before its arrays.</summary>
internal sealed record SpaceHeader(
    string[] Space,
    Configuration[] Anchors,
    int Rows,
    int Dimension,
    int ConditionCount,
    int CategoryCount,
    bool IsOrdered,
    SpaceSurrogateOptions Options,
    OutputKind Kind,
    OutputLink Link,
    bool LearnsNugget,
    double[] Theta,
    double[][] States,
    double[] Means,
    double[] Deviations,
    double[] ConditionMeans,
    double[] ConditionDeviations,
    string[] Notes,
    NetworkEntry? Network,
    ArrayEntry[] Arrays,
    SpaceMethod Method = SpaceMethod.Kriging,
    bool IsLoose = false,
    bool IsDraws = false,
    int Root = 0,
    bool OwnContexts = false,
    double[]? Bandwidths = null,
    JointState? Regression = null,
    SpaceChoice? Choice = null,
    RoughState? Rough = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RidgeState? Ridge = null)
{
    internal SpaceState ToState(Dictionary<string, float[]> arrays, SearchSpace? given)
    {
        var space = given ?? Parsed();
        if (space.Count != Space.Length || space.Zip(Space).Any(pair => !pair.Second.StartsWith($"{pair.First.Name}=", StringComparison.Ordinal)))
        {
            throw new ArgumentException($"the file's space is {string.Join("; ", Space)} and the one given is {space}");
        }

        if (Kind == OutputKind.Auto || !Enum.IsDefined(Kind) || !Enum.IsDefined(Link) || Anchors.Length < 2)
        {
            throw new ArgumentException($"the outputs are of kind {Kind}, link {Link}, at {Anchors.Length} anchors");
        }

        Options.Validate(Dimension);
        Array.ForEach(Anchors, anchor => space.Require(anchor));
        var coordinates = new SpaceCoordinates(space);
        var variant = new KrigingVariant(Options.Warp, LearnsNugget);
        var count = new KrigingLayout(coordinates.Kriging, variant).Count;
        if (Theta.Length != count || States.Length == 0 || States.Any(theta => theta.Length != count))
        {
            throw new ArgumentException($"there are {Theta.Length} parameters and {States.Length} states; expected {count} parameters each");
        }

        if (Method == SpaceMethod.Auto || !Enum.IsDefined(Method) || Root < 0 || Root >= Anchors.Length || (Bandwidths is not null && Bandwidths.Length != Anchors.Length))
        {
            throw new ArgumentException($"the method is {Method}, with rows of anchor {Root} of {Anchors.Length}");
        }

        var roughCount = new KrigingLayout(coordinates.Kriging, SpaceStack.VariantOf(Options.Warp)).Count;
        if ((Rough is not null) != (Method == SpaceMethod.Stacked) || (Rough is not null && (Rough.Share is not (>= 0 and <= 1) || Rough.Theta.Length != roughCount)))
        {
            throw new ArgumentException($"the method is {Method}, with {Rough?.Theta.Length ?? 0} parameters of a rough kriging of share {Rough?.Share}");
        }

        var contexts = ContextsOf(arrays, "", Rows);
        Matrix[] outputs = [.. Anchors.Select((_, k) => new Matrix(OwnContexts ? arrays[$"outputs.{k}"].Length / Dimension : Rows, Dimension, arrays[$"outputs.{k}"]))];
        Contexts[] own = [.. outputs.Select((y, k) => OwnContexts ? ContextsOf(arrays, $".{k}", y.Rows) : contexts)];
        contexts = OwnContexts ? own[Root] : contexts;
        int[][]? order = IsOrdered ? [.. Anchors.Select((_, k) => Array.ConvertAll(arrays[$"order.{k}"], row => (int)row))] : null;
        if (order is not null && order.Any(rows => rows.Length != Rows || rows.Any(row => row < 0 || row >= Rows)))
        {
            throw new ArgumentException($"a row on a particle is none of {Rows}");
        }

        foreach (var (k, y) in outputs.Index())
        {
            _ = new Samples(y, own[k]);
        }

        double[][] places = Array.ConvertAll(Anchors, coordinates.Place);
        var screen = OwnContexts ? new SpaceScreen(outputs, []) : SpaceScreen.Of(space, Anchors, places, outputs, contexts);
        var request = new OutputKrigingRequest(coordinates.Kriging, places, screen.Outputs, contexts) { Bounds = Options.Bounds };
        var network = Network is { } entry ? NetworkArrays.Read(entry, name => arrays[name]) : null;
        if (network is not null && (network.Inputs != ConditionCount || network.Outputs != Anchors.Length * Dimension || network.Categories != Math.Max(1, CategoryCount)))
        {
            throw new ArgumentException("the network of contexts has other inputs or outputs than the anchors");
        }

        var seen = new Standardizer(ConditionMeans, ConditionDeviations);
        var scale = new Standardizer(Means, Deviations);
        var rows = new SpaceRows(outputs, own, !OwnContexts, Root, []);
        var learning = new SpaceLearning(rows, IsLoose, request, seen, scale, Bandwidths);
        var fit = learning.At(Method, order, Kind, Link, variant, Theta, Regression, Rough);
        return new SpaceState
        {
            Space = space,
            Anchors = Anchors,
            Outputs = outputs,
            Contexts = contexts,
            Options = Options,
            Conditions = seen,
            Rows = rows,
            Method = Method,
            IsLoose = IsLoose,
            IsDraws = IsDraws || IsOrdered,
            Laws = IsDraws || IsOrdered ? learning.Laws : null,
            Regression = fit.Regression,
            Stack = fit.Stack,
            Choice = Choice,
            Kriging = fit.Kriging,
            Network = network,
            Ridge = Ridge,
            IsScreened = screen.Texts.Length > 0,
            States = States,
            Notes = Notes,
        };
    }

    private Contexts ContextsOf(Dictionary<string, float[]> arrays, string suffix, int rows)
    {
        var conditions = new Matrix(rows, ConditionCount, arrays[$"contexts{suffix}"]);
        return CategoryCount == 0 ? new Contexts(conditions) : new Contexts(conditions, Array.ConvertAll(arrays[$"categories{suffix}"], c => (int)c), CategoryCount);
    }

    private SearchSpace Parsed()
    {
        try
        {
            return SearchSpace.Parse(Space);
        }
        catch (ArgumentException problem)
        {
            throw new ArgumentException($"of the space {string.Join("; ", Space)} a scale is a warp given as functions, which a file cannot hold: pass the space when loading", problem);
        }
    }
}
