namespace HtiTune.External;

/// <summary>What an objective may name.</summary>
/// <param name="Folder">The folder that relative paths start from.</param>
/// <param name="WorkFolder">A folder for files that a command scores.</param>
/// <param name="OutputColumns">Names of the outputs' columns; null where there are none. Known only once a network has been trained.</param>
/// <param name="ContextColumns">Names of the contexts' columns; null where there are none.</param>
internal sealed record ObjectiveScope(
    string Folder, string WorkFolder, Func<IReadOnlyList<string>?> OutputColumns, IReadOnlyList<string>? ContextColumns);
