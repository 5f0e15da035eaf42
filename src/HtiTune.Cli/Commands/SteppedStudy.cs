namespace HtiTune.Cli;

/// <summary>A study that <c>ask</c> and <c>tell</c> drive, a process for each step; the journal holds where it stands.</summary>
internal static class SteppedStudy
{
    internal static StudySession Open(StudySpecification study)
    {
        if (study.Contexts.IsOpen && !StudyJournal.Exists(study.Folder))
        {
            throw new CliException("H010", $"{study.File}: \"contexts\" is missing, and no training of htitune's tells how many outputs there are; expected a file, {{ \"rows\": n }} or {{ \"draws\": n }}.");
        }

        return StudySession.Open(study, new TuneDisplay(study.Hyperparameter.Name), null, mayTrain: false);
    }

    internal static TuningRun Begin(StudySession session)
    {
        var objective = session.Objective(session.Study.Objective);
        session.Check(objective);
        return session.Tuner.Begin(session.Judge(objective), session.Tuner.PrepareTotal(session.Study.Trainings, objective.Text), objective.Text);
    }

    /// <summary>Whether an earlier process had handed a proposal out, and it was not told.</summary>
    internal static bool WasStarted(StudySession session, Proposal proposal) =>
        StudyJournal.Read(session.Study.Folder).Events.OfType<TrainingStarted>().Count(started => started.Number == proposal.Number) > 1;

    /// <summary>Ends the run and tells its result.</summary>
    internal static int Finish(StudySession session, TuningRun run, bool json)
    {
        try
        {
            var study = run.Finish();
            var result = StudyResult.Of(study, session.Study, session.Study.Objective, session.Tuner.TrainingsMade, 0);
            if (json)
            {
                result.Tell(json: true, events: false);
            }
            else
            {
                Terminal.Say($"the study has ended: {session.Study.Hyperparameter.Name} = {Placeholders.Number(study.Lambda)}");
                Terminal.Say(result.Reason);
                Terminal.Next(Advice.Best, new AdvicePlace { Study = session.Study });
            }

            return result.ExitCode;
        }
        catch (InvalidOperationException problem)
        {
            throw new CliException("H020", problem.Message);
        }
    }
}
