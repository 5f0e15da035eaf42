namespace HtiTune.Cli;

/// <summary>Finds the study that a verb means.</summary>
internal static class StudyLocator
{
    internal const string FileName = "study.json";

    /// <summary>The folder that <c>htitune run</c> makes unless told otherwise.</summary>
    internal const string RunFolder = "htitune-run";

    /// <summary>The study file: as given, or in the folder given, or in the current folder, or in that of <c>htitune run</c>.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static string Find(string? given)
    {
        string[] places = given is not null
            ? Directory.Exists(given) ? [Path.Combine(given, FileName)] : [given]
            : [FileName, Path.Combine(RunFolder, FileName)];
        return places.FirstOrDefault(File.Exists) is { } found
            ? Path.GetFullPath(found)
            : throw new CliException(
                "H002", given is null ? $"there is neither {places[0]} nor {places[1]} here." : $"there is no {places[0]}; expected a study file or a folder with one.", Advice.Init.For(""));
    }

    /// <summary>Reads the study that a verb means, with the configuration that holds at its place.</summary>
    internal static StudySpecification Read(string? given)
    {
        var file = Find(given);
        return StudyFileReader.Read(file, Settings.Find(Path.GetDirectoryName(file)!));
    }

    /// <summary>Reads the study that a verb is to train, and looks at all that can be known before the first training.</summary>
    /// <exception cref="CliException">It has faults, in file, command, contexts or objective; the exception lists all of them.</exception>
    internal static StudySpecification ReadChecked(string? given)
    {
        var file = Find(given);
        return StudyCheck.Read(file, Settings.Find(Path.GetDirectoryName(file)!));
    }
}
