using System.Text.Json.Nodes;

namespace HtiTune.Hosting;

/// <summary>
/// Events as the store's rows hold them. The tuner's tell what the lines of a folder's journal tell, in the form that users of the API read and that earlier versions wrote: each
/// has a step, its number among those of the tuner, and what it has nothing to say of is not written. The store's own tell what no journal of a folder knows.
/// </summary>
internal static class StoredEvents
{
    /// <summary>A run began.</summary>
    /// <param name="step">The event's step.</param>
    /// <param name="began">How.</param>
    /// <param name="warm">What it begins with, in order.</param>
    public static StudyEvent Began(long step, RunBegan began, IReadOnlyList<TrainingEnded> warm) => Row(StudyEventKind.RunBegan, new
    {
        step,
        run = began.Run,
        objective = began.Objective,
        goal = began.Settings.Goal,
        budget = began.Budget,
        offset = (began.LastNumber ?? 0) - Places(warm),
        warm = warm.Select(one => new
        {
            number = one.Number,
            lambda = StudyProblem.LambdaOf(one.Configuration),
            samples = one.SamplesFile,
            reported = one.Reported,
            configuration = StudyProblem.LambdaOf(one.Configuration) is null ? one.Configuration : null,
        }),
        why = began.Why,
        algorithm = began.Algorithm,
    });

    /// <summary>A training is asked for.</summary>
    public static StudyEvent Asked(long step, TrainingProposed asked) => Row(StudyEventKind.Asked, new
    {
        step,
        number = asked.Number,
        lambda = StudyProblem.LambdaOf(asked.Configuration),
        seed = asked.Seed,
        reason = asked.Reason,
        expectedGain = asked.ExpectedGain,
        predicted = asked.Predicted,
        predictedLow = asked.PredictedLow,
        predictedHigh = asked.PredictedHigh,
        trust = asked.Trust,
        configuration = asked.Configuration,
    });

    /// <summary>A training ended.</summary>
    /// <param name="step">The event's step.</param>
    /// <param name="ended">How.</param>
    /// <param name="told">What the run made of it; null: it had not asked for it, and it is kept for runs to come.</param>
    public static StudyEvent Ended(long step, TrainingEnded ended, ValueMeasured? told) => Row(ended.State == TrialState.Completed ? StudyEventKind.Told : StudyEventKind.ToldFailed, new
    {
        step,
        number = ended.Number,
        lambda = StudyProblem.LambdaOf(ended.Configuration),
        samples = ended.SamplesFile,
        reported = ended.Reported,
        value = told?.Value,
        error = ended.State == TrialState.Completed ? told?.Error : ended.Error,
        isOrphan = told is null,
        configuration = ended.Configuration,

        // By the tuner's clock: it weighs by that where a training's cost is measured.
        duration = told is null ? (TimeSpan?)null : ended.Duration,
    });

    /// <summary>Configurations are to be trained next.</summary>
    public static StudyEvent Enqueued(long step, IReadOnlyList<Configuration> configurations) => Row(StudyEventKind.Enqueued, new
    {
        step,
        lambdas = configurations.All(one => StudyProblem.LambdaOf(one) is not null) ? configurations.Select(one => one.Lambda) : null,
        configurations,
    });

    /// <summary>What waited is no longer wanted.</summary>
    public static StudyEvent Cleared(long step) => Row(StudyEventKind.Cleared, new { step });

    /// <summary>A run ended.</summary>
    /// <param name="step">The event's step.</param>
    /// <param name="run">The run's number.</param>
    /// <param name="result">Its result; null where no training has given a value.</param>
    /// <param name="error">Why there is no result.</param>
    public static StudyEvent RunEnded(long step, int run, StudyResult? result, string? error) => Row(StudyEventKind.RunEnded, new { step, run, result, error });

    /// <summary>Any event; the store gives it its number and time. Of <c>trial.told</c> and <c>trial.failed</c>, the member <c>number</c> of the data says whose end the tuner has taken.</summary>
    public static StudyEvent Row<T>(string kind, T data) => new(0, null, kind, StudyJson.Write(data));

    /// <summary>The event's step; 0 where it has none.</summary>
    public static long StepOf(StudyEvent row) => Of<long>(DataOf(row), "step");

    /// <summary>How a run began, and with what.</summary>
    public static (RunBegan Began, IReadOnlyList<TrainingEnded> Warm) Began(StudyEvent row, StudyProblem problem)
    {
        var data = DataOf(row);
        var options = problem.Options(Of<Goal>(data, "goal"), TimeProvider.System);
        TrainingEnded[] warm = [.. data.GetProperty("warm").EnumerateArray().Select(one => Ended(one, problem) with { State = TrialState.Completed })];
        return (new RunBegan(Of<int>(data, "run"), Of<string>(data, "objective"), Of<int>(data, "budget"), options, Of<int?>(data, "algorithm") ?? 1)
        {
            Warm = [.. warm.Select(training => training.Number)],
            LastNumber = Of<int>(data, "offset") + Places(warm),
            Why = Of<string>(data, "why"),
        }, warm);
    }

    /// <summary>A training that was asked for.</summary>
    public static TrainingProposed Asked(StudyEvent row, StudyProblem problem)
    {
        var data = DataOf(row);
        return new TrainingProposed(
            Of<int>(data, "number"), At(data, problem), Of<string>(data, "reason") ?? "", Of<double?>(data, "expectedGain"), Of<double?>(data, "predicted"), Of<double?>(data, "predictedLow"),
            Of<double?>(data, "predictedHigh"), Of<double?>(data, "trust"))
        {
            Seed = Of<long>(data, "seed"),
            Time = row.Time!.Value,
        };
    }

    /// <summary>How a training ended, its value, null where the run had not asked for it, and how long it took where the row says so.</summary>
    public static (TrainingEnded Ended, ValueMeasured? Measured, TimeSpan? Took) Ended(StudyEvent row, StudyProblem problem)
    {
        var data = DataOf(row);
        var (ended, error) = (Ended(data, problem), Of<string>(data, "error"));
        return (
            row.Kind == StudyEventKind.Told ? ended : ended with { State = TrialState.Failed, Error = error ?? "" },
            Of<bool>(data, "isOrphan") ? null : new ValueMeasured(ended.Number, Of<double?>(data, "value"), error), Of<TimeSpan?>(data, "duration"));
    }

    /// <summary>A run's end by its result.</summary>
    public static RunEnded EndOf(StudyResult result, StudyProblem problem) => new(
        result.StopReason, problem.At(result.Lambda, result.Configuration), result.Predicted, result.PredictedDeviation, result.IsTrained ? result.Value : null, result.TrainingsUsed, result.Trust,
        result.Epsilon, result.Outcome, null, result.Calibration, result.Remarks.Count == 0 ? null : result.Remarks)
    { Result = result };

    /// <summary>What is to be trained next.</summary>
    public static TrainingsEnqueued Enqueued(StudyEvent row, StudyProblem problem)
    {
        var data = DataOf(row);
        return Of<IReadOnlyList<Configuration>>(data, "configurations") is { } all
            ? new TrainingsEnqueued([.. all.Select(one => problem.At(null, one))])
            : new TrainingsEnqueued([.. (Of<double[]>(data, "lambdas") ?? []).Select(lambda => problem.At(lambda, null))]);
    }

    /// <summary>The result of a run that ended; null where it has none.</summary>
    public static StudyResult? Result(StudyEvent row) => Of<StudyResult>(DataOf(row), "result");

    /// <summary>Number of the trial whose end an event of the tuner's takes; null where it takes none.</summary>
    public static int? Taken(StudyEvent row) => row.Kind is StudyEventKind.Told or StudyEventKind.ToldFailed ? Of<int>(DataOf(row), "number") : null;

    /// <summary>A study was created.</summary>
    public static StudyEvent Created(string definition) => new(0, null, StudyEventKind.Created, $$"""{"definition":{{definition}}}""");

    /// <summary>A study's state has changed.</summary>
    public static StudyEvent StateChanged(StudyState state, string? reason) => Own(StudyEventKind.StateChanged, new { state = state.ToString(), reason });

    /// <summary>A study begins with anchors.</summary>
    public static StudyEvent Imported(IReadOnlyList<TrialRow> anchors) => Own(StudyEventKind.Imported, new
    {
        anchors = anchors.Select(a => a.Configuration is { } configuration
            ? (object)new { number = a.Number, configuration = JsonNode.Parse(configuration), samples = a.Samples, source = a.Reason }
            : new { number = a.Number, lambda = a.Lambda, samples = a.Samples, source = a.Reason }),
    });

    /// <summary>An attempt has another state.</summary>
    public static StudyEvent Attempt(int trial, AttemptRow attempt) => Own(StudyEventKind.Attempt, new
    {
        number = trial,
        attempt = attempt.Number,
        attemptId = attempt.Id,
        state = attempt.State.ToString(),
        reason = attempt.Reason,
        worker = attempt.Worker,
    });

    /// <summary>A result is kept beside the trial's own.</summary>
    public static StudyEvent Replicate(int trial, AttemptRow attempt, WorkResult end) => Own(StudyEventKind.Replicate, new
    {
        number = trial,
        attempt = attempt.Number,
        attemptId = attempt.Id,
        samples = end.Samples,
        reported = end.Value,
    });

    // An event of the store's own: null stands as null.
    private static StudyEvent Own<T>(string kind, T data) => new(0, null, kind, JsonSerializer.Serialize(data));

    private static TrainingEnded Ended(JsonElement data, StudyProblem problem) =>
        new(Of<int>(data, "number"), At(data, problem), "", TimeSpan.Zero)
        {
            SamplesFile = Of<string>(data, "samples"), SamplesSha256 = Of<string>(data, "samples"), Reported = Of<double?>(data, "reported"),
        };

    // An earlier version wrote λ alone.
    private static Configuration At(JsonElement data, StudyProblem problem) => problem.At(Of<double?>(data, "lambda"), Of<Configuration>(data, "configuration"));

    private static int Places(IReadOnlyList<TrainingEnded> warm) => warm.DistinctBy(one => one.Configuration).Count();

    private static JsonElement DataOf(StudyEvent row) => StudyJson.Read<JsonElement>(row.Data);

    private static T? Of<T>(JsonElement data, string member) => data.TryGetProperty(member, out var found) ? found.Deserialize<T>(HtiTuneJson.Store) : default;
}
