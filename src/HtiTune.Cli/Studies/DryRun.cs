namespace HtiTune.Cli;

/// <summary>What a study would do next, without doing it: on a copy of its folder.</summary>
internal static class DryRun
{
    /// <summary>Shows the next trainings; starts none.</summary>
    /// <param name="study">The study.</param>
    /// <param name="json">Whether as JSON.</param>
    /// <param name="line">The words that were typed.</param>
    internal static int Show(StudySpecification study, bool json, IReadOnlyList<string> line)
    {
        var work = Directory.CreateTempSubdirectory("htitune-");
        try
        {
            var proposals = Next(study, work.FullName);
            foreach (var proposal in proposals)
            {
                var folder = StudyPaths.Attempt(StudyPaths.Training(study.Folder, proposal.Number, proposal.Configuration, proposal.Seed), 1);
                var words = ExternalNetwork.CommandOf(study, proposal.Configuration, proposal.Seed, study.ContextsFile ?? "", Path.Combine(folder, "outputs" + study.OutputFormat));
                if (json)
                {
                    EventWriter.Write(writer =>
                    {
                        writer.WriteNumber("number", proposal.Number);
                        EventWriter.Place(writer, proposal.Configuration, study.Space.IsLine);
                        writer.WriteString("reason", proposal.Reason);
                        writer.WriteStartArray("command");
                        words.ForEach(writer.WriteStringValue);
                        writer.WriteEndArray();
                    });
                    continue;
                }

                Terminal.Say($"would train {proposal.Number} at {proposal.Configuration.ToText()} ({proposal.Reason}) by");
                Console.Out.WriteLine(CommandText.Show(words));
            }

            var durations = StudyJournal.Exists(study.Folder) ? StudyJournal.Read(study.Folder).Completed.Select(entry => entry.Duration).ToList() : [];
            Terminal.Say(proposals.Count == 0
                ? "would train nothing: the study has ended"
                : $"would use at most {Amount.Trainings(study.Trainings)} in all, {study.Parallel} at a time"
                    + (durations.Count > 0 ? $", about {Duration.Show(TimeSpan.FromTicks((long)durations.Average(time => time.Ticks)))} each" : ""));
            Terminal.Next(Advice.LineAgain, new AdvicePlace { Study = study, Line = [.. StudyFolders.Without(line, "--dry-run", "-n")] });
            return ExitCode.Done;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static List<TrainingRequest> Next(StudySpecification study, string work)
    {
        if (!StudyJournal.Exists(study.Folder))
        {
            // The first places depend on nothing: as many as a model needs before it chooses.
            using var fresh = new Tuner(new Untrained(), study.Space, Contexts.None(1), study.ToOptions() with { Parallelism = Math.Clamp(study.Trainings, 1, 3) });
            using var first = fresh.Begin(_ => 0, study.Trainings);
            var shown = new List<TrainingRequest>();
            while (shown.Count < Math.Min(3, study.Trainings) && first.Ask() is { } proposal)
            {
                shown.Add(proposal);
            }

            return shown;
        }

        foreach (var file in Directory.EnumerateFiles(study.Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(study.Folder, file);
            if (name.StartsWith("anchors", StringComparison.Ordinal) || !name.Contains(Path.DirectorySeparatorChar) && !name.EndsWith(".lock", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(work, name))!);
                File.Copy(file, Path.Combine(work, name));
            }
        }

        using var session = StudySession.Open(study with { Folder = work }, new TuneDisplay(), null);
        var objective = session.Objective(study.Objective);
        session.Check(objective);
        using var run = session.Tuner.Begin(session.Aim(objective), session.Tuner.PrepareTotal(study.Trainings, study.RunName(objective.Text)), study.RunName(objective.Text));
        var proposals = new List<TrainingRequest>();
        while (proposals.Count < study.Parallel && run.Ask() is { } next && !proposals.Contains(next))
        {
            proposals.Add(next);
        }

        return proposals;
    }

    private sealed class Untrained : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new InvalidOperationException("A dry run trains nothing.");
    }
}
