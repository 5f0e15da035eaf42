using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HtiTune.Hosting;

/// <summary>Brings the database to this version's model before any other service of the host begins.</summary>
internal sealed class StoreStartup(IStudyStore store) : IHostedLifecycleService
{
    /// <summary>Puts a provider's dialect, and the store over it, into a host; another provider's gives way.</summary>
    public static void Add(IServiceCollection services, Func<IServiceProvider, StoreDialect> dialect)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.RemoveAll<StoreDialect>().RemoveAll<IStudyStore>();
        services.AddSingleton(dialect);
        services.AddSingleton<IStudyStore, StudyStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StoreStartup>());
    }

    public Task StartingAsync(CancellationToken cancellationToken) => store.MigrateAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
