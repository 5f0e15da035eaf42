using System.Text.Json.Serialization;
using HtiTune.Service;

namespace HtiTune;

/// <summary>What is told or kept as JSON without reflection: the events of journals, in the form of <see cref="HtiTuneJson.Journal"/>, and what the command line writes and reads.</summary>
[JsonSerializable(typeof(StudyCreated))]
[JsonSerializable(typeof(StudyResumed))]
[JsonSerializable(typeof(RunBegan))]
[JsonSerializable(typeof(TrainingsEnqueued))]
[JsonSerializable(typeof(QueueCleared))]
[JsonSerializable(typeof(TrainingProposed))]
[JsonSerializable(typeof(TrainingEnded))]
[JsonSerializable(typeof(ContextsAnswered))]
[JsonSerializable(typeof(ValueMeasured))]
[JsonSerializable(typeof(RunEnded))]
[JsonSerializable(typeof(TrainingsImported))]
[JsonSerializable(typeof(TrainingsTakenBack))]
[JsonSerializable(typeof(Configuration))]
[JsonSerializable(typeof(ResultRecord))]
[JsonSerializable(typeof(TrialRecord))]
[JsonSerializable(typeof(TunerSettings))]
[JsonSerializable(typeof(TrainedBy))]
[JsonSerializable(typeof(FitReport))]
[JsonSerializable(typeof(KrigingReport))]
[JsonSerializable(typeof(SpaceSurrogateReport))]
[JsonSerializable(typeof(ChoiceReport))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(Configuration[]))]
internal sealed partial class JsonTypes : JsonSerializerContext
{
    /// <summary>In the form of the command line.</summary>
    public static JsonTypes CommandLine => field ??= new JsonTypes(HtiTuneJson.CommandLine());
}
