namespace HtiTune.External;

/// <summary>What an objective may name.</summary>
/// <param name="Folder">The folder that relative paths start from.</param>
/// <param name="WorkFolder">A folder for files that a command scores.</param>
/// <param name="OutputColumns">Names of the outputs' columns; null where there are none. Known only once a network has been trained.</param>
/// <param name="ContextColumns">Names of the contexts' columns; null where there are none.</param>
internal sealed record ObjectiveScope(
    string Folder, string WorkFolder, Func<IReadOnlyList<string>?> OutputColumns, IReadOnlyList<string>? ContextColumns)
{
    /// <summary>The files that it may name; null where it may touch no file and run no program.</summary>
    internal ObjectiveFiles? Files { get; private init; } = new(Folder);

    /// <summary>The scope of an objective that comes from outside, as with a request: columns, and neither files nor programs.</summary>
    /// <param name="outputColumns">Names of the outputs' columns; null where there are none.</param>
    internal static ObjectiveScope WithoutFiles(Func<IReadOnlyList<string>?> outputColumns) => new("", "", outputColumns, null) { Files = null };
}
