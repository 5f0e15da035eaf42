using static HtiTune.Hosting.ServiceAnswers;

namespace HtiTune.Hosting;

/// <summary>What a worker says of how its training went, checked against what the study expects.</summary>
internal sealed class TrainingEnds(StudyStore store, NetworkRegistry registry, IOptions<HtiTuneOptions> options, TimeProvider time)
{
    /// <summary>What to say of a training that has no result.</summary>
    internal const string FailureHint = "A training that failed or diverged is told with \"state\": \"failed\" and \"reason\": \"…\".";

    // The first word stands: the same again is a lost answer, another is a second opinion that comes too late.
    internal static void RequireSame(AttemptRow? before, WorkResult end)
    {
        if (before is null)
        {
            return;
        }

        var isDone = before.State is AttemptState.Done or AttemptState.Late;
        if (isDone ? end.State == AttemptState.Done && end.Value == before.Reported && end.Samples == before.Samples : end.State == before.State)
        {
            return;
        }

        var (first, second) = (Told(isDone ? AttemptState.Done : before.State, before.Reported, before.Reason), Told(end.State, end.Value, end.Reason));
        throw new StudyServiceException(StudyServiceError.Conflict, $"The attempt was told before as {first}, and is now told as {second}; expected the same again, or nothing: the first stands.");

        static string Told(AttemptState state, double? value, string? reason) => state != AttemptState.Done
            ? $"{StudyJson.Word(state)} ({reason})"
            : value is { } number ? $"value {number.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}" : "outputs of its own";
    }

    /// <summary>How an attempt ended, from what its worker says.</summary>
    public async Task<WorkResult> OfAsync(AttemptRow found, StudyDefinition definition, WorkResult result, CancellationToken cancellation)
    {
        result = result with { LogTail = StudyWrites.Tail(result.LogTail) };
        if (result.State != AttemptState.Done)
        {
            return result.State is AttemptState.Failed or AttemptState.TimedOut or AttemptState.Preempted or AttemptState.Cancelled
                ? result with
                {
                    Reason = result.Reason ?? "no reason was given",
                    Value = null,
                    Outputs = null,
                    MayRetry = !result.IsBadOutput,
                    Backoff = External.Backoff.After(options.Value.Backoff, found.Number),
                    IsQuick = result.State == AttemptState.Failed && found.ClaimedAt is { } at && time.GetUtcNow() - Time(at) < options.Value.QuickFailure,
                }
                : throw new StudyServiceException(StudyServiceError.Invalid, $"state is {StudyJson.Word(result.State)}; expected done, failed, timedOut, preempted or cancelled.");
        }

        var problem = new StudyProblem(definition, registry);
        if (problem.IsValue)
        {
            return result is { Value: { } value, Outputs: null } && double.IsFinite(value)
                ? result with { Reason = null }
                : throw new StudyServiceException(StudyServiceError.Invalid, result.Outputs is not null
                    ? "outputs are given; expected value, a finite number, for the study's objective is value."
                    : $"value is {result.Value?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}; expected a finite number. {FailureHint}");
        }

        if (result.Outputs is not { } outputs || result.Value is not null || problem.RowsExpected(outputs) is not null)
        {
            throw new StudyServiceException(
                StudyServiceError.Invalid,
                $"outputs are {(result.Outputs is { } given ? $"{given.Rows} rows of {given.Columns}" : "missing")}; expected {problem.RowsExpected(null)}, and no value. {FailureHint}");
        }

        if (definition.Columns is { } names && outputs.Columns != names.Count)
        {
            throw new StudyServiceException(StudyServiceError.Invalid, $"outputs have {outputs.Columns} columns; expected {names.Count}, as the study's columns name them.");
        }

        foreach (var value in outputs.Values)
        {
            StudyServiceException.ThrowIf(
                !float.IsFinite(value), StudyServiceError.Invalid, $"outputs hold {value}; expected finite numbers. {FailureHint}");
        }

        // Where the first training said how many rows there are, another number is a failed training, as it is without a server.
        if (problem.Contexts is null
            && (await store.TrialsAsync(found.Study.Id, cancellation).ConfigureAwait(false)).Where(trial => trial.Samples is not null).MinBy(trial => trial.EndOrder) is { } first
            && (await store.OutputsAsync(first.Samples!, cancellation).ConfigureAwait(false)).Rows is var rows && rows != outputs.Rows)
        {
            return result with { State = AttemptState.Failed, Reason = $"bad-output: {outputs.Rows} rows; expected {rows}, as training {first.Number} brought", Outputs = null, MayRetry = false };
        }

        return result with { Reason = null, Outputs = null, Samples = await store.KeepAsync(NpyFile.ToBytes(outputs), cancellation).ConfigureAwait(false) };
    }
}
