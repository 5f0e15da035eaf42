using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HtiTune.Hosting;

/// <summary>Puts a provider's dialect, and the store over it, into a host.</summary>
internal static class StoreRegistration
{
    /// <summary>Adds them; another provider's give way.</summary>
    public static void Add(IServiceCollection services, Func<IServiceProvider, StoreDialect> dialect)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.RemoveAll<StoreDialect>();
        services.AddSingleton(dialect);
        services.TryAddSingleton<StudyStore>();
        services.TryAddSingleton<OperationsStore>();
        services.TryAddSingleton<WebhookStore>();
    }
}
