using HtiTune.Client;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Server.Tests.Api;

/// <summary>Workers that are gone are not listed, and after a day forgotten; those that were set aside stay until somebody has looked at them.</summary>
public sealed class WorkerListTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task A_worker_that_has_not_been_seen_for_ten_minutes_is_gone_and_after_a_day_forgotten()
    {
        var client = await server.ClientAsync("list");
        var study = await client.CreateAsync(new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1, Parallelism = 3 });
        foreach (var worker in (string[])["gone", "aside"])
        {
            await client.TellAsync((await client.ClaimAsync(worker, 0, study.Id))!, new WorkResult { Value = 1 });
        }

        // This one holds a training, and its lease holds.
        Assert.NotNull(await client.ClaimAsync("busy", 0, study.Id));
        var dialect = server.Services.GetRequiredService<StoreDialect>();
        await dialect.WriteAsync(session => session.ExecuteAsync($"UPDATE workers SET set_aside_at = {session.Now} WHERE name = {"list/aside"}"), default);
        Assert.Equal(["aside", "busy", "gone"], await ListedAsync(TimeSpan.FromMinutes(9)));
        Assert.Equal(["aside", "busy"], await ListedAsync(TimeSpan.FromMinutes(11)));

        var day = (long)TimeSpan.FromHours(25).TotalMilliseconds;
        await dialect.WriteAsync(session => session.ExecuteAsync($"UPDATE workers SET last_seen_at = last_seen_at - {day} WHERE tenant = {"list"}"), default);
        await server.Services.GetRequiredService<OperationsStore>().ForgetWorkersAsync(default);
        Assert.Equal(["aside", "busy"], (await server.Services.GetRequiredService<IStudyService>().WorkersAsync()).Where(worker => worker.Tenant == "list").Select(worker => Short(worker.Name)).Order());
    }

    private async Task<IEnumerable<string>> ListedAsync(TimeSpan later) => (await new PresentWorkers(
        server.Services.GetRequiredService<IStudyService>(), server.Services.GetRequiredService<OperationsStore>(), new FakeTimeProvider(TimeProvider.System.GetUtcNow() + later)).ListAsync("list", default))
        .Select(worker => Short(worker.Name)).Order();

    private static string Short(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
