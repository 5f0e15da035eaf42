using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace HtiTune.Server;

/// <summary>What servers and workers have in common: the tuning service on its store.</summary>
internal static class ServiceSetup
{
    /// <summary>Adds the service as the configuration has it.</summary>
    public static ServerOptions AddTuning(this IHostApplicationBuilder builder, Action<HtiTuneOptions>? configure = null)
    {
        var section = builder.Configuration.GetSection("HtiTune");
        var options = SettingsCheck.Read(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<IValidateOptions<HtiTuneOptions>, ServerOptionsValidation>();
        var service = builder.Services.AddHtiTune(section);
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        if (!string.IsNullOrWhiteSpace(options.Store.PostgreSql))
        {
            service.UsePostgreSql(options.Store.PostgreSql);
        }
        else
        {
            service.UseSqlite(SqliteFile(options));
        }

        if (options.Samples)
        {
            service.AddNetwork<SampleNetwork>(SampleNetwork.Name);
        }

        // What hinders the start is told by the program, in a line; and a host that is told to end while it begins has no fault.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // Longer than the grace of trainings, shorter than a service manager's patience.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(105));
        if (options.OtlpEndpoint is { Length: > 0 } endpoint)
        {
            builder.Services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter("HtiTune*", "Microsoft.AspNetCore.Hosting").AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)))
                .WithTracing(traces => traces.AddSource("HtiTune*").AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)));
        }

        return options;
    }

    /// <summary>A verb's output is its answer: what it logs goes to standard error, and only what is wrong.</summary>
    public static void LogToErrors(this IHostApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>The SQLite file: the configured one, or one of the user's.</summary>
    public static string SqliteFile(ServerOptions options)
    {
        var file = string.IsNullOrWhiteSpace(options.Store.Sqlite)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "HtiTune", "server", "studies.db")
            : Path.GetFullPath(options.Store.Sqlite);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
