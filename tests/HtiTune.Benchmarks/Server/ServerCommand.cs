using System.Globalization;

namespace HtiTune.Benchmarks.Server;

/// <summary><c>server</c>: load on the service by one client process beside it – tells, samples, and memory over minutes.</summary>
internal static class ServerCommand
{
    internal const string Help =
        """
          server [--parts tells,sample,memory] [--studies 200] [--seconds 30] [--minutes 10] [--server PATH/HtiTune.Server.dll]
              tells   so many studies of ask and tell at once with an instant objective, for so many seconds
              sample  one row a request, and batches of 1000, JSON and .npy
              memory  the tells' load for so many minutes, the server's memory once a minute
        """;

    internal static int Run(string[] args)
    {
        string Option(string name, string other) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : other;
        var parts = Option("--parts", "tells,sample").Split(',');
        var studies = int.Parse(Option("--studies", "200"), CultureInfo.InvariantCulture);
        var seconds = double.Parse(Option("--seconds", "30"), CultureInfo.InvariantCulture);
        var minutes = double.Parse(Option("--minutes", "10"), CultureInfo.InvariantCulture);
        var program = Option("--server", "") is { Length: > 0 } given ? given : null;
        return RunAsync(parts, studies, TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(minutes), program).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(string[] parts, int studies, TimeSpan time, TimeSpan memory, string? program)
    {
        Console.WriteLine(Surroundings.Describe());
        using var server = await ServerProcess.StartAsync(program);
        if (parts.Contains("tells"))
        {
            await TellLoad.RunAsync(server, studies, TimeSpan.FromSeconds(5), "warming up", isSilent: true);
            await TellLoad.RunAsync(server, studies, time, "tells", isSilent: false);
        }

        if (parts.Contains("sample"))
        {
            await SampleLoad.RunAsync(server, TimeSpan.FromSeconds(Math.Min(10, time.TotalSeconds)));
        }

        if (parts.Contains("memory"))
        {
            for (var i = 0; i < memory.TotalMinutes; i++)
            {
                await TellLoad.RunAsync(server, studies, TimeSpan.FromMinutes(1), $"minute {i + 1}", isSilent: false);
            }
        }

        return 0;
    }
}
