namespace HtiTune.Cli;

/// <summary>What a run found, for people and for programs.</summary>
internal sealed class StudyResult
{
    private readonly Study _study;
    private readonly StudySpecification _specification;
    private readonly string _objective;

    private StudyResult(Study study, StudySpecification specification, string objective) => (_study, _specification, _objective) = (study, specification, objective);

    /// <summary>How the command ends.</summary>
    internal int ExitCode => _study switch
    {
        { StopReason: StopReason.Cancelled } => Cli.ExitCode.Interrupted,
        { Outcome: Certified } => Cli.ExitCode.Done,
        { StopReason: StopReason.TrainingBudget or StopReason.TimeLimit, TrainingsUsed: > 0 } => Cli.ExitCode.BudgetSpent,
        _ => Cli.ExitCode.GoalNotReached,
    };

    internal static StudyResult Of(Study study, StudySpecification specification, string objective) => new(study, specification, objective);

    /// <summary>Tells it: data on standard output, words on standard error.</summary>
    internal void Tell(bool json, bool events)
    {
        if (events)
        {
            EventWriter.Event("run-ended", Write);
        }
        else if (json)
        {
            EventWriter.Write(Write);
        }
        else
        {
            Console.Out.WriteLine($"{_specification.Hyperparameter.Name} = {Placeholders.Number(_study.Lambda)}");
        }

        Terminal.Say($"{_objective} = {(_study.RealValue is { } real ? $"{real:G6}, trained" : "not trained there")}; predicted {_study.PredictedValue:G6} ± {_study.PredictedDeviation:G2}");
        Terminal.Say(
            $"the best {_specification.Hyperparameter.Name} is not outside [{_study.LambdaLow:G4}, {_study.LambdaHigh:G4}], with 95 % for all values at once, by the model");
        Terminal.Say(_study.Outcome.Describe(_specification.Hyperparameter.Name));
        var failed = _study.Trials.Count(trial => trial.State == TrialState.Failed);
        Terminal.Say($"{_study.Trials.Count(trial => trial.State == TrialState.Completed)} trainings"
            + (failed > 0 ? $" and {failed} that failed" : "") + $", {_study.TrainingsUsed} of them in this run of {Duration.Show(_study.Elapsed)}; trust in the surrogate {_study.Trust:0.00}");
        if (_study.Calibration.IsAlarmed)
        {
            Terminal.Warn($"predictions have missed too often: {_study.Calibration}; the surrogate was set aside");
        }

        var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), _specification.File);
        var study = file is StudyLocator.FileName || file == Path.Combine(StudyLocator.RunFolder, StudyLocator.FileName) ? "" : file + " ";
        Terminal.Next(_study switch
        {
            { StopReason: StopReason.Cancelled } => $"htitune tune {study}goes on where it ended",
            { Outcome: Certified } => $"htitune prefer {study}--objective … answers another preference from these trainings",
            { Outcome: NeedsTraining } => $"htitune prefer {study}--objective '{_objective}' --trainings 2",
            _ => $"htitune tune {study}--trainings {_study.Trials.Count + 4}",
        });
    }

    private void Write(System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteString("study", _specification.File);
        writer.WriteString("hyperparameter", _specification.Hyperparameter.Name);
        writer.WriteString("objective", _objective);
        writer.Number("lambda", _study.Lambda);
        writer.WriteStartArray("interval");
        writer.WriteNumberValue(_study.LambdaLow);
        writer.WriteNumberValue(_study.LambdaHigh);

        writer.WriteEndArray();
        writer.WriteBoolean("isTrained", _study.IsTrained);
        writer.Number("value", _study.RealValue);
        writer.Number("predicted", _study.PredictedValue);
        writer.Number("deviation", _study.PredictedDeviation);
        writer.WriteString("outcome", _study.Outcome switch { Certified => "certified", NeedsTraining => "needs-training", _ => "not-certified" });
        writer.WriteString("stopReason", _study.StopReason.ToString());
        writer.Number("epsilon", _study.Epsilon);
        writer.Number("probability", _study.Outcome switch { Certified c => c.Probability, NeedsTraining n => n.Probability, NotCertified n => n.Probability, _ => null });
        writer.WriteNumber("trainings", _study.Trials.Count);
        writer.WriteNumber("trainingsUsed", _study.TrainingsUsed);
        writer.Number("trust", _study.Trust);
        writer.Number("seconds", _study.Elapsed.TotalSeconds);
    }
}
