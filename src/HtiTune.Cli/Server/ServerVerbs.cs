using System.Globalization;
using HtiTune.Client;
using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>What verbs do where a server keeps the study.</summary>
internal static class ServerVerbs
{
    internal static int Trials(ServerConnection server, string? given, bool json)
    {
        var id = ServedStudy.IdOf(server, given);
        var (study, trials) = (ServerConnection.Ask(() => server.Client.GetAsync(id)), ServerConnection.Ask(() => server.Client.TrialsAsync(id)));
        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteString("study", id);
                writer.WriteStartArray("trials");
                foreach (var trial in trials)
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("number", trial.Number);
                    writer.Number("lambda", trial.Lambda);
                    writer.WriteString("state", trial.Status);
                    writer.Number("value", trial.Value);
                    writer.WriteString("reason", trial.Reason);
                    writer.WriteString("error", trial.Error);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Done;
        }

        Console.Out.WriteLine($"{"#",4} {study.Definition.Hyperparameter ?? "lambda",12} {"state",-10} {"value",14}  reason");
        foreach (var trial in trials)
        {
            Console.Out.WriteLine(
                $"{trial.Number,4} {trial.Lambda.ToString("G6", CultureInfo.InvariantCulture),12} {trial.Status,-10} {trial.Value?.ToString("G7", CultureInfo.InvariantCulture) ?? "",14}  {trial.Error ?? trial.Reason}");
        }

        return ExitCode.Done;
    }

    internal static int Best(ServerConnection server, string? given, bool json)
    {
        var study = ServerConnection.Ask(() => server.Client.GetAsync(ServedStudy.IdOf(server, given)));
        if (study.Result is not { } result)
        {
            throw new CliException("H002", $"study {study.Id} is {study.State} and has no result yet.", Advice.ServedTune.For(new AdvicePlace { Name = server.Address.ToString() }));
        }

        if (json)
        {
            EventWriter.Write(writer => ServedResult.Write(writer, study, result, study.Definition.Objective ?? "value"));
        }
        else
        {
            Console.Out.WriteLine(Placeholders.Number(result.Lambda));
        }

        return ExitCode.Done;
    }

    internal static int Prefer(ServerConnection server, string? given, string objective, string? goal, int trainings, bool json, bool events)
    {
        var id = ServedStudy.IdOf(server, given);
        var study = ServerConnection.Ask(() => server.Client.GetAsync(id));
        var text = ServedStudy.ObjectiveOf(objective);
        var answer = ServerConnection.Ask(() => server.Client.PreferAsync(id, text, goal ?? study.Definition.Goal ?? "minimize", trainings));
        var after = ServerConnection.Ask(() => server.Client.GetAsync(id));
        if (after.HasEnded || trainings == 0)
        {
            return ServedResult.Tell(after, answer.Result, objective, json, events);
        }

        if (Guid.TryParse(given, out _))
        {
            Terminal.Say($"the answer needs trainings, which the server's workers make; study {id} goes on");
            return ServedResult.Tell(after, answer.Result, objective, json, events);
        }

        using var interrupts = Interrupts.Listen();
        var ended = ServerConnection.Ask(new ServedTuning(server, StudyLocator.Read(given), id, interrupts, events).RunAsync);
        return ended.HasEnded ? ServedResult.Tell(ended, ended.Result, objective, json, events) : ExitCode.Interrupted;
    }

    internal static int Ask(ServerConnection server, string? given, bool json)
    {
        var specification = StudyLocator.Read(given);
        var kept = ServedStudy.Begin(server, specification);
        var worker = ServedStudy.Worker(specification);
        var free = Enumerable.Range(0, specification.Parallel).Where(i => kept.Tasks.All(held => held.Slot != i)).Select(i => (int?)i).FirstOrDefault();
        var next = free is { } slot ? Claim(server, kept.Study!.Value, worker, slot, wait: kept.Tasks.Count == 0) : null;
        if (next is null && kept.Tasks.Count == 0)
        {
            var study = ServerConnection.Ask(() => server.Client.GetAsync(kept.Study!.Value));
            return ServedResult.Tell(study, study.Result, specification.Objective, json, events: false);
        }

        // With as many in hand as there may be, or nothing new before one of them is told, the oldest again.
        var task = next ?? kept.Tasks[0].Task;
        if (next is not null)
        {
            (kept with { Tasks = [.. kept.Tasks, new ServedTask(free!.Value, next)] }).Write(specification);
        }

        AskCommand.Say(json, task.Trial, task.Lambda, task.Seed, writer => writer.WriteString("leaseUntil", task.LeaseUntil));
        Terminal.Next(Advice.ServedTell, new AdvicePlace { Study = specification, Number = task.Trial, Name = server.Address.ToString() });
        return ExitCode.Done;
    }

    // The next training; null where there is none, or where the study has ended while one was waited for.
    private static RemoteTask? Claim(ServerConnection server, Guid study, string worker, int slot, bool wait)
    {
        while (true)
        {
            if (ServerConnection.Ask(() => server.Client.ClaimAsync(worker, slot, study)) is { } task)
            {
                return task;
            }

            if (!wait || ServerConnection.Ask(() => server.Client.GetAsync(study)).HasEnded)
            {
                return null;
            }

            // A fit of the server's takes a second or two.
            Thread.Sleep(ServedTuning.Poll);
        }
    }

    internal static int Tell(ServerConnection server, string? given, int number, string? outputs, string? failed, bool json)
    {
        var specification = StudyLocator.Read(given);
        var kept = ServedStudy.Find(specification);
        var held = kept?.Tasks.FirstOrDefault(one => one.Task.Trial == number) ?? throw new CliException(
            "H003",
            $"training {number} was not asked for or was told before; expected one of: {(kept?.Tasks.Count > 0 ? string.Join(", ", kept.Tasks.Select(one => one.Task.Trial)) : "none")}.",
            Advice.ServedAsk.For(new AdvicePlace { Study = specification, Name = server.Address.ToString() }));
        var outcome = failed is not null
            ? new TrainingOutcome { State = "failed", Reason = failed.Length > 0 ? failed : "no reason was given" }
            : new TrainingOutcome { Outputs = ServedTuning.Rows(ArrayFile.Read(Path.GetFullPath(outputs!), specification.OutputArray).Matrix) };
        RemoteTold? told = null;
        try
        {
            told = server.Client.TellAsync(held.Task, outcome).GetAwaiter().GetResult();
        }
        catch (HtiTuneException problem) when (problem.Status != System.Net.HttpStatusCode.Conflict)
        {
            throw ServerConnection.Told(problem);
        }
        catch (HtiTuneException)
        {
            // Another worker has it by now: it is nobody's business here any more.
        }

        (kept! with { Tasks = [.. kept.Tasks.Where(one => one != held)] }).Write(specification);
        if (told is null)
        {
            throw new CliException("H051", $"training {number} was given to another worker after its lease had ended; its outputs were not needed.", Advice.ServedAsk.For(new AdvicePlace { Study = specification, Name = server.Address.ToString() }));
        }

        if (json)
        {
            EventWriter.Write(writer =>
            {
                writer.WriteNumber("number", number);
                writer.Number("lambda", held.Task.Lambda);
                writer.WriteString("state", told.State);
            });
        }

        Terminal.Say($"training {number} is {told.State}");
        Terminal.Next(Advice.ServedAsk, new AdvicePlace { Study = specification, Name = server.Address.ToString() });
        return ExitCode.Done;
    }

    internal static int Plot(ServerConnection server, string? given, string figure, string? title, string output)
    {
        if (figure is not ("objective" or "history" or "distribution"))
        {
            throw new CliException("H001", $"a server does not draw the figure '{figure}'; expected objective, history or distribution.", Advice.Help.For("plot"));
        }

        var id = ServedStudy.IdOf(server, given);
        var bytes = ServerConnection.Ask(() => server.Client.FigureAsync(id, figure + Path.GetExtension(output).ToLowerInvariant(), title));
        AtomicFile.Write(output, stream => stream.Write(bytes));
        Terminal.Say($"wrote {output}");
        return ExitCode.Done;
    }

    private static float[][] Singles(HtiTune.Data.Matrix rows) => [.. Enumerable.Range(0, rows.Rows).Select(i => rows.Row(i).ToArray())];

    internal static int Sample(ServerConnection server, string? given, double lambda, string? input, int? rows, string output)
    {
        var id = ServedStudy.IdOf(server, given);
        var drawn = input is not null
            ? ServerConnection.Ask(() => server.Client.SampleAsync(id, lambda, Singles(ArrayFile.Read(Path.GetFullPath(input)).Matrix)))
            : ServerConnection.Ask(() => server.Client.DrawAsync(id, lambda, rows ?? 1));
        NpyFile.Write(Path.GetFullPath(output), Matrix.Create(drawn.Length, drawn.Length == 0 ? 0 : drawn[0].Length, (i, row) => drawn[i].CopyTo(row)));
        Terminal.Say($"{drawn.Length} rows at {lambda:G6} in {output}");
        return ExitCode.Done;
    }
}
