using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>
/// Journals that are kept as fixtures. A change that is none of the algorithm opens them, asks for the same trainings again, resumes them with the same
/// next events, and writes the same journal from the beginning: bit for bit.
/// </summary>
public sealed class GoldenJournalTests : IDisposable
{
    [Fact]
    public void Lines_that_are_read_are_written_as_they_stand()
    {
        var read = 0;
        foreach (var line in Directory.EnumerateFiles(GoldenJournal.Folder(""), "journal.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadAllLines))
        {
            var entry = JournalLine.Decode(System.Text.Encoding.UTF8.GetBytes(line), out _, out var found);
            Assert.Null(found);
            Assert.Equal(line + "\n", System.Text.Encoding.UTF8.GetString(JournalLine.Encode(entry!)));
            read++;
        }

        Assert.InRange(read, 100, int.MaxValue);
    }

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. GoldenStudy.All.Select(study => study.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_program_writes_the_same_journal(string name)
    {
        var fresh = _folder.File("fresh");
        Of(name).Run(fresh);

        // Fixtures are recorded by setting this variable to the folder Fixtures/Golden of the sources.
        if (Environment.GetEnvironmentVariable("HTITUNE_RECORD_GOLDEN") is { } record)
        {
            Record(fresh, Path.Combine(record, name));
        }

        Assert.Equal(GoldenJournal.Lines(GoldenJournal.Folder(name)), GoldenJournal.Lines(fresh));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_asked_is_asked_anew(string name)
    {
        var (study, journal) = (Of(name), StudyJournal.Read(GoldenJournal.Folder(name)));
        Assert.Null(journal.Torn);
        Assert.NotEmpty(journal.Runs);
        for (var run = 0; run < journal.Runs.Count; run++)
        {
            Assert.Equal(journal.Runs[run].Proposals, journal.Replay(run, study.Objective(journal.Runs[run].Began.Objective), study.Options));
        }
    }

    // Five places for each, spread over the whole of the journal.
    [Theory]
    [MemberData(nameof(Names))]
    public void A_process_that_takes_it_up_goes_on_with_the_same_events(string name)
    {
        var golden = GoldenJournal.Folder(name);
        var expected = GoldenJournal.Lines(golden);
        for (var part = 1; part <= 5; part++)
        {
            var study = GoldenJournal.Cut(_folder, golden, 1 + (expected.Length - 1) * part / 5);
            Of(name).Run(study);
            Assert.Equal(expected, GoldenJournal.WithoutRepeats(GoldenJournal.Lines(study)));
        }
    }

    private static GoldenStudy Of(string name) => GoldenStudy.All.Single(study => study.Name == name);

    private static void Record(string study, string fixture)
    {
        foreach (var file in Directory.EnumerateFiles(study, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".jsonl" or ".npy"))
        {
            var path = Path.Combine(fixture, Path.GetRelativePath(study, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path, overwrite: true);
        }
    }
}
