namespace HtiTune.Cli;

/// <summary>Reads anchors from a stacked array, a block of rows each.</summary>
internal static class AnchorBlocks
{
    /// <summary>Anchors of one hyperparameter.</summary>
    internal static AnchorSet Line(string file, RowLayout layout, double[] lambdas, double[]? anchors, RowRange? rows, Scale scale)
    {
        var array = Read(file, layout, lambdas.Length, "value of --lambdas");
        for (var i = 1; i < lambdas.Length; i++)
        {
            if (!(lambdas[i] > lambdas[i - 1]))
            {
                throw new ArgumentException(
                    $"--lambdas are not ascending: value {i + 1} is {lambdas[i]} after {lambdas[i - 1]}; expected each larger than the one before.");
            }
        }

        rows = Within(rows, array, file);
        var hyperparameter = Hyperparameter.Continuous("lambda", lambdas[0], lambdas[^1], scale);
        return new AnchorSet(hyperparameter, (anchors ?? lambdas).Select(lambda =>
        {
            var block = Array.IndexOf(lambdas, lambda);
            return block < 0
                ? throw new ArgumentException($"--anchors names {lambda}, which is not among --lambdas {string.Join(",", lambdas)}.")
                : new Anchor(lambda, Block(array, file, layout, block, rows));
        }));
    }

    /// <summary>Anchors of several hyperparameters, whose values stand in a table: a column for each, a line for each block.</summary>
    internal static AnchorSet Space(string file, RowLayout layout, SearchSpace space, string table, RowRange? rows)
    {
        var configurations = Configurations(table, space);
        var array = Read(file, layout, configurations.Count, $"line of {table}");
        rows = Within(rows, array, file);
        return new AnchorSet(space, configurations.Select((at, block) => new Anchor(at, Block(array, file, layout, block, rows))));
    }

    /// <summary>The configurations of a table's lines; the cell of a hyperparameter that is not active may be empty.</summary>
    /// <exception cref="DataFormatException">A column is missing, or a cell is no value of its hyperparameter; the message says where.</exception>
    internal static IReadOnlyList<Configuration> Configurations(string table, SearchSpace space)
    {
        var text = CsvText.Read(table);
        int[] columns = [.. space.Select(one => text.Header.ToList().IndexOf(one.Name))];
        if (Array.IndexOf(columns, -1) is >= 0 and var missing)
        {
            throw new DataFormatException(table, "line 1", $"there is no column '{space[missing].Name}'", $"one for each of {space.Label}");
        }

        // A hyperparameter that was not declared would pass for scatter of the trainings.
        string[] left = [.. text.Header.Where((_, i) => !columns.Contains(i)).Where(name => name.Length > 0)];
        if (left.Length > 0)
        {
            var (columnsOf, are) = left.Length == 1 ? ("a column", "is") : ("columns", "are");
            Terminal.Warn($"{table} has {columnsOf} {string.Join(", ", left.Select(name => $"'{name}'"))} that no -P names, which {are} left out");
        }

        return [.. text.Lines.Select(line => Configuration(table, line, columns, space))];
    }

    private static Configuration Configuration(string table, CsvTextLine line, int[] columns, SearchSpace space)
    {
        var (configuration, missing) = space.Assemble(i => line.Fields[columns[i]].Length == 0 ? null : Value(i));
        return configuration ?? throw Fault(space.ToList().IndexOf(missing!));

        HyperparameterValue? Value(int i) => RunPlaces.ValueOf(space[i], line.Fields[columns[i]]) is { } value && space[i].Allows(value) ? value : throw Fault(i);

        DataFormatException Fault(int i) => new(
            table, $"line {line.Line}, column {columns[i] + 1} ('{space[i].Name}')",
            line.Fields[columns[i]] is { Length: > 0 } found ? $"the field is '{found}'" : "the field is empty", space[i].Domain);
    }

    private static NpyArray Read(string file, RowLayout layout, int count, string each)
    {
        if (layout.Outputs < 1)
        {
            throw new ArgumentException($"--outputs is {layout.Outputs}; expected at least 1.");
        }

        if (layout.Categories < 0)
        {
            throw new ArgumentException($"--categories is {layout.Categories}; expected at least 1, or leave it out.");
        }

        var array = NpyFile.Read(file);
        if (array.Shape.Length != 3)
        {
            throw new DataFormatException(
                file, "shape", $"({string.Join(", ", array.Shape)})", "three axes [K, N, D + C]: hyperparameter values, rows, columns");
        }

        return array.Shape[0] == count
            ? array
            : throw new DataFormatException(file, "first axis", $"{array.Shape[0]} blocks of rows", $"{count}, one for each {each}");
    }

    private static RowRange Within(RowRange? rows, NpyArray array, string file)
    {
        rows ??= new RowRange(0, array.Shape[1]);
        return rows.End <= array.Shape[1] ? rows : throw new ArgumentException($"--rows end at {rows.End}; {file} has {array.Shape[1]} rows for each value.");
    }

    private static Samples Block(NpyArray array, string file, RowLayout layout, int block, RowRange rows) =>
        layout.Read(array, file, block * array.Shape[1] + rows.First, rows.End - rows.First);
}
