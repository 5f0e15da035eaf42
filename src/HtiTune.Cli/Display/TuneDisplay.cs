namespace HtiTune.Cli;

/// <summary>What a run tells whoever watches: plain lines. The live display and the event stream build on it.</summary>
internal class TuneDisplay(StudySpecification? study = null) : ITrainingObserver, IProgress<TunerProgress>
{
    private readonly HashSet<Configuration> _running = [];

    /// <summary>Trainings that ended, well or not, while this was shown.</summary>
    internal int Ended { get; private set; }

    /// <summary>Whether an objective that judges nothing ends the run: then no training has failed by it.</summary>
    internal Func<bool> IsObjectiveAtFault { get; set; } = () => false;

    /// <summary>A configuration as messages show it.</summary>
    protected static string At(Configuration at) => at.ToText();

    public virtual void AttemptBegan(Configuration at, int attempt, string log)
    {
        if (attempt > 1)
        {
            Terminal.Say($"  {At(at)}: attempt {attempt}");
        }
    }

    public virtual void Progressed(Configuration at, double share)
    {
    }

    public virtual void WillRetry(Configuration at, int attempt, string fault, TimeSpan delay) =>
        Terminal.Warn($"{fault} It is tried again in {Duration.Show(delay)}.");

    public void Report(TunerProgress value)
    {
        switch (value.Stage)
        {
            case TunerStage.Starting:
                Starting(value);
                break;
            case TunerStage.Training when value.Configuration is { } at && _running.Add(at):
                Training(value);
                break;
            case TunerStage.Trained:
                _running.Remove(value.Trial!.Configuration);
                Ended += value.Trial!.State == TrialState.Cancelled ? 0 : 1;
                Trained(value, value.Trial!);
                break;
            case TunerStage.Choosing:
                Choosing(value);
                break;
            case TunerStage.Weighing:
                Weighing(value);
                break;
        }
    }

    protected virtual void Starting(TunerProgress value) => Terminal.Say(value.Message);

    protected virtual void Training(TunerProgress value) => Terminal.Say(value.Message);

    protected virtual void Choosing(TunerProgress value)
    {
    }

    protected virtual void Weighing(TunerProgress value) => Terminal.Say(value.Message);

    protected virtual void Trained(TunerProgress value, Trial trial)
    {
        switch (trial.State)
        {
            case TrialState.Completed:
                Terminal.Say($"  {Line(trial)}; {value.TrainingsUsed} of {value.TrainingsPlanned} trainings"
                    + (value.Remaining is { TotalSeconds: > 1 } remaining ? $", about {Duration.Show(remaining)} to come" : ""));
                break;
            case TrialState.Failed when IsObjectiveAtFault():
                Terminal.Say($"  training {trial.Number} at {At(trial.Configuration)} was made and is kept; the objective cannot judge it");
                break;
            case TrialState.Failed:
                var (code, error) = trial.Error is ['[', .. var rest] && rest.IndexOf("] ", StringComparison.Ordinal) is var end and > 0
                    ? (rest[..end], rest[(end + 2)..])
                    : (null, trial.Error ?? "");
                Terminal.Error(code, $"training {trial.Number} failed: {error}");
                Terminal.Help(Advice.Logs.For(new AdvicePlace { Study = study, Number = trial.Number }));
                break;
            default:
                Terminal.Say($"  training {trial.Number} at {At(trial.Configuration)} was ended; it is made again when the study goes on");
                break;
        }
    }

    /// <summary>A completed training in words.</summary>
    protected static string Line(Trial trial) => $"{trial.Number}: {At(trial.Configuration)} gave {trial.Value:G6}"
        + (trial.Predicted is { } predicted ? $" (predicted {predicted:G5}, 90 % {trial.PredictedLow:G5} to {trial.PredictedHigh:G5})" : "")
        + $" in {Duration.Show(trial.Duration)}";
}

/// <summary>The same as events on standard output, for programs.</summary>
internal sealed class EventDisplay(StudySpecification? study = null) : TuneDisplay(study)
{
    private bool IsLine { get; } = study?.Space.IsLine ?? true;

    public override void AttemptBegan(Configuration at, int attempt, string log) => EventWriter.Event("attempt-began", writer =>
    {
        EventWriter.Place(writer, at, IsLine);
        writer.WriteNumber("attempt", attempt);
        writer.WriteString("log", log);
    });

    public override void Progressed(Configuration at, double share) => EventWriter.Event("progress", writer =>
    {
        EventWriter.Place(writer, at, IsLine);
        writer.Number("share", share);
    });

    public override void WillRetry(Configuration at, int attempt, string fault, TimeSpan delay) => EventWriter.Event("attempt-failed", writer =>
    {
        EventWriter.Place(writer, at, IsLine);
        writer.WriteNumber("attempt", attempt);
        writer.WriteString("error", fault);
        writer.Number("retryInSeconds", delay.TotalSeconds);
    });

    protected override void Starting(TunerProgress value) => EventWriter.Event("run-began", writer => writer.WriteNumber("trainingsAllowed", value.TrainingsPlanned));

    protected override void Weighing(TunerProgress value) => EventWriter.Event("weighing", writer =>
    {
        writer.WriteString("message", value.Message);
        writer.Number("share", value.Share);
    });

    protected override void Training(TunerProgress value) => EventWriter.Event("training-began", writer => EventWriter.Place(writer, value.Configuration!, IsLine));

    protected override void Trained(TunerProgress value, Trial trial) => EventWriter.Event("training-ended", writer => Write(writer, trial, IsLine));

    /// <summary>The members of a trial.</summary>
    internal static void Write(Utf8JsonWriter writer, Trial trial, bool isLine)
    {
        writer.WriteNumber("number", trial.Number);
        EventWriter.Place(writer, trial.Configuration, isLine);
        writer.WriteString("state", trial.State.ToString().ToLowerInvariant());
        writer.Number("value", trial.Value);
        writer.Number("predicted", trial.Predicted);
        writer.Number("predictedLow", trial.PredictedLow);
        writer.Number("predictedHigh", trial.PredictedHigh);
        writer.Number("seconds", trial.Duration.TotalSeconds);
        writer.WriteString("reason", trial.Reason);
        if (trial.Error is not null)
        {
            writer.WriteString("error", trial.Error);
        }
    }
}
