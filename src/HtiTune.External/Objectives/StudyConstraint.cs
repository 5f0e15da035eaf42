using System.Text.RegularExpressions;

namespace HtiTune.External;

/// <summary>A constraint of a study: a bound on what an objective's text makes of outputs.</summary>
/// <param name="Objective">What is bounded, as an objective is written.</param>
/// <param name="Bound">The bound.</param>
/// <param name="IsUpper">Whether at most the bound is allowed; else at least.</param>
internal sealed partial record StudyConstraint(string Objective, double Bound, bool IsUpper)
{
    /// <summary>Its text.</summary>
    internal string Text => string.Create(CultureInfo.InvariantCulture, $"{Objective} {(IsUpper ? "<=" : ">=")} {Bound:R}");

    /// <summary>Whether a value meets it.</summary>
    internal bool IsMet(double value) => IsUpper ? value <= Bound : value >= Bound;

    /// <summary>Reads one, e.g. <c>mean(latency) &lt;= 20</c>; null where it is none.</summary>
    internal static StudyConstraint? Parse(string text) => Form().Match(text) is { Success: true } match
        && double.TryParse(match.Groups["bound"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) && double.IsFinite(bound)
        ? new StudyConstraint(match.Groups["objective"].Value.Trim(), bound, match.Groups["sign"].Value == "<=")
        : null;

    // An expression may compare too: the last sign, before a number, is the constraint's.
    [GeneratedRegex(@"^(?<objective>.*\S)\s*(?<sign><=|>=)\s*(?<bound>[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
