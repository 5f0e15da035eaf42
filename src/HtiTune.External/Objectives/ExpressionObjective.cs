using HtiTune.Data;

namespace HtiTune.External;

/// <summary>An expression, e.g. <c>mean(cost) + 0.3 * cvar(latency, 0.9)</c>.</summary>
internal sealed class ExpressionObjective(string text, ObjectiveScope scope) : IObjective
{
    private readonly ExpressionNode _expression = ExpressionParser.Parse(text, scope);

    public string Text => text;

    /// <summary>Whether it can judge outputs of this shape, whatever they are.</summary>
    /// <exception cref="InvalidOperationException">It cannot; the message says where and what is expected.</exception>
    internal void Require(Samples samples, double lambda) => _expression.Number(new ExpressionInput(samples, lambda, scope));

    public double Value(Samples samples, double lambda)
    {
        var value = _expression.Number(new ExpressionInput(samples, lambda, scope));
        return double.IsFinite(value)
            ? value
            : throw _expression.Fault($"the objective is {value} at λ = {Placeholders.Number(lambda)}; expected a finite number: no division by 0, no log or root of what may be below 0");
    }
}
