using System.Text.Json;
using System.Text.Json.Serialization;
using HtiTune.Service;

namespace HtiTune.Journal;

/// <summary>One line of a study's journal. Numbers are kept to the last bit.</summary>
public abstract record JournalEvent
{
    private protected JournalEvent()
    {
    }

    /// <summary>The members, with decimal points under every locale.</summary>
    public sealed override string ToString() => InvariantText.Of(GetType().Name, PrintMembers);

    /// <summary>What a line calls it: the type's name, as <c>run-began</c>.</summary>
    internal virtual string Kind => JsonNamingPolicy.KebabCaseLower.ConvertName(GetType().Name);

    /// <summary>The event with the hyperparameter's name, which a line does not repeat where there is one.</summary>
    internal virtual JournalEvent Named(string hyperparameter) => this;

    /// <summary>The number of the line, from 1.</summary>
    [JsonPropertyOrder(-4)]
    public long Sequence { get; init; }

    /// <summary>When it was written, by the tuner's clock.</summary>
    [JsonPropertyOrder(-3)]
    public DateTimeOffset Time { get; init; }
}

/// <summary>The first line: what is studied.</summary>
/// <param name="Schema">Version of the journal's form; see <see cref="StudyJournal.Schema"/>.</param>
/// <param name="Library">Version and commit of the library that began the journal: <c>0.1.0-alpha.0.12+5f81732f1133</c>; before that was kept, the version alone.</param>
/// <param name="Hyperparameter">Name of the hyperparameter.</param>
/// <param name="Minimum">Its least λ.</param>
/// <param name="Maximum">Its greatest λ.</param>
/// <param name="Scale">Name of its scale.</param>
/// <param name="Settings">The tuner's options at the beginning, without what a file cannot hold.</param>
/// <param name="ContextsFile">
/// File of the contexts, in the study's folder: conditions, then the category where there are categories. Null: as many draws as the first training
/// brought that succeeded; always given before schema 3.
/// </param>
/// <param name="ContextsSha256">SHA-256 of that file, hexadecimal; null without one.</param>
/// <param name="CategoryCount">Number of categories of the contexts; 0 without.</param>
/// <param name="Space">
/// The hyperparameters as <see cref="SearchSpace.Parse"/> reads them, where they are not one continuous one: name and range then say nothing. Null where they are.
/// </param>
[method: JsonConstructor]
public sealed record StudyCreated(
    int Schema,
    string Library,
    string Hyperparameter,
    double Minimum,
    double Maximum,
    string Scale,
    TunerOptions Settings,
    string? ContextsFile,
    string? ContextsSha256,
    int CategoryCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Space = null) : JournalEvent
{
    /// <summary>What is studied, as this library writes it.</summary>
    /// <param name="space">The hyperparameters.</param>
    /// <param name="settings">The tuner's options.</param>
    /// <param name="contextsFile">File of the contexts; null: the first training that succeeds tells how many draws there are.</param>
    /// <param name="contextsSha256">SHA-256 of that file, hexadecimal; null without one.</param>
    /// <param name="categoryCount">Number of categories of the contexts; 0 without.</param>
    public StudyCreated(SearchSpace space, TunerOptions settings, string? contextsFile, string? contextsSha256, int categoryCount)
        : this(
            (space ?? throw new ArgumentNullException(nameof(space))).IsLine ? StudyJournal.LineSchema : StudyJournal.Schema, StudyRecorder.Library, space.Label, space.IsLine ? space.Line.Minimum : 0,
            space.IsLine ? space.Line.Maximum : 1, space.IsLine ? space.Line.Scale.Name : Data.Scale.Linear.Name, settings, contextsFile, contextsSha256, categoryCount,
            space.IsLine ? null : space.Texts)
    {
    }
}

/// <summary>Another process, or another tuner, took the study up.</summary>
/// <param name="Library">Version and commit of the library that did.</param>
/// <param name="BytesCut">Length of a last line that was not whole and was cut off; 0 without.</param>
public sealed record StudyResumed(string Library, long BytesCut) : JournalEvent;

/// <summary>A run for one objective began.</summary>
/// <param name="Run">Its number, from 1.</param>
/// <param name="Objective">The objective's name, if it was given one.</param>
/// <param name="Budget">Trainings that the run may use.</param>
/// <param name="Settings">The tuner's options, with the run's goal; of a journal without what a file cannot hold.</param>
/// <param name="Algorithm"><see cref="AlgorithmVersion"/> of the library that made it; null before that was kept, which is 1.</param>
public sealed record RunBegan(int Run, string? Objective, int Budget, TunerOptions Settings, int? Algorithm = null) : JournalEvent
{
    /// <summary>Numbers of the trainings that it begins with, in the order in which a tuner takes them; null: all that there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Warm { get; init; }

    /// <summary>The greatest number of a training that was given before it; null: that of the trainings there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LastNumber { get; init; }

    /// <summary>Why it began, where a service says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Why { get; init; }

    /// <summary>Judges a conditional model, as long as a tuner has it.</summary>
    internal Func<IConditionalModel, double>? Judge { get; init; }

    /// <summary>What is looked for, where it is more than the best of one function, which <see cref="Judge"/> is then made of.</summary>
    internal Aim? Aim { get; init; }

    /// <summary>Is told how many of how many trainings were weighed; null for nobody.</summary>
    internal Action<int, int>? Weighing { get; init; }

    /// <summary>Whether this library would propose the same.</summary>
    internal bool IsOfThisAlgorithm(SearchSpace space) => (Algorithm ?? 1) == AlgorithmVersion.Of(space);
}

/// <summary>The user wants configurations trained next, in this order, before what the tuner would choose.</summary>
/// <param name="Configurations">The values of the hyperparameters, in their own units; <c>"lambdas"</c>, and numbers where there is one. At least one.</param>
public sealed record TrainingsEnqueued(
    [property: JsonPropertyName("lambdas"), JsonConverter(typeof(ShortConfigurationsConverter))] IReadOnlyList<Configuration> Configurations) : JournalEvent
{
    internal override JournalEvent Named(string hyperparameter) => this with { Configurations = [.. Configurations.Select(one => ShortConfigurationConverter.Named(one, hyperparameter))] };
}

/// <summary>What the user wanted trained next and was not begun yet is no longer wanted.</summary>
public sealed record QueueCleared : JournalEvent;

/// <summary>What happened to one training.</summary>
/// <param name="Number">Number of the training, from 1 over all runs.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units; <c>"lambda"</c> where there is one.</param>
public abstract record TrainingEvent(
    [property: JsonPropertyOrder(-2)] int Number,
    [property: JsonPropertyOrder(-2), JsonPropertyName("lambda"), JsonConverter(typeof(ShortConfigurationConverter))] Configuration Configuration) : JournalEvent
{
    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    [JsonIgnore]
    public double Lambda => Configuration.Lambda;

    internal override JournalEvent Named(string hyperparameter) => this with { Configuration = ShortConfigurationConverter.Named(Configuration, hyperparameter) };
}

/// <summary>
/// A training is asked for. A line <c>training-proposed</c> tells where and what is expected, before it is acted on, and one <c>training-started</c> that it is handed out: the
/// same with its <see cref="Seed"/>, and without a forecast. Without a line on how it ended it is made again. Values are in the objective's own sign and units.
/// </summary>
/// <param name="Number">Number of the training, from 1 over all runs.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units; <c>"lambda"</c> where there is one.</param>
/// <param name="Reason">Why there.</param>
/// <param name="ExpectedGain">Expected improvement on the best trained value; null where no model stands behind the proposal.</param>
/// <param name="Predicted">What the model expects there; null without one.</param>
/// <param name="PredictedLow">Lower end of the 90 % interval.</param>
/// <param name="PredictedHigh">Upper end of the 90 % interval.</param>
/// <param name="Trust">Trust in the surrogate, 0 to 1; null without a model.</param>
/// <param name="Weights">What the model weighs: shares of the surrogate, length scales, noise. Null without a model, and before schema 2.</param>
/// <param name="Quantiles">
/// The predictive distribution function: values at the probabilities <see cref="Probabilities"/>. Null without a model, and before schema 2.
/// </param>
public sealed record TrainingProposed(
    int Number,
    Configuration Configuration,
    string Reason,
    double? ExpectedGain = null,
    double? Predicted = null,
    double? PredictedLow = null,
    double? PredictedHigh = null,
    double? Trust = null,
    BridgeWeights? Weights = null,
    IReadOnlyList<double>? Quantiles = null) : TrainingEvent(Number, Configuration)
{
    /// <summary>The probabilities of <see cref="Quantiles"/>.</summary>
    public static IReadOnlyList<double> Probabilities { get; } = Array.AsReadOnly([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]);

    /// <summary>Seed of all chance in it, once it is handed out; null before.</summary>
    [JsonPropertyOrder(-1)]
    public long? Seed { get; init; }

    /// <summary>Whether it is handed out.</summary>
    [JsonIgnore]
    public bool IsStarted => Seed is not null;

    /// <summary>A training that is handed out.</summary>
    internal static TrainingProposed Started(TrainingRequest request) => new(request.Number, request.Configuration, request.Reason) { Seed = request.Seed };

    internal override string Kind => IsStarted ? StartedKind : base.Kind;

    internal const string StartedKind = "training-started";
}

/// <summary>A training ended, or was taken from another study. A line is called <c>training-completed</c>, <c>training-failed</c> or <c>training-cancelled</c>.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units; <c>"lambda"</c> where there is one.</param>
/// <param name="Reason">Why there.</param>
/// <param name="Duration">Time from the proposal until it ended.</param>
public sealed record TrainingEnded(int Number, Configuration Configuration, string Reason, TimeSpan Duration) : TrainingEvent(Number, Configuration)
{
    /// <summary>How.</summary>
    [JsonIgnore]
    public TrialState State { get; init; }

    /// <summary>File of its answers to the study's contexts, shape [n, D], in the study's folder; null unless it completed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SamplesFile { get; init; }

    /// <summary>SHA-256 of that file, hexadecimal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SamplesSha256 { get; init; }

    /// <summary>File of the network; null unless the network is an <see cref="IPersistentNetwork"/>.</summary>
    public string? NetworkFile { get; init; }

    /// <summary>SHA-256 of that file, hexadecimal.</summary>
    public string? NetworkSha256 { get; init; }

    /// <summary>The number that it reported, where that is kept in the place of outputs; null where there are outputs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Reported { get; init; }

    /// <summary>What went wrong; null unless it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>The trained network, as long as a tuner has it; null unless it completed.</summary>
    internal ITrainedNetwork? Network { get; init; }

    /// <summary>Its place on the unit scale, where a tuner has it.</summary>
    internal double U { get; init; }

    /// <summary>Its place among a tuner's anchors in the order they arrived, or −1.</summary>
    internal int Anchor { get; init; } = -1;

    /// <summary>What a policy of several hyperparameters makes of it, less being better (the goal is already applied); null: it failed.</summary>
    internal double? Value { get; init; }

    /// <summary>What its network answers to the study's contexts, [n, D], where such a policy sees it; null where only the value is known.</summary>
    internal Matrix? Outputs { get; init; }

    /// <summary>Those contexts, by which draws are told from answers; null: each row answers a question of its own.</summary>
    internal Contexts? Contexts { get; init; }

    /// <summary>A training as a policy of several hyperparameters sees it.</summary>
    internal static TrainingEnded Seen(int number, Configuration configuration, double? value, Matrix? outputs = null, Contexts? contexts = null) =>
        new(number, configuration, "", TimeSpan.Zero) { Value = value, Outputs = outputs, Contexts = contexts };

    internal override string Kind => KindOf(State);

    internal static string KindOf(TrialState state) => $"training-{JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString())}";
}

/// <summary>The objective asked a trained network other contexts than the study's; its answers are on disk.</summary>
/// <param name="Number">Number of the training.</param>
/// <param name="ContextsFile">File of the contexts, in the study's folder.</param>
/// <param name="ContextsSha256">SHA-256 of that file, hexadecimal.</param>
/// <param name="CategoryCount">Number of categories of the contexts; 0 without.</param>
/// <param name="SamplesFile">File of the answers, shape [n, D], in the study's folder.</param>
/// <param name="SamplesSha256">SHA-256 of that file, hexadecimal.</param>
public sealed record ContextsAnswered(
    int Number, string ContextsFile, string ContextsSha256, int CategoryCount, string SamplesFile, string SamplesSha256) : JournalEvent;

/// <summary>The run's objective was measured at a real network.</summary>
/// <param name="Number">Number of the training.</param>
/// <param name="Value">The value, in its own sign; null where it has none.</param>
/// <param name="Error">What went wrong; null with a value.</param>
/// <param name="Test">How the value stood to what was predicted before it; null for the first two values, and before schema 2.</param>
/// <param name="Calibration">What all values up to this one say of the predictions; null before schema 2.</param>
public sealed record ValueMeasured(
    int Number, double? Value, string? Error, CalibrationTest? Test = null, Calibration? Calibration = null) : JournalEvent;

/// <summary>A run ended with a recommendation. Values are in the objective's own sign and units.</summary>
/// <param name="StopReason">Why it ended.</param>
/// <param name="Configuration">The recommended values of the hyperparameters; <c>"lambda"</c> where there is one.</param>
/// <param name="PredictedValue">Posterior mean there.</param>
/// <param name="PredictedDeviation">Posterior standard deviation there.</param>
/// <param name="RealValue">The objective of the real network there; null when it was not trained there.</param>
/// <param name="TrainingsUsed">Trainings that the run used.</param>
/// <param name="Trust">Trust in the surrogate, 0 to 1.</param>
/// <param name="Epsilon">The regret that does not matter.</param>
/// <param name="Outcome">What can be said about the recommendation.</param>
/// <param name="SurrogateFile">File of the surrogate of all anchors, in the study's folder, where it can be written.</param>
/// <param name="Calibration">Whether intervals held, and the alarm; null before schema 2.</param>
/// <param name="Remarks"><see cref="TuningResult.Remarks"/>; null where there are none, and before they were kept.</param>
public sealed record RunEnded(
    StopReason StopReason,
    [property: JsonPropertyName("lambda"), JsonConverter(typeof(ShortConfigurationConverter))] Configuration Configuration,
    double PredictedValue,
    double PredictedDeviation,
    double? RealValue,
    int TrainingsUsed,
    double Trust,
    double Epsilon,
    Outcome Outcome,
    string? SurrogateFile,
    Calibration? Calibration = null,
    IReadOnlyList<Remark>? Remarks = null) : JournalEvent
{
    /// <summary>The result as a service tells it; null in a folder.</summary>
    [JsonIgnore]
    public StudyResult? Result { get; init; }

    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    [JsonIgnore]
    public double Lambda => Configuration.Lambda;

    internal override JournalEvent Named(string hyperparameter) => this with
    {
        Configuration = ShortConfigurationConverter.Named(Configuration, hyperparameter),
        Outcome = Outcome is NeedsTraining needs ? needs with { Configuration = ShortConfigurationConverter.Named(needs.Configuration, hyperparameter) } : Outcome,
    };
}

/// <summary>Trainings that were made elsewhere were taken into the study; the lines before this one hold them.</summary>
/// <param name="Source">Where they come from, e.g. the name of a file.</param>
/// <param name="Numbers">Their numbers in this study.</param>
public sealed record TrainingsImported(string Source, IReadOnlyList<int> Numbers) : JournalEvent;

/// <summary>
/// An import was undone: the study goes on as if these trainings had never been in it. Runs that stood on them are kept as history and are not
/// continued; numbers are not used again.
/// </summary>
/// <param name="Source">Where the trainings came from; null where the journal does not say.</param>
/// <param name="Numbers">Their numbers.</param>
public sealed record TrainingsTakenBack(string? Source, IReadOnlyList<int> Numbers) : JournalEvent;
