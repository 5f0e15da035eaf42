using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>Tags, notes and webhooks, as people at the dashboard use them.</summary>
public sealed class LabelPageTests(ApiServer server) : IClassFixture<ApiServer>
{
    [BrowserFact]
    public async Task Tags_and_notes_are_written_on_the_page_and_lists_are_filtered_by_them()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("l", new StudyDefinition { Name = "noted", Minimum = 0, Maximum = 1, MaxTrainings = 5 });
        await service.CreateAsync("l", new StudyDefinition { Name = "plain", Minimum = 0, Maximum = 1, MaxTrainings = 5 });
        await using var visit = await Visit.BeginAsync(server, "l");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Tags" }).FillAsync("Baseline, team/vision");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Notes" }).FillAsync("<b>first</b>\nsecond");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await Expect(page.Locator(".notes")).ToContainTextAsync("<b>first</b>");
        await visit.ShootAsync("notes");
        await page.GetByRole(AriaRole.Link, new() { Name = "team/vision" }).ClickAsync();
        await Expect(page.Locator("table.studies tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("table.studies tbody tr")).ToContainTextAsync("baseline");
        Assert.Equal(["baseline", "team/vision"], (await service.GetAsync("l", study.Id)).Tags);
        visit.RequireQuiet();
    }

    [BrowserFact]
    public async Task A_webhook_is_added_its_secret_shown_once_and_deleted()
    {
        await using var visit = await Visit.BeginAsync(server, "h");
        var page = visit.Page;
        await visit.GoAsync("/webhooks");
        await page.GetByLabel("Address").FillAsync("https://elsewhere.example.com/x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("none to which the operator lets webhooks go");
        await page.GetByLabel("Address").FillAsync("https://hooks.example.com/x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.Locator("code.secret")).ToContainTextAsync("whsec_");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.Locator("ul.trials li")).ToContainTextAsync("https://hooks.example.com/x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.GetByText("There is none yet.")).ToBeVisibleAsync();
        visit.RequireQuiet();
    }
}
