using System.Diagnostics;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using HtiTune.Server.Tests.Browser;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Cluster;

/// <summary>How long a page of a study with 500 trials takes (300 ms are promised), and pages of a list of 5,000 studies (100 ms each).</summary>
internal static class PageSpeed
{
    private const int Trials = 500;
    private const int Studies = 5000;
    private const int Repeats = 7;

    /// <returns>0 where all keep what is promised, else 1.</returns>
    public static async Task<int> RunAsync()
    {
        var server = new ApiServer(null, null, "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "None");
        await server.InitializeAsync();
        try
        {
            return await RunAsync(server);
        }
        finally
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }
    }

    private static async Task<int> RunAsync(ApiServer server)
    {
        var id = await StoredStudies.AddWithTrialsAsync(server, Trials);
        await StoredStudies.AddAsync(server, Studies);
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("*", "read"));
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = login.Cookies });
        var service = server.Services.GetRequiredService<IStudyService>();
        var isKept = await MeasureAsync($"a study of {Trials} trials", 300, () => http.GetStringAsync(new Uri(server.Address, $"/studies/{id}")));
        foreach (var order in Enum.GetValues<StudyOrder>())
        {
            isKept &= await MeasureAsync($"the last of {Studies} studies by {order}", 100, () => service.PageAsync(null, new StudyPageQuery { Order = order, Skip = Studies - 100, Search = "study" }));
        }

        isKept &= await MeasureAsync($"the list of {Studies} studies", 100, () => http.GetStringAsync(server.Address));
        return isKept ? 0 : 1;
    }

    /// <summary>The least of some: other work on the machine is not the page's.</summary>
    private static async Task<bool> MeasureAsync(string name, double promised, Func<Task> what)
    {
        await what();
        var least = double.PositiveInfinity;
        for (var i = 0; i < Repeats; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await what();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        Console.WriteLine(FormattableString.Invariant($"{name}: {least:0.0} ms, the least of {Repeats} (promised {promised})"));
        return least <= promised;
    }
}
