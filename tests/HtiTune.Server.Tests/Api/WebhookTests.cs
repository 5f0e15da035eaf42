using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HtiTune.Client;
using HtiTune.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HtiTune.Server.Tests.Api;

/// <summary>Calls that tell of a study's end and of trainings that wait: signed, made again, and led nowhere that the operator has not listed.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Call> _calls = [];
    private readonly ConcurrentQueue<int> _answers = [];
    private WebApplication? _host;

    private string Address => _host!.Urls.First();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var (headers, body) = (context.Request.Headers, await reader.ReadToEndAsync());
            _calls.Enqueue(new Call(context.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body));
            context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : 204;
            if (context.Response.StatusCode == 302)
            {
                context.Response.Headers.Location = "/elsewhere";
            }

            if (context.Request.Path == "/slow")
            {
                await Task.Delay(TimeSpan.FromSeconds(3), context.RequestAborted);
            }
        });
        await _host.StartAsync();
    }

    public async Task DisposeAsync() => await _host!.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_signed_and_made_again_until_it_is_taken_and_follows_no_redirect(bool onPostgreSql)
    {
        if (onPostgreSql && PostgreSqlCluster.Missing is not null)
        {
            return;
        }

        using var cluster = onPostgreSql ? PostgreSqlCluster.Start() : null;
        await using var server = await ServerAsync(true, cluster?.ConnectionString);
        var client = await server.Api.ClientAsync("hooks");
        var hook = await client.AddWebhookAsync(new Uri($"{Address}/told"), ["study.ended", "training.wanted"]);
        _answers.Enqueue(500);
        _answers.Enqueue(302);
        var study = await client.CreateAsync(new StudyDefinition { Name = "told", Minimum = 0, Maximum = 1, MaxTrainings = 3 });
        await Wait.UntilAsync(async () => (await client.TrialsAsync(study.Id)).Count > 0);
        await Wait.UntilAsync(async () => _calls.Count >= 3 && (await client.WebhooksAsync())[0] is { SentAt: not null, Error: null });
        Assert.All(_calls, call => Assert.Equal("/told", call.Path));
        var wanted = _calls.First();
        Assert.True(_calls.Count(call => call.Id == wanted.Id) == 3 && _calls.All(call => call.IsSignedBy(hook.Secret!)), string.Join('\n', _calls));
        using (var body = JsonDocument.Parse(wanted.Body))
        {
            var (told, training) = (body.RootElement.GetProperty("study"), body.RootElement.GetProperty("training"));
            Assert.Equal(("training.wanted", study.Id, 1), (body.RootElement.GetProperty("kind").GetString(), told.GetProperty("id").GetGuid(), training.GetProperty("trial").GetInt32()));
            Assert.Equal((await client.TrialsAsync(study.Id))[0].Lambda, training.GetProperty("lambda").GetDouble());
        }

        await client.ChangeAsync(study.Id, "cancel");
        await Wait.UntilAsync(() => Task.FromResult(_calls.Any(call => call.Body.Contains("study.ended", StringComparison.Ordinal))));
        Assert.Contains("cancelled", _calls.First(call => call.Body.Contains("study.ended", StringComparison.Ordinal)).Body, StringComparison.Ordinal);
        Assert.Null((await client.WebhooksAsync())[0].Secret);

        // Another tenant's is not there, and neither is what becomes of its studies.
        var other = await server.Api.ClientAsync("another");
        Assert.Empty(await other.WebhooksAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<HtiTuneException>(() => other.DeleteWebhookAsync(hook.Id))).Status);
        var calls = _calls.Count;
        await other.ChangeAsync((await other.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 })).Id, "cancel");
        await client.DeleteWebhookAsync(hook.Id);
        await Task.Delay(1500);
        Assert.Equal(calls, _calls.Count);
    }

    [Fact]
    public async Task A_study_that_finishes_by_itself_is_told_with_its_answer()
    {
        await using var server = await ServerAsync(true);
        var client = await server.Api.ClientAsync("ends");
        await client.AddWebhookAsync(new Uri($"{Address}/ends"), ["study.ended"]);
        var study = await client.CreateAsync(new StudyDefinition { Name = "ends", Minimum = 0, Maximum = 1, MaxTrainings = 3 });
        await Wait.UntilAsync(async () =>
        {
            if (await client.ClaimAsync("w", study: study.Id) is { } task)
            {
                await client.TellAsync(task, new WorkResult { Value = Math.Pow(task.Lambda - 0.3, 2) });
            }

            return (await client.GetAsync(study.Id)).HasEnded;
        });
        await Wait.UntilAsync(() => Task.FromResult(!_calls.IsEmpty));
        using var body = JsonDocument.Parse(_calls.First().Body);
        var told = body.RootElement.GetProperty("study");
        Assert.Equal(("finished", (await client.GetAsync(study.Id)).BestValue), (told.GetProperty("state").GetString(), told.GetProperty("bestValue").GetDouble()));
    }

    [Fact]
    public async Task A_host_of_this_machine_is_not_reached_unless_the_operator_lists_its_network()
    {
        await using var server = await ServerAsync(false);
        var client = await server.Api.ClientAsync("inside");
        await client.AddWebhookAsync(new Uri($"{Address}/inside"), ["study.ended"]);
        await client.ChangeAsync((await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 })).Id, "cancel");
        await Wait.UntilAsync(async () => (await client.WebhooksAsync())[0].Error is { } error && error.Contains("no address to which webhooks may go", StringComparison.Ordinal));
        Assert.Empty(_calls);
        foreach (var address in (string[])
        [
            "http://169.254.169.254/latest/meta-data", "https://other.example.com/x", $"{Address.Replace("http", "https", StringComparison.Ordinal)}/x",
            $"http://user:secret@{Address[7..]}/x", "file:///etc/passwd", "http://127.0.0.1.example.com/",
        ])
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await Assert.ThrowsAsync<HtiTuneException>(() => client.AddWebhookAsync(new Uri(address), ["study.ended"]))).Status);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await Assert.ThrowsAsync<HtiTuneException>(() => client.AddWebhookAsync(new Uri($"{Address}/x"), ["study.begun"]))).Status);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_given_up_and_said()
    {
        await using var server = await ServerAsync(true, null, "--HtiTune:Webhooks:TimeLimit", "00:00:00.3", "--HtiTune:Webhooks:Tries", "2");
        var client = await server.Api.ClientAsync("slow");
        await client.AddWebhookAsync(new Uri($"{Address}/slow"), ["study.ended"]);
        await client.ChangeAsync((await client.CreateAsync(new StudyDefinition { Name = "n", Minimum = 0, Maximum = 1 })).Id, "cancel");
        await Wait.UntilAsync(async () => (await client.WebhooksAsync())[0].Error is { } error && error.Contains("given up after 2 calls", StringComparison.Ordinal));
        Assert.Contains("no answer within 0.3 s", (await client.WebhooksAsync())[0].Error, StringComparison.Ordinal);
        Assert.Empty(await server.Api.Services.GetRequiredService<WebhookStore>().TakeDueAsync(10, TimeSpan.Zero, CancellationToken.None));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.1.2.3", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    public void Addresses_that_are_nobodys_or_inside_are_known(string address, bool isPublic)
    {
        Assert.Equal(isPublic, new WebhookAddresses(new WebhookOptions()).MayReach(IPAddress.Parse(address)));
        var listed = new WebhookOptions();
        listed.PrivateNetworks.Add(address);
        Assert.True(new WebhookAddresses(listed).MayReach(IPAddress.Parse(address)) || address.StartsWith("::ffff", StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_of_the_settings_are_named()
    {
        var options = new WebhookOptions { TimeLimit = TimeSpan.Zero, Tries = 0, Backoff = TimeSpan.Zero };
        options.Hosts.Add("hooks.example.com");
        options.Hosts.Add("https://hooks.example.com/path");
        options.Hosts.Add("https://hooks.example.com:8443");
        options.PrivateNetworks.Add("inside");
        Assert.Equal(6, options.Faults().Count());
    }

    private async Task<Running> ServerAsync(bool isInside, string? postgreSql = null, params string[] settings)
    {
        string[] inside = isInside ? ["--HtiTune:Webhooks:PrivateNetworks:0", "127.0.0.0/8"] : [];
        var api = new ApiServer(null, postgreSql, ["--HtiTune:Webhooks:Hosts:1", Address, "--HtiTune:Webhooks:Backoff", "00:00:00.2", .. inside, .. settings]);
        await api.InitializeAsync();
        return new Running(api);
    }

    private sealed record Running(ApiServer Api) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Api.DisposeAsync();
    }

    private sealed record Call(string Path, string Id, string Timestamp, string Signature, string Body)
    {
        // By the words of the specification, and not by the server's own code.
        public bool IsSignedBy(string secret)
        {
            using var hmac = new HMACSHA256(Convert.FromBase64String(secret.Split('_')[1]));
            var age = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(Timestamp, System.Globalization.CultureInfo.InvariantCulture);
            return age is >= -60 and <= 60 && Signature == $"v1,{Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Body}")))}";
        }
    }
}
