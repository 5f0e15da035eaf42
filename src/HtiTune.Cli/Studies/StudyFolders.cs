using System.Text;
using System.Text.Json.Nodes;

namespace HtiTune.Cli;

/// <summary>Studies of their own, and studies that begin again in their folder.</summary>
internal static class StudyFolders
{
    private const string Dash = "--";

    /// <summary>The file that begins a study of its own with the same settings, beside the first: for <c>-o</c>.</summary>
    internal static System.CommandLine.Option<string?> Option() => new("--out", "-o")
    {
        Description = "Begin a study of its own: the study file is copied to this name beside it, and used.", HelpName = "FILE.json",
    };

    internal static System.CommandLine.Option<bool> Force() => new("--force")
    {
        Description = "Accept that the range, the scale, the name or the seed has changed: the trainings within the range begin the study anew, and cost nothing.",
    };

    /// <summary>Copies a study file beside itself; comments stay where they can.</summary>
    /// <param name="study">The study.</param>
    /// <param name="name">The new file.</param>
    /// <exception cref="CliException">The name is taken, or lies in another folder.</exception>
    internal static StudySpecification Copy(StudySpecification study, string name)
    {
        var file = Path.GetFullPath(name);
        CliException.ThrowIf(Path.GetDirectoryName(file) != study.BaseFolder || Path.GetExtension(file) != ".json",
            "H003", $"--out names {name}; expected a file that ends in .json in {study.BaseFolder}, from where the study's paths start.", Advice.Help.For(new AdvicePlace { Name = "tune" }));

        var folder = Path.ChangeExtension(file, ".htitune");
        CliException.ThrowIf(File.Exists(file) || Directory.Exists(folder),
            "H003", $"{(File.Exists(file) ? file : folder)} is there already; expected a new name.", Advice.Tune.For(new AdvicePlace { Study = study with { File = file } }));

        var text = File.ReadAllText(study.File);
        if (study.Folder != Path.ChangeExtension(study.File, ".htitune"))
        {
            var root = JsonNode.Parse(text, null, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip })!.AsObject();
            root["folder"] = Path.GetFileName(folder);
            text = root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        }

        AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        return StudyLocator.Read(file);
    }

    /// <summary>The words that were typed, for a study of its own.</summary>
    internal static List<string> LineApart(StudySpecification study, IReadOnlyList<string> line)
    {
        var isRun = line is ["run", ..];
        var words = Without(line, "--force").ToList();
        if (line is not (["run" or "tune" or "ask", ..]))
        {
            words = ["tune", .. new AdvicePlace { Study = study }.Argument];
        }

        var at = words.FindIndex(0, Command(words), word => word is "-o" or "--out");
        if (at >= 0)
        {
            words.RemoveRange(at, 2);
        }

        var old = isRun ? Path.GetDirectoryName(study.File)! : study.File;
        words.InsertRange(1, ["-o", Path.GetRelativePath(Directory.GetCurrentDirectory(), Free(old))]);
        return words;
    }

    /// <summary>The words that were typed, with <c>--force</c>.</summary>
    internal static List<string> LineForced(StudySpecification study, IReadOnlyList<string> line) => line is ["run" or "tune" or "ask", ..]
        ? [line[0], "--force", .. line.Skip(1)]
        : ["tune", "--force", .. new AdvicePlace { Study = study }.Argument];

    /// <summary>Begins a study anew with those of its trainings that lie in its range; what it was stays beside it.</summary>
    internal static void BeginAgain(StudySpecification study)
    {
        // What cannot be read is told before anything is moved, and nobody takes the folder before all of the new one is there.
        var (made, aside) = (study.Folder + ".new", Aside(study));
        var anchors = StudyJournal.Read(study.Folder).LoadAnchors().Where(anchor => study.Holds(anchor.Configuration)).ToList();
        var options = study.ToOptions() with { WarmStart = [new AnchorSet(study.Space, anchors)] };
        using (StudySession.Hold(study))
        {
            if (Directory.Exists(made))
            {
                Directory.Delete(made, recursive: true);
            }

            var fresh = study with { Folder = made };
            var network = new ExternalNetwork(fresh, study.ContextsFile, new TuneDisplay(), TimeProvider.System, null);
            Tuner.Open(made, network, study.Space, anchors[0].Samples.Contexts, options).Dispose();
            var columns = Path.Combine(study.Folder, StudyPaths.ColumnsName);
            if (File.Exists(columns))
            {
                File.Copy(columns, Path.Combine(made, StudyPaths.ColumnsName));
            }
        }

        // Not everywhere can a folder be moved that is held.
        Directory.Move(study.Folder, aside);
        Directory.Move(made, study.Folder);
        var kept = $"{Amount.Trainings(anchors.Count)} of what is kept in {Path.GetRelativePath(Directory.GetCurrentDirectory(), aside)}";
        Terminal.Say(anchors.Count == 1 ? $"{kept} begins the study anew, and costs nothing" : $"{kept} begin the study anew, and cost nothing");
    }

    /// <summary>Sets a study aside in which nothing was trained.</summary>
    internal static void SetAside(StudySpecification study)
    {
        StudySession.Hold(study).Dispose();
        Directory.Move(study.Folder, Aside(study));
    }

    private static string Aside(StudySpecification study) => Free(study.Folder + ".before", from: 1);

    // A name with a number that nothing has yet: a-2, or a-2.json with a folder to itself.
    private static string Free(string path, int from = 2)
    {
        var (stem, ending) = Path.GetExtension(path) == ".json" ? (path[..^5], ".json") : (path, "");
        for (var i = from; ; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}");
            if (!File.Exists(name + ending) && !Directory.Exists(name) && !Directory.Exists(name + ".htitune"))
            {
                return name + ending;
            }
        }
    }

    /// <summary>The words that are htitune's, without those of the user's own command.</summary>
    internal static IEnumerable<string> Own(IReadOnlyList<string> line) => line.Take(Command(line));

    /// <summary>The words that were typed without some of htitune's; the user's own command stays as it is.</summary>
    internal static IEnumerable<string> Without(IReadOnlyList<string> line, params string[] options) => line.Where((word, i) => i >= Command(line) || !options.Contains(word));

    // Where the user's own command begins.
    private static int Command(IReadOnlyList<string> line)
    {
        for (var i = 0; i < line.Count; i++)
        {
            if (line[i] == Dash)
            {
                return i;
            }
        }

        return line.Count;
    }
}
