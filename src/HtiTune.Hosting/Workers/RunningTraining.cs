namespace HtiTune.Hosting;

/// <summary>One attempt that trains: who may end it, how far it is, and how it ends.</summary>
internal sealed class RunningTraining(
    AttemptRow attempt, TrialRow trial, StudyRow study, StudyProblem problem, TimeSpan? limit, INetwork network, HtiTuneOptions options, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly long _began = time.GetTimestamp();
    private readonly Configuration _configuration = trial.At(problem);
    private WorkResult? _asked;
    private double _progress;

    public AttemptRow Attempt => attempt;

    /// <summary>The share that is done, 0 to 1.</summary>
    public double Progress => Volatile.Read(ref _progress);

    /// <summary>Intermediate values that the store does not have yet.</summary>
    public WaitingValues Values { get; } = new();

    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    /// <summary>The folder for its files.</summary>
    public string Folder { get; } = Path.Combine(HtiTuneNames.WorkFolder(options), trial.Id.ToString("N"), attempt.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>End of its log; null without one.</summary>
    public string? LogTail() => network is CommandNetwork ? CommandNetwork.LogTail(Folder) : null;

    /// <summary>What the store says to a renewal.</summary>
    public void Hear(LeaseStatus result)
    {
        if (result.Kill)
        {
            AskToEnd(Ended(AttemptState.Cancelled, "killed: a user asked for it") with { MayRetry = false });
            _kill.Cancel();
        }
        else if (result.Stop)
        {
            AskToEnd(Ended(AttemptState.Cancelled, "stopped: a user asked for it") with { MayRetry = false });
        }
        else if (!result.Holds)
        {
            AskToEnd(Ended(AttemptState.Cancelled, "lease-over: another worker may have it"));
        }
    }

    /// <summary>Trains to the end, whatever that is.</summary>
    /// <param name="keep">Keeps the outputs and gives their hash.</param>
    /// <param name="stopping">The host stops.</param>
    /// <param name="withdrawn">The job was withdrawn.</param>
    public async Task<WorkResult> RunAsync(Func<Matrix, Task<string>> keep, CancellationToken stopping, CancellationToken withdrawn)
    {
        await using var onStop = stopping.Register(() => AskToEnd(Ended(AttemptState.Preempted, "shutdown: the host stops"))).ConfigureAwait(false);
        await using var onWithdrawal = withdrawn.Register(() => AskToEnd(Ended(AttemptState.Preempted, "withdrawn: the job was taken from this worker"))).ConfigureAwait(false);
        await using var timer = limit is { } most
            ? time.CreateTimer(_ => AskToEnd(Ended(AttemptState.TimedOut, $"time-limit: {most}")), null, most, Timeout.InfiniteTimeSpan)
            : null;
        var training = Task.Factory.StartNew(Train, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onEnd = _end.Token.Register(ended.SetResult).ConfigureAwait(false);
        await Task.WhenAny(training, ended.Task).ConfigureAwait(false);
        if (!training.IsCompleted)
        {
            // It has its grace; a network of this process that does not react cannot be killed, only left behind.
            await Task.WhenAny(training, Task.Delay(options.Grace + TimeSpan.FromSeconds(1), time, _kill.Token)).ConfigureAwait(false);
            if (!training.IsCompleted && network is CommandNetwork)
            {
                await _kill.CancelAsync().ConfigureAwait(false);
                await Task.WhenAny(training, Task.Delay(options.Grace + TimeSpan.FromSeconds(1), time, CancellationToken.None)).ConfigureAwait(false);
            }
        }

        if (!training.IsCompleted)
        {
            return _asked! with { Reason = _asked!.Reason + "; it did not react within its grace" };
        }

        try
        {
            var outputs = await training.ConfigureAwait(false);
            return Fault(outputs) is { } fault
                ? new WorkResult { State = AttemptState.Failed, Reason = $"bad-output: {fault}", LogTail = LogTail(), MayRetry = false }
                : problem.IsValue
                    ? new WorkResult { LogTail = LogTail(), Value = outputs.Exact(0, 0) }
                    : new WorkResult { Samples = await keep(outputs).ConfigureAwait(false), LogTail = LogTail() };
        }
        catch (CommandFailedException failure)
        {
            return _asked is { } asked ? asked with { LogTail = LogTail() } : failure.End with { LogTail = LogTail() };
        }
        catch (OperationCanceledException) when (_asked is not null)
        {
            return _asked with { LogTail = LogTail() };
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return _asked ?? new WorkResult { State = AttemptState.Failed, Reason = $"exception: {failure.GetType().Name}: {failure.Message}" };
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _kill.Dispose();
    }

    private static WorkResult Ended(AttemptState state, string reason) => new() { State = state, Reason = reason };

    // The first who asks gives the reason.
    private void AskToEnd(WorkResult end)
    {
        Interlocked.CompareExchange(ref _asked, end, null);
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private Matrix Train()
    {
        var request = new TrainingRequest(_configuration, trial.Seed, new Told(this)) { Number = trial.Number };
        if (network is CommandNetwork command)
        {
            return command.Train(request, problem, Folder, limit, options.Grace, time, _end.Token, _kill.Token);
        }

        using var trained = network.Train(request, _end.Token) ?? throw new InvalidOperationException("The network's training returned nothing.");
        return trained.Answer(
            problem.Contexts ?? Contexts.None(trained.Rows ?? throw new InvalidOperationException("The network answers contexts, and the study has none; expected contexts, or \"rows\" above 0.")),
            problem.AnswerSeed);
    }

    private string? Fault(Matrix outputs)
    {
        if (problem.RowsExpected(outputs) is { } expected)
        {
            return $"{outputs.Rows} rows of {outputs.Columns} numbers at {problem.Space.TextOf(_configuration)}; expected {expected}";
        }

        foreach (var value in outputs.Values)
        {
            if (!float.IsFinite(value))
            {
                return $"{value} among the outputs at {problem.Space.TextOf(_configuration)}; expected finite numbers";
            }
        }

        return study.Network is null ? "the study names no network" : null;
    }

    private sealed class Told(RunningTraining training) : IProgress<double>, IProgress<IntermediateValue>
    {
        public void Report(double value) => Volatile.Write(ref training._progress, Math.Clamp(double.IsNaN(value) ? 0 : value, 0, 1));

        public void Report(IntermediateValue value) => training.Values.Add(value);
    }
}
