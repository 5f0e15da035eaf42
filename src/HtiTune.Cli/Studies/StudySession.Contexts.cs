namespace HtiTune.Cli;

// Where a study's contexts come from, and trainings that others made.
internal sealed partial class StudySession
{
    /// <summary>Takes trainings that were made before into a study that no run has begun.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trainings">The trainings.</param>
    /// <param name="source">Where they come from.</param>
    internal static void Import(StudySpecification study, IReadOnlyList<EarlierTraining> trainings, string source)
    {
        using var session = new StudySession(study, new TuneDisplay(), null);
        var exists = StudyJournal.Exists(study.Folder);
        try
        {
            session.Tuner = Tuner.Open(study.Folder, session.Network, study.Space, session.Declared(), study.ToOptions());
        }
        catch (ArgumentException problem) when (exists)
        {
            throw new CliException("H013", problem.Message.Split(" (Parameter")[0], "undo the change, or give the study another \"folder\"");
        }
        catch (StudyInUseException)
        {
            throw InUse(study);
        }

        session.Tuner.Import(trainings, source);
    }

    /// <summary>Takes the last import of a study back.</summary>
    internal static void UndoImport(StudySpecification study)
    {
        try
        {
            Tuner.UndoImport(study.Folder);
        }
        catch (StudyInUseException)
        {
            throw InUse(study);
        }

        var columns = Path.Combine(study.Folder, StudyPaths.ColumnsName);
        if (StudyJournal.Read(study.Folder).Completed.Count == 0)
        {
            File.Delete(columns); // They were those of the import.
        }
    }

    /// <summary>The contexts that a study file declares, and the names of their columns; null where only the first training tells.</summary>
    internal static (Contexts? Contexts, IReadOnlyList<string>? Columns) DeclaredBy(StudySpecification study) => study switch
    {
        { ContextsFile: { } path } => OfFile(path, study.Categories),
        { NumberedRows: { } rows } => (Rows(rows), null),
        { Definition.Rows: > 0 and var draws } => (Contexts.None(draws), null),
        _ => (null, null),
    };

    private Contexts? Declared()
    {
        CliException.ThrowIf(ColumnsFault(Study) is not null, "H013", $"{Study.File}: {ColumnsFault(Study)}.", "undo the change, or give the study another \"folder\"");
        (var contexts, ContextColumns) = DeclaredBy(Study);
        return contexts;
    }

    private static (Contexts, IReadOnlyList<string>?) OfFile(string path, int count)
    {
        var (matrix, columns) = ArrayFile.Read(path);
        if (matrix.Rows == 0)
        {
            throw new DataFormatException(path, "the whole file", "there are no rows", "at least one context");
        }

        if (count == 0)
        {
            return (new Contexts(matrix), columns);
        }

        var last = matrix.Columns - 1;
        var categories = new int[matrix.Rows];
        for (var i = 0; i < matrix.Rows; i++)
        {
            var value = matrix[i, last];
            categories[i] = value >= 0 && value < count && value == MathF.Floor(value)
                ? (int)value
                : throw new DataFormatException(path, $"row {i}, column {last}", $"the category is {value}", $"a whole number 0 to {count - 1}");
        }

        return (new Contexts(matrix.SelectColumns(0, last), categories, count), columns);
    }

    private static Contexts Rows(int count) => new(Matrix.Create(count, 1, (i, row) => row[0] = i));
}
