namespace HtiTune.Cli;

/// <summary>How a command ended, for scripts. The numbers are a contract.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Done = 0;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>A file or a value that the command was given is wrong.</summary>
    internal const int BadInput = 3;

    /// <summary>A training or the platform that it needs failed.</summary>
    internal const int TrainingFailed = 4;

    /// <summary>Ended by the user.</summary>
    internal const int Interrupted = 130;

    /// <summary>The table that the help shows.</summary>
    internal const string Table =
        """
        Exit codes:
          0    done
          2    usage: the command line itself is wrong
          3    bad input: a file or a value is wrong; the message names it, the place in it and what is expected
          4    a training failed, or libtorch cannot run here
          130  interrupted (Ctrl-C)
        """;
}
