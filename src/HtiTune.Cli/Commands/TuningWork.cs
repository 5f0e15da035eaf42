using HtiTune.Journal;
using HtiTune.Preferences;

namespace HtiTune.Cli;

/// <summary>How a study is tuned.</summary>
/// <param name="Study">The study.</param>
/// <param name="Objective">The objective's text.</param>
/// <param name="Trainings">Trainings that this run may use; null: so many that the study has its number in all.</param>
/// <param name="Json">Whether the result is told as JSON.</param>
/// <param name="Events">Whether events are told.</param>
internal sealed record TuningRequest(StudySpecification Study, string Objective, int? Trainings, bool Json, bool Events)
{
    /// <summary>The words that were typed.</summary>
    internal required IReadOnlyList<string> Line { get; init; }
}

/// <summary>Tunes: what <c>run</c>, <c>tune</c> and <c>prefer</c> have in common.</summary>
internal static class TuningWork
{
    /// <summary>Tunes to the end, and tells the result.</summary>
    internal static int Run(TuningRequest request)
    {
        if (request.Events)
        {
            return Run(request, new EventDisplay(request.Study));
        }

        if (!Terminal.IsLive)
        {
            return Run(request, new TuneDisplay(request.Study));
        }

        var live = new LiveDisplay(request.Study);
        return Run(request, live, live.Run);
    }

    private static int Run(TuningRequest request, TuneDisplay display, Func<Func<TuningResult?>, TuningResult?>? around = null)
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
                session = StudySession.Open(request.Study, display, interrupts);
                display.IsObjectiveAtFault = () => session.Fault is not null;
                TrainedBy.Note(request.Study);
                if (StudyJournal.Read(request.Study.Folder).Runs is [.., { IsHopeless: true }])
                {
                    Terminal.Say("every training so far had failed: the study begins anew");
                }

                var objective = session.Objective(request.Objective);
                session.Check(objective);
                session.Running = objective;
                if (request.Trainings is not 0 && LeaseBook.Read(request.Study.Folder, TimeProvider.System).AllHeld is { Count: > 0 } held)
                {
                    Terminal.Warn($"trainings are in the hands of others and are made here too: {string.Join("; ", held.Select(lease => lease.Shown))}");
                }

                return Optimized(session, objective, request, display);
            });
            return study is null ? Broken(request, session!) : Told(request, session!, study, display.Ended);
        }
        catch (OperationCanceledException)
        {
            return Broken(request, session);
        }
        finally
        {
            session?.Dispose();
        }
    }

    private static TuningResult? Optimized(StudySession session, IObjective objective, TuningRequest request, TuneDisplay display)
    {
        var name = request.Study.RunName(objective.Text);
        try
        {
            return session.Tuner.Optimize(
                session.Aim(objective),
                request.Trainings is { } more ? session.Tuner.PrepareMore(more, name) : session.Tuner.PrepareTotal(request.Study.Trainings, name),
                display,
                name,
                session.Ending);
        }
        catch (ArgumentException problem) when (request.Study.Constraints.Count > 0 || request.Study.IsFrontOf(objective.Text))
        {
            // An option of the tuner that is of one objective alone.
            var line = request.Study.Constraints.Count > 0 ? request.Study.ConstraintsLine : request.Study.FrontLine;
            throw new CliException("H010", $"{request.Study.File}:{line}: {problem.Message.Split(" (Parameter")[0]}");
        }
        catch (NoValueException problem) when (session.Fault is null)
        {
            var journal = StudyJournal.Read(request.Study.Folder);
            throw journal.Runs is [.., { IsHopeless: true }] && journal.Events.OfType<TrainingFailed>().LastOrDefault() is { } last
                ? new CliException("H020", $"{journal.Runs[^1].Proposals.Count} trainings failed and none succeeded. The last: {last.Error}", Advice.Failed.For(request.Study))
                : new CliException("H020", problem.Message, Advice.MoreTrainings.For(new AdvicePlace { Study = request.Study, Made = session.Tuner.TrainingsMade }));
        }
    }

    private static int Broken(TuningRequest request, StudySession? session)
    {
        if (session?.Fault is { } fault)
        {
            throw fault;
        }

        Console.Error.WriteLine("interrupted; what was completed is kept");
        Terminal.Next(Advice.Resume, new AdvicePlace { Study = request.Study, Line = request.Line });
        return ExitCode.Interrupted;
    }

    private static int Told(TuningRequest request, StudySession session, TuningResult study, int ended)
    {
        if (session.Fault is { } fault)
        {
            throw fault;
        }

        var result = ResultDisplay.Of(study, request.Study, request.Objective, session.Tuner.TrainingsMade, ended, request.Line);
        result.Tell(request.Json, request.Events);
        return result.ExitCode;
    }
}
