using System.Text.RegularExpressions;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>The dashboard as a person uses it, in a real browser on a real server. Pictures go where HTITUNE_SCREENSHOTS says, to be looked at.</summary>
public sealed class DashboardTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Small = 360;
    private const int Wide = 1280;
    private const float Patience = 90_000;

    [BrowserFact]
    public async Task A_study_is_begun_watched_explored_and_asked_for_another_preference()
    {
        await using var visit = await Visit.BeginAsync(server, "*");
        var page = visit.Page;
        await visit.ShootAsync("studies-empty");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try the sample" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "how much to order" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await visit.ShootAsync("study-begun");
        await Expect(page.GetByText("finished").First).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(page.GetByText(new Regex("certified", RegexOptions.IgnoreCase)).First).ToBeVisibleAsync();
        await visit.ShootAsync("study-finished");

        // The best level of the sample is the critical ratio, 4 / (4 + 1).
        var study = Assert.Single(await server.Services.GetRequiredService<IStudyService>().ListAsync(null, new StudyQuery(Search: "how much")));
        Assert.InRange(study.Result!.Lambda, 0.7, 0.9);

        var slider = page.Locator("#lambda");
        await slider.FocusAsync();
        var before = await slider.GetAttributeAsync("aria-valuetext");
        var drawn = await page.Locator(".quantiles").First.InnerTextAsync();
        for (var i = 0; i < 40; i++)
        {
            await page.Keyboard.PressAsync("ArrowLeft");
        }

        await Expect(slider).Not.ToHaveAttributeAsync("aria-valuetext", before!);
        await Expect(page.Locator(".quantiles").First).Not.ToHaveTextAsync(drawn);
        await visit.ShootAsync("slider-moved");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Objective" }).FillAsync("9 * mean(max(demand - order, 0)) + mean(max(order - demand, 0))");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask, without training" }).ClickAsync();
        await Expect(page.GetByText("version 2").First).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(page.Locator(".big")).Not.ToContainTextAsync(study.Result.Lambda.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture));
        await visit.ShootAsync("preference-changed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Look at it" }).Last.ClickAsync();
        await Expect(page.Locator(".big")).ToContainTextAsync(study.Result.Lambda.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture));
        visit.RequireQuiet();
    }

    [BrowserFact]
    public async Task Every_page_fits_a_small_screen_light_and_dark()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await StoredStudies.TrainedAsync(
            service, "default", new StudyDefinition { Name = "a-study-with-a-name-that-is-long-and-has-no-place-to-break-it-in-two", Minimum = 0, Maximum = 1, MaxTrainings = 5 },
            4, at => Math.Cos(5 * at.Lambda));
        var several = await StoredStudies.TrainedAsync(
            service, "default", new StudyDefinition { Name = "several", Hyperparameters = ["rate=1e-4..1:log", "depth=1..8:int", "activation=relu,gelu,silu"], MaxTrainings = 12 }, 8,
            at => Math.Abs(Math.Log10(at["rate"].Number) + 2) + 0.1 * at["depth"].Number);
        await using var visit = await Visit.BeginAsync(server, "*");
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (var width in (int[])[Small, Wide])
            {
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await visit.Page.SetViewportSizeAsync(width, 800);
                foreach (var (path, name) in new[]
                {
                    ("/", "studies"), ($"/studies/{study.Id}", "study"), ($"/studies/{several.Id}", "several"), ("/workers", "workers"), ("/keys", "keys"), ("/nothing", "missing"),
                })
                {
                    await visit.GoAsync(path);
                    if (name == "several")
                    {
                        await Expect(visit.Page.Locator(".figure svg")).ToBeVisibleAsync();
                    }

                    var over = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                    await visit.ShootAsync($"{name}-{width}-{scheme}");
                    Assert.True(over <= 0, $"{path} is {over} px wider than a screen of {width} px");
                }
            }
        }

        visit.RequireQuiet(except: "404");
    }

    [BrowserFact]
    public async Task A_study_is_begun_by_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(server, "keys-only");
        var page = visit.Page;
        await TabToAsync(page, "New study");
        await page.Keyboard.PressAsync("Enter");
        var name = page.GetByLabel("Name", new() { Exact = true });
        await Expect(name).ToBeVisibleAsync();
        await TabToAsync(page, null, "Name");
        await page.Keyboard.TypeAsync("by keyboard");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "by keyboard" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        visit.RequireQuiet();
    }

    [BrowserFact]
    public async Task Nothing_is_shown_to_who_is_not_logged_in_and_a_wrong_key_opens_nothing()
    {
        await using var visit = await Visit.OpenAsync(server);
        await visit.Page.GotoAsync(new Uri(server.Address, "/keys").ToString());
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/login"));
        await visit.Page.GetByLabel("API key").FillAsync("hti_000000000000_" + new string('0', 64));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await visit.ShootAsync("login");
    }

    private static async Task TabToAsync(IPage page, string? text, string? label = null)
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var found = await page.EvaluateAsync<string[]>("[document.activeElement?.textContent?.trim() ?? '', document.activeElement?.labels?.[0]?.textContent?.trim() ?? '']");
            if (text is not null && found[0] == text || label is not null && found[1].StartsWith(label, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not come to '{text ?? label}'.");
    }
}
