using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>The log of a study's folder.</summary>
public sealed class FolderLogTests : StudyLogContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private FolderLog? _open;

    private string Folder => _folder.File("study");

    public void Dispose()
    {
        _open?.Dispose();
        _folder.Dispose();
    }

    internal override Task<IStudyLog> OpenAsync() => Task.FromResult<IStudyLog>(Opened(new StudyFiles()));

    internal override Task CommitAsync(IStudyLog log) => Task.CompletedTask;

    internal override Task RefuseAsync(params JournalEvent[] events)
    {
        var log = Opened(new FullDisk());
        Assert.Throws<IOException>(() => log.Append(events));
        return Task.CompletedTask;
    }

    internal override Task<(string File, string Sha256)> KeepAsync(Matrix outputs)
    {
        var name = StudyFolder.SamplesName(1);
        return Task.FromResult((name, Opened(new StudyFiles()).Keep(name, outputs)));
    }

    internal override Task DamageAsync(string text, string other)
    {
        var path = Path.Combine(Folder, StudyFolder.JournalName);
        File.WriteAllText(path, File.ReadAllText(path).Replace(text, other, StringComparison.Ordinal));
        return Task.CompletedTask;
    }

    internal override Task DamageOutputsAsync(string file)
    {
        NpyFile.Write(Path.Combine(Folder, file), Matrix.FromDoubles(3, 1, [0.5, 0.75, -1]));
        return Task.CompletedTask;
    }

    internal override string PlaceOf(long sequence) => $"line {sequence}";

    private FolderLog Opened(StudyFiles files)
    {
        _open?.Dispose();
        _open = new FolderLog(StudyFolder.Take(Folder, files));
        if (!StudyJournal.Exists(Folder))
        {
            _open.Append(new StudyCreated(Space, new TunerOptions(), null, null, 0));
        }

        return _open;
    }

    private sealed class FullDisk : StudyFiles
    {
        public override void Flush(Stream stream) => throw new IOException("No space left on device");
    }
}
