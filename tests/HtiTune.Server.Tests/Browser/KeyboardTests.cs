using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>Who uses a keyboard stays where they are; who comes to nothing is told so on a page like the others.</summary>
public sealed class KeyboardTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Focused = "document.activeElement.textContent.trim()";

    [BrowserFact]
    public async Task The_focus_is_kept_through_each_question()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "asked", Minimum = 0, Maximum = 1, MaxTrainings = 5 });
        await using var visit = await Visit.BeginAsync(server, "t");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await UntilFocusAsync("No");
        await page.Keyboard.PressAsync("Enter");
        await UntilFocusAsync("Cancel");

        // Stop, behind the trial's line: the button is gone afterwards, and the line's text is where one goes on.
        var claimed = await service.ClaimAsync("t", new WorkRequest("w", Study: study.Id));
        await service.RenewAsync("t", claimed!.Attempt, new AttemptReport(claimed.Lease, 0.25, "epoch 3: loss 0.5"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Trial 1: attempts and log" }).ClickAsync();
        await Expect(page.Locator("progress").First).ToHaveAttributeAsync("value", "0.25");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Log of trial 1" })).ToContainTextAsync("epoch 3");
        await service.RenewAsync("t", claimed.Attempt, new AttemptReport(claimed.Lease, 0.5, "epoch 6: loss 0.4"));
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Log of trial 1" })).ToContainTextAsync("epoch 6", new() { Timeout = 10_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await UntilFocusAsync("No");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("asked to stop")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.tagName === 'P'", null, new() { Timeout = 10_000 });

        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await UntilFocusAsync("No");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeVisibleAsync();
        await UntilFocusAsync("asked");
        visit.RequireQuiet();

        async Task UntilFocusAsync(string text) => await page.WaitForFunctionAsync($"text => {Focused} === text", text, new() { Timeout = 10_000 });
    }

    [BrowserFact]
    public async Task What_is_not_there_is_a_page_like_the_others_with_status_404()
    {
        await using var visit = await Visit.BeginAsync(server, "t");
        foreach (var path in (string[])["/nothing", "/studies/nothing", $"/studies/{Guid.NewGuid()}"])
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var answer = await visit.Page.GotoAsync(new Uri(server.Address, path).ToString());
                Assert.Equal(404, answer!.Status);
                await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync();
                await Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "All studies" })).ToBeVisibleAsync();
                var ground = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
                Assert.Equal(scheme == ColorScheme.Dark ? "rgb(17, 21, 27)" : "rgb(245, 246, 248)", ground);
                await visit.ShootAsync($"missing-{(path.Contains('-', StringComparison.Ordinal) ? "study" : "page")}-{scheme}");
            }
        }

        visit.RequireQuiet(except: "404");
    }

    [BrowserFact]
    public async Task The_head_of_a_page_says_where_one_is_and_who_and_has_one_row_on_a_small_screen()
    {
        var study = await server.Services.GetRequiredService<IStudyService>().CreateAsync("t", new StudyDefinition { Name = "marked", Minimum = 0, Maximum = 1, MaxTrainings = 5 });
        await using var visit = await Visit.BeginAsync(server, "t");
        await visit.GoAsync($"/studies/{study.Id}");
        await Expect(visit.Page.Locator("nav a[aria-current=page]")).ToHaveTextAsync("Studies");
        await Expect(visit.Page.Locator("header .who")).ToHaveTextAsync("key of t, tenant t");
        await Expect(visit.Page.Locator("code.secret")).ToHaveTextAsync(study.Id.ToString());
        await visit.Page.SetViewportSizeAsync(360, 800);
        Assert.InRange((await visit.Page.Locator("header.top").BoundingBoxAsync())!.Height, 1, 60);
        await Expect(visit.Page.Locator("footer")).ToContainTextAsync("key of t");
    }
}
