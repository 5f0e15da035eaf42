using System.Text.RegularExpressions;

namespace HtiTune.Server;

/// <summary>What is wrong with a request that could not be read, in the words of the API: its own names, and none of the platform's types.</summary>
internal static partial class ProblemWords
{
    /// <summary>Says where a body is not the JSON that is expected.</summary>
    /// <param name="problem">What the reader met. Its path and place are the caller's own; the rest of its message names types of ours.</param>
    /// <param name="address">The request's address.</param>
    internal static string Of(JsonException problem, string address)
    {
        var place = string.IsNullOrEmpty(problem.Path) ? "$" : problem.Path;
        var missing = Missing().Match(problem.Message) is { Success: true } found ? $"; missing: {found.Groups[1].Value.Replace("'", "", StringComparison.Ordinal)}" : "";
        var failure = address.EndsWith("/tell", StringComparison.Ordinal) && (place.StartsWith("$.value", StringComparison.Ordinal) || place.StartsWith("$.outputs", StringComparison.Ordinal))
            ? $" NaN and infinities are no numbers of JSON. {TrainingEnds.FailureHint}"
            : "";
        return $"The body is not the JSON that is expected here: at {place}, line {(problem.LineNumber ?? 0) + 1}{missing}; see /openapi/v1.json.{failure}";
    }

    /// <summary>Says which parameter of an address is missing or wrong.</summary>
    internal static string Of(BadHttpRequestException problem)
    {
        if (NotGiven().Match(problem.Message) is { Success: true } missing)
        {
            return $"{missing.Groups[2].Value} is missing; expected {Expected(missing.Groups[1].Value)} in the {(problem.Message.Contains("query", StringComparison.Ordinal) ? "query" : "request")}.";
        }

        if (NotBound().Match(problem.Message) is { Success: true } wrong)
        {
            return $"{wrong.Groups[2].Value} is '{wrong.Groups[3].Value}'; expected {Expected(wrong.Groups[1].Value)}.";
        }

        return problem.Message.Contains("from the request body", StringComparison.Ordinal) || problem.Message.Contains("Implicit body", StringComparison.Ordinal)
            ? "The request has no body; expected JSON, see /openapi/v1.json."
            : "The request could not be read: " + problem.Message;
    }

    private static string Expected(string type) => type switch
    {
        _ when type.Contains("Guid", StringComparison.OrdinalIgnoreCase) => "an id of 32 hexadecimal digits with four hyphens",
        _ when type.Contains("int", StringComparison.OrdinalIgnoreCase) || type.Contains("long", StringComparison.OrdinalIgnoreCase) => "a whole number",
        _ when type.Contains("double", StringComparison.OrdinalIgnoreCase) => "a number",
        _ when type.Contains("bool", StringComparison.OrdinalIgnoreCase) => "true or false",
        _ => "a value",
    };

    [GeneratedRegex("including: (.+?)\\.(?: |$)")]
    private static partial Regex Missing();

    [GeneratedRegex("Required parameter \"(\\S+) (\\w+)\" was not provided")]
    private static partial Regex NotGiven();

    [GeneratedRegex("Failed to bind parameter \"(\\S+) (\\w+)\" from \"(.*)\"", RegexOptions.Singleline)]
    private static partial Regex NotBound();
}
