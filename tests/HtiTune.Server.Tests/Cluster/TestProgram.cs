namespace HtiTune.Server.Tests.Cluster;

/// <summary>
/// What this assembly does when it is started by itself: <c>host</c>, a process of the cluster test; <c>cluster --kills 50</c>, that test at length, with <c>--program</c> of the
/// server's own program and commands that train;
/// <c>chaos --kills 50 --away 300</c>, the same behind nginx with people at it, a full disk and a revoked key; <c>store-speed</c>, what a commit costs; <c>page-speed</c>, what a page costs.
/// </summary>
internal static class TestProgram
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["host", var role, var connection]:
                await ClusterHost.RunAsync(role, connection);
                return 0;
            case ["cluster", .. var options]:
                var kills = Array.IndexOf(options, "--kills") is var at and >= 0 ? int.Parse(options[at + 1]) : 50;
                Console.WriteLine(await ClusterTrial.RunAsync(kills, seed: 1, isProgram: options.Contains("--program"), Console.WriteLine));
                return 0;
            case ["chaos", .. var options]:
                Console.WriteLine(await Chaos.ChaosTrial.RunAsync(
                    int.Parse(Option(options, "--kills", "50")), studies: 6, TimeSpan.FromSeconds(int.Parse(Option(options, "--pause", "6"))), TimeSpan.FromSeconds(int.Parse(Option(options, "--away", "300"))), TimeSpan.FromSeconds(int.Parse(Option(options, "--full", "20"))),
                    longest: 5, seed: 1, options.Contains("--verbose") ? Console.WriteLine : _ => { }));
                return 0;
            case ["store-speed"]:
                await StoreSpeed.RunAsync();
                return 0;
            case ["page-speed"]:
                return await PageSpeed.RunAsync();
            default:
                await Console.Error.WriteLineAsync("usage: host ROLE CONNECTION | cluster [--kills N] [--program] | chaos [--kills N] [--pause SECONDS] [--away SECONDS] [--full SECONDS] [--verbose] | store-speed | page-speed");
                return 2;
        }
    }

    private static string Option(string[] options, string name, string other) => Array.IndexOf(options, name) is var at and >= 0 ? options[at + 1] : other;
}
