using System.Net;
using System.Text;
using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>What stays open is limited a key, and no key's streams shut out another's.</summary>
public sealed class StreamLimitTests : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_key_has_200_streams_at_a_time_and_another_key_has_its_own()
    {
        var (greedy, other) = (await _server.KeyAsync("t"), await _server.KeyAsync("t"));
        using var http = _server.Http(greedy);
        using var neighbour = _server.Http(other);
        var study = await HtiTuneClientExtensions.Create(new HttpClient(), _server.Address, greedy).CreateAsync(new StudyDefinition { Name = "s", Minimum = 0, Maximum = 1 });
        var path = $"studies/{study.Id}/events";
        var open = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)));
        Assert.All(open, stream => Assert.Equal(HttpStatusCode.OK, stream.StatusCode));
        using (var refused = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        // The key's other requests, and another key's streams, go on.
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"studies/{study.Id}")).StatusCode);
        using var theirs = await neighbour.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, theirs.StatusCode);
        var line = new byte[64];
        Assert.StartsWith("id: ", Encoding.UTF8.GetString(line, 0, await (await theirs.Content.ReadAsStreamAsync()).ReadAsync(line)));

        // One that is closed makes room for one.
        open[0].Dispose();
        await Wait.UntilAsync(async () =>
        {
            using var again = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return again.StatusCode == HttpStatusCode.OK;
        });
        foreach (var stream in open)
        {
            stream.Dispose();
        }
    }
}
