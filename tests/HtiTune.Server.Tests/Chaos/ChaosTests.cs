namespace HtiTune.Server.Tests.Chaos;

[NeedsPostgreSql]
public sealed class ChaosTests
{
    // A process that has just begun compiles what it runs, beside other tests: five seconds are for the long form.
    private const double Longest = 20;

    /// <summary>Two kills here, and the database away for some seconds; fifty and five minutes by <c>dotnet HtiTune.Server.Tests.dll chaos</c>.</summary>
    [NginxFact]
    public async Task Behind_a_proxy_nothing_is_lost_nobody_waits_and_health_is_true_whatever_dies() =>
        await ChaosTrial.RunAsync(kills: 2, studies: 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), Longest, seed: 3, _ => { });
}

/// <summary>A fact that needs nginx and PostgreSQL; skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = PostgreSqlCluster.Missing ?? (Nginx.Program is null ? "Needs nginx." : null);
}
