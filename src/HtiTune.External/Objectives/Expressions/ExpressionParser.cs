namespace HtiTune.External;

// comparison := sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
// sum        := product { ( "+" | "-" ) product }
// product    := sign { ( "*" | "/" ) sign }
// sign       := ( "-" | "+" ) sign | power
// power      := primary [ "^" sign ]
// primary    := number | name | "outputs" [ place ] | "contexts" [ place ] | function "(" comparison { "," comparison } ")" | "(" comparison ")"
// place      := "[" ( number | name | text ) "]"

/// <summary>Reads an expression over outputs and contexts.</summary>
internal sealed partial class ExpressionParser
{
    private const int LengthLimit = 10_000;
    private const int DepthLimit = 64;
    private static readonly string[] s_comparisons = ["<=", ">=", "==", "!=", "<", ">"];
    private readonly string _text;
    private readonly ObjectiveScope _scope;
    private readonly List<ColumnReference> _references = [];
    private int _at;
    private int _depth;

    private ExpressionParser(string text, ObjectiveScope scope) => (_text, _scope) = (text, scope);

    /// <summary>Reads an expression that is one number.</summary>
    /// <exception cref="FormatException">The text is wrong; the message names the place.</exception>
    internal static ExpressionNode Parse(string text, ObjectiveScope scope) => Parse(text, scope, out _);

    /// <summary>Reads an expression that is one number.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="scope">What it may name.</param>
    /// <param name="references">The columns that it names, in order.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the place.</exception>
    internal static ExpressionNode Parse(string text, ObjectiveScope scope, out IReadOnlyList<ColumnReference> references)
    {
        var parser = new ExpressionParser(text, scope);
        references = parser._references;
        if (text.Length > LengthLimit)
        {
            throw parser.Fault(LengthLimit, $"the text has {text.Length} characters; expected at most {LengthLimit}");
        }

        var node = parser.Comparison();
        if (parser.Skip() < text.Length)
        {
            throw parser.Fault(parser._at, $"{parser.Found()} stands here; expected an operator or the end{(parser.Ahead("=") ? ": equality is ==" : "")}");
        }

        return node.IsNumber ? node : throw parser.Fault(node.Position, "the expression has one number for each row; expected one number, e.g. mean(…) or quantile(…, 0.9) of it");
    }

    private ExpressionNode Comparison()
    {
        if (++_depth > DepthLimit)
        {
            throw Fault(_at, $"more than {DepthLimit} parentheses are open; expected fewer");
        }

        var left = Sum();
        if (s_comparisons.FirstOrDefault(Ahead) is { } sign)
        {
            _at += sign.Length;
            var right = Sum();
            var call = Of(left, right);
            left = sign switch
            {
                "<" => call.Fold<ExpressionOperators.Less>(),
                "<=" => call.Fold<ExpressionOperators.AtMost>(),
                ">" => call.Fold<ExpressionOperators.Greater>(),
                ">=" => call.Fold<ExpressionOperators.AtLeast>(),
                "==" => call.Fold<ExpressionOperators.Same>(),
                _ => call.Fold<ExpressionOperators.Different>(),
            };
        }

        _depth--;
        return left;
    }

    private ExpressionNode Sum()
    {
        var left = Product();
        while (true)
        {
            if (Take("+"))
            {
                left = Of(left, Product()).Fold<ExpressionOperators.Plus>();
            }
            else if (Take("-"))
            {
                left = Of(left, Product()).Fold<ExpressionOperators.Minus>();
            }
            else
            {
                return left;
            }
        }
    }

    private ExpressionNode Product()
    {
        var left = Sign();
        while (true)
        {
            if (Take("*"))
            {
                left = Of(left, Sign()).Fold<ExpressionOperators.Times>();
            }
            else if (Take("/"))
            {
                left = Of(left, Sign()).Fold<ExpressionOperators.Over>();
            }
            else
            {
                return left;
            }
        }
    }

    private ExpressionNode Sign()
    {
        var (isMinus, count) = (false, 0);
        while (Ahead("-") || Ahead("+"))
        {
            isMinus ^= _text[_at++] == '-';
            if (++count > DepthLimit)
            {
                throw Fault(_at, $"more than {DepthLimit} signs follow each other; expected a number, a name or a function");
            }
        }

        var node = Power();
        return isMinus ? new ExpressionCall(_text, node.Position, "-", [node]).Map<ExpressionOperators.Negated>() : node;
    }

    private ExpressionNode Power()
    {
        var left = Primary();
        if (!Take("^"))
        {
            return left;
        }

        if (++_depth > DepthLimit)
        {
            throw Fault(_at, $"more than {DepthLimit} powers are open; expected fewer");
        }

        var node = Of(left, Sign()).Fold<ExpressionOperators.Power>();
        _depth--;
        return node;
    }

    private ExpressionNode Primary()
    {
        var start = Skip();
        if (Take("("))
        {
            var inner = Comparison();
            Expect(")", $"the ')' of the '(' at character {start + 1}");
            return inner;
        }

        if (start < _text.Length && (char.IsAsciiDigit(_text[start]) || _text[start] == '.'))
        {
            var value = Literal();
            return new NumberNode(_text, start, _ => value);
        }

        if (Name() is not { } name)
        {
            throw Fault(start, $"{Found()} stands here; expected a number, a column, a function or '('");
        }

        return Take("(") ? Call(name, start) : name switch
        {
            "lambda" when !Ahead("[") => new NumberNode(_text, start, input => input.Lambda),
            "outputs" when Take("[") => Placed(start, true),
            "contexts" when Take("[") => Placed(start, false),
            "outputs" => new TableNode(_text, start, name, input => input.Samples.Outputs),
            "contexts" => new TableNode(_text, start, name, input => input.Samples.Conditions),
            _ => Named(start, name),
        };
    }

    private ExpressionNode Call(string name, int start)
    {
        if (name == ExpressionFunctions.Distance)
        {
            if (_scope.Files is not { } files)
            {
                throw Fault(start, $"{name} reads a file, and no file may be read here; expected outputs, contexts and numbers alone");
            }

            var rows = Comparison();
            Expect(",", $"a comma and a file: {ExpressionFunctions.DistanceUsage}");
            var (at, file) = (Skip(), Quoted() ?? throw Fault(_at, $"{Found()} stands here; expected a file in quotes: {ExpressionFunctions.DistanceUsage}"));
            Expect(")", "the ')' of distance(");
            return ExpressionFunctions.ToTarget(new ExpressionCall(_text, start, name, [rows]), Target(files, at, file), file);
        }

        if (ExpressionFunctions.All.FirstOrDefault(one => one.Name == name) is not { } function)
        {
            string[] names = [.. ExpressionFunctions.All.Select(one => one.Name), .. _scope.Files is null ? [] : (string[])[ExpressionFunctions.Distance]];
            throw Fault(start, $"there is no function '{name}'; expected {string.Join(", ", names)}{Nearest.Question(name, names)}");
        }

        var arguments = new List<ExpressionNode>();
        do
        {
            arguments.Add(Comparison());
        }
        while (Take(","));
        Expect(")", $"a comma, or the ')' of {name}(");
        return arguments.Count >= function.Least && arguments.Count <= function.Most
            ? function.Make(new ExpressionCall(_text, start, name, arguments))
            : throw Fault(start, $"{name} has {arguments.Count} arguments; expected {function.Usage}");
    }

    private Matrix Target(ObjectiveFiles files, int at, string file)
    {
        try
        {
            return files.Target(file);
        }
        catch (FormatException problem)
        {
            throw Fault(at, problem.Message);
        }
    }

    private ColumnNode Placed(int start, bool ofOutputs)
    {
        var at = Skip();
        var name = Quoted() ?? Name();
        var place = name is null ? Literal() : 0;
        Expect("]", "']' after a column's number from 0 or its name");
        if (name is null && (place != Math.Floor(place) || place > int.MaxValue))
        {
            throw Fault(at, $"the column's number is {place}; expected a whole number from 0");
        }

        _references.Add(new ColumnReference(start, name, (int)place, ofOutputs, !ofOutputs));
        ColumnNode node = null!;
        return node = new ColumnNode(_text, start, input => ExpressionColumns.Find(node, input, name, (int)place, ofOutputs, !ofOutputs));
    }

    private ColumnNode Named(int start, string name)
    {
        _references.Add(new ColumnReference(start, name, 0, true, true));
        ColumnNode node = null!;
        return node = new ColumnNode(_text, start, input => ExpressionColumns.Find(node, input, name, 0, true, true));
    }

    private ExpressionCall Of(ExpressionNode left, ExpressionNode right) => new(_text, left.Position, "", [left, right]);
}
