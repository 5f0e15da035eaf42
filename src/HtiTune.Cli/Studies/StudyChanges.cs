namespace HtiTune.Cli;

/// <summary>
/// What a study file, or a command line, says otherwise than when the study's trainings were made. What may change says what that means; what may
/// not is refused, with the ways on.
/// </summary>
internal static class StudyChanges
{
    /// <summary>Warns of what has changed; accepts or refuses what the trainings do not fit.</summary>
    /// <param name="study">The study.</param>
    /// <param name="line">The words that were typed.</param>
    /// <param name="force">Whether a change is accepted where the trainings can serve it.</param>
    /// <exception cref="CliException">The trainings do not fit the study.</exception>
    internal static void Notice(StudySpecification study, IReadOnlyList<string> line, bool force)
    {
        if (!StudyJournal.Exists(study.Folder))
        {
            return;
        }

        var journal = StudyJournal.Read(study.Folder);
        var completed = journal.Completed;
        if (completed.Count == 0 && !journal.Events.Any(entry => entry is TrainingProposed { IsStarted: true }))
        {
            // Nothing was trained: the study may be anything yet.
            if (Unfit(study, journal, completed).Count + Moved(study, journal).Count > 0)
            {
                StudyFolders.SetAside(study);
            }

            return;
        }

        var apart = new AdvicePlace { Study = study, Line = StudyFolders.LineApart(study, line) };
        if (Unfit(study, journal, completed) is { Count: > 0 } unfit)
        {
            throw Refusal(study, [.. unfit, .. Moved(study, journal)], "its trainings do not fit", [Advice.Apart.For(apart)]);
        }

        if (Moved(study, journal) is { Count: > 0 } moved)
        {
            var inside = completed.Where(training => study.Holds(training.Configuration)).Select(training => training.Configuration).Distinct().Count();
            if (inside == 0)
            {
                throw Refusal(study, moved, "none of its trainings lies in the range", [Advice.Apart.For(apart)]);
            }

            if (!force)
            {
                var accepted = Advice.Force.For(new AdvicePlace { Study = study, Line = StudyFolders.LineForced(study, line) });
                throw Refusal(study, moved, $"{Whole(inside)} of its trainings lie in the range", [accepted, Advice.Apart.For(apart)]);
            }

            StudyFolders.BeginAgain(study);
            return;
        }

        foreach (var warning in Warnings(study))
        {
            Terminal.Warn(warning, Advice.Apart.For(apart));
        }

        foreach (var remark in Remarks(study))
        {
            Terminal.Say(remark);
        }
    }

    /// <summary>Changes that the trainings cannot serve, whatever is accepted.</summary>
    private static List<string> Unfit(StudySpecification study, StudyJournal journal, IReadOnlyList<TrainingEnded> completed)
    {
        var faults = new List<string>();
        if (StudySession.DeclaredBy(study).Contexts is { } contexts && journal.LoadContexts() is { } known && !known.SameAs(contexts))
        {
            faults.Add(known.Count == contexts.Count
                ? $"\"contexts\" differ from those of the study's trainings: as many, {known.Count}, and others"
                : $"\"contexts\" are {contexts.Count}; expected the {known.Count} of the study's trainings");
        }

        if (study.OutputColumns is { } columns && completed.Count > 0 && journal.LoadAnchors().Dimension is var dimension && dimension != columns.Count)
        {
            faults.Add($"\"columns\" names {columns.Count} columns of the outputs; expected the {dimension} of the study's trainings");
        }

        if (StudySession.ColumnsFault(study) is { } moved)
        {
            faults.Add(moved);
        }

        return faults;
    }

    /// <summary>Changes of what is tuned: the trainings can serve it, as those of another study.</summary>
    private static List<string> Moved(StudySpecification study, StudyJournal journal)
    {
        var changes = new List<string>();
        if (!study.Space.IsLine || !journal.Space.IsLine)
        {
            if (!study.Space.Equals(journal.Space))
            {
                changes.Add($"what is tuned is {study.Space}, and was {journal.Space}");
            }
        }
        else
        {
            var (now, was) = (study.Space.Line, journal.Hyperparameter);
            if (now.Name != was.Name)
            {
                changes.Add($"the hyperparameter is '{now.Name}', and was '{was.Name}'");
            }

            if (now.Minimum != was.Minimum || now.Maximum != was.Maximum)
            {
                changes.Add($"the range is {Shown(now)}, and was {Shown(was)}");
            }

            if (now.Scale.Name != was.Scale.Name)
            {
                changes.Add($"the scale is {now.Scale.Name}, and was {was.Scale.Name}");
            }
        }

        if (study.Seed != journal.Header.Settings.Seed)
        {
            changes.Add(string.Create(CultureInfo.InvariantCulture, $"the seed is {study.Seed}, and was {journal.Header.Settings.Seed}: trainings of two seeds scatter"));
        }

        return changes;
    }

    private static IEnumerable<string> Warnings(StudySpecification study)
    {
        if (Last(study) is not var (was, now, which))
        {
            yield break;
        }

        var meaning = "these trainings are used as if nothing had changed";
        if (!was.Command.SequenceEqual(now.Command))
        {
            yield return $"the command differs from that of {which}: {Difference(was.Command, now.Command)}; {meaning}";
        }

        foreach (var (name, hash) in now.Files)
        {
            if (was.Files.TryGetValue(name, out var before) && before != hash)
            {
                yield return $"{name} has changed since {which}; {meaning}";
            }
        }

        var variables = was.Environment.Keys.Union(now.Environment.Keys).Where(name => was.Environment.GetValueOrDefault(name) != now.Environment.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();
        if (variables.Count > 0)
        {
            yield return $"\"environment\" differs from that of {which} in {string.Join(", ", variables)}; {meaning}";
        }

        if ((was.Columns ?? StudySession.KeptColumns(study)) is { } named && now.Columns is { } renamed && !named.SequenceEqual(renamed))
        {
            yield return $"\"columns\" are {string.Join(", ", renamed)}, and were {string.Join(", ", named)} for {which}; their outputs are read by the new names";
        }

        if (was.Array != now.Array)
        {
            yield return $"\"array\" is {now.Array ?? "left out"}, and was {was.Array ?? "left out"} for {which}; {meaning}";
        }
    }

    // What may change at will, and is said all the same.
    private static IEnumerable<string> Remarks(StudySpecification study)
    {
        if (Last(study) is not var (was, now, which))
        {
            yield break;
        }

        if (was.Objective != now.Objective)
        {
            yield return $"the objective is {now.Objective}, and was {was.Objective}: {which} serve it too, judged anew";
        }

        if (was.Goal != now.Goal)
        {
            yield return $"the goal is {now.Goal.ToLowerInvariant()}, and was {was.Goal.ToLowerInvariant()}: {which} serve it too";
        }

        if (was.Format != now.Format)
        {
            yield return $"the outputs' format is {now.Format}, and was {was.Format}: {which} stay as they are";
        }
    }

    private static (TrainedBy Was, TrainedBy Now, string Which)? Last(StudySpecification study)
    {
        var last = TrainedByFile.LastNumber(study.Folder);
        return TrainedByFile.Read(study.Folder, last) is [.., var was]
            ? (was, TrainedByFile.Now(study, last + 1), was.From == last ? $"training {Whole(last)}" : $"trainings {Whole(was.From)} to {Whole(last)}")
            : null;
    }

    private static string Difference(IReadOnlyList<string> was, IReadOnlyList<string> now)
    {
        var places = was.Count == now.Count ? Enumerable.Range(0, was.Count).Where(i => was[i] != now[i]).ToList() : [];
        return places is [var only]
            ? $"it has {External.CommandText.Show([now[only]])} in the place of {External.CommandText.Show([was[only]])}"
            : $"it was {External.CommandText.Show(was)}, and is {External.CommandText.Show(now)}";
    }

    private static CliException Refusal(StudySpecification study, List<string> changes, string trainings, List<string> ways) =>
        new("H013", $"{study.Folder} holds another study: {string.Join("; ", changes)}; {trainings}.", ways[0]) { MoreHelp = ways[1..] };

    private static string Shown(ContinuousHyperparameter hyperparameter) => $"{Placeholders.Number(hyperparameter.Minimum)} to {Placeholders.Number(hyperparameter.Maximum)}";

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}
