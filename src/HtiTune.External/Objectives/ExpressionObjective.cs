namespace HtiTune.External;

/// <summary>An expression, e.g. <c>mean(cost) + 0.3 * cvar(latency, 0.9)</c>.</summary>
internal sealed partial class ExpressionObjective : IObjective
{
    private readonly ExpressionNode _expression;
    private readonly IReadOnlyList<ColumnReference> _references;
    private readonly ObjectiveScope _scope;

    internal ExpressionObjective(string text, ObjectiveScope scope)
    {
        (Text, _scope) = (text, scope);
        _expression = ExpressionParser.Parse(text, scope, out _references);
    }

    public string Text { get; }

    /// <summary>Whether it looks at what trainings bring: an objective that names no output is the same whatever is trained.</summary>
    internal bool NamesOutputs => _references.Any(reference => reference.InOutputs) || OutputsWord().IsMatch(Text);

    public IReadOnlyList<string> Faults(KnownColumns columns) =>
        [.. _references.Select(reference => columns.FaultOf(reference) is { } fault ? ExpressionNode.Located(Text, reference.Position, fault) : null).OfType<string>().Distinct()];

    public void Require(Samples samples, double lambda) => _expression.Number(new ExpressionInput(samples, lambda, _scope));

    [System.Text.RegularExpressions.GeneratedRegex(@"\boutputs\b")]
    private static partial System.Text.RegularExpressions.Regex OutputsWord();

    public double Value(Samples samples, double lambda)
    {
        var value = _expression.Number(new ExpressionInput(samples, lambda, _scope));
        return double.IsFinite(value)
            ? value
            : throw _expression.Fault($"the objective is {value} at λ = {Placeholders.Number(lambda)}; expected a finite number: no division by 0, no log or root of what may be below 0");
    }
}
