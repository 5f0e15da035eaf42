namespace HtiTune.Journal;

/// <summary>Trainings that were made elsewhere: which a study can take, and which of its journal it has taken last.</summary>
internal static class EarlierTrainings
{
    /// <summary>The last import that stands; null without one.</summary>
    internal static TrainingsTakenBack? LastImport(IReadOnlyList<JournalEvent> events)
    {
        var imports = new List<TrainingsTakenBack>();

        // A warm start, and an import before schema 3, stands behind the header, and no line says where it comes from.
        var named = events.OfType<TrainingsImported>().SelectMany(imported => imported.Numbers).ToHashSet();
        int[] first =
        [
            .. events.TakeWhile(entry => entry is StudyCreated or TrainingEnded { State: TrialState.Completed }).OfType<TrainingEnded>().Select(entry => entry.Number)
                .Where(number => !named.Contains(number)),
        ];
        if (first.Length > 0)
        {
            imports.Add(new TrainingsTakenBack(null, first));
        }

        foreach (var entry in events)
        {
            switch (entry)
            {
                case TrainingsImported imported:
                    imports.Add(new TrainingsTakenBack(imported.Source, imported.Numbers));
                    break;
                case TrainingsTakenBack back:
                    imports.RemoveAll(import => import.Numbers.Intersect(back.Numbers).Any());
                    break;
            }
        }

        return imports.LastOrDefault();
    }

    /// <summary>Takes trainings into a store; the first is asked what outputs look like where nothing has told yet.</summary>
    /// <exception cref="ArgumentException">A training does not fit; the message names the first fault of each. Nothing was taken.</exception>
    internal static List<TrainingEnded> Take(AnchorStore store, TunerOptions options, IReadOnlyList<EarlierTraining> trainings, string source)
    {
        var faults = new List<string>();
        var first = trainings.FirstOrDefault(training => training?.Outputs is not null)?.Outputs;
        var contexts = store.Contexts ?? (first is null ? null : Contexts.None(first.Rows));
        for (var i = 0; i < trainings.Count; i++)
        {
            if (EarlierTrainings.FaultOf(trainings[i], store.Space, options, contexts?.Count, store.Anchors.Count > 0 ? store.Samples(0, store.Contexts!).Dimension : first?.Columns) is { } fault)
            {
                faults.Add($"[{i}] {fault}");
            }
        }

        var numbers = store.Trainings.Select(training => training.Number).ToHashSet();
        foreach (var number in trainings.Select(training => training?.Number).OfType<int>().Where(number => number < 1 || !numbers.Add(number)))
        {
            faults.Add($"number {number} is given; expected one above 0 that no other training has");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{string.Join("; ", faults)}.", nameof(trainings));
        }

        var taken = new List<TrainingEnded>();
        foreach (var earlier in trainings)
        {
            taken.Add(store.Load(new TrainingEnded(
                earlier.Number ?? store.LastNumber + 1, earlier.At(store.Space), earlier.Place.Length > 0 ? $"imported: {earlier.Place}" : "imported", earlier.Duration)
            {
                U = store.PlaceOf(earlier.At(store.Space)),
                State = earlier.Outputs is null ? TrialState.Failed : TrialState.Completed,
                Error = earlier.Outputs is null ? earlier.Error ?? "It failed before it was imported." : null,
                Network = earlier.Outputs is { } outputs ? new RestoredNetwork($"the import of {source}", new Samples(outputs, contexts!)) : null,
            }));
        }

        return taken;
    }

    /// <summary>Takes the last import of a folder's study back; null where there is none.</summary>
    internal static TrainingsTakenBack? Undo(string folder, TimeProvider? clock)
    {
        StudyJournal.RequireStudy(folder);
        using var log = new FolderLog(StudyFolder.Take(folder, new StudyFiles()));
        if (LastImport([.. log.Read()]) is not { } import)
        {
            return null;
        }

        var back = import with { Time = (clock ?? TimeProvider.System).GetUtcNow() };
        log.Append(back);
        return back;
    }

    /// <summary>Why a training cannot be taken; null where it can.</summary>
    internal static string? FaultOf(EarlierTraining? training, SearchSpace space, TunerOptions options, int? rows, int? columns)
    {
        if (training is null)
        {
            return "is null";
        }

        if (space.IsLine && training.Configuration is null ? !space.Line.Contains(training.Lambda ?? double.NaN) : training.Configuration is null)
        {
            return $"is at λ = {training.Lambda:R}; expected {(space.IsLine ? "one" : "a configuration")} within {space}";
        }

        if (training.Configuration is { } configuration && OptionFaults.Of(options, space, configuration) is { Count: > 0 } faults)
        {
            return string.Join(", ", faults);
        }

        if (training.Duration < TimeSpan.Zero)
        {
            return $"took {training.Duration}; expected no negative time";
        }

        return training.Outputs is not { } outputs ? null
            : outputs.Rows != rows ? $"has {outputs.Rows} rows of outputs; expected {rows}, one for each context"
            : outputs.Columns != columns ? $"has {outputs.Columns} output columns; expected {columns}, as those before it"
            : null;
    }
}
