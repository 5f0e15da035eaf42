namespace HtiTune.Server.Tests.Cluster;

internal static class TestProgram
{
    private static Task Main() => StoreSpeed.RunAsync();
}
