namespace HtiTune.Server.Tests.Cluster;

/// <summary>
/// What this assembly does when it is started by itself: <c>host</c>, a process of the cluster test; <c>cluster --kills 50</c>, that test at length, with <c>--program</c> of the
/// server's own program and commands that train;
/// <c>store-speed</c>, what a commit costs.
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
            case ["store-speed"]:
                await StoreSpeed.RunAsync();
                return 0;
            default:
                await Console.Error.WriteLineAsync("usage: host ROLE CONNECTION | cluster [--kills N] [--program] | store-speed");
                return 2;
        }
    }
}
