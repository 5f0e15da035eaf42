namespace HtiTune.External;

/// <summary><c>column:NAME</c>: the mean of a column of the outputs, by its name or by its number from 0.</summary>
internal sealed class ColumnObjective : IObjective
{
    private readonly string _column;
    private readonly ObjectiveScope _scope;

    internal ColumnObjective(string column, ObjectiveScope scope)
    {
        (_column, _scope) = (column, scope);
        if (column.Length == 0)
        {
            throw new FormatException("the objective 'column:' names no column; expected e.g. column:cost or column:0");
        }
    }

    public string Text => $"column:{_column}";

    public IReadOnlyList<string> Faults(KnownColumns columns)
    {
        var isNumber = int.TryParse(_column, NumberStyles.None, CultureInfo.InvariantCulture, out var place);
        if (columns.Outputs is null || columns.Outputs.Contains(_column) || isNumber && (columns.OutputCount is not { } count || place < count))
        {
            return [];
        }

        return
        [
            columns.Outputs.Count == 0
                ? $"the objective 'column:{_column}': the outputs have no names; expected a number from 0, or \"outputs\": {{ \"columns\": [names] }} in the study"
                : $"the objective 'column:{_column}': the outputs have no column '{_column}'; expected {string.Join(", ", columns.Outputs)}{Nearest.Question(_column, columns.Outputs)}",
        ];
    }

    public double Value(Samples samples, double lambda)
    {
        var column = Place(samples.Dimension);
        return ExpressionStatistics.Mean([.. Enumerable.Range(0, samples.Count).Select(i => samples.Outputs.Exact(i, column))]);
    }

    private int Place(int count)
    {
        var names = _scope.OutputColumns();
        for (var i = 0; i < (names?.Count ?? 0); i++)
        {
            if (names![i] == _column)
            {
                return i;
            }
        }

        return int.TryParse(_column, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < count
            ? place
            : throw new InvalidOperationException(
                $"the outputs have no column '{_column}'; expected {(names is null ? $"a number from 0 to {count - 1}, or \"outputs\": {{ \"columns\": [names] }} in the study" : string.Join(", ", names) + Nearest.Question(_column, names))}");
    }
}
