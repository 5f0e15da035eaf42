namespace HtiTune.Cli;

/// <summary>What the help says of objectives.</summary>
internal static class ObjectiveHelp
{
    internal const string Text =
        """
        An objective makes one number of the outputs for all contexts. It judges the real outputs at a trained λ and those of the surrogate at any
        other, which is why a preference can change without a training.

          column:NAME                         the mean of a column of the outputs, by its name or its number from 0. Write what you want to
                                              optimise into a column, one number a context, or a single number.
          command: PROGRAM … {outputs}        a program that prints one number, on its last line, for a .npy file of outputs.
                                              It is run at some thirty λ for each training, so it should be quick.

        "goal" says whether less or more is better: minimize (the default) or maximize.
        """;
}
