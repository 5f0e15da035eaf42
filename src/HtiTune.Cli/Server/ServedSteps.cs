using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HtiTune.Cli;

/// <summary><c>ask</c> and <c>tell</c> where a server keeps the study: the server hands trainings out and holds their leases; who has which here stands in the study's folder.</summary>
internal static class ServedSteps
{
    // A fit of the server's takes a second or two: so long nothing to train does not mean that others have it all.
    private static readonly TimeSpan s_fit = TimeSpan.FromSeconds(15);

    internal static int Ask(ServerConnection server, string? given, AskRequest request, Patience patience)
    {
        var study = StudyLocator.Read(given);
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string why;
            using (Hold(study, patience))
            {
                var kept = ServedStudy.Begin(server, study);
                if (request.Renew is { } number)
                {
                    return Renew(server, study, kept, number, request);
                }

                var now = TimeProvider.System.GetUtcNow();
                var held = kept.Tasks.Where(lease => lease.Ends > now).ToList();
                var own = held.Find(lease => lease.Worker == request.Worker && (request.Worker is not null || study.Parallel == 1));
                if (own is null && Enumerable.Range(0, study.Parallel).Where(slot => held.TrueForAll(lease => lease.Slot != slot)).Cast<int?>().FirstOrDefault() is { } free)
                {
                    own = Claim(server, study, kept, free, request);
                }

                if (own is { Task: { } task })
                {
                    AskCommand.Say(request.Json, own.Number, study.Space.IsLine ? new Data.Configuration("lambda", task.Lambda) : task.Configuration, study.Space.IsLine, task.Seed, writer =>
                    {
                        writer.WriteString("worker", own.Worker);
                        writer.WriteString("leaseUntil", own.Ends);
                    });
                    Terminal.Next(Advice.ServedTell, At(server, study) with { Number = own.Number });
                    return ExitCode.Done;
                }

                var remote = ServerConnection.Ask(() => server.Client.GetAsync(kept.Study!.Value));
                if (remote.HasEnded && held.Count == 0)
                {
                    return ResultDisplay.TellServed(remote, remote.Result, study.Objective, request.Json, events: false);
                }

                why = held.Count >= study.Parallel
                    ? $"all {study.Parallel} trainings that may be under way are in hands: {string.Join("; ", held.Select(lease => lease.Shown))}"
                    : $"the server has nothing to train before one of those in hands is told{(held.Count == 0 ? "" : ": " + string.Join("; ", held.Select(lease => lease.Shown)))}";
                if (held.Count == 0 && TimeProvider.System.GetElapsedTime(began) < s_fit)
                {
                    why = "";
                }
            }

            if (why.Length == 0)
            {
                Thread.Sleep(ServedTuning.Poll);
            }
            else if (!patience.ForTraining(() => true))
            {
                throw new CliException("H015", why + ".", Advice.AskWait.For(At(server, study)));
            }
        }
    }

    internal static int Tell(ServerConnection server, string? given, int number, string? outputs, string? failed, Patience patience, bool json)
    {
        var study = StudyLocator.Read(given);
        using var hold = Hold(study, patience);
        var kept = ServedStudy.Find(study);
        var matrix = failed is null ? OutputsOf(server, number, outputs!, study) : null;
        var print = matrix is null ? null : Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(matrix.Values)))[..16];
        if (kept?.Tasks.FirstOrDefault(one => one.Number == number) is not { Task: { } task } held)
        {
            return Again(server, study, kept, number, print);
        }

        var outcome = matrix is null
            ? new WorkResult { State = AttemptState.Failed, Reason = failed!.Length > 0 ? failed : "no reason was given" }
            : new WorkResult { Outputs = matrix };
        TellOutcome? told = null;
        HtiTuneException? conflict = null;
        try
        {
            told = server.Client.TellAsync(task, outcome).GetAwaiter().GetResult();
        }
        catch (HtiTuneException problem) when (problem.Status != System.Net.HttpStatusCode.Conflict)
        {
            throw ServerConnection.Told(problem);
        }
        catch (HtiTuneException problem)
        {
            // Another worker has it by now: it is nobody's business here any more. Or it was told from here, and the answer was lost.
            conflict = problem;
        }

        (kept with { Tasks = [.. kept.Tasks.Where(one => one != held)], Told = told is null ? kept.Told : [.. kept.Told ?? [], new Lease(number) { Print = print }] }).Write(study);
        if (told is null)
        {
            throw conflict!.Message.Contains("told before", StringComparison.Ordinal)
                ? new CliException("H016", $"training {number}: {conflict.Message}", Advice.ServedAsk.For(At(server, study)))
                : new CliException("H051", $"training {number} was given to another worker after its lease had ended; its outputs were not needed.", Advice.ServedAsk.For(At(server, study)));
        }

        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteNumber("number", number);
                EventWriter.Place(writer, ServedSpace.At(study.Space, task.Lambda, task.Configuration), study.Space.IsLine);
                writer.WriteString("state", EventWriter.Word(told.State));
            });
        }

        Terminal.Say($"training {number} is {EventWriter.Word(told.State)}");
        Terminal.Next(Advice.ServedAsk, At(server, study));
        return ExitCode.Done;
    }

    /// <summary>Has values of one's own choice trained next.</summary>
    internal static int Enqueue(ServerConnection server, string? given, string[] texts, bool clear, bool json)
    {
        var id = ServedStudy.IdOf(server, given);
        var space = ServerConnection.Ask(() => server.Client.GetAsync(id)).Definition.ToSpace();
        var wanted = EnqueueCommand.Wanted(texts, space);
        if (clear)
        {
            ServerConnection.Ask(() => server.Client.ClearEnqueuedAsync(id));
        }

        var enqueued = wanted.Count == 0 ? null : ServerConnection.Ask(() => server.Client.EnqueueAsync(id, wanted));
        EnqueueCommand.Tell(wanted, Ordered(enqueued?.AddedConfigurations), Ordered(enqueued?.WaitingConfigurations), space, json);
        return ExitCode.Done;

        IReadOnlyList<Data.Configuration> Ordered(IReadOnlyList<Data.Configuration>? all) => [.. (all ?? []).Select(space.Ordered)];
    }

    private static AdvicePlace At(ServerConnection server, StudySpecification study) => new() { Study = study, Name = server.Address.ToString() };

    private static IDisposable Hold(StudySpecification study, Patience patience)
    {
        try
        {
            return patience.For(() => ServedStudy.Hold(study));
        }
        catch (StudyInUseException problem)
        {
            throw new CliException("H014", problem.Message, Advice.Trials.For(study));
        }
    }

    // The next training; null where there is none now.
    private static Lease? Claim(ServerConnection server, StudySpecification study, ServedStudy kept, int slot, AskRequest request)
    {
        if (ServerConnection.Ask(() => server.Client.ClaimAsync(ServedStudy.Worker(study), slot, kept.Study!.Value, request.Lease ?? LeaseBook.TermOf(study, []))) is not { } task)
        {
            return null;
        }

        CliException.ThrowIf(task.Study != kept.Study,
            "H051", $"the server handed out a training of study {task.Study}, and study {kept.Study} was asked; expected one of the study's own.");

        // Who had the training before has it no longer. Who had the slot may tell it late.
        var now = TimeProvider.System.GetUtcNow();
        var given = new Lease(task.Trial, request.Worker, task.LeaseUntil) { Slot = slot, Task = task };
        (kept with { Tasks = [.. kept.Tasks.Where(one => one.Number != task.Trial && (one.Slot != slot || one.Ends <= now)), given] }).Write(study);
        return given;
    }

    private static int Renew(ServerConnection server, StudySpecification study, ServedStudy kept, int number, AskRequest request)
    {
        var held = kept.Tasks.FirstOrDefault(one => one.Number == number) ?? throw NotAsked(server, study, kept, number);
        if (request.Worker is { } worker && held.Worker is { } holder && holder != worker)
        {
            throw new CliException("H003", $"training {number} is in the hands of {holder}, not of {worker}.", Advice.ServedAsk.For(At(server, study)));
        }

        var lease = ServerConnection.Ask(() => server.Client.RenewAsync(held.Task!, request.Lease ?? LeaseBook.TermOf(study, [])));
        if (!lease.Holds || lease.LeaseUntil is not { } until)
        {
            throw new CliException("H051", $"the lease of training {number} has run out, and it may be handed out again; it may be told all the same.", Advice.ServedAsk.For(At(server, study)));
        }

        var renewed = held with { Until = until, Worker = request.Worker ?? held.Worker };
        (kept with { Tasks = [.. kept.Tasks.Select(one => one == held ? renewed : one)] }).Write(study);
        Terminal.Say($"training {renewed.Shown}");
        return ExitCode.Done;
    }

    // Told twice, or never asked for: what was told from here is known to the letter, of the rest the server's list says how it went.
    private static int Again(ServerConnection server, StudySpecification study, ServedStudy? kept, int number, string? print)
    {
        if (kept?.Told?.LastOrDefault(one => one.Number == number) is { } before && before.Print == print)
        {
            Terminal.Say($"training {number} was told before, {(print is null ? "as failed" : "with the same outputs")}; nothing is changed");
            return ExitCode.Done;
        }

        if (kept?.Study is { } id && ServerConnection.Ask(() => server.Client.TrialsAsync(id)).FirstOrDefault(one => one.Number == number) is { } trial
            && trial.Status is TrialStatus.Completed or TrialStatus.Failed)
        {
            throw new CliException("H016", $"training {number} was told before: it is {EventWriter.Word(trial.Status)}, and what was told first stands.", Advice.ServedAsk.For(At(server, study)));
        }

        throw NotAsked(server, study, kept, number);
    }

    private static CliException NotAsked(ServerConnection server, StudySpecification study, ServedStudy? kept, int number) => new(
        "H003",
        $"training {number} was not asked for here; expected one of: {(kept?.Tasks.Count > 0 ? string.Join(", ", kept.Tasks.Select(one => one.Number)) : "none")}.",
        Advice.ServedAsk.For(At(server, study)));

    private static Matrix OutputsOf(ServerConnection server, int number, string file, StudySpecification study)
    {
        try
        {
            return ArrayFile.Read(Path.GetFullPath(file), study.OutputArray, study.OutputColumns).Matrix;
        }
        catch (DataFormatException problem)
        {
            throw new CliException("H003", problem.Message, Advice.TellFailed.For(At(server, study) with { Number = number }));
        }
    }
}
