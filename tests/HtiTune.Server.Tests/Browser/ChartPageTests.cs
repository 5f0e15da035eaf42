using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>Parts of charts, and what more trainings would bring, as people at the dashboard ask for them.</summary>
public sealed class ChartPageTests(ApiServer server) : IClassFixture<ApiServer>
{
    [BrowserFact]
    public async Task A_part_of_a_chart_is_looked_at_with_the_keyboard_too()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await StoredStudies.TrainedAsync(service, "z", new StudyDefinition { Name = "zoomed", Minimum = 0, Maximum = 1, MaxTrainings = 9 }, 4, at => Math.Cos(5 * at.Lambda));

        await using var visit = await Visit.BeginAsync(server, "z");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        var chart = page.Locator("section[aria-labelledby=belief]");
        await chart.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await Expect(chart.GetByRole(AriaRole.Status)).ToContainTextAsync(" from ");
        Assert.Equal("Zoom in", await page.EvaluateAsync<string>("document.activeElement.textContent"));
        await visit.ShootAsync("zoom");
        await chart.GetByRole(AriaRole.Button, new() { Name = "Whole range" }).ClickAsync();
        await Expect(chart.GetByRole(AriaRole.Status)).ToHaveCountAsync(0);
        visit.RequireQuiet();
    }

    [BrowserFact]
    public async Task Over_two_hyperparameters_the_trainings_are_drawn_a_part_of_them_is_looked_at_and_the_budget_is_looked_ahead()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var definition = new StudyDefinition { Name = "two", Hyperparameters = ["rate=0..1", "depth=1..8:int"], MaxTrainings = 20 };
        var study = await StoredStudies.TrainedAsync(service, "t", definition, 12, at => Math.Pow(at["rate"].Number - 0.4, 2) + 0.1 * Math.Abs(at["depth"].Number - 5));
        await using var visit = await Visit.BeginAsync(server, "t");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        var chart = page.Locator("section[aria-labelledby=history]");
        await Expect(chart.Locator("circle.anchor")).ToHaveCountAsync(12);
        await chart.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        await Expect(chart.GetByRole(AriaRole.Status)).ToContainTextAsync(" of 12");
        await Expect(chart.Locator("circle.anchor")).ToHaveCountAsync(8);
        await chart.GetByRole(AriaRole.Button, new() { Name = "To later trainings" }).ClickAsync();
        await Expect(chart.GetByRole(AriaRole.Status)).ToContainTextAsync("trainings 5 to 12 of 12");
        await chart.GetByRole(AriaRole.Button, new() { Name = "All trainings" }).ClickAsync();
        await Expect(chart.Locator("circle.anchor")).ToHaveCountAsync(12);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look ahead" }).ClickAsync();
        await Expect(page.GetByText("5 more trainings are expected to make the least value less by about")).ToBeVisibleAsync();
        await visit.ShootAsync("ahead");
        visit.RequireQuiet();
    }

    [BrowserFact]
    public async Task What_a_training_measured_on_its_way_is_drawn_beside_its_log()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("v", new StudyDefinition { Name = "way", Minimum = 0, Maximum = 1, MaxTrainings = 3 });
        var task = (await service.ClaimAsync("v", new WorkRequest("w", Study: study.Id)))!;
        await service.RenewAsync("v", task.Attempt, new AttemptReport(task.Lease, 0.4, Values: [.. Enumerable.Range(1, 30).Select(epoch => new HtiTune.Data.IntermediateValue(epoch, 2.0 / epoch))]));
        await using var visit = await Visit.BeginAsync(server, "v");
        await visit.GoAsync($"/studies/{study.Id}");
        await visit.Page.Locator("section[aria-labelledby=trials] tbody button").First.ClickAsync();
        await Expect(visit.Page.Locator(".way svg")).ToHaveAttributeAsync("aria-label", "30 values from step 1 to 30: 2 first, 0.06667 last");
        await Expect(visit.Page.Locator(".way")).ToContainTextAsync("the last is 0.06667, at step 30");
        await visit.ShootAsync("way");
        visit.RequireQuiet();
    }
}
