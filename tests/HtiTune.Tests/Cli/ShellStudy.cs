using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>A study whose network is a shell script: it notes each call in <c>calls</c>, and writes y = (λ − 0.3)² three times.</summary>
internal sealed class ShellStudy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="body">The script's lines before it writes its outputs; <c>$1</c> is λ, <c>$2</c> the outputs' file.</param>
    /// <param name="keys">Further members of the study file.</param>
    /// <param name="trainings">The budget.</param>
    internal ShellStudy(string body = "", string keys = "\"contexts\": { \"draws\": 3 },", int trainings = 3)
    {
        File.WriteAllText(this["train.sh"],
            $$"""
            echo "$1" >> calls
            write() { awk -v l="$1" 'BEGIN { v = (l - 0.3) ^ 2; print "cost"; for (i = 0; i < 3; i++) printf "%.9g\n", v }' > "$2"; }
            {{body}}
            write "$1" "$2"
            """);
        File.WriteAllText(this["study.json"],
            $$"""
            {
              "hyperparameter": { "name": "rate", "from": 0, "to": 1 },
              "command": ["sh", "train.sh", "{rate}", "{out}"],
              {{keys}}
              "outputs": { "format": ".csv" },
              "objective": "column:cost",
              "surrogate": false, // for speed
              "budget": { "trainings": {{trainings}} },
            }
            """);
    }

    internal string Folder => Path.GetFullPath(_folder.File("."));

    internal string this[string name] => _folder.File(name);

    /// <summary>The λ that the script was called with, in order.</summary>
    internal string[] Calls => File.Exists(this["calls"]) ? File.ReadAllLines(this["calls"]) : [];

    /// <summary>The lines of the journal so far.</summary>
    internal string[] Journal
    {
        get
        {
            var file = this["study.htitune/journal.jsonl"];
            if (!File.Exists(file))
            {
                return [];
            }

            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n');
        }
    }

    internal bool Has(string name) => File.Exists(this[name]);

    internal Task<(int Code, string Output, string Errors)> Run(params string[] arguments) => CliProcess.Run(Folder, arguments);

    internal CliProcess Start(params string[] arguments) => new(Folder, arguments);

    /// <summary>How many of the study's trainings, and of what they started, still run.</summary>
    internal int Survivors() => ProcessTree.KillMarked(ProcessTree.StudyMark, Path.Combine(Path.GetFullPath(Folder.TrimEnd('.', '/')), "study.htitune"));

    public void Dispose()
    {
        Survivors();
        _folder.Dispose();
    }
}
