using System.Security.Cryptography;
using System.Text;

namespace HtiTune.Cli;

/// <summary>The file beside a study's journal that holds a line of <see cref="TrainedBy"/> for each change of what trainings are made with.</summary>
internal static class TrainedByFile
{
    private const string FileName = "trained-by.jsonl";
    private const long LargestFile = 4 << 20;

    /// <summary>What trainings would be made with now.</summary>
    /// <param name="study">The study.</param>
    /// <param name="from">Number of the next training.</param>
    internal static TrainedBy Now(StudySpecification study, int from) => new(
        1, from, study.Command, FilesOf(study), study.Environment, study.OutputFormat, study.OutputColumns, study.OutputArray, study.Objective, study.Goal.ToString());

    /// <summary>The lines of a study that cover a training, in order; none of one that was begun before there were such lines.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="last">Number of its last training.</param>
    internal static List<TrainedBy> Read(string folder, int last)
    {
        var path = Path.Combine(folder, FileName);
        var found = new List<TrainedBy>();
        foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize(line, JsonTypes.CommandLine.TrainedBy) is { } entry && entry.From <= last)
                {
                    found.Add(entry);
                }
            }
            catch (JsonException)
            {
                // It is a help, not a part of the study: what cannot be read is not compared.
            }
        }

        return found;
    }

    /// <summary>Writes what the next trainings will be made with, where it is not what the last were made with.</summary>
    /// <param name="study">The study; its folder is held by this process.</param>
    internal static void Note(StudySpecification study)
    {
        var last = LastNumber(study.Folder);
        var known = Read(study.Folder, last);
        var now = Now(study, last + 1);
        if (known.Count > 0 && IsSame(known[^1], now))
        {
            return;
        }

        var text = string.Join("", known.Append(now).Select(entry => JsonSerializer.Serialize(entry, JsonTypes.CommandLine.TrainedBy) + "\n"));
        AtomicFile.Write(Path.Combine(study.Folder, FileName), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Number of the last training that was begun or brought; 0 without one.</summary>
    internal static int LastNumber(string folder) => !StudyJournal.Exists(folder) ? 0 : StudyJournal.Read(folder).Events.OfType<TrainingEnded>()
        .Where(ended => ended.State != TrialState.Cancelled).Select(ended => ended.Number).DefaultIfEmpty().Max();

    private static bool IsSame(TrainedBy one, TrainedBy other) => JsonSerializer.Serialize(one with { From = 0 }, JsonTypes.CommandLine.TrainedBy)
        == JsonSerializer.Serialize(other with { From = 0 }, JsonTypes.CommandLine.TrainedBy);

    // The script, a configuration: files that the command's words name. The program itself is the machine's, unless it is named by a path from here.
    private static SortedDictionary<string, string> FilesOf(StudySpecification study)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < study.Command.Count; i++)
        {
            var word = study.Command[i];
            if (word.Contains('{') || word.Length == 0 || i == 0 && (Path.IsPathRooted(word) || !word.Contains('/')))
            {
                continue;
            }

            var name = File.Exists(Path.GetFullPath(word, study.WorkingDirectory)) ? word : word[(word.IndexOf('=') + 1)..];
            try
            {
                var file = new FileInfo(Path.GetFullPath(name.Length == 0 ? "." : name, study.WorkingDirectory));
                if (file is { Exists: true, Length: > 0 and <= LargestFile })
                {
                    found[name] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)));
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            {
                // A word that is no name of a file.
            }
        }

        return found;
    }
}
