using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Journal;
using HtiTune.Tests.Tuning.Journal;
using Microsoft.Extensions.Options;

namespace HtiTune.Server.Tests;

/// <summary>The log of a study in a database.</summary>
public sealed class StoredLogTests(SqliteFixture fixture) : StudyLogContract, IClassFixture<SqliteFixture>
{
    private static readonly StudyDefinition s_definition = new() { Name = "kept", Minimum = 0, Maximum = 1, Objective = "mean(outputs)", Rows = 3, MaxTrainings = 4 };
    private Guid _study;

    private StudyStore Store => fixture.Store;

    internal override async Task<IStudyLog> OpenAsync()
    {
        if (_study == Guid.Empty)
        {
            var row = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "t", Name = "kept", Definition = StudyJson.Write(s_definition), Queue = "q", Parallelism = 1 };
            _study = (await Store.CreateAsync(row, [], CancellationToken.None)).Id;
        }

        var problem = new StudyProblem(s_definition, new NetworkRegistry(fixture.Services, [], [], Options.Create(new HtiTuneOptions())));
        var log = new StoredLog(_study, problem, Store.Bytes, TimeProvider.System);
        log.Take((await Store.LoadAsync(_study, 0, CancellationToken.None))!.Events);
        return log;
    }

    internal override async Task CommitAsync(IStudyLog log)
    {
        var (stored, row) = ((StoredLog)log, (await Store.FindAsync(_study, CancellationToken.None))!);
        var result = await Store.CommitAsync(new StudyCommit(_study, row.Version, stored.Staged), CancellationToken.None);
        Assert.Equal(CommitOutcome.Done, result.Outcome);
        stored.Committed(result.Study!.LastSequence);
    }

    internal override async Task RefuseAsync(params JournalEvent[] events)
    {
        var (log, row) = ((StoredLog)await OpenAsync(), (await Store.FindAsync(_study, CancellationToken.None))!);
        log.Append(events);
        Assert.Equal(CommitOutcome.OtherVersion, (await Store.CommitAsync(new StudyCommit(_study, row.Version - 1, log.Staged), CancellationToken.None)).Outcome);
    }

    internal override async Task<(string File, string Sha256)> KeepAsync(Matrix outputs)
    {
        var hash = await Store.KeepAsync(NpyFile.ToBytes(outputs), CancellationToken.None);
        return (hash, hash);
    }

    internal override Task DamageAsync(string text, string other) => ChangeAsync($"UPDATE events SET data = REPLACE(data, {text}, {other}) WHERE study_id = {_study}");

    internal override Task DamageOutputsAsync(string file) =>
        ChangeAsync($"UPDATE blobs SET bytes = {NpyFile.ToBytes(Matrix.FromDoubles(3, 1, [0.5, 0.75, -1]))} WHERE hash = {file}");

    internal override string PlaceOf(long sequence) => $"event {sequence}";

    [Fact]
    public async Task An_event_that_no_row_can_tell_is_refused()
    {
        var log = await OpenAsync();
        Assert.Contains("does not keep", Assert.Throws<ArgumentException>(() => log.Append(new StudyResumed("1.0", 0))).Message, StringComparison.Ordinal);
        Assert.Empty(((StoredLog)log).Staged);
    }

    private Task<int> ChangeAsync(FormattableString sql) => fixture.Dialect.WriteAsync(session => session.ExecuteAsync(sql), CancellationToken.None);
}
