using HtiTune.Data;

namespace HtiTune;

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
            .. events.TakeWhile(entry => entry is StudyCreated or TrainingCompleted).OfType<TrainingCompleted>().Select(entry => entry.Number)
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

    /// <summary>Why a training cannot be taken; null where it can.</summary>
    internal static string? FaultOf(EarlierTraining? training, ContinuousHyperparameter hyperparameter, int? rows, int? columns)
    {
        if (training is null)
        {
            return "is null";
        }

        if (!hyperparameter.Contains(training.Lambda))
        {
            return $"is at λ = {training.Lambda:R}; expected one within {hyperparameter}";
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
