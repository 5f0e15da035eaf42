namespace HtiTune.External;

/// <summary>The files that an objective may name. A command line has them; a service, whose objectives come with requests, has none.</summary>
/// <param name="folder">The folder that relative paths start from.</param>
internal sealed class ObjectiveFiles(string folder)
{
    /// <summary>Reads a target sample, one row each.</summary>
    /// <param name="file">Its path.</param>
    /// <exception cref="FormatException">There is none, or it holds no rows; the message says so.</exception>
    internal Matrix Target(string file)
    {
        try
        {
            var path = Path.GetFullPath(file, folder);
            var rows = ArrayFile.Read(path).Matrix;
            return rows is { Rows: > 0, Columns: > 0 } ? rows : throw new FormatException($"{path} holds no rows; expected a target sample");
        }
        catch (Exception problem) when (problem is DataFormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException(problem.Message.TrimEnd('.'));
        }
    }
}
