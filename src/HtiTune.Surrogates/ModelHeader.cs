using System.Text.Json.Serialization;
using HtiTune.Data;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>What a model file says of itself before its arrays.</summary>
internal sealed record ModelHeader(
    string Hyperparameter,
    double Minimum,
    double Maximum,
    string Scale,
    double[] Lambdas,
    double ClockShift,
    int Dimension,
    int ConditionCount,
    int CategoryCount,
    int Trajectories,
    bool SharedConditions,
    TrajectoryOptions Options,
    FitReport Report,
    NetworkEntry[] Networks,
    ArrayEntry[] Arrays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] KrigingHeader? Kriging = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RidgeState? Ridge = null)
{
    internal static ModelHeader Of(TrajectoryState state, List<(string Name, float[] Values)> arrays)
    {
        var networks = new List<NetworkEntry>();
        var trajectories = state.Trajectories;
        var shared = trajectories.ConditionCount == 0 || trajectories.Conditions.All(x => ReferenceEquals(x, trajectories.Conditions[0]));
        Add("outputs.mean", Floats(state.Outputs.Means));
        Add("outputs.deviation", Floats(state.Outputs.Deviations));
        Add("conditions.mean", Floats(state.Conditions.Means));
        Add("conditions.deviation", Floats(state.Conditions.Deviations));
        Add("contexts", [.. state.Contexts.Conditions.Values]);
        Add("categories", Array.ConvertAll(TrajectoryLookup.CategoriesOf(state.Contexts), c => (float)c));
        for (var k = 0; k < trajectories.Points.Length; k++)
        {
            Add($"points.{k}", trajectories.Points[k]);
            if (!state.Report.Deterministic)
            {
                Add($"rows.{k}", Array.ConvertAll(trajectories.Rows[k], row => (float)row));
            }

            if (!shared || k == 0)
            {
                Add($"conditions.{k}", trajectories.Conditions[k]);
            }
        }

        for (var k = 0; k < state.Bends.Length; k++)
        {
            if (state.Bends[k] is { } bends)
            {
                Add($"bends.{k}", bends);
            }

            AddNetwork($"forward.{k}", k < state.Forward.Length ? state.Forward[k] : null);
            AddNetwork($"backward.{k}", k < state.Backward.Length ? state.Backward[k] : null);
            AddNetwork($"path.{k}", state.Paths[k]);
        }

        for (var k = 0; k < state.Motion.Length; k++)
        {
            AddNetwork($"motion.{k}", state.Motion[k]);
        }

        AddNetwork("start", state.Start);
        return new ModelHeader(
            state.Hyperparameter.Name,
            state.Hyperparameter.Minimum,
            state.Hyperparameter.Maximum,
            state.Hyperparameter.Scale.Name,
            state.Lambdas,
            state.Clock.Shift,
            trajectories.Dimension,
            state.Contexts.Conditions.Columns,
            state.CategoryCount,
            trajectories.Count,
            shared,
            state.Options,
            state.Report,
            [.. networks],
            [.. arrays.Select(a => new ArrayEntry(a.Name, a.Values.Length))],
            Ridge: state.Ridge);

        void Add(string name, float[] values) => arrays.Add((name, values));

        static float[] Floats(ReadOnlySpan<double> values) => [.. values.ToArray().Select(value => (float)value)];

        void AddNetwork(string name, FrozenNetwork? network)
        {
            if (network is not null)
            {
                networks.Add(NetworkArrays.Add(name, network, arrays));
            }
        }
    }

    internal TrajectoryState ToState(Dictionary<string, float[]> arrays, Scale? scale)
    {
        var intervals = Lambdas.Length - 1;
        var categories = Array.ConvertAll(arrays["categories"], c => (int)c);
        var points = Enumerable.Range(0, Lambdas.Length).Select(k => Sized($"points.{k}", Trajectories * Dimension)).ToArray();
        var unseen = MethodRecipe.IsUnconditional(Options.Method);
        var seenConditions = unseen ? 0 : ConditionCount;
        var first = Sized("conditions.0", Trajectories * seenConditions);
        var conditions = Enumerable.Range(0, Lambdas.Length)
            .Select(k => SharedConditions || k == 0 ? first : Sized($"conditions.{k}", Trajectories * seenConditions)).ToArray();
        var rows = Enumerable.Range(0, Lambdas.Length).Select(k => Report.Deterministic
            ? Enumerable.Range(0, Trajectories).ToArray()
            : Array.ConvertAll(Sized($"rows.{k}", Trajectories), row => (int)row)).ToArray();
        var contexts = new Matrix(Trajectories, ConditionCount, Sized("contexts", Trajectories * ConditionCount));
        return new TrajectoryState
        {
            Hyperparameter = Data.Hyperparameter.Continuous(Hyperparameter, Minimum, Maximum, scale ?? Parsed()),
            Lambdas = Lambdas,
            Clock = new LogitShiftClock(ClockShift),
            Outputs = new Standardizer(Doubles("outputs.mean", Dimension), Doubles("outputs.deviation", Dimension)),
            Conditions = new Standardizer(Doubles("conditions.mean", ConditionCount), Doubles("conditions.deviation", ConditionCount)),
            Trajectories = new Trajectories(
                points, conditions, unseen ? new int[Trajectories] : categories, Dimension, seenConditions, unseen ? 1 : Math.Max(1, CategoryCount), rows),
            Contexts = CategoryCount == 0 ? new Contexts(contexts) : new Contexts(contexts, categories, CategoryCount),
            Bends = [.. Enumerable.Range(0, intervals).Select(k => arrays.GetValueOrDefault($"bends.{k}"))],
            Forward = All("forward", intervals),
            Backward = All("backward", intervals),
            Paths = [.. Enumerable.Range(0, intervals).Select(k => Network($"path.{k}"))],
            Start = Network("start"),
            Motion = All("motion", intervals),
            Options = Options,
            Ridge = Ridge,
            Report = Report,
        };

        IEnumerable<double> Doubles(string name, int length) => Sized(name, length).Select(value => (double)value);

        float[] Sized(string name, int length)
        {
            var values = arrays[name];
            return values.Length == length ? values : throw new ArgumentException($"array {name} has {values.Length} values instead of {length}");
        }

        FrozenNetwork[] All(string name, int count) =>
            [.. Enumerable.Range(0, count).Select(k => Network($"{name}.{k}")).OfType<FrozenNetwork>()];

        FrozenNetwork? Network(string name) => Array.Find(Networks, entry => entry.Name == name) is { } entry ? NetworkArrays.Read(entry, one => arrays[one]) : null;
    }

    private Scale Parsed()
    {
        try
        {
            return Data.Scale.Parse(Scale);
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException)
        {
            throw new ArgumentException(
                $"the hyperparameter's scale '{Scale}' is a warp given as functions, which a file cannot hold: pass the scale when loading", problem);
        }
    }
}

/// <summary>Serialisation of what models' files say of themselves, over one hyperparameter and several, without reflection.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelHeader))]
[JsonSerializable(typeof(SpaceHeader))]
internal sealed partial class ModelHeaderJson : JsonSerializerContext;
