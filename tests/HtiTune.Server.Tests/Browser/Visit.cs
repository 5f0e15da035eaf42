using HtiTune.Server.Tests.Api;
using Microsoft.Playwright;

namespace HtiTune.Server.Tests.Browser;

/// <summary>One person's visit: a browser of its own, everything that it complains of kept.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private static readonly string? s_screenshots = Environment.GetEnvironmentVariable("HTITUNE_SCREENSHOTS");
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];
    private readonly Uri _address;

    private Visit(IPlaywright playwright, IBrowser browser, IPage page, Uri address)
    {
        (_playwright, _browser, Page, _address) = (playwright, browser, page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"{message.Type}: {message.Text} at {message.Location}");
            }
        };
        page.PageError += (_, error) => _complaints.Add($"script: {error}");
    }

    public IPage Page { get; }

    /// <summary>Opens a browser without a session.</summary>
    public static async Task<Visit> OpenAsync(ApiServer server)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = BrowserFactAttribute.Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        return new Visit(playwright, browser, page, server.Address);
    }

    /// <summary>Logs in with a key of a tenant, as a person would.</summary>
    public static async Task<Visit> BeginAsync(ApiServer server, string tenant)
    {
        var visit = await OpenAsync(server);
        await visit.LogInAsync(await server.KeyAsync(tenant, "read write admin"));
        return visit;
    }

    /// <summary>Logs in with a key, and waits for the page to answer.</summary>
    public async Task LogInAsync(string key)
    {
        await Page.GotoAsync(new Uri(_address, "/").ToString());
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await LiveAsync();
    }

    /// <summary>Goes to a page, and waits until it answers.</summary>
    public async Task GoAsync(string path)
    {
        var response = await Page.GotoAsync(new Uri(_address, path).ToString());
        if (response!.Ok && path != "/login")
        {
            await LiveAsync();
        }
    }

    /// <summary>Takes a picture of the whole page, where pictures are wanted.</summary>
    public async Task ShootAsync(string name)
    {
        if (s_screenshots is not null)
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(s_screenshots, name + ".png"), FullPage = true });
        }
    }

    /// <summary>Throws where the browser complained: of the content policy, of a script, of anything.</summary>
    public void RequireQuiet(string? except = null)
    {
        var complaints = string.Join('\n', _complaints.Where(complaint => except is null || !complaint.Contains(except, StringComparison.Ordinal)));
        Assert.True(complaints.Length == 0, complaints);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }

    // Drawn by the server first, live once its line stands.
    private Task LiveAsync() => Page.WaitForSelectorAsync("header.top[data-live=yes]", new() { State = WaitForSelectorState.Attached, Timeout = 30_000 });
}
