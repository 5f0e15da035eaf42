using System.Text.Json.Nodes;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>A study's folder among the fixtures, and what its journal says as text: whatever types read it, the text stays.</summary>
internal static class GoldenJournal
{
    /// <summary>Where a fixture lies.</summary>
    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden", name);

    /// <summary>The journal's lines without what differs from one program to the next: time, durations, versions. Nothing is rounded.</summary>
    public static string[] Lines(string study) =>
        [.. File.ReadAllLines(Path.Combine(study, "journal.jsonl")).Select(Text).Where(line => line.Length > 0)];

    /// <summary>A copy of a study whose process ended when so many lines were written.</summary>
    public static string Cut(TemporaryFolder folder, string study, int lines)
    {
        var copy = folder.File($"cut-{lines}");
        foreach (var file in Directory.EnumerateFiles(study, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(copy, Path.GetRelativePath(study, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        CutTo(copy, lines);
        return copy;
    }

    /// <summary>Leaves so many lines of a study's journal.</summary>
    public static void CutTo(string study, int lines)
    {
        var journal = Path.Combine(study, "journal.jsonl");
        File.WriteAllText(journal, string.Join("", File.ReadAllLines(journal).Take(lines).Select(line => line + "\n")));
    }

    /// <summary>Lines without what was proposed or begun and is so again after a process has ended, in a line of its own.</summary>
    public static IEnumerable<string> WithoutRepeats(IEnumerable<string> lines)
    {
        var begun = new HashSet<string>();
        return lines.Where(line => !line.Contains("\"training-proposed\"", StringComparison.Ordinal) && !line.Contains("\"training-started\"", StringComparison.Ordinal) || begun.Add(line));
    }

    // Another process says that it took the study up.
    private static string Text(string line)
    {
        var entry = JsonNode.Parse(line)!.AsObject();
        var name = (string)entry["event"]!;
        if (name == "study-resumed")
        {
            return "";
        }

        foreach (var key in (string[])["sequence", "time", "checksum", "duration", "library", "schema"])
        {
            entry.Remove(key);
        }

        return WithoutNulls(entry).ToJsonString();
    }

    private static JsonObject WithoutNulls(JsonObject entry)
    {
        foreach (var key in entry.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
        {
            entry.Remove(key);
        }

        foreach (var inner in entry.Select(pair => pair.Value).OfType<JsonObject>().ToList())
        {
            WithoutNulls(inner);
        }

        return entry;
    }
}
