using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HtiTune.Cli;

/// <summary>What ends a command, in words for who typed it: a code, the place, what is allowed, and what to do next.</summary>
/// <param name="code">A code of <see cref="ErrorCatalogue"/>, e.g. <c>H010</c>.</param>
/// <param name="message">Place, fault and what is expected.</param>
/// <param name="help">The next command, or what to change; null for the explanation of the code.</param>
internal sealed class CliException(string code, string message, string? help = null) : Exception(message)
{
    /// <summary>The code.</summary>
    internal string Code => code;

    /// <summary>What to do next.</summary>
    internal string Help => help ?? Advice.Explain.For(new AdvicePlace { Name = code });

    /// <summary>Other ways on, where there are several; else empty.</summary>
    internal IReadOnlyList<string> MoreHelp { get; init; } = [];

    /// <summary>All faults of a file, one a line, where there are several; else empty.</summary>
    internal IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Throws where something is refused.</summary>
    internal static void ThrowIf(
        [DoesNotReturnIf(true)] bool isRefused, string code, [InterpolatedStringHandlerArgument(nameof(isRefused))] NeededText message, string? help = null)
    {
        if (isRefused)
        {
            throw new CliException(code, message.ToStringAndClear(), help);
        }
    }

    /// <inheritdoc cref="ThrowIf(bool, string, NeededText, string?)"/>
    internal static void ThrowIf([DoesNotReturnIf(true)] bool isRefused, string code, string message, string? help = null) => ThrowIf(isRefused, code, $"{message}", help);
}
