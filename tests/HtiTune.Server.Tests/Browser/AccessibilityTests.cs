using System.Text;
using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Journal;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace HtiTune.Server.Tests.Browser;

/// <summary>
/// All pages, on a small screen and a wide one, light and dark, under axe-core: no fault that it calls serious or critical. It takes about half a minute, for each page is walked four times.
/// </summary>
public sealed class AccessibilityTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Run =
        """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
            .filter(fault => fault.impact === 'serious' || fault.impact === 'critical')
            .flatMap(fault => fault.nodes.map(node => `${fault.id} (${fault.impact}): ${node.html.slice(0, 200)} – ${node.any.map(check => check.message).join('; ').slice(0, 200)}`))
        """;

    [AxeFact]
    public async Task No_page_has_a_serious_fault()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var value = await ValueStudyAsync(service);
        var outputs = await OutputStudyAsync(service);
        var several = await SeveralStudyAsync(service);
        await StoredStudies.AddAsync(server, 60);
        await using var visit = await Visit.OpenAsync(server);
        var faults = new SortedSet<string>(StringComparer.Ordinal);
        await WalkAsync("/login");
        await visit.LogInAsync(await server.KeyAsync("*", "read write admin"));
        await WalkAsync(
            "/", "/#new", $"/studies/{value}", $"/studies/{value}#open", $"/studies/{outputs}", $"/studies/{several}", $"/compare?ids={value},{outputs}", "/workers", "/webhooks", "/keys", "/nothing");
        Assert.True(faults.Count == 0, string.Join('\n', faults));

        async Task WalkAsync(params string[] paths)
        {
            foreach (var path in paths)
            {
                await visit.GoAsync(path.Split('#')[0]);
                if (path.EndsWith("#new", StringComparison.Ordinal))
                {
                    await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New study" }).ClickAsync();
                    await visit.Page.GetByLabel("Name", new() { Exact = true }).WaitForAsync();
                }
                else if (path.EndsWith("#open", StringComparison.Ordinal))
                {
                    await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Trial 1: attempts and log" }).ClickAsync();
                    await visit.Page.Locator("tr.open").WaitForAsync();
                }

                await visit.Page.EvaluateAsync(await AxeFactAttribute.Source);
                foreach (var width in (int[])[360, 1280])
                {
                    foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                    {
                        await visit.Page.SetViewportSizeAsync(width, 900);
                        await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                        await visit.ShootAsync($"axe{path.Replace('/', '-').Replace('#', '-')}-{width}-{scheme}");
                        foreach (var fault in await visit.Page.EvaluateAsync<string[]>(Run))
                        {
                            faults.Add($"{path} at {width} px, {scheme}: {fault}");
                        }
                    }
                }
            }
        }
    }

    private static async Task<Guid> ValueStudyAsync(IStudyService service)
    {
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "value", Minimum = 0, Maximum = 1, MaxTrainings = 5 });
        var asked = await service.ClaimAsync("t", new WorkRequest($"w {study.Definition.Name}", Study: study.Id));
        for (var i = 0; asked is not null && i < 4; i++)
        {
            asked = (await service.TellAsync(
                "t", asked.Attempt, new WorkResult { Lease = asked.Lease, Value = Math.Cos(5 * asked.Lambda), LogTail = "epoch 1", Next = new WorkRequest($"w {study.Definition.Name}", Study: study.Id) })).Next;
        }

        return study.Id;
    }

    private static async Task<Guid> OutputStudyAsync(IStudyService service)
    {
        var anchors = ((double[])[0, 0.5, 1]).Select(lambda => new EarlierTraining(lambda, new Matrix(60, 1, [.. Enumerable.Range(0, 60).Select(i => (float)(lambda + 0.01 * i))])));
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "outputs", Minimum = 0, Maximum = 1, MaxTrainings = 5, Objective = "mean(y0)", Rows = 60, Columns = ["y0"] }, [.. anchors]);
        await Wait.UntilAsync(async () => (await service.GetAsync("t", study.Id)).SurrogateId is not null);
        return study.Id;
    }

    private static async Task<Guid> SeveralStudyAsync(IStudyService service)
    {
        var study = await service.CreateAsync("t", new StudyDefinition { Name = "several", Hyperparameters = ["lr=1e-5..1e-1:log", "act=relu,gelu"], MaxTrainings = 6 });
        var asked = await service.ClaimAsync("t", new WorkRequest($"w {study.Definition.Name}", Study: study.Id));
        for (var i = 0; asked is not null && i < 3; i++)
        {
            asked = (await service.TellAsync("t", asked.Attempt, new WorkResult { Lease = asked.Lease, Value = i * i, Next = new WorkRequest($"w {study.Definition.Name}", Study: study.Id) })).Next;
        }

        return study.Id;
    }
}

/// <summary>A test in a real browser with axe-core, of <c>TypeScript/package.json</c>; skipped with a reason where one of them is not installed.</summary>
public sealed class AxeFactAttribute : FactAttribute
{
    private static readonly string s_file = Path.Combine(NpmFactAttribute.Folder, "node_modules", "axe-core", "axe.min.js");

    /// <summary>Skipped where the browser or axe-core is not there.</summary>
    public AxeFactAttribute()
    {
        if (!File.Exists(BrowserFactAttribute.Chromium) || !File.Exists(s_file))
        {
            Skip = $"{BrowserFactAttribute.Chromium} or {s_file} is not installed (apt-get install chromium; npm ci in TypeScript)";
        }
    }

    internal static Task<string> Source => File.ReadAllTextAsync(s_file, Encoding.UTF8);
}
