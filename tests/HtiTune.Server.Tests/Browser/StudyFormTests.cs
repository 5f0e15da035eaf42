using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>All that a definition may hold is asked for by the form, files included.</summary>
public sealed class StudyFormTests(ApiServer server) : IClassFixture<ApiServer>
{
    [BrowserFact]
    public async Task A_study_with_conditions_and_earlier_trainings_is_begun_by_upload()
    {
        await using var visit = await Visit.BeginAsync(server, "t");
        var page = visit.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "New study" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("by upload");
        await page.GetByLabel("Scale").First.SelectOptionAsync("normal-quantile");
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("0.05");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("0.95");
        await page.GetByLabel("Objective").First.FillAsync("mean(outputs)");
        await page.GetByLabel("Risk").First.FillAsync("0.1");
        await page.GetByLabel("Seed").First.FillAsync("77");
        await page.GetByLabel("Priority").First.FillAsync("-3");
        await page.GetByLabel("Attempts").First.FillAsync("5");
        await page.GetByLabel("Time limit").First.FillAsync("02:30:00");
        await page.GetByLabel("Conditions").First.SetInputFilesAsync(new FilePayload { Name = "where.csv", MimeType = "text/csv", Buffer = "a,b\n1,2\n3,x\n"u8.ToArray() });
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("where.csv");
        await page.GetByLabel("Conditions").First.SetInputFilesAsync(new FilePayload { Name = "where.csv", MimeType = "text/csv", Buffer = "a,b\n1,2\n3,4\n5,6\n"u8.ToArray() });
        await Expect(page.GetByText("3 rows are read")).ToBeVisibleAsync();
        var outputs = NpyFile.ToBytes(new Matrix(3, 1, [1, 2, 3]));
        await page.GetByLabel("Trainings made before").First.SetInputFilesAsync(new FilePayload { Name = "best.npy", MimeType = "application/octet-stream", Buffer = outputs });
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("best.npy");
        await page.GetByLabel("Trainings made before").First.SetInputFilesAsync(((string[])["0.25.npy", "0.75.npy"]).Select(name => new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = outputs }));
        await Expect(page.GetByText("2 are read")).ToBeVisibleAsync();
        await visit.ShootAsync("form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "by upload" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = Assert.Single(await service.ListAsync("t", new StudyQuery(Search: "by upload")));
        var definition = study.Definition;
        Assert.Equal(("normal-quantile", 0.1, 77L, -3, 5, TimeSpan.FromHours(2.5)), (definition.Scale, definition.Delta, definition.Seed, definition.Priority, definition.MaxAttempts, definition.TimeLimit!.Value));
        Assert.Equal([[1, 2], [3, 4], [5, 6]], definition.Contexts!.Select(row => row.ToArray()));
        var imported = (await service.TrialsAsync("t", study.Id)).Where(trial => trial.IsImported);
        Assert.Equal([0.25, 0.75], imported.Select(trial => trial.Lambda));
        visit.RequireQuiet();
    }

    [Theory]
    [InlineData("best.npy")]
    [InlineData("0.25.csv")]
    public void A_file_whose_name_tells_no_place_is_refused_by_its_name(string name) =>
        Assert.Contains(name, Assert.Throws<DataFormatException>(() => CreateStudyRequest.Anchor(name, NpyFile.ToBytes(new Matrix(1, 1, [1])))).Message, StringComparison.Ordinal);
}
