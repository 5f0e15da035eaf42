namespace HtiTune.Cli;

/// <summary>What verbs do where a server keeps the study.</summary>
internal static class ServerVerbs
{
    internal static int Trials(ServerConnection server, string? given, bool json)
    {
        var id = ServedStudy.IdOf(server, given);
        var (study, trials) = (ServerConnection.Ask(() => server.Client.GetAsync(id)), ServerConnection.Ask(() => server.Client.TrialsAsync(id)));
        var space = study.Definition.ToSpace();
        var best = study.Result is { } found ? ServedSpace.At(space, found.Lambda, found.Configuration) : null;
        TrialRecord[] rows =
        [
            .. trials.Select(trial => (Trial: trial, At: ServedSpace.At(space, trial.Lambda, trial.Configuration))).Select(one => new TrialRecord
            {
                Number = one.Trial.Number,
                Configuration = one.At,
                State = EventWriter.Word(one.Trial.Status),
                Value = one.Trial.Value,
                Reason = one.Trial.Reason,
                Error = one.Trial.Error,
                Values = one.Trial.Features?.Where(feature => feature.Key != study.Definition.Objective).ToDictionary(),
                IsFeasible = one.Trial.IsFeasible,
                IsBest = one.Trial.Value is not null && one.At.Equals(best),
            }),
        ];
        return TrialsCommand.Tell(id.ToString(), space, study.Definition.Objective, rows, ResultRecord.Recommended, json);
    }

    internal static int Best(ServerConnection server, string? given, bool json)
    {
        var study = ServerConnection.Ask(() => server.Client.GetAsync(ServedStudy.IdOf(server, given)));
        if (study.Result is not { } result)
        {
            throw new CliException("H002", $"study {study.Id} is {EventWriter.Word(study.State)} and has no result yet.", Advice.ServedTune.For(new AdvicePlace { Name = server.Address.ToString() }));
        }

        if (json)
        {
            EventWriter.Write((RecordWriter.Of(study, result, study.Definition.Objective) with { Kind = ResultRecord.Recommended }).WriteTo);
        }
        else
        {
            Console.Out.WriteLine(double.IsFinite(result.Lambda) ? Placeholders.Number(result.Lambda) : StudyPaths.Place(result.Configuration!));
        }

        return ExitCode.Done;
    }

    internal static int Prefer(ServerConnection server, string? given, string objective, string? goal, int trainings, bool json, bool events)
    {
        var id = ServedStudy.IdOf(server, given);
        var study = ServerConnection.Ask(() => server.Client.GetAsync(id));
        var text = ServedStudy.ObjectiveOf(objective);
        var answer = ServerConnection.Ask(() => server.Client.PreferAsync(id, text, CommonOptions.GoalOf(goal) ?? study.Definition.Goal, trainings));
        var after = ServerConnection.Ask(() => server.Client.GetAsync(id));
        if (after.HasEnded || trainings == 0)
        {
            return ResultDisplay.TellServed(after, answer.Result, objective, json, events);
        }

        if (Guid.TryParse(given, out _))
        {
            Terminal.Say($"the answer needs trainings, which the server's workers make; study {id} goes on");
            return ResultDisplay.TellServed(after, answer.Result, objective, json, events);
        }

        using var interrupts = Interrupts.Listen();
        var ended = ServerConnection.Ask(new ServedTuning(server, StudyLocator.Read(given), id, interrupts, events).RunAsync);
        return ended.HasEnded ? ResultDisplay.TellServed(ended, ended.Result, objective, json, events) : ExitCode.Interrupted;
    }

    internal static int Plot(ServerConnection server, string? given, string figure, string? title, string output)
    {
        CliException.ThrowIf(figure is not ("objective" or "history" or "distribution" or "slices"),
            "H001", $"a server does not draw the figure '{figure}'; expected objective, history, distribution or slices.", Advice.Help.For("plot"));

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
