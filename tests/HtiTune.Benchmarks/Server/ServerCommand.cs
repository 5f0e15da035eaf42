using System.Globalization;

namespace HtiTune.Benchmarks.Server;

/// <summary><c>server</c>: load on the service by one client process beside it – tells, samples, and memory over minutes.</summary>
internal static class ServerCommand
{
    internal const string Help =
        """
          server [--parts tells,paced,sample,memory] [--studies 200] [--rate 300] [--seconds 30] [--minutes 10] [--server PATH/HtiTune.Server.dll]
              tells   so many studies of ask and tell at once with an instant objective, for so many seconds: as many tells as there can be
              paced   the same with so many tells a second in all, at random times: how long one takes
              sample  one row a request, and batches of 1000, JSON and .npy
              memory  the paced tells for so many minutes, the server's memory once a minute
        """;

    internal static int Run(string[] args)
    {
        string Option(string name, string other) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : other;
        var parts = Option("--parts", "tells,paced,sample").Split(',');
        var rate = double.Parse(Option("--rate", "300"), CultureInfo.InvariantCulture);
        var studies = int.Parse(Option("--studies", "200"), CultureInfo.InvariantCulture);
        var seconds = double.Parse(Option("--seconds", "30"), CultureInfo.InvariantCulture);
        var minutes = double.Parse(Option("--minutes", "10"), CultureInfo.InvariantCulture);
        var program = Option("--server", "") is { Length: > 0 } given ? given : null;
        return RunAsync(parts, studies, rate, TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(minutes), program).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(string[] parts, int studies, double rate, TimeSpan time, TimeSpan memory, string? program)
    {
        Console.WriteLine(Surroundings.Describe());
        using var server = await ServerProcess.StartAsync(program);
        if (parts.Contains("tells") || parts.Contains("paced"))
        {
            await TellLoad.RunAsync(server, studies, null, TimeSpan.FromSeconds(5), "warming up", isSilent: true);
        }

        if (parts.Contains("tells"))
        {
            await TellLoad.RunAsync(server, studies, null, time, "tells", isSilent: false);
        }

        if (parts.Contains("paced"))
        {
            await TellLoad.RunAsync(server, studies, rate, time, "paced tells", isSilent: false);
        }

        if (parts.Contains("sample"))
        {
            await SampleLoad.RunAsync(server, TimeSpan.FromSeconds(Math.Min(10, time.TotalSeconds)));
        }

        if (parts.Contains("memory"))
        {
            for (var i = 0; i < memory.TotalMinutes; i++)
            {
                await TellLoad.RunAsync(server, studies, rate, TimeSpan.FromMinutes(1), $"minute {i + 1}", isSilent: false);
            }
        }

        return 0;
    }
}
