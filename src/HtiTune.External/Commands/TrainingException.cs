namespace HtiTune.External;

/// <summary>A training that failed: what happened, where its log is, and what it ends with.</summary>
/// <param name="code">H021, H022 or H023.</param>
/// <param name="message">What happened, with λ and file.</param>
/// <param name="log">The log.</param>
/// <param name="mayRetry">Whether another attempt may do better.</param>
internal sealed class TrainingException(string code, string message, string log, bool mayRetry) : Exception(Text(code, message, log))
{
    private const int TailLines = 8;

    /// <summary>Whether another attempt may do better.</summary>
    internal bool MayRetry => mayRetry;

    /// <summary>Code of the fault.</summary>
    internal string Code => code;

    /// <summary>File of what it printed.</summary>
    internal string Log => log;

    /// <summary>What happened, in one line.</summary>
    internal string Fault => message;

    private static string Text(string code, string message, string log)
    {
        var tail = TrainingLog.Tail(log, TailLines);
        return $"[{code}] {message} "
            + (tail.Count == 0 ? $"It printed nothing ({log})." : $"The end of {log}:\n" + string.Join('\n', tail.Select(line => $"  | {line}")));
    }
}
