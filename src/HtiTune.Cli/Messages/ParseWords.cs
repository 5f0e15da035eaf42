using System.CommandLine.Parsing;

namespace HtiTune.Cli;

/// <summary>What is wrong with a command line, in the words of its reader: no names of types of the platform.</summary>
internal static class ParseWords
{
    /// <summary>An error of the parser; where it could not read a value, what the value is for and what is expected.</summary>
    internal static string Of(ParseError error)
    {
        var (name, type, result) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType, (SymbolResult)option),
            ArgumentResult { Parent: OptionResult { Option: { } option } } argument => (option.Name, option.ValueType, argument),
            ArgumentResult argument => (argument.Argument.HelpName ?? argument.Argument.Name, argument.Argument.ValueType, argument),
            _ => (null, null, null),
        };
        var isOfType = error.Message.Contains("System.", StringComparison.Ordinal) || error.Message.Contains("Nullable", StringComparison.Ordinal);
        return name is null || !isOfType
            ? error.Message
            : $"'{string.Join(' ', result!.Tokens.Select(token => token.Value))}' is not what {name} takes; expected {Expected(type!)}.";
    }

    private static string Expected(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var whole when whole == typeof(int) => $"a whole number from {int.MinValue} to {int.MaxValue}",
        var whole when whole == typeof(long) => $"a whole number from {long.MinValue} to {long.MaxValue}",
        var real when real == typeof(double) => "a number, e.g. 0.5",
        var flag when flag == typeof(bool) => "true or false",
        var file when typeof(FileSystemInfo).IsAssignableFrom(file) => "a path",
        _ => "another value",
    };
}
