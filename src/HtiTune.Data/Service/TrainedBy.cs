namespace HtiTune.Service;

/// <summary>What trainings were made with, from one on: so that a change is noticed. A line of a file beside the journal.</summary>
/// <param name="Schema">Version of the line's form.</param>
/// <param name="From">Number of the first training that was made, or was to be made, so.</param>
/// <param name="Command">The program and its arguments, with placeholders.</param>
/// <param name="Files">SHA-256 of local files that the command names, by the words that name them.</param>
/// <param name="Environment">Variables beside those of the shell.</param>
/// <param name="Format">Ending of the outputs' file.</param>
/// <param name="Columns">Names of the outputs' columns; null where the study does not give them.</param>
/// <param name="Array">Name of the outputs' array; null without.</param>
/// <param name="Objective">The objective's text.</param>
/// <param name="Goal">Whether less or more of it was better.</param>
internal sealed record TrainedBy(
    int Schema,
    int From,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Files,
    IReadOnlyDictionary<string, string> Environment,
    string Format,
    IReadOnlyList<string>? Columns,
    string? Array,
    string Objective,
    string Goal);
