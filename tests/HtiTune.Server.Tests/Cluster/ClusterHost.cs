using HtiTune.Hosting;
using HtiTune.Server.Tests.Services;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HtiTune.Server.Tests.Cluster;

/// <summary>A process of the cluster: a server that advances studies, or a worker that trains. All its times are short.</summary>
internal static class ClusterHost
{
    public const string Server = "server";
    public const string Worker = "worker";

    /// <summary>How long a training takes.</summary>
    private static readonly TimeSpan Training = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long a lease lasts: a stopped process is past it after this.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(string role, string connection)
    {
        using var host = Build(role, connection);
        await host.RunAsync();
    }

    public static IHost Build(string role, string connection)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(format => (format.SingleLine, format.TimestampFormat) = (true, "HH:mm:ss.fff ")).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddHtiTune(options =>
        {
            (options.Advances, options.Trains) = (role == Server, role == Worker);
            options.Lease = Lease;
            options.RenewEvery = TimeSpan.FromMilliseconds(500);
            options.ReconcileEvery = TimeSpan.FromSeconds(1);
            options.PollEvery = TimeSpan.FromMilliseconds(200);
            options.Grace = TimeSpan.FromSeconds(1);
            options.Backoff = TimeSpan.FromMilliseconds(50);
            options.QuickFailure = TimeSpan.Zero;
        })
        .UsePostgreSql(new PostgreSqlStoreOptions
        {
            ConnectionString = connection,
            PollEvery = TimeSpan.FromMilliseconds(200),
            JobInvisibility = TimeSpan.FromSeconds(10),
        })
        .AddNetwork("test", _ => new TestNetwork { Before = (_, cancellation) => cancellation.WaitHandle.WaitOne(Training) });
        return builder.Build();
    }
}
