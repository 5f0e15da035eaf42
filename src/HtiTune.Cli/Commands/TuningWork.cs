namespace HtiTune.Cli;

/// <summary>Tunes a study: what <c>run</c>, <c>tune</c> and <c>prefer</c> have in common.</summary>
/// <param name="specification">The study.</param>
/// <param name="text">The objective's text.</param>
/// <param name="trainings">Trainings that this run may use; null: so many that the study has its number in all.</param>
/// <param name="json">Whether the result is told as JSON.</param>
/// <param name="events">Whether events are told.</param>
/// <param name="line">The words that were typed.</param>
internal sealed class TuningWork(StudySpecification specification, string text, int? trainings, bool json, bool events, IReadOnlyList<string> line)
{
    /// <summary>Tunes to the end, and tells the result.</summary>
    internal int Run()
    {
        if (events)
        {
            return Run(new EventDisplay(specification));
        }

        if (!Terminal.IsLive)
        {
            return Run(new TuneDisplay(specification));
        }

        var live = new LiveDisplay(specification);
        return Run(live, live.Run);
    }

    private int Run(TuneDisplay display, Func<Func<TuningResult?>, TuningResult?>? around = null)
    {
        using var interrupts = Interrupts.Listen(count =>
        {
            Terminal.Say(count switch
            {
                1 => "finishing the trainings under way; Ctrl-C again ends them",
                2 => "ending the trainings under way; Ctrl-C again kills them",
                _ => "killing the trainings under way",
            });
            if (count >= 2 && ChildProcess.Running == 0)
            {
                // Nothing is under way but arithmetic, and the journal holds all that was completed.
                Environment.Exit(ExitCode.Interrupted);
            }
        });
        StudySession? session = null;
        try
        {
            var study = (around ?? (work => work()))(() =>
            {
                session = StudySession.Open(specification, display, interrupts);
                display.IsObjectiveAtFault = () => session.Fault is not null;
                TrainedByFile.Note(specification);
                if (StudyJournal.Read(specification.Folder).Runs is [.., { IsHopeless: true }])
                {
                    Terminal.Say("every training so far had failed: the study begins anew");
                }

                var objective = session.Objective(text);
                session.Check(objective);
                session.Running = objective;
                if (trainings is not 0 && LeaseBook.Read(specification.Folder, TimeProvider.System).AllHeld is { Count: > 0 } held)
                {
                    Terminal.Warn($"trainings are in the hands of others and are made here too: {string.Join("; ", held.Select(lease => lease.Shown))}");
                }

                return Optimized(session, objective, display);
            });
            return study is null ? Broken(session) : Told(session!, study, display.Ended);
        }
        catch (OperationCanceledException)
        {
            return Broken(session);
        }
        finally
        {
            session?.Dispose();
        }
    }

    private TuningResult? Optimized(StudySession session, IObjective objective, TuneDisplay display)
    {
        var name = specification.RunName(objective.Text);
        try
        {
            return session.Tuner.Optimize(
                session.Aim(objective),
                trainings is { } more ? session.Tuner.PrepareMore(more, name) : session.Tuner.PrepareTotal(specification.Trainings, name),
                display,
                name,
                session.Ending);
        }
        catch (ArgumentException problem) when (specification.Constraints.Count > 0 || specification.Definition.IsFrontOf(objective.Text))
        {
            // An option of the tuner that is of one objective alone.
            var line = specification.Constraints.Count > 0 ? specification.ConstraintsLine : specification.FrontLine;
            throw new CliException("H010", $"{specification.File}:{line}: {problem.Message.Split(" (Parameter")[0]}");
        }
        catch (NoValueException problem) when (session.Fault is null)
        {
            var journal = StudyJournal.Read(specification.Folder);
            throw journal.Runs is [.., { IsHopeless: true }] && journal.LastFailure is { } last
                ? new CliException("H020", $"{journal.Runs[^1].Proposals.Count} trainings failed and none succeeded. The last: {last}", Advice.Failed.For(specification))
                : new CliException("H020", problem.Message, Advice.MoreTrainings.For(new AdvicePlace { Study = specification, Made = session.Tuner.TrainingsMade }));
        }
    }

    private int Broken(StudySession? session)
    {
        if (session?.Fault is { } fault)
        {
            throw fault;
        }

        Console.Error.WriteLine("interrupted; what was completed is kept");
        Terminal.Next(Advice.Resume, new AdvicePlace { Study = specification, Line = line });
        return ExitCode.Interrupted;
    }

    private int Told(StudySession session, TuningResult study, int ended)
    {
        if (session.Fault is { } fault)
        {
            throw fault;
        }

        var result = ResultDisplay.Of(study, specification, text, session.Tuner.TrainingsMade, ended, line);
        result.Tell(json, events);
        return result.ExitCode;
    }
}
