namespace HtiTune.Cli;

/// <summary>How a command ended, for scripts. The numbers are a contract.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Done = 0;

    /// <summary>The command ended without its goal: no certificate.</summary>
    internal const int GoalNotReached = 1;

    /// <summary>The command line itself is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>A file or a value that the command was given is wrong.</summary>
    internal const int BadInput = 3;

    /// <summary>A training or the platform that it needs failed.</summary>
    internal const int TrainingFailed = 4;

    /// <summary>A service could not be reached.</summary>
    internal const int ServiceUnreachable = 5;

    /// <summary>The budget of trainings or of time is spent, and the goal not reached.</summary>
    internal const int BudgetSpent = 6;

    /// <summary>Nothing to hand out now: all trainings that may be under way are in hands.</summary>
    internal const int InHands = 7;

    /// <summary>Ended by the user.</summary>
    internal const int Interrupted = 130;

    /// <summary>The table that the help shows.</summary>
    internal const string Table =
        """
        Exit codes:
          0    done; of a study: certified
          1    ended without the goal: no certificate, and no training that would bring one
          2    usage: the command line itself is wrong
          3    bad input: a file or a value is wrong; the message names it, the place in it and what is expected
          4    trainings failed and nothing can be recommended, or libtorch cannot run here
          5    a service could not be reached
          6    the budget of trainings or time is spent before a certificate; there is a recommendation all the same
          7    of ask: all trainings that may be under way are in hands; ask again later, or with --wait
          130  interrupted (Ctrl-C); what was completed is kept
        """;
}
