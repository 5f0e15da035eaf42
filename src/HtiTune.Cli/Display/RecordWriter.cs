namespace HtiTune.Cli;

/// <summary>Writes results and trainings as JSON: of a study of this machine and of a server's alike.</summary>
internal static class RecordWriter
{
    /// <summary>The result of a study that a server keeps.</summary>
    internal static ResultRecord Of(StudyView study, StudyResult result, string objective)
    {
        var space = study.Definition.ToSpace();
        var at = ServedSpace.At(space, result.Lambda, result.Configuration);
        return new ResultRecord
        {
            Study = study.Id.ToString(),
            Hyperparameter = space.Label,
            Objective = objective,
            Configuration = at,
            Interval = space.IsLine ? [result.LambdaLow, result.LambdaHigh] : null,
            IsTrained = result.IsTrained,
            Value = result.IsTrained ? result.Value : null,
            Predicted = result.Predicted,
            Deviation = result.PredictedDeviation,
            Remarks = result.Remarks,
            Epsilon = result.Epsilon,
            Trainings = study.TrainingsUsed,
            TrainingsUsed = result.TrainingsUsed,
            Trust = result.Trust,
            IsFeasible = result.Feasibility?.IsKnown,
            FeasibleProbability = result.Feasibility?.Probability,
            Front = result.Front,
        }.With(result.Outcome, result.StopReason.ToString(), StopWords.Of(result.StopReason.ToString()));
    }

    /// <summary>Writes a result's members into an object that is open.</summary>
    internal static void WriteTo(this ResultRecord result, Utf8JsonWriter writer) => Write(writer, JsonSerializer.SerializeToElement(result, JsonTypes.CommandLine.ResultRecord));

    /// <summary>Writes a list of trainings, and of which study and objective they are.</summary>
    internal static void Write(string study, string objective, IEnumerable<TrialRecord> trials) => EventWriter.Write(writer =>
    {
        writer.WriteString("study", study);
        writer.WriteString("objective", objective);
        writer.WriteStartArray("trials");
        foreach (var trial in trials)
        {
            writer.WriteStartObject();
            Write(writer, JsonSerializer.SerializeToElement(trial, JsonTypes.CommandLine.TrialRecord));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    // Members of an object; a number that is not finite is null, as JSON has none.
    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value is { ValueKind: JsonValueKind.String } text && text.GetString() is "NaN" or "Infinity" or "-Infinity")
            {
                writer.WriteNull(member.Name);
            }
            else
            {
                member.WriteTo(writer);
            }
        }
    }
}
