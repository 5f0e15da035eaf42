using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>A run that was made before: what a row of a table or a file of outputs says of it.</summary>
/// <param name="Place">Where it stands, for messages: a file, or a file and a line.</param>
internal sealed record EarlierRun(string Place)
{
    /// <summary>What it was trained at; null where it is not said.</summary>
    internal Configuration? Configuration { get; init; }

    /// <summary>Its outputs [n, D]; null where there are none.</summary>
    internal Matrix? Outputs { get; init; }

    /// <summary>Names of the outputs' columns; null where there are none.</summary>
    internal IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Its state in the words of the tool that made it; null without.</summary>
    internal string? State { get; init; }

    /// <summary>How long it took; zero where it is not said.</summary>
    internal TimeSpan Duration { get; init; }

    /// <summary>Why it is left out, in words that stand behind "left out: 3 runs"; null where it is taken.</summary>
    internal string? LeftOut { get; init; }

    /// <summary>What went wrong where it is taken as a training that failed; null otherwise.</summary>
    internal string? Error { get; init; }

    /// <summary>Whether it becomes a training of the study.</summary>
    internal bool IsTaken => LeftOut is null;
}
