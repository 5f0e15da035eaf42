using HtiTune.Cli;
using HtiTune.Tests.Data;
using HtiTune.Tests.Tuning.Journal;

namespace HtiTune.Tests.Cli;

/// <summary>Folders that the command line made are kept as fixtures, study file and script beside them: made anew and taken up they are the same bit for bit.</summary>
[Collection("console")]
public sealed class GoldenCommandLineTests : IDisposable
{
    private const string Kept = "study.htitune";
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => ["cli-plain", "cli-surrogate", "cli-preferences"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_same_commands_write_the_same_journal(string name)
    {
        var folder = Copy(name, 0);
        await Tune(name, folder);

        // Fixtures are recorded by setting this variable to the folder Fixtures/Golden of the sources.
        if (Environment.GetEnvironmentVariable("HTITUNE_RECORD_GOLDEN") is { } record)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsKept))
            {
                var path = Path.Combine(record, name, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Copy(file, path, overwrite: true);
            }
        }

        Assert.Equal(GoldenJournal.Lines(Path.Combine(GoldenJournal.Folder(name), Kept)), GoldenJournal.Lines(Path.Combine(folder, Kept)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_command_that_is_typed_again_goes_on_with_the_same_events(string name)
    {
        var expected = GoldenJournal.Lines(Path.Combine(GoldenJournal.Folder(name), Kept));
        for (var part = 1; part <= 3; part++)
        {
            var folder = Copy(name, (int)Math.Ceiling(expected.Length * part / 3.0));
            await Tune(name, folder);
            Assert.Equal(expected, GoldenJournal.WithoutRepeats(GoldenJournal.Lines(Path.Combine(folder, Kept))));
        }
    }

    private static async Task Tune(string name, string folder)
    {
        string[][] commands = name == "cli-preferences" ? [["tune"], ["prefer", "--objective", "max(outputs)"]] : [["tune"]];

        // Typed again is the command that was broken off.
        var journal = Path.Combine(folder, Kept, "journal.jsonl");
        var begun = File.Exists(journal) ? File.ReadAllLines(journal).Count(line => line.Contains("\"run-began\"", StringComparison.Ordinal)) : 0;
        foreach (var command in commands.Skip(Math.Max(0, begun - 1)))
        {
            var (code, _, errors) = await InProcess.In(folder, command);
            Assert.True(code is ExitCode.Done or ExitCode.GoalNotReached or ExitCode.BudgetSpent, errors);
        }
    }

    // With no line left the study is begun anew.
    private string Copy(string name, int lines)
    {
        var (fixture, copy) = (GoldenJournal.Folder(name), _folder.File($"{name}-{lines}"));
        foreach (var file in Directory.EnumerateFiles(fixture, "*", SearchOption.AllDirectories).Where(file => lines > 0 || !file.Contains(Kept, StringComparison.Ordinal)))
        {
            var path = Path.Combine(copy, Path.GetRelativePath(fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        if (lines > 0)
        {
            GoldenJournal.CutTo(Path.Combine(copy, Kept), lines);
        }

        return copy;
    }

    private static bool IsKept(string file) => Path.GetFileName(file) is "journal.jsonl" || file.Contains(Path.Combine(Kept, "anchors"), StringComparison.Ordinal)
        || file.EndsWith("contexts.npy", StringComparison.Ordinal);
}
