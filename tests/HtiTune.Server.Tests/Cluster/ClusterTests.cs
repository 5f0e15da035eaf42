namespace HtiTune.Server.Tests.Cluster;

[NeedsPostgreSql]
public sealed class ClusterTests
{
    /// <summary>Four faults here; fifty by <c>dotnet HtiTune.Server.Tests.dll cluster --kills 50</c>.</summary>
    [StoreFact]
    public async Task Studies_survive_the_death_of_workers_servers_and_the_database()
    {
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        try
        {
            await ClusterTrial.RunAsync(faults: 4, seed: 2, said.Enqueue);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{fault.Message}\n{string.Join('\n', said.TakeLast(100))}", fault);
        }
    }
}
