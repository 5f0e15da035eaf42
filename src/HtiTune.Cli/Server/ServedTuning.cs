namespace HtiTune.Cli;

/// <summary>Tunes with a server: it proposes, and the study's command trains here. Ctrl-C means what it means without a server.</summary>
internal sealed class ServedTuning(ServerConnection server, StudySpecification specification, Guid study, Interrupts interrupts, bool events)
{
    /// <summary>Wait between questions where there is nothing to train.</summary>
    internal static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);

    // Work is waited for at the server.
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    // The server tries again by itself, by the study's "retries".
    private readonly ExternalNetwork _network = new(
        specification.With(definition => definition with { MaxAttempts = 1 }), specification.ContextsFile, events ? new EventDisplay() : new TuneDisplay(),
        TimeProvider.System, interrupts);

    private HtiTuneClient Client => server.Client;

    /// <summary>Tunes from a study file to the result.</summary>
    internal static int Tune(ServerConnection server, StudySpecification specification, bool json, bool events)
    {
        var kept = ServedStudy.Begin(server, specification);
        using var interrupts = Interrupts.Listen(count => Terminal.Say(count switch
        {
            1 => "finishing the trainings under way; Ctrl-C again gives them back to the server",
            2 => "ending the trainings under way; Ctrl-C again kills them",
            _ => "killing the trainings under way",
        }));
        var tuning = new ServedTuning(server, specification, kept.Study!.Value, interrupts, events);
        var ended = ServerConnection.Ask(tuning.RunAsync);
        if (!ended.HasEnded)
        {
            Console.Error.WriteLine("interrupted; what was completed is kept by the server");
            Terminal.Next(Advice.ServedTune, new AdvicePlace { Study = specification, Name = server.Address.ToString() });
            return ExitCode.Interrupted;
        }

        return ResultDisplay.TellServed(ended, ended.Result, specification.Objective, json, events);
    }

    /// <summary>Trains what the server asks for until its study has ended, or the user wants no more.</summary>
    internal async Task<StudyView> RunAsync()
    {
        using var over = new CancellationTokenSource();
        var telling = TellAsync(over.Token);
        try
        {
            try
            {
                await Task.WhenAll(Enumerable.Range(0, specification.Parallel).Select(SlotAsync)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (interrupts.Stop.IsCancellationRequested)
            {
                // The user wants no more, and nothing was under way.
            }

            return await Client.GetAsync(study).ConfigureAwait(false);
        }
        finally
        {
            // What happened last is still on its way.
            await Task.WhenAny(telling, Task.Delay(Poll, TimeProvider.System)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await telling.ConfigureAwait(false);
        }
    }

    private Task SlotAsync(int slot) =>
        Client.WorkAsync(ServedStudy.Worker(specification), slot, TrainAsync, study, s_wait, TimeProvider.System, interrupts.Finish, interrupts.Stop);

    private Task<WorkResult> TrainAsync(ClaimedAttempt task, IProgress<double> progress, CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                var outputs = _network.TrainOutputs(new TrainingRequest(specification.Space.Ordered(ServedSpace.At(specification.Space, task.Lambda, task.Configuration)), task.Seed, progress) { Number = task.Trial }, cancellation);
                return task.Rows == 0 || outputs.Rows == task.Rows
                    ? new WorkResult { Outputs = outputs }
                    : new WorkResult { State = AttemptState.Failed, Reason = $"{WorkResult.BadOutput}{outputs.Rows} rows; expected {task.Rows}, one for each context" };
            }
            catch (TrainingException failure)
            {
                var reason = failure.Code == "H023" ? WorkResult.BadOutput + failure.Fault : failure.Fault;
                return new WorkResult { State = failure.Code == "H022" ? AttemptState.TimedOut : AttemptState.Failed, Reason = reason, LogTail = LogOf(failure) };
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // The last lines, which the dashboard shows beside the failure.
    private static string? LogOf(TrainingException failure) => File.Exists(failure.Log) ? string.Join('\n', TrainingLog.Tail(failure.Log, 200)) : null;

    // What the server journals, as it journals it: other workers' trainings too.
    private async Task TellAsync(CancellationToken cancellation)
    {
        try
        {
            var now = await Client.GetAsync(study, cancellation).ConfigureAwait(false);
            SayPaused(EventWriter.Word(now.State), now.Reason);
            await foreach (var happened in Client.EventsAsync(study, now.LastSequence, follow: true, cancellation).ConfigureAwait(false))
            {
                using var data = JsonDocument.Parse(happened.Data);
                if (happened.Kind == "study.state")
                {
                    SayPaused(Text(data.RootElement, "state"), Text(data.RootElement, "reason"));
                }

                Show(happened.Kind, data.RootElement);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or HtiTuneException)
        {
            // It is only told; whoever trains hears of a server that is away.
        }
    }

    // Who waits is told for what.
    private static void SayPaused(string? state, string? reason)
    {
        if (string.Equals(state, "paused", StringComparison.OrdinalIgnoreCase))
        {
            Terminal.Say($"the study is paused{(reason is null ? "" : $" ({reason})")}; no training is begun until it is resumed");
        }
    }

    private static string? Text(JsonElement data, string member) => data.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private void Show(string kind, JsonElement data)
    {
        var name = kind switch { "trial.asked" => "training-proposed", "trial.told" => "training-completed", "trial.failed" => "training-failed", _ => null };
        if (name is null)
        {
            return;
        }

        var (number, value, why) = (data.GetProperty("number").GetInt32(), Number("value"), Text(data, "reason") ?? Text(data, "error"));
        var place = specification.Space.IsLine || !data.TryGetProperty("configuration", out var configuration)
            ? new Data.Configuration(specification.Space[0].Name, Number("lambda") ?? double.NaN)
            : configuration.Deserialize<Data.Configuration>()!;
        if (events)
        {
            EventWriter.Event(name, writer =>
            {
                writer.WriteNumber("number", number);
                EventWriter.Place(writer, place, specification.Space.IsLine);
                writer.Number("value", value);
                writer.WriteString("reason", why);
            });
            return;
        }

        var at = place.ToText();
        Terminal.Say(kind switch
        {
            "trial.asked" => $"training {number} at {at}: {why}",
            "trial.told" => value is null ? $"  {number}: {at} gave no value" : $"  {number}: {at} gave {value:G6}",
            _ => $"  training {number} at {at} has failed: {why}",
        });

        double? Number(string member) => data.TryGetProperty(member, out var found) && found.ValueKind == JsonValueKind.Number ? found.GetDouble() : null;
    }
}
