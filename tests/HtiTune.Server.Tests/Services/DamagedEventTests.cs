using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>A stored event that is not as it was written is told, and nothing is computed from it.</summary>
public sealed class DamagedEventTests : IDisposable
{
    private const string Tenant = "team";
    private static readonly StudyRow s_study = new() { Id = new Guid("0193a1b2-0000-7000-8000-000000000001"), Tenant = Tenant, Name = "s", Definition = "{}", Queue = "q", LastSequence = 4 };
    private static readonly DateTimeOffset s_time = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-damaged").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Data_comes_back_as_it_was_and_ends_by_its_checksum_in_the_row()
    {
        string[] data = ["{}", """{"number":1}""", """{"a":{"b":[1,2]}}""", """{"reason":",\"checksum\":\"0123456789abcdef\"}"}""", """{"name":"λ \u0000"}"""];
        StudyEvent[] rows = [.. data.Select((text, i) => Row(i + 1, text))];
        Assert.All(rows, row => Assert.Matches("[{,]\"checksum\":\"[0-9a-f]{16}\"}$", row.Data));
        Assert.All(rows, row => Assert.NotNull(System.Text.Json.Nodes.JsonNode.Parse(row.Data)));
        Assert.Equal(data, EventSeal.OpenWhole(s_study, 0, rows).Select(row => row.Data));
    }

    [Fact]
    public void A_row_of_a_version_without_checksums_is_taken_as_it_is()
    {
        StudyEvent[] rows = [Row(3, """{"number":1}"""), new(4, s_time, "trial.told", """{"number":2}""") { StudyId = s_study.Id }];
        Assert.Equal(["""{"number":1}""", """{"number":2}"""], EventSeal.OpenWhole(s_study, 2, rows).Select(row => row.Data));
    }

    [Fact]
    public void What_differs_from_what_was_written_is_told_with_study_number_and_what_was_expected()
    {
        Func<StudyEvent, StudyEvent>[] damages =
        [
            row => row with { Data = row.Data.Replace("0.25", "0.35", StringComparison.Ordinal) },
            row => row with { Kind = "trial.failed" },
            row => row with { Time = row.Time + TimeSpan.FromMilliseconds(1) },
            row => row with { StudyId = Guid.Empty },
            row => row with { Data = row.Data[..^3] + (row.Data[^3] == '0' ? '1' : '0') + "\"}" },
        ];
        Assert.All(damages, damage =>
        {
            StudyEvent[] rows = [Row(3, """{"number":1,"value":0.25}"""), Row(4, """{"number":2,"value":0.25}""")];
            rows[1] = damage(rows[1]);
            var told = Assert.Throws<DataFormatException>(() => EventSeal.OpenWhole(s_study, 2, rows)).Message;
            Assert.StartsWith($"study {s_study.Id}, event 4: the checksum of its row ({rows[1].Kind}) does not hold; expected ", told, StringComparison.Ordinal);

            // Who only looks at events sees what there is.
            Assert.DoesNotContain("checksum", EventSeal.Open([rows[1]])[0].Data, StringComparison.Ordinal);
        });
        Assert.StartsWith(
            $"study {s_study.Id}, event 3: it is missing, and event 4 follows; expected ", Assert.Throws<DataFormatException>(() => EventSeal.OpenWhole(s_study, 2, [Row(4, "{}")])).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            $"study {s_study.Id}, event 4: it is missing; expected events up to 4", Assert.Throws<DataFormatException>(() => EventSeal.OpenWhole(s_study, 2, [Row(3, "{}")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_study_with_a_damaged_event_is_paused_with_all_its_values_until_the_row_is_as_it_was()
    {
        var file = Path.Combine(_folder, "studies.db");
        Guid id;
        await using (var first = await ServiceHost.StartAsync(file))
        {
            id = (await first.Studies.CreateAsync(Tenant, new StudyDefinition { Name = "told", Minimum = 0, Maximum = 1, MaxTrainings = 6, Seed = 3 })).Id;
            for (var i = 0; i < 3; i++)
            {
                await TellAsync(first, id);
            }
        }

        await using var host = await ServiceHost.StartAsync(file);
        var told = (await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None)).First(row => row.Kind == StudyEventKind.Told);
        await ReplaceAsync(host, id, told.Sequence, "\"number\":1", "\"number\":9");
        await host.Get<StudyEngine>().AdvanceAsync(id, CancellationToken.None);
        var paused = await host.Studies.GetAsync(Tenant, id);
        Assert.Equal(StudyState.Paused, paused.State);
        Assert.Contains($"study {id}, event {told.Sequence}: the checksum of its row (trial.told) does not hold; expected the row as HtiTune wrote it", paused.Reason, StringComparison.Ordinal);
        Assert.Equal(3, (await host.Studies.TrialsAsync(Tenant, id)).Count(trial => trial.Value is not null));
        await Assert.ThrowsAsync<StudyFault>(() => host.Studies.CurveAsync(Tenant, id));

        await ReplaceAsync(host, id, told.Sequence, "\"number\":9", "\"number\":1");
        await host.Studies.ResumeAsync(Tenant, id);
        while ((await host.Studies.GetAsync(Tenant, id)).State == StudyState.Active)
        {
            await TellAsync(host, id);
        }

        Assert.Equal(StudyState.Finished, (await host.Studies.GetAsync(Tenant, id)).State);
        Assert.Single(await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None), row => row.Kind == StudyEventKind.RunBegan);
    }

    private static StudyEvent Row(long sequence, string data) => EventSeal.Seal(new StudyEvent(sequence, s_time.AddMilliseconds(sequence), "trial.told", data) { StudyId = s_study.Id });

    private static Task ReplaceAsync(ServiceHost host, Guid id, long sequence, string old, string now) => host.Get<StoreDialect>().WriteAsync(
        session => session.ExecuteAsync($"UPDATE events SET data = REPLACE(data, {old}, {now}) WHERE study_id = {id} AND sequence = {sequence}"), CancellationToken.None);

    private static async Task TellAsync(ServiceHost host, Guid id)
    {
        var task = await host.ClaimAsync(Tenant, id);
        await host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Value = Math.Pow(task.Lambda - 0.3, 2) });
    }
}
