using System.Globalization;
using System.Net;
using HtiTune.Hosting;
using HtiTune.Server.Dashboard;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HtiTune.Server.Tests.Browser;

/// <summary>Tables of many studies and of many trials: every line is reached, in every order, at once.</summary>
public sealed class TableTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Trials = 500;
    private const int Studies = 5000;

    [BrowserFact]
    public async Task Five_hundred_trials_are_sorted_filtered_paged_and_taken_out_as_a_file()
    {
        var id = await StoredStudies.AddWithTrialsAsync(server, Trials);
        await using var visit = await Visit.BeginAsync(server, "t0");
        var page = visit.Page;
        await visit.GoAsync($"/studies/{id}");
        var rows = page.Locator("section[aria-labelledby=trials] tbody tr");
        await Expect(rows).ToHaveCountAsync(50);
        await Expect(rows.First).ToContainTextAsync("500");
        await visit.ShootAsync("trials-500");

        // The least value of those that have one: at λ = 0.3, which is a tenth trial and failed; so beside it.
        var value = page.GetByRole(AriaRole.Button, new() { Name = "value", Exact = true });
        await value.ClickAsync();
        await value.ClickAsync();
        await Expect(page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("value ▴");
        var first = int.Parse((await rows.First.Locator("td").First.InnerTextAsync()).Trim(), CultureInfo.InvariantCulture);
        Assert.Contains(first, new[] { 149, 151 });

        // Those without a value stand last, whatever the direction.
        await page.GetByRole(AriaRole.Button, new() { Name = "Last", Exact = true }).ClickAsync();
        await Expect(rows.Last).ToContainTextAsync("failed");
        await page.GetByLabel("Find").FillAsync("worker-2");
        await Expect(page.Locator("nav[aria-label='Pages of trials']")).ToContainTextAsync("1–50 of 167");
        await page.Locator("section[aria-labelledby=trials] select").First.SelectOptionAsync("Failed");
        await Expect(page.Locator("nav[aria-label='Pages of trials']")).ToContainTextAsync("1–17 of 17");

        // A column that was hidden, and the attempts behind a line.
        await page.Locator("details.columns summary").ClickAsync();
        await page.GetByLabel("error", new() { Exact = true }).CheckAsync();
        await Expect(rows.First).ToContainTextAsync("exit code 3");
        await rows.First.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(page.Locator("tr.open")).ToContainTextAsync("attempt 2 on worker-2");

        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "All trials as CSV" }).ClickAsync());
        var lines = (await File.ReadAllTextAsync(await file.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Trials + 1, lines.Length);
        Assert.StartsWith("trial,lambda,value,state,predicted_low,predicted_high,predicted,expected_gain,duration,worker", lines[0], StringComparison.Ordinal);
        for (var k = 1; k <= Trials; k++)
        {
            var cells = lines[k].Split(',');
            Assert.Equal(((double)k / Trials).ToString("R", CultureInfo.InvariantCulture), cells[1]);
            Assert.Equal(k % 10 == 0 ? "" : StoredStudies.Value(k, Trials).ToString("R", CultureInfo.InvariantCulture), cells[2]);
            Assert.Contains("\"'=HYPERLINK(\"\"x\"\"), for the test\"", lines[k], StringComparison.Ordinal);
        }

        visit.RequireQuiet();
    }

    [Fact]
    public async Task A_page_of_500_trials_and_each_order_of_5000_studies_hold_their_part_of_all()
    {
        var id = await StoredStudies.AddWithTrialsAsync(server, Trials);
        await StoredStudies.AddAsync(server, Studies);
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("*", "read"));
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = login.Cookies });
        var page = WebUtility.HtmlDecode(await http.GetStringAsync(new Uri(server.Address, $"/studies/{id}")));
        Assert.Contains("1–50 of 500", page, StringComparison.Ordinal);
        var service = server.Services.GetRequiredService<IStudyService>();
        foreach (var order in Enum.GetValues<StudyOrder>())
        {
            // The pages beside each other hold each study once. How long one takes: `page-speed` of this assembly.
            var (first, last) = (await PageAsync(0, 100), await PageAsync(Studies - 100, 100));
            Assert.All([first, last], one => Assert.Equal((Studies, 100), (one.Total, one.Studies.Count)));
            Assert.Empty(first.Studies.Select(study => study.Id).Intersect(last.Studies.Select(study => study.Id)));

            Task<StudyList> PageAsync(int skip, int take) => service.PageAsync(null, new StudyPageQuery { Order = order, Skip = skip, Size = take, Search = "study" });
        }
    }

    [Fact]
    public async Task Lines_without_a_value_stand_last_and_an_unknown_column_orders_by_number()
    {
        var id = await StoredStudies.AddWithTrialsAsync(server, 30);
        var service = server.Services.GetRequiredService<IStudyService>();
        var study = await service.GetAsync(null, id);
        var columns = TrialLines.ColumnsOf(study.Definition);
        var lines = TrialLines.Of(await service.TrialsAsync(null, id), await service.AttemptsAsync(null, id));
        foreach (var isDescending in (bool[])[false, true])
        {
            var ordered = TrialLines.Ordered(lines, columns, new TrialOrder(Sort: "value", IsDescending: isDescending));
            Assert.Equal([10, 20, 30], ordered.TakeLast(3).Select(line => line.Trial.Number));
            var values = ordered.SkipLast(3).Select(line => line.Trial.Value!.Value).ToList();
            Assert.Equal(isDescending ? values.OrderDescending() : values.Order(), values);
        }

        Assert.Equal(30, TrialLines.Ordered(lines, columns, new TrialOrder(Sort: "nothing"))[0].Trial.Number);
    }

    [Fact]
    public async Task Pages_in_every_order_hold_each_study_once_and_no_other_tenants()
    {
        await StoredStudies.AddAsync(server, 40, "paged");
        var service = server.Services.GetRequiredService<IStudyService>();
        foreach (var order in Enum.GetValues<StudyOrder>())
        {
            foreach (var isAscending in (bool[])[true, false])
            {
                var seen = new List<StudyView>();
                StudyList list;
                do
                {
                    list = await service.PageAsync("t2", new StudyPageQuery { Order = order, IsAscending = isAscending, Skip = seen.Count, Size = 7, Search = "paged" });
                    Assert.Equal(["t2"], list.Tenants);
                    seen.AddRange(list.Studies);
                }
                while (list.Studies.Count > 0);
                Assert.Equal(list.Total, seen.DistinctBy(study => study.Id).Count());
                Assert.Equal(list.Total, seen.Count);
                Assert.All(seen, study => Assert.Equal("t2", study.Tenant));
                var keys = seen.Select(study => (IComparable)(order switch
                {
                    StudyOrder.Name => study.Definition.Name.ToLowerInvariant(),
                    StudyOrder.State => study.State,
                    StudyOrder.Trainings => study.TrainingsUsed,
                    StudyOrder.Tenant => study.Tenant,
                    StudyOrder.Updated => study.UpdatedAt,
                    _ => study.CreatedAt,
                })).ToList();
                Assert.Equal(isAscending ? keys.Order() : keys.OrderDescending(), keys);
            }
        }

        var refusal = await Assert.ThrowsAsync<StudyServiceException>(() => service.PageAsync(null, new StudyPageQuery { Size = 0, Skip = -1 }));
        Assert.Contains("size is 0, skip -1", refusal.Message, StringComparison.Ordinal);
    }
}
