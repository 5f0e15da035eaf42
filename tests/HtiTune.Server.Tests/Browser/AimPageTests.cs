using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>The page of a study that looks for a front under a constraint, wide and narrow.</summary>
public sealed class AimPageTests(ApiServer server) : IClassFixture<ApiServer>
{
    [BrowserFact]
    public async Task The_front_and_what_misses_a_constraint_are_shown_without_moving_sideways()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.CreateAsync("a", new StudyDefinition
        {
            Name = "front", Hyperparameters = ["x=0..1", "width=1..8:int"], Rows = 1, Columns = ["loss", "milliseconds"], Objective = "mean(loss)", Front = ["mean(milliseconds)"],
            Constraints = ["mean(milliseconds) <= 20"], MaxTrainings = 8,
        });
        for (var left = 8; left > 0 && await service.ClaimAsync("a", new WorkRequest("w", Study: study.Id, WaitFor: TimeSpan.FromSeconds(30))) is { } asked; left--)
        {
            var (x, width) = (asked.Configuration["x"].Number, asked.Configuration["width"].Number);
            await service.TellAsync("a", asked.Attempt, new WorkResult { Lease = asked.Lease, Outputs = Matrix.FromDoubles(1, 2, [Math.Pow(x - 0.7, 2) + 0.02 * (8 - width), 3 * width]) });
        }

        await Wait.UntilAsync(async () => (await service.GetAsync("a", study.Id)).State == StudyState.Finished);
        await using var visit = await Visit.BeginAsync(server, "a");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{study.Id}");
        var answer = page.Locator("section[aria-labelledby=answer]");
        var front = (await service.GetAsync("a", study.Id)).Result!.Front!;
        await Expect(answer.GetByRole(AriaRole.Region, new() { Name = "The front" }).Locator("tbody tr")).ToHaveCountAsync(front.Count);
        await Expect(answer).ToContainTextAsync("The answer was trained, and meets every constraint.");
        await Expect(answer.GetByText("Look ahead")).ToHaveCountAsync(0);
        var trials = await service.TrialsAsync("a", study.Id);
        await Expect(page.Locator("section[aria-labelledby=history] circle.unmet")).ToHaveCountAsync(trials.Count(trial => trial.IsFeasible == false));
        await Expect(page.Locator("section[aria-labelledby=trials] th").Filter(new() { HasText = "meets constraints" })).ToHaveCountAsync(1);
        await visit.ShootAsync("front");
        await page.SetViewportSizeAsync(360, 800);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
        await visit.ShootAsync("front-narrow");
        visit.RequireQuiet();
    }
}
