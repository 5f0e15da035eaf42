using HtiTune.Data;

namespace HtiTune.Cli;

// Where a study's contexts come from, and trainings that others made.
internal sealed partial class StudySession
{
    /// <summary>Begins a study with trainings that were made before.</summary>
    /// <param name="study">The study; it has none yet.</param>
    /// <param name="contexts">Its contexts where the file leaves them open; else null.</param>
    /// <param name="anchors">The trainings for the contexts.</param>
    internal static void Import(StudySpecification study, Contexts? contexts, Func<Contexts, IEnumerable<Anchor>> anchors)
    {
        using var session = new StudySession(study, Take(study), null);
        session.Network = new ExternalNetwork(study, study.Contexts.File, new TuneDisplay(study.Hyperparameter.Name), TimeProvider.System, null);
        contexts ??= session.Declared() ?? Contexts.None(1);
        var options = study.ToOptions();
        options = options with { WarmStart = [new AnchorSet(study.Hyperparameter, anchors(contexts))] };
        session.Tuner = Tuner.Open(study.Folder, session.Network, study.Hyperparameter, contexts, options);
    }

    /// <summary>The contexts that a study file declares, and the names of their columns; null where only the first training tells.</summary>
    internal static (Contexts? Contexts, IReadOnlyList<string>? Columns) DeclaredBy(ContextsSource source) => source switch
    {
        { File: { } path } => OfFile(path, source.Categories),
        { Rows: { } rows } => (Rows(rows), null),
        { Draws: { } draws } => (Contexts.None(draws), null),
        _ => (null, null),
    };

    private Contexts? Declared()
    {
        (var contexts, ContextColumns) = DeclaredBy(Study.Contexts);
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
