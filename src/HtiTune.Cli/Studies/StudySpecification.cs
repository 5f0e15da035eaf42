using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>What a study file says, checked.</summary>
internal sealed record StudySpecification
{
    /// <summary>The study file, whole path.</summary>
    internal required string File { get; init; }

    /// <summary>The folder that relative paths of the file start from: its own.</summary>
    internal string BaseFolder => Path.GetDirectoryName(File)!;

    /// <summary>The folder that keeps the study, whole path.</summary>
    internal required string Folder { get; init; }

    /// <summary>What is tuned.</summary>
    internal required SearchSpace Space { get; init; }

    /// <summary>The hyperparameter, where it is one continuous one.</summary>
    /// <exception cref="CliException">There are several, or it is none with a range: what asks is of one.</exception>
    internal ContinuousHyperparameter Hyperparameter
    {
        get
        {
            RequireLine();
            return Space.Line;
        }
    }

    /// <summary>Throws unless one continuous hyperparameter is tuned, before something is tried that is of one.</summary>
    /// <exception cref="CliException">There are several, or it is none with a range.</exception>
    /// <param name="instead">What is of several, in words.</param>
    internal void RequireLine(string? instead = null)
    {
        if (!Space.IsLine)
        {
            throw new CliException("H017", $"{File} tunes {Space.Label}; expected a study of one continuous hyperparameter, for this is of one{(instead is null ? "" : $" ({instead})")}.");
        }
    }

    /// <summary>Whether a training's configuration lies in what is tuned; of one hyperparameter whatever it was called.</summary>
    internal bool Holds(Configuration configuration) => Space.IsLine ? Space.Line.Contains(configuration.Lambda) : Space.FaultsOf(configuration).Count == 0;

    /// <summary>The program and its arguments, with placeholders.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    internal required string WorkingDirectory { get; init; }

    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    internal required ContextsSource Contexts { get; init; }

    /// <summary>Ending of the outputs' file, with the dot.</summary>
    internal required string OutputFormat { get; init; }

    /// <summary>Names of the outputs' columns; null where the file does not give them.</summary>
    internal required IReadOnlyList<string>? OutputColumns { get; init; }

    /// <summary>Name of the array in an archive; null where it holds one.</summary>
    internal required string? OutputArray { get; init; }

    /// <summary>The objective's text, and its line in the file.</summary>
    internal required string Objective { get; init; }

    /// <summary>What every configuration must hold, whatever the objective; empty without.</summary>
    internal IReadOnlyList<StudyConstraint> Constraints { get; init; } = [];

    /// <summary>The line of the constraints in the file.</summary>
    internal int ConstraintsLine { get; init; }

    /// <summary>Objectives beside the study's own, with which it makes a front; empty where there is a single best.</summary>
    internal IReadOnlyList<StudyMetric> Front { get; init; } = [];

    /// <summary>The line of the front in the file.</summary>
    internal int FrontLine { get; init; }

    /// <summary>Whether a run for an objective looks for the front: not where another one is asked for by itself.</summary>
    internal bool IsFrontOf(string objective) => Front.Count > 0 && objective == Objective;

    /// <summary>The name of a run for an objective in the journal: with the front and the constraints, for with others it would be another run.</summary>
    internal string RunName(string objective) =>
        (IsFrontOf(objective) ? $"{objective} and {string.Join(" and ", Front.Select(metric => metric.Text))}" : objective)
        + (Constraints.Count == 0 ? "" : $", where {string.Join(" and ", Constraints.Select(constraint => constraint.Text))}");

    /// <summary>Another objective that judges in its place; null without.</summary>
    internal string? JudgedBy { get; init; }

    internal int ObjectiveLine { get; init; }

    /// <summary>The line of the command in the file.</summary>
    internal int CommandLine { get; init; }

    /// <summary>The line of the contexts in the file.</summary>
    internal int ContextsLine { get; init; }

    internal required Goal Goal { get; init; }

    /// <summary>Trainings allowed over the whole study.</summary>
    internal int Trainings { get; init; }

    internal TimeSpan? MaxTime { get; init; }

    internal int Parallel { get; init; } = 1;

    internal double? Epsilon { get; init; }

    internal double Risk { get; init; } = 0.05;

    /// <summary>Time limit of a training.</summary>
    internal TimeSpan? TimeLimit { get; init; }

    internal int Retries { get; init; }

    internal TimeSpan RetryDelay { get; init; }

    internal TimeSpan Grace { get; init; }

    internal long Seed { get; init; } = 1;

    internal bool UseSurrogate { get; init; } = true;

    /// <summary>Whether a λ may be trained again with another seed.</summary>
    internal bool Replicate { get; init; }

    /// <summary>Whether all trainings are made, though nothing is expected to gain.</summary>
    internal bool UseWholeBudget { get; init; }

    /// <summary>Whether the goal is not the study file's.</summary>
    internal bool HasOtherGoal { get; init; }

    /// <summary>Further settings of the tuner.</summary>
    internal TunerSettings Tuner { get; init; } = new();

    /// <summary>The study with another goal.</summary>
    /// <param name="goal">minimize or maximize; null: the study's own.</param>
    internal StudySpecification JudgedAs(string? goal) => CommonOptions.GoalOf(goal) is { } other ? this with { Goal = other, HasOtherGoal = true } : this;

    /// <summary>Options of the tuner.</summary>
    internal TunerOptions ToOptions() => new TunerOptions
    {
        MaxTrainings = Trainings,
        MaxTime = MaxTime,

        // A command that is typed every night has its time every night.
        MaxTimeIsPerProcess = true,
        Replicate = Replicate ? true : null,
        UseWholeBudget = UseWholeBudget,
        Parallelism = Parallel,
        Epsilon = Epsilon,
        Delta = Risk,
        Goal = Goal,
        Seed = Seed,
        UseSurrogate = UseSurrogate,

        // A scoring program is run for every place of the grid.
        GridSize = (JudgedBy ?? Objective).StartsWith("command:", StringComparison.Ordinal) ? 33 : 257,
    }.With(Tuner);
}

/// <summary>Where a study's contexts come from: a file, so many rows that belong together by their number, or so many draws of one distribution.</summary>
/// <param name="File">A file of conditions, whole path; null without.</param>
/// <param name="Rows">Number of rows; null without.</param>
/// <param name="Draws">Number of draws; null without. All three null: as many draws as the first training writes.</param>
/// <param name="Categories">The last column of the file is a category 0 … n − 1; 0 without.</param>
internal sealed record ContextsSource(string? File, int? Rows, int? Draws, int Categories)
{
    /// <summary>Whether only the first training tells how many there are.</summary>
    internal bool IsOpen => File is null && Rows is null && Draws is null;
}
