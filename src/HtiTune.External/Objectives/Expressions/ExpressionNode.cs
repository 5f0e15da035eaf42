namespace HtiTune.External;

/// <summary>What an expression is evaluated for.</summary>
/// <param name="Samples">Outputs [n, D] beside their contexts.</param>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Scope">The columns' names.</param>
internal sealed record ExpressionInput(Samples Samples, double Lambda, ObjectiveScope Scope);

/// <summary>A part of an expression: a number, a column with one number a row, or a whole table of columns.</summary>
/// <param name="text">The whole expression.</param>
/// <param name="position">Where the part begins, from 0.</param>
internal abstract class ExpressionNode(string text, int position)
{
    private const int Shown = 100;

    internal int Position => position;

    /// <summary>Whether it is one number, whatever the outputs are.</summary>
    internal virtual bool IsNumber => false;

    /// <summary>Its value [n], one number a row; an array of the caller's own, who may write to it.</summary>
    internal abstract double[] Column(ExpressionInput input);

    /// <summary>Its value, one number.</summary>
    internal virtual double Number(ExpressionInput input) => throw Fault($"one number a row stands where one number is expected; take e.g. its mean(…) or quantile(…, 0.9)");

    /// <summary>Its value as rows [n, k].</summary>
    internal virtual Matrix Table(ExpressionInput input)
    {
        var column = Column(input);
        return Matrix.FromDoubles(column.Length, 1, column);
    }

    /// <summary>A fault of this part that shows with the outputs.</summary>
    internal InvalidOperationException Fault(string message) => new(Located(text, position, message));

    /// <summary>A message that names the place in the expression, counted from 1.</summary>
    internal static string Located(string text, int position, string message) =>
        $"the objective '{(text.Length > Shown ? text[..Shown] + "…" : text)}', character {position + 1}: {message}";
}

/// <summary>A number: a constant, λ, or what a function makes of a column.</summary>
internal sealed class NumberNode(string text, int position, Func<ExpressionInput, double> value) : ExpressionNode(text, position)
{
    internal override bool IsNumber => true;

    internal override double Number(ExpressionInput input) => value(input);

    internal override double[] Column(ExpressionInput input)
    {
        var column = GC.AllocateUninitializedArray<double>(input.Samples.Count);
        Array.Fill(column, value(input));
        return column;
    }
}

/// <summary>A column.</summary>
internal sealed class ColumnNode(string text, int position, Func<ExpressionInput, double[]> value) : ExpressionNode(text, position)
{
    internal override double[] Column(ExpressionInput input) => value(input);
}

/// <summary>All outputs, or all conditions; a column where there is but one.</summary>
internal sealed class TableNode(string text, int position, string name, Func<ExpressionInput, Matrix> value) : ExpressionNode(text, position)
{
    internal override Matrix Table(ExpressionInput input) => value(input);

    internal override double[] Column(ExpressionInput input)
    {
        var table = value(input);
        return table.Columns == 1
            ? Of(table, 0)
            : throw Fault($"'{name}' has {table.Columns} columns where one is expected; name one, e.g. {name}[0]");
    }

    internal static double[] Of(Matrix table, int column)
    {
        var values = GC.AllocateUninitializedArray<double>(table.Rows);
        table.CopyColumn(column, values);
        return values;
    }
}
