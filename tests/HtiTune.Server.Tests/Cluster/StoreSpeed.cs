using System.Diagnostics;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Cluster;

/// <summary>What a commit that ends an attempt and hands out the next costs, over studies of one training at a time.</summary>
internal static class StoreSpeed
{
    private const int Studies = 200;
    private const int Tells = 50;

    public static async Task RunAsync()
    {
        await MeasureAsync("SQLite", new SqliteFixture());
        if (PostgreSqlCluster.Missing is null)
        {
            await MeasureAsync("PostgreSQL", new PostgreSqlFixture());
        }
    }

    private static async Task MeasureAsync(string name, StoreFixture fixture)
    {
        await fixture.InitializeAsync();
        var store = fixture.Store;
        var hands = new List<AttemptRow>();
        for (var i = 0; i < Studies; i++)
        {
            var row = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "t", Name = "n", Definition = "{}", Queue = "default", Parallelism = 1 };
            await store.CreateAsync(row, [], CancellationToken.None);
            hands.Add(await Tell(row, null, 1, i));
        }
        for (var number = 2; number <= Tells; number++)
        {
            if (number == 5)
            {
                Begin();
            }
            for (var i = 0; i < Studies; i++)
            {
                hands[i] = await Tell(hands[i].Study, hands[i], number, i);
            }
        }
        var count = (Tells - 4) * Studies;
        Console.WriteLine($"{name}: {count} tells, each {(Cpu() - _cpu).TotalMicroseconds / count:F0} µs of CPU, {TimeProvider.System.GetElapsedTime(_begin).TotalMicroseconds / count:F0} µs of time");
        await fixture.DisposeAsync();

        async Task<AttemptRow> Tell(StudyRow study, AttemptRow? attempt, int next, int worker)
        {
            var asked = new StudyEvent(
                0, null, StudyEventKind.Asked, $$"""{"step":{{2 * next}},"number":{{next}},"lambda":0.123456789,"seed":{{next}},"reason":"greatest gain","expectedGain":0.001}""");
            StudyEvent[] events = attempt is null ? [asked] : [new(0, null, StudyEventKind.Told, $$"""{"step":{{2 * next - 1}},"number":{{next - 1}},"lambda":0.1,"value":0.5}"""), asked];
            var result = await store.CommitAsync(
                new StudyCommit(study.Id, study.Version, events)
                {
                    Asked = [new TrialRow { Number = next, Lambda = 0.5, Seed = next, Reason = "greatest gain", MaxAttempts = 3 }],
                    Values = attempt is null ? new Dictionary<int, double?>() : new Dictionary<int, double?> { [next - 1] = 0.5 },
                    Ends = attempt is null ? null : (attempt.Id, attempt.Lease!.Value, new WorkResult { Value = 0.5 }),
                    ClaimFor = new WorkRequest("w" + worker, Study: study.Id, LeaseFor: TimeSpan.FromMinutes(3)) { Tenant = "t" },
                },
                CancellationToken.None);
            return result.Outcome == CommitOutcome.Done ? result.Claimed! : throw new InvalidOperationException(result.Outcome.ToString());
        }
    }

    private static TimeSpan _cpu;
    private static long _begin;

    private static void Begin() => (_cpu, _begin) = (Cpu(), TimeProvider.System.GetTimestamp());

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
