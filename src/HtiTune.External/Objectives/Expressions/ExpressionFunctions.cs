namespace HtiTune.External;

/// <summary>A call of a function: its arguments and where it stands.</summary>
/// <param name="Text">The whole expression.</param>
/// <param name="Position">Where the call stands.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ExpressionCall(string Text, int Position, string Name, IReadOnlyList<ExpressionNode> Arguments)
{
    /// <summary>A number made of a column's finite values; at least one.</summary>
    internal NumberNode Reduce(Func<double[], double> value) => new(Text, Position, input => value(Finite(0, input)));

    /// <summary>The same with a second argument from 0 to 1.</summary>
    internal NumberNode Reduce(Func<double[], double, double> value, bool mayBeOne = true)
    {
        Share(1);
        return new(Text, Position, input => value(Finite(0, input), Share(1, input, mayBeOne)));
    }

    /// <summary>A column's values, all finite.</summary>
    internal double[] Finite(int argument, ExpressionInput input)
    {
        var column = Arguments[argument].Column(input);
        for (var i = 0; i < column.Length; i++)
        {
            if (!double.IsFinite(column[i]))
            {
                throw Arguments[argument].Fault($"row {i} is {column[i]}; expected finite numbers: no division by 0, no log or root of what may be below 0");
            }
        }

        return column;
    }

    /// <summary>An argument from 0 to 1.</summary>
    internal double Share(int argument, ExpressionInput input, bool mayBeOne = true)
    {
        var share = Arguments[argument].Number(input);
        return share >= 0 && share <= 1 && (mayBeOne || share < 1)
            ? share
            : throw Arguments[argument].Fault($"the {Name}'s share is {share}; expected 0 to {(mayBeOne ? "1" : "below 1")}");
    }

    /// <summary>Requires one number.</summary>
    /// <exception cref="FormatException">It is a column.</exception>
    internal void Share(int argument)
    {
        if (!Arguments[argument].IsNumber)
        {
            throw new FormatException(Arguments[argument].Fault($"{Name} takes one number here, from 0 to 1; found one number a row").Message);
        }
    }

    /// <summary>A number of a number, a column of a column.</summary>
    internal ExpressionNode Map<T>()
        where T : struct, IUnaryOperator
    {
        var argument = Arguments[0];
        return argument.IsNumber ? new NumberNode(Text, Position, input => T.Of(argument.Number(input))) : new ColumnNode(Text, Position, input =>
        {
            // Every node gives a column of its own, which is free to be written to.
            var column = argument.Column(input);
            for (var i = 0; i < column.Length; i++)
            {
                column[i] = T.Of(column[i]);
            }

            return column;
        });
    }

    /// <summary>A number of numbers; a column where one of the two, or of more taken from left to right, is a column.</summary>
    internal ExpressionNode Fold<T>()
        where T : struct, IBinaryOperator => Arguments.Skip(1).Aggregate(Arguments[0], Join<T>);

    private ExpressionNode Join<T>(ExpressionNode left, ExpressionNode right)
        where T : struct, IBinaryOperator
    {
        if (left.IsNumber && right.IsNumber)
        {
            return new NumberNode(Text, Position, input => T.Of(left.Number(input), right.Number(input)));
        }

        return new ColumnNode(Text, Position, input =>
        {
            if (left.IsNumber)
            {
                var (number, column) = (left.Number(input), right.Column(input));
                for (var i = 0; i < column.Length; i++)
                {
                    column[i] = T.Of(number, column[i]);
                }

                return column;
            }

            var result = left.Column(input);
            if (right.IsNumber)
            {
                var number = right.Number(input);
                for (var i = 0; i < result.Length; i++)
                {
                    result[i] = T.Of(result[i], number);
                }

                return result;
            }

            var other = right.Column(input);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = T.Of(result[i], other[i]);
            }

            return result;
        });
    }

    /// <summary>The second argument where the first is not 0, else the third; numbers of numbers, columns of columns.</summary>
    internal ExpressionNode Choose()
    {
        var (condition, one, other) = (Arguments[0], Arguments[1], Arguments[2]);
        return Arguments.All(argument => argument.IsNumber)
            ? new NumberNode(Text, Position, input =>
            {
                var (which, first, second) = (condition.Number(input), one.Number(input), other.Number(input));
                return which != 0 ? first : second;
            })
            : new ColumnNode(Text, Position, input =>
            {
                var (result, first, second) = (condition.Column(input), one.Column(input), other.Column(input));
                for (var i = 0; i < result.Length; i++)
                {
                    result[i] = result[i] != 0 ? first[i] : second[i];
                }

                return result;
            });
    }
}

/// <summary>A function of the expressions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Usage">How it is called.</param>
/// <param name="Least">Least number of arguments.</param>
/// <param name="Most">Most arguments.</param>
/// <param name="Make">Makes the part.</param>
internal sealed record ExpressionFunction(string Name, string Usage, int Least, int Most, Func<ExpressionCall, ExpressionNode> Make);

/// <summary>The functions.</summary>
internal static class ExpressionFunctions
{
    internal static readonly IReadOnlyList<ExpressionFunction> All =
    [
        new("mean", "mean(a) or mean(a, weights)", 1, 2, call => call.Arguments.Count == 1 ? call.Reduce(a => ExpressionStatistics.Mean(a)) : Weighted(call)),
        new("sum", "sum(a)", 1, 1, call => call.Reduce(a => a.Sum())),
        new("std", "std(a)", 1, 1, call => call.Reduce(a => Math.Sqrt(ExpressionStatistics.Variance(a)))),
        new("var", "var(a)", 1, 1, call => call.Reduce(ExpressionStatistics.Variance)),
        new("median", "median(a)", 1, 1, call => call.Reduce(a => ExpressionStatistics.Quantile(a, 0.5))),
        new("quantile", "quantile(a, share)", 2, 2, call => call.Reduce(ExpressionStatistics.Quantile)),
        new("cvar", "cvar(a, share)", 2, 2, call => call.Reduce(ExpressionStatistics.TailMean, mayBeOne: false)),
        new("pinball", "pinball(forecast, target, share)", 3, 3, Pinball),
        new("mse", "mse(a, b)", 2, 2, call => Pairs(call, ExpressionStatistics.SquaredDistance)),
        new("mae", "mae(a, b)", 2, 2, call => Pairs(call, ExpressionStatistics.AbsoluteDistance)),
        new("accuracy", "accuracy(scores, label)", 2, 2, call => new NumberNode(
            call.Text, call.Position, input => ExpressionStatistics.Accuracy(call.Arguments[0].Table(input), call.Finite(1, input)))),
        new("min", "min(a) or min(a, b, …)", 1, 16, call => call.Arguments.Count == 1 ? call.Reduce(a => a.Min()) : call.Fold<ExpressionOperators.Least>()),
        new("max", "max(a) or max(a, b, …)", 1, 16, call => call.Arguments.Count == 1 ? call.Reduce(a => a.Max()) : call.Fold<ExpressionOperators.Greatest>()),
        new("abs", "abs(a)", 1, 1, call => call.Map<ExpressionOperators.Absolute>()),
        new("sqrt", "sqrt(a)", 1, 1, call => call.Map<ExpressionOperators.Root>()),
        new("exp", "exp(a)", 1, 1, call => call.Map<ExpressionOperators.Exponential>()),
        new("log", "log(a)", 1, 1, call => call.Map<ExpressionOperators.Logarithm>()),
        new("if", "if(condition, a, b)", 3, 3, call => call.Choose()),
    ];

    /// <summary>The one function that takes a file; the parser reads its name.</summary>
    internal const string Distance = "distance";

    internal const string DistanceUsage = "distance(a, 'file.npy')";

    /// <summary>The distance to a target sample.</summary>
    /// <param name="call">The call, with its first argument.</param>
    /// <param name="target">The target's rows [m, k].</param>
    /// <param name="file">Its file, for messages.</param>
    internal static ExpressionNode ToTarget(ExpressionCall call, Matrix target, string file)
    {
        target = ExpressionStatistics.Thinned(target);
        var own = ExpressionStatistics.MeanDistance(target, target);
        return new NumberNode(call.Text, call.Position, input =>
        {
            var rows = ExpressionStatistics.Thinned(call.Arguments[0].Table(input));
            return rows.Columns == target.Columns
                ? 2 * ExpressionStatistics.MeanDistance(rows, target) - ExpressionStatistics.MeanDistance(rows, rows) - own
                : throw call.Arguments[0].Fault($"{rows.Columns} columns stand against {target.Columns} of {file}; expected as many");
        });
    }

    private static NumberNode Weighted(ExpressionCall call) => new(call.Text, call.Position, input =>
    {
        var (values, weights) = (call.Finite(0, input), call.Finite(1, input));
        var sum = weights.Sum();
        return Array.TrueForAll(weights, weight => weight >= 0) && sum > 0
            ? values.Zip(weights, (value, weight) => value * weight).Sum() / sum
            : throw call.Arguments[1].Fault("a weight is below 0, or all are 0; expected weights of at least 0, one of them above");
    });

    private static NumberNode Pinball(ExpressionCall call)
    {
        call.Share(2);
        return new(call.Text, call.Position, input => ExpressionStatistics.Pinball(call.Finite(0, input), call.Finite(1, input), call.Share(2, input)));
    }

    private static NumberNode Pairs(ExpressionCall call, Func<double[], double[], double> value) => new(
        call.Text, call.Position, input => value(call.Finite(0, input), call.Finite(1, input)));
}
