using System.Diagnostics;
using System.Net;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

public sealed class HealthTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Operators_see_what_is_wrong_and_others_whether_it_works()
    {
        using var http = server.Http(null);
        await Wait.UntilAsync(async () => await http.GetStringAsync("/health/ready") == "Healthy");
        Assert.Equal("Healthy", await http.GetStringAsync("/health/live"));
        var (name, worker) = ("nosuch", "gpu-9");
        var store = server.Services.GetRequiredService<StudyStore>();
        await store.CreateAsync(
            new StudyRow { Id = Guid.CreateVersion7(), Tenant = "t", Name = "waits", Network = name, Queue = "default", Parallelism = 1, Definition = StudyJson.Write(new StudyDefinition { Name = "waits", Minimum = 0, Maximum = 1, Network = name }) }, [], default);
        using var owner = server.Http(await server.KeyAsync("t"));
        var own = await HtiTuneClientExtensions.Create(new HttpClient(), server.Address, await server.KeyAsync("t")).CreateAsync(new StudyDefinition { Name = "fails", Minimum = 0, Maximum = 1 });
        using (var claimed = await PostAsync(owner, "attempts/claim", $$"""{"worker":"{{worker}}","study":"{{own.Id}}"}"""))
        {
            var task = JsonDocument.Parse(await claimed.Content.ReadAsStringAsync()).RootElement;
            using var told = await PostAsync(owner, $"attempts/{task.GetProperty("attempt").GetGuid()}/tell", $$"""{"lease":"{{task.GetProperty("lease").GetGuid()}}","state":"failed","reason":"no GPU"}""");
            Assert.True(told.IsSuccessStatusCode);
        }

        // As after three quick failures.
        await server.Services.GetRequiredService<StoreDialect>().WriteAsync(session => session.ExecuteAsync($"UPDATE workers SET set_aside_at = {session.Now}, quick_failures = 3 WHERE name = {"t/" + worker}"), default);
        using var operators = server.Http(await server.KeyAsync("*"));
        await Wait.UntilAsync(async () => (await operators.GetStringAsync("health")).Contains(worker, StringComparison.Ordinal));
        var shown = JsonDocument.Parse(await operators.GetStringAsync("health")).RootElement;
        Assert.Equal("degraded", shown.GetProperty("status").GetString());
        var condition = shown.GetProperty("condition");
        Assert.Equal((name, "default", 1), (condition.GetProperty("unserved")[0].GetProperty("network").GetString(), condition.GetProperty("unserved")[0].GetProperty("queue").GetString(), condition.GetProperty("unserved")[0].GetProperty("studies").GetInt32()));
        Assert.Equal($"t/{worker}", condition.GetProperty("setAside")[0].GetString());
        Assert.Equal([SampleNetwork.Name], condition.GetProperty("processes")[0].GetProperty("networks").EnumerateArray().Select(network => network.GetString()));
        Assert.Equal("Degraded", await http.GetStringAsync("/health"));
        using var hidden = await owner.GetAsync("health");
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Equal(ProcessPresence.Version, JsonDocument.Parse(await http.GetStringAsync("/version")).RootElement.GetProperty("version").GetString());

        // The set-aside worker is told so for good, and not to try again.
        using var refused = await PostAsync(owner, "attempts/claim", $$"""{"worker":"{{worker}}","study":"{{own.Id}}"}""");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        // Of nobody but its owner and operators it is known; it comes back by the name that its owner gave it.
        using var other = server.Http(await server.KeyAsync("other"));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(other, $"workers/{worker}/reinstate", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(owner, $"workers/{worker}/reinstate", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(operators, $"workers/t%2F{worker}/reinstate", "{}")).StatusCode);
    }

    [Fact]
    public async Task A_disk_without_room_is_told()
    {
        var condition = await new ServiceInspection(
            server.Services.GetRequiredService<StudyStore>(), new OperationsStore(new FullDisk(server.Services.GetRequiredService<StoreDialect>())), server.Services.GetRequiredService<StoreDialect>(),
            server.Services.GetRequiredService<ProcessPresence>(), server.Services.GetRequiredService<Dispatcher>(), server.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HtiTuneOptions>>(), TimeProvider.System).LookAsync();
        Assert.False(condition.IsReady);
        Assert.Contains("The disk of the store is full", condition.Faults[0], StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string address, string body) => http.PostAsync(address, new StringContent(body, null, "application/json"));

    /// <summary>A store on a disk on which nothing is free.</summary>
    private sealed class FullDisk(StoreDialect inner) : DialectAround(inner)
    {
        public override long? FreeBytes() => 4096;
    }
}
