namespace HtiTune.Cli;

/// <summary>Cuts arrays of rows (outputs, then conditions, then the category) into samples and puts them together again.</summary>
/// <param name="Outputs">D, the output columns at the front of a row.</param>
/// <param name="Categories">Number of categories, kept in the last column; 0 without.</param>
internal readonly record struct RowLayout(int Outputs, int Categories)
{
    /// <summary>Number of continuous conditions in rows of this width.</summary>
    internal int Conditions(int width) => width - Outputs - (Categories > 0 ? 1 : 0);

    /// <summary>Reads rows.</summary>
    /// <param name="array">The array the rows are in.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <param name="start">Index of the first row, counted over all rows of the array.</param>
    /// <param name="count">Number of rows.</param>
    internal Samples Read(NpyArray array, string file, int start, int count)
    {
        int width = array.Shape[^1], d = Outputs, c = Conditions(width), categories = Categories;
        if (c < 0)
        {
            throw new DataFormatException(
                file,
                $"last axis of shape ({string.Join(", ", array.Shape)})",
                $"{width} columns",
                $"at least {Outputs + (Categories > 0 ? 1 : 0)}: {Outputs} outputs{(Categories > 0 ? " and the category" : "")}");
        }

        var rows = array.Doubles is { } doubles
            ? Matrix.FromDoubles(count, width, doubles.AsSpan(start * width, count * width).ToArray())
            : new Matrix(count, width, array.Values.AsSpan(start * width, count * width).ToArray());
        var (outputs, conditions) = (rows.SelectColumns(0, d), rows.SelectColumns(d, c));
        return new Samples(outputs, categories == 0 ? new Contexts(conditions) : new Contexts(conditions, Labels(array, file, start, count), categories));
    }

    /// <summary>Reads rows of conditions, and the category behind them, without outputs.</summary>
    /// <param name="array">Rows of shape [n, C].</param>
    /// <param name="file">Its file, for messages.</param>
    internal Contexts Contexts(NpyArray array, string file)
    {
        int n = array.Shape[0], width = array.Shape[1];
        var rows = array.Doubles is { } doubles ? Matrix.FromDoubles(n, width, doubles) : new Matrix(n, width, array.Values);
        return Categories == 0 ? new Contexts(rows) : new Contexts(rows.SelectColumns(0, width - 1), Labels(array, file, 0, n), Categories);
    }

    private int[] Labels(NpyArray array, string file, int start, int count)
    {
        var (width, categories) = (array.Shape[^1], Categories);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var value = array.Values[(start + i) * width + width - 1];
            if (value != MathF.Floor(value) || value < 0 || value >= categories)
            {
                throw new DataFormatException(
                    file, $"row {start + i}, column {width - 1}", $"category {value}", $"a whole number 0 to {categories - 1}");
            }

            labels[i] = (int)value;
        }

        return labels;
    }

    /// <summary>The rows of an array with their outputs replaced; all other columns stay as they are, to the last bit.</summary>
    /// <param name="array">Rows of shape [n, width].</param>
    /// <param name="outputs">New outputs [n, D].</param>
    internal float[] Replace(NpyArray array, Matrix outputs)
    {
        var width = array.Shape[^1];
        var values = (float[])array.Values.Clone();
        for (var i = 0; i < outputs.Rows; i++)
        {
            outputs.Row(i).CopyTo(values.AsSpan(i * width, Outputs));
        }

        return values;
    }
}
