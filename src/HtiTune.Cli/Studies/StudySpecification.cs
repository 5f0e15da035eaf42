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
    internal void RequireLine(string? instead = null) => CliException.ThrowIf(
        !Space.IsLine, "H017",
        $"{File} tunes {Space.Label}; expected a study of one continuous hyperparameter, for this is of one{(instead is null ? "" : $" ({instead})")}.");

    /// <summary>Throws unless there is a training, or was one.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal void RequireTrainings() => CliException.ThrowIf(!StudyJournal.Exists(Folder), "H002", $"{File} has no trainings yet.", Advice.Tune.For(this));

    /// <summary>Whether a training's configuration lies in what is tuned; of one hyperparameter whatever it was called.</summary>
    internal bool Holds(Configuration configuration) => Space.IsLine ? Space.Line.Contains(configuration.Lambda) : Space.FaultsOf(configuration).Count == 0;

    /// <summary>The program and its arguments, with placeholders.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    internal required string WorkingDirectory { get; init; }

    internal IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The file of conditions, whole path; null without.</summary>
    internal string? ContextsFile { get; init; }

    /// <summary>The last column of that file is a category 0 … n − 1; 0 without.</summary>
    internal int Categories { get; init; }

    /// <summary>Rows that belong together by their number; null where the definition tells how many draws there are.</summary>
    internal int? NumberedRows { get; init; }

    /// <summary>Whether only the first training tells how many rows there are.</summary>
    internal bool IsOpen => ContextsFile is null && NumberedRows is null && Definition.Rows == 0;

    /// <summary>Ending of the outputs' file, with the dot, where the study says one; otherwise a script may write text into it.</summary>
    internal required string? Format { get; init; }

    /// <summary>Ending of the outputs' file, with the dot.</summary>
    internal string OutputFormat => Format ?? ".npy";

    /// <summary>Name of the array in an archive; null where it holds one.</summary>
    internal required string? OutputArray { get; init; }

    /// <summary>
    /// What is to be found, and how, as a service takes it: with objectives in the file's own words, so many rows as there are draws (0: as many as the first training brings), and conditions in their
    /// file.
    /// </summary>
    internal required StudyDefinition Definition { get; init; }

    internal string Objective => Definition.Objective;

    internal Goal Goal => Definition.Goal;

    internal int Trainings => Definition.MaxTrainings;

    internal int Parallel => Definition.Parallelism;

    internal int Retries => Definition.MaxAttempts - 1;

    internal TimeSpan? TimeLimit => Definition.TimeLimit;

    internal long Seed => Definition.Seed;

    internal IReadOnlyList<string>? OutputColumns => Definition.Columns;

    /// <summary>Whether a λ may be trained again with another seed.</summary>
    internal bool Replicate => Definition.Tuner?.Replicate == true;

    /// <summary>What every configuration must hold, whatever the objective; empty without.</summary>
    internal IReadOnlyList<StudyConstraint> Constraints => [.. (Definition.Constraints ?? []).Select(text => StudyConstraint.Parse(text)!)];

    /// <summary>The line of the constraints in the file.</summary>
    internal int ConstraintsLine { get; init; }

    /// <summary>Objectives beside the study's own, with which it makes a front; empty where there is a single best.</summary>
    internal IReadOnlyList<StudyMetric> Front => [.. (Definition.Front ?? []).Select(text => StudyMetric.Parse(text)!)];

    /// <summary>The line of the front in the file.</summary>
    internal int FrontLine { get; init; }

    /// <summary>The name of a run for an objective in the journal: with the front and the constraints, for with others it would be another run.</summary>
    internal string RunName(string objective) =>
        (Definition.IsFrontOf(objective) ? $"{objective} and {string.Join(" and ", Front.Select(metric => metric.Text))}" : objective)
        + (Constraints.Count == 0 ? "" : $", where {string.Join(" and ", Constraints.Select(constraint => constraint.Text))}");

    /// <summary>Whether a run was for an objective, with the study's goal.</summary>
    internal bool IsOf(RunBegan began, string objective) => began.Objective == RunName(objective) && began.Settings.Goal == Goal;

    /// <summary>Another objective that judges in its place; null without.</summary>
    internal string? JudgedBy { get; init; }

    internal int ObjectiveLine { get; init; }

    /// <summary>The line of the command in the file.</summary>
    internal int CommandLine { get; init; }

    /// <summary>The line of the contexts in the file.</summary>
    internal int ContextsLine { get; init; }

    internal TimeSpan? MaxTime { get; init; }

    internal TimeSpan RetryDelay { get; init; }

    internal TimeSpan Grace { get; init; }

    /// <summary>Whether all trainings are made, though nothing is expected to gain.</summary>
    internal bool UseWholeBudget { get; init; }

    /// <summary>Whether the goal is not the study file's.</summary>
    internal bool HasOtherGoal { get; init; }

    /// <summary>The study with another definition.</summary>
    internal StudySpecification With(Func<StudyDefinition, StudyDefinition> change) => this with { Definition = change(Definition) };

    /// <summary>The study with another goal.</summary>
    /// <param name="goal">minimize or maximize; null: the study's own.</param>
    internal StudySpecification JudgedAs(string? goal) => CommonOptions.GoalOf(goal) is { } other ? With(definition => definition with { Goal = other }) with { HasOtherGoal = true } : this;

    /// <summary>Options of the tuner.</summary>
    internal TunerOptions ToOptions() => new TunerOptions
    {
        MaxTime = MaxTime,

        // A command that is typed every night has its time every night.
        MaxTimeIsPerProcess = true,
        UseWholeBudget = UseWholeBudget,

        // A scoring program is run for every place of the grid.
        GridSize = (JudgedBy ?? Objective).StartsWith("command:", StringComparison.Ordinal) ? 33 : 257,
    }.With(Definition);
}
