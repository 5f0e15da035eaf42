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
        await page.GetByLabel("Search").FillAsync("study");
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

    [BrowserFact]
    public async Task Studies_are_compared_side_by_side_and_no_other_tenants()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var few = await service.CreateAsync("c", new StudyDefinition { Name = "few", Minimum = 0, Maximum = 1, MaxTrainings = 3, Seed = 5 });
        var many = await service.CreateAsync("c", new StudyDefinition { Name = "many", Minimum = 0, Maximum = 1, MaxTrainings = 30, Seed = 5, Goal = Goal.Maximize });
        await service.CancelAsync("c", many.Id);
        var claimed = await service.ClaimAsync("c", new WorkRequest("w", Study: few.Id));
        await service.TellAsync("c", claimed!.Attempt, new WorkResult { Lease = claimed.Lease, Value = 0.125 });
        await Wait.UntilAsync(async () => (await service.TrialsAsync("c", few.Id)).Any(trial => trial.Value is not null));
        await using var visit = await Visit.BeginAsync(server, "c");
        var page = visit.Page;
        await page.GetByLabel("Compare few").CheckAsync();
        await page.GetByLabel("Compare many").CheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "best value 0.125 –" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "best is the least the greatest" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "seed 5 5" })).ToBeVisibleAsync();
        await page.GetByLabel("only what differs").CheckAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "seed 5 5" })).ToHaveCountAsync(0);
        await visit.ShootAsync("compare");
        visit.RequireQuiet();

        await using var other = await Visit.BeginAsync(server, "d");
        await other.GoAsync($"/compare?ids={few.Id},{many.Id}");
        await Expect(other.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no such study");
        await Expect(other.Page.GetByText("few")).ToHaveCountAsync(0);
    }
}
