using HtiTune.External;

namespace HtiTune.Hosting;

/// <summary>What a definition says, as the tuner needs it.</summary>
internal sealed partial class StudyProblem
{
    /// <summary>The objective of trainings that report a number themselves.</summary>
    internal const string ValueObjective = "value";

    /// <summary>Objectives that the host knows begin so.</summary>
    internal const string RegisteredPrefix = "objective:";

    private readonly StudyDefinition _definition;
    private readonly Lazy<Contexts?> _contexts;
    private readonly NetworkRegistry _registry;

    internal StudyProblem(StudyDefinition definition, NetworkRegistry registry)
    {
        (_definition, _registry) = (definition, registry);
        Space = definition.ToSpace();

        // Many rows, which most who ask for the space have no use for.
        _contexts = new Lazy<Contexts?>(() => AskedOf(definition));
    }

    /// <summary>What a study's row says.</summary>
    internal static StudyProblem Of(StudyRow row, NetworkRegistry registry) => new(StudyJson.Read<StudyDefinition>(row.Definition), registry);

    /// <summary>What it is made of.</summary>
    internal StudyDefinition Definition => _definition;

    /// <summary>What is tuned.</summary>
    internal SearchSpace Space { get; }

    /// <summary>Number of the algorithm that tunes it.</summary>
    internal int Algorithm => AlgorithmVersion.Of(Space);

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    /// <exception cref="StudyServiceException">There are several, or it is none with a range: what is asked is of one.</exception>
    internal ContinuousHyperparameter Hyperparameter => Space.IsLine
        ? Space.Line
        : throw new StudyServiceException(StudyServiceError.Conflict, $"The study tunes {Space.Label}, and what is asked is told of one continuous hyperparameter alone; expected such a study, or a configuration to ask about (predict).");

    /// <summary>A configuration from what a row, an event or a request holds of it: either form.</summary>
    internal Configuration At(double? lambda, Configuration? configuration) => configuration is { } given
        ? Space.Ordered(given)
        : new Configuration(Space.Label, lambda ?? throw new InvalidOperationException("There is neither a λ nor a configuration."));

    /// <summary>What is wrong with some configurations of a request, each told by its place.</summary>
    internal static IEnumerable<string> FaultsOf(IReadOnlyList<Configuration> configurations, Func<Configuration, IReadOnlyList<string>> faultsOf) => configurations.SelectMany((one, i) =>
        one is null ? [$"configurations[{i}] is null; expected names and values"] : faultsOf(one).Select(fault => $"configurations[{i}]: {fault}"));

    /// <summary>The short form of a configuration; null where there are several hyperparameters, or a word.</summary>
    internal static double? LambdaOf(Configuration configuration) => double.IsFinite(configuration.Lambda) ? configuration.Lambda : null;

    /// <summary>What every training is asked; null where the first that succeeds tells how many draws there are.</summary>
    internal Contexts? Contexts => _contexts.Value;

    /// <summary>Names of the outputs' columns; null where the study gives none.</summary>
    internal IReadOnlyList<string>? Columns => _definition.Columns;

    /// <summary>What some outputs answer.</summary>
    internal Contexts ContextsOf(Matrix outputs) => Contexts ?? Data.Contexts.None(outputs.Rows);

    private static Contexts? AskedOf(StudyDefinition definition) => definition.Contexts is { Count: > 0 } rows
        ? new Contexts(Matrix.Create(rows.Count, rows[0].Count, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)rows[i][j];
            }
        }))
        : definition.Objective == ValueObjective ? Data.Contexts.None(1)
        : definition.Rows > 0 ? Data.Contexts.None(definition.Rows)
        : null;

    /// <summary>How many rows outputs must have, in words; null where these have as many.</summary>
    internal string? RowsExpected(Matrix? outputs) => Contexts is { } contexts
        ? outputs is { Columns: > 0 } && outputs.Rows == contexts.Count ? null : $"{contexts.Count} rows, one for each context"
        : outputs is { Rows: > 0, Columns: > 0 } ? null : "at least one row";

    /// <summary>Whether trainings report a number, and no outputs.</summary>
    internal bool IsValue => _definition.Objective == ValueObjective;

    /// <summary>Seed with which networks answer the contexts, the tuner's own.</summary>
    internal long AnswerSeed => new TunerOptions { Seed = _definition.Seed }.AnswerSeed;

    /// <summary>The tuner's options for a run.</summary>
    internal TunerOptions Options(Goal goal, TimeProvider clock)
    {
        var defaults = new TunerOptions
        {
            // A reported number is told within a request: a quarter of the points cost an eighth of the time, and proposals are not bound to them. With
            // a quarter of the draws a certificate needs 97.1 % of them to hold, not 96.0 %.
            GridSize = IsValue ? 65 : 257,
            CertificateDraws = IsValue ? 1024 : 4096,
            TimeProvider = clock,
        };
        return defaults.With(_definition) with { Goal = goal, UseSurrogate = _definition.UseSurrogate && !IsValue };
    }

    /// <summary>A tuner that has trials behind it, by their own numbers.</summary>
    internal Tuner Tuner(TunerOptions options, IReadOnlyList<TrainingEnded> trials, Func<TrainingEnded, Matrix> outputs, int lastNumber)
    {
        var tuner = new Tuner(new NoNetwork(), Space, Contexts, options);
        try
        {
            tuner.Import([.. trials.Select(trial => new EarlierTraining(trial.Configuration, outputs(trial)) { Number = trial.Number })], "the store", lastNumber);
            return tuner;
        }
        catch
        {
            tuner.Dispose();
            throw;
        }
    }

    /// <summary>Judges outputs by an objective's text.</summary>
    /// <exception cref="FormatException">The text is not understood; the message says where.</exception>
    internal Func<Samples, double, double> Judge(string objective)
    {
        if (objective.StartsWith(RegisteredPrefix, StringComparison.Ordinal))
        {
            var name = objective[RegisteredPrefix.Length..];
            var registered = _registry.FindObjective(name)
                ?? throw new FormatException($"there is no objective '{name}'; expected {Words(_registry.Objectives, RegisteredPrefix)}");
            return registered.Value;
        }

        return Expression(objective).Value;
    }

    /// <summary>Whether an objective can judge what trainings will leave, as far as the definition says: better known before the first than after the last.</summary>
    /// <exception cref="FormatException">It is not understood.</exception>
    /// <exception cref="InvalidOperationException">It names what there is not.</exception>
    internal void Require(string objective)
    {
        if (objective.StartsWith(RegisteredPrefix, StringComparison.Ordinal))
        {
            Judge(objective);
            return;
        }

        var expression = Expression(objective);
        if (!expression.NamesOutputs)
        {
            throw new FormatException("it names no output, and is the same whatever is trained; expected an objective of the outputs, e.g. mean(outputs[0])");
        }

        if (!Space.IsLine && _definition.Columns?.Contains(Placeholders.Lambda) != true && LambdaWord().IsMatch(objective))
        {
            throw new FormatException("it names lambda, and several hyperparameters are tuned; expected an objective of the outputs and the contexts");
        }

        // Outputs come to a service without names: it has those of the definition, or none.
        if (_definition.Columns is null && expression.Faults(new KnownColumns([], null, [], null, false)) is [var unnamed, ..])
        {
            throw new FormatException(unnamed);
        }

        if (_definition.Columns is { } columns)
        {
            // Any numbers do, for names and shapes are looked at alone; no two alike, so that nothing is divided by 0.
            var contexts = Contexts ?? Contexts.None(2);
            var outputs = Matrix.Create(contexts.Count, columns.Count, (i, row) =>
            {
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] = 1 + 0.5f * i + 0.25f * j;
                }
            });
            expression.Require(new Samples(outputs, contexts), Space.IsLine ? Space.Line.FromUnit(0.5) : double.NaN);
        }
    }

    // A request must not touch files or programs of this machine: its scope has none.
    private ExpressionObjective Expression(string objective) => new(objective, ObjectiveScope.WithoutFiles(() => _definition.Columns));

    [System.Text.RegularExpressions.GeneratedRegex(@"\blambda\b")]
    private static partial System.Text.RegularExpressions.Regex LambdaWord();

    private static string Words(IReadOnlyList<string> names, string prefix) =>
        names.Count == 0 ? "an expression, for this host knows no objectives" : string.Join(" or ", names.Select(name => prefix + name));

    /// <summary>Stands where a tuner of the service would train.</summary>
    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("The service's workers train, not the tuner.");
    }
}
