using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>The list of studies beyond what one page holds.</summary>
public sealed class StudiesPageTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Studies = 450;

    [BrowserFact]
    public async Task Every_study_is_reached_sorted_and_counted()
    {
        await StoredStudies.AddAsync(server, Studies);
        await using var visit = await Visit.BeginAsync(server, "*");
        var page = visit.Page;
        var rows = page.Locator("table.studies tbody tr");
        var pager = page.Locator("nav[aria-label='Pages of studies']");
        await Expect(pager).ToContainTextAsync("1–50 of 450");
        await Expect(rows.First).ToContainTextAsync("study 0449");
        await visit.ShootAsync("studies-450");
        await page.GetByRole(AriaRole.Button, new() { Name = "Last", Exact = true }).ClickAsync();
        await Expect(pager).ToContainTextAsync("401–450 of 450");
        await Expect(rows.Last).ToContainTextAsync("study 0000");

        // By the keyboard: the button that was pressed keeps the focus, at the end too.
        Assert.Equal("Last", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.GetByRole(AriaRole.Button, new() { Name = "study", Exact = true }).ClickAsync();
        await Expect(pager).ToContainTextAsync("1–50 of 450");
        await Expect(rows.First).ToContainTextAsync("study 0000");
        await page.GetByLabel("Tenant").SelectOptionAsync("t1");
        await Expect(pager).ToContainTextAsync("1–50 of 150");
        await page.GetByLabel("State").SelectOptionAsync("Cancelled");
        await Expect(pager).ToContainTextAsync("1–30 of 30");
        await page.GetByLabel("Search").FillAsync("no such");
        await Expect(page.GetByText("No study is like this.")).ToBeVisibleAsync();
        visit.RequireQuiet();
    }
}
