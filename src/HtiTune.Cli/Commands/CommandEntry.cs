namespace HtiTune.Cli;

/// <summary>A verb as the list has it: its options are made only when it is called.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Group">Under which heading the help lists it.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Create">Makes it.</param>
internal sealed record CommandEntry(string Name, string Group, string Summary, Func<Command> Create);
