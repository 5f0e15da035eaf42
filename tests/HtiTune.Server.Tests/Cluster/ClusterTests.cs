namespace HtiTune.Server.Tests.Cluster;

[NeedsPostgreSql]
public sealed class ClusterTests
{
    /// <summary>Four faults here; fifty by <c>dotnet HtiTune.Server.Tests.dll cluster --kills 50</c>. The programs are the server's own, and commands train.</summary>
    [StoreFact]
    public Task Studies_survive_the_death_of_workers_servers_and_the_database() => RunAsync(isProgram: false);

    [StoreFact]
    public Task So_do_those_of_the_servers_own_program_whose_commands_train() => RunAsync(isProgram: true);

    private static async Task RunAsync(bool isProgram)
    {
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        try
        {
            await ClusterTrial.RunAsync(faults: 4, seed: 2, isProgram, said.Enqueue);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{fault.Message}\n{string.Join('\n', said.TakeLast(100))}", fault);
        }
    }
}
