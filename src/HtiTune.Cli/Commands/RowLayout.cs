using HtiTune.Data;

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
        if (categories == 0)
        {
            return new Samples(outputs, new Contexts(conditions));
        }

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

        return new Samples(outputs, new Contexts(conditions, labels, categories));
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
