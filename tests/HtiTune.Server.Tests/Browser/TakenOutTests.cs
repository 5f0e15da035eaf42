using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Journal;
using HtiTune.Server.Dashboard;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>What pages show can be taken out, and what a worker is told to run does train.</summary>
public sealed class TakenOutTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int PatienceSeconds = 120;

    [BrowserFact]
    public async Task Each_link_of_a_page_gives_its_file_to_who_may_see_the_study_and_the_charts_answer_the_pointer()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var anchors = ((double[])[0, 0.5, 1]).Select(lambda => new EarlierTraining(lambda, new Matrix(60, 1, [.. Enumerable.Range(0, 60).Select(i => (float)(lambda + 0.01 * i))])));
        var definition = new StudyDefinition { Name = "taken out", Minimum = 0, Maximum = 1, MaxTrainings = 3, Objective = "mean(y0)", Rows = 60, Columns = ["y0"] };
        var study = await service.CreateAsync("t", definition, [.. anchors]);
        await Wait.UntilAsync(async () => (await service.GetAsync("t", study.Id)).SurrogateId is not null);
        await using var visit = await Visit.BeginAsync(server, "t");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Trial 1: attempts and log" }).ClickAsync();
        await Expect(page.Locator("tr.open a")).ToBeVisibleAsync();
        await Expect(page.Locator("a[href$='objective.png']")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        var links = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('main a[download]')].map(link => link.getAttribute('href'))");
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("t", "read"));
        using var other = await DashboardLogin.BeginAsync(server, await server.KeyAsync("else", "read"));
        var beginnings = new (string End, byte[] Begins)[]
        {
            (".png", [0x89, 0x50, 0x4E, 0x47]), (".svg", "<"u8.ToArray()), (".npy", [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]), (".csv", "trial,lambda,value"u8.ToArray()), (".hti", []), (".onnx", []),
            ("htitune_client.py", "\"\"\"A client"u8.ToArray()),
        };
        foreach (var (end, begins) in beginnings)
        {
            var link = Assert.Single(links.Where(one => one.EndsWith(end, StringComparison.Ordinal)).Take(1));
            var (status, bytes) = await GetAsync(login.Cookies, link);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.True(bytes.Length > 100 && bytes.AsSpan().StartsWith(begins), $"{link}: {bytes.Length} bytes, {Encoding.UTF8.GetString(bytes[..Math.Min(40, bytes.Length)])}");
            if (end != "htitune_client.py")
            {
                Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(other.Cookies, link)).Status);
            }

            Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(new CookieContainer(), link)).Status);
        }

        // The belief at the pointer: the line y = λ + 0.295 is told where it is.
        var chart = page.Locator("section[aria-labelledby=belief] svg");
        await chart.ScrollIntoViewIfNeededAsync();
        await Expect(chart.Locator(".tip:visible")).ToHaveCountAsync(0);
        await chart.HoverAsync();
        await Expect(chart.Locator(".tip:visible")).ToHaveCountAsync(1);
        var told = await chart.Locator(".tip:visible text").AllTextContentsAsync();
        var lambda = double.Parse(told[0].Split(' ')[^1], CultureInfo.InvariantCulture);
        Assert.Equal(lambda + 0.295, double.Parse(told[1].Split(' ')[^1], CultureInfo.InvariantCulture), 0.05);
        await visit.ShootAsync("pointer");
        await Expect(page.Locator("section[aria-labelledby=belief]")).ToContainTextAsync("In units of the objective, as of 20");
        visit.RequireQuiet();

        async Task<(HttpStatusCode Status, byte[] Bytes)> GetAsync(CookieContainer cookies, string link)
        {
            using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false });
            using var answer = await http.GetAsync(new Uri(server.Address, link));
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [PythonFact]
    public async Task The_program_that_a_page_tells_a_worker_to_run_trains_the_study_to_its_end()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "by a copied program", Minimum = 0, Maximum = 1, MaxTrainings = 6 });
        var folder = Directory.CreateTempSubdirectory("htitune-worker");
        try
        {
            using (var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("t", "read")))
            using (var http = new HttpClient(new SocketsHttpHandler { CookieContainer = login.Cookies }))
            {
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "htitune_client.py"), await http.GetByteArrayAsync(new Uri(server.Address, "htitune_client.py")));
            }

            var program = Commands.Python(study, server.Address.ToString().TrimEnd('/'));
            Assert.Contains("return loss  #", program, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "worker.py"), program.Replace("return loss  #", "return (training.value - 0.3) ** 2  #", StringComparison.Ordinal));
            await RunAsync(PythonFactAttribute.Python, folder.FullName, "-B", "worker.py");
            var ended = await service.GetAsync("t", study.Id);
            Assert.Equal(StudyState.Finished, ended.State);
            Assert.Equal(0.3, ended.Lambda!.Value, 0.1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_commands_that_a_page_tells_a_worker_to_run_bring_a_value()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "by copied commands", Minimum = 0, Maximum = 1, MaxTrainings = 6 });
        var lines = Commands.Curl(study, server.Address.ToString().TrimEnd('/')).Split('\n');
        using var claimed = JsonDocument.Parse(await RunAsync("/bin/bash", Path.GetTempPath(), "-c", string.Join('\n', lines[..2])));
        var tell = lines[^1].Replace("ATTEMPT", claimed.RootElement.GetProperty("attempt").GetString(), StringComparison.Ordinal).Replace("LEASE", claimed.RootElement.GetProperty("lease").GetString(), StringComparison.Ordinal);
        await RunAsync("/bin/bash", Path.GetTempPath(), "-c", lines[0] + "\n" + tell);
        var trial = Assert.Single(await service.TrialsAsync("t", study.Id), trial => trial.Value is not null);
        Assert.Equal(0.31, trial.Value);
    }

    private async Task<string> RunAsync(string program, string folder, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["HTITUNE_API_KEY"] = await server.KeyAsync("t");
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(PatienceSeconds));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
