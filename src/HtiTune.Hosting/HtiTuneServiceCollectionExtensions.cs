using Hangfire;
using Hangfire.InMemory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HtiTune.Hosting;

/// <summary>Puts tuning into a host.</summary>
public static class HtiTuneServiceCollectionExtensions
{
    private static readonly TimeSpan s_doneJobs = TimeSpan.FromMinutes(2);

    /// <summary>Adds the tuning service, with options from a section of the configuration. Doing it again adds nothing but the section.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">See <see cref="HtiTuneOptions"/>.</param>
    /// <returns>Adds a store (one of the providers' <c>Use…</c>), networks and objectives.</returns>
    public static IHtiTuneBuilder AddHtiTune(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var builder = services.AddHtiTune();
        services.AddOptions<HtiTuneOptions>().Bind(section);
        return builder;
    }

    /// <summary>Adds the tuning service. Doing it again adds nothing but the settings.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    public static IHtiTuneBuilder AddHtiTune(this IServiceCollection services, Action<HtiTuneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<HtiTuneOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HtiTuneOptions>, HtiTuneOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<NetworkRegistry>();
        services.TryAddSingleton<ServiceTelemetry>();
        services.TryAddSingleton<StudiesInMemory>();
        services.TryAddSingleton<TenantTurns>();
        services.TryAddSingleton<StudyWatch>();
        services.TryAddSingleton<StudyTakeUp>();
        services.TryAddSingleton<BeliefKeeper>();
        services.TryAddSingleton<StudyEngine>();
        services.TryAddSingleton<StudyPreferences>();
        services.TryAddSingleton<StudyEvents>();
        services.TryAddSingleton<SurrogateCache>();
        services.TryAddSingleton<TenantFinder>();
        services.TryAddSingleton<UnservedStudies>();
        services.TryAddSingleton<StudyBeginnings>();
        services.TryAddSingleton<StudyBeliefs>();
        services.TryAddSingleton<PreferenceRequests>();
        services.TryAddSingleton<EnqueueRequests>();
        services.TryAddSingleton<TrainingEnds>();
        services.TryAddSingleton<TrainingWork>();
        services.TryAddSingleton<StudyService>();
        services.TryAddSingleton<IStudyService>(provider => provider.GetRequiredService<StudyService>());
        // What is done is told by the store; the queue keeps it long enough to look at.
        services.TryAddSingleton<JobStorage>(_ => new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = s_doneJobs }));
        services.TryAddSingleton<JobActivation>();
        services.TryAddSingleton<TrainingWorker>();
        services.TryAddSingleton<Dispatcher>();
        services.TryAddSingleton<ProcessPresence>();
        services.TryAddSingleton<ServiceInspection>();
        services.TryAddSingleton<IWakeUps>(provider => provider.GetRequiredService<Dispatcher>());
        if (!services.Any(service => service.ServiceType == typeof(HostedServicesAdded)))
        {
            // Migrations first, then what works with the store.
            services.AddSingleton<HostedServicesAdded>();
            services.AddHostedService<StoreMigration>();
            services.AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
            services.AddHostedService(provider => provider.GetRequiredService<ProcessPresence>());
            services.AddHostedService<JobServers>();
            services.AddHealthChecks().AddCheck<ServiceHealth>("htitune");
        }

        return new HtiTuneBuilder(services);
    }

    /// <summary>Adds a network that this host can train.</summary>
    /// <typeparam name="T">The network; made once, with the host's services.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name by which studies ask for it.</param>
    public static IHtiTuneBuilder AddNetwork<T>(this IHtiTuneBuilder builder, string name)
        where T : class, INetwork => builder.AddNetwork(name, services => ActivatorUtilities.GetServiceOrCreateInstance<T>(services));

    /// <summary>Adds a network that this host can train.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name by which studies ask for it.</param>
    /// <param name="make">Makes it; called once.</param>
    public static IHtiTuneBuilder AddNetwork(this IHtiTuneBuilder builder, string name, Func<IServiceProvider, INetwork> make)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(make);
        builder.Services.AddSingleton(new NetworkRegistration(name, make));
        return builder;
    }

    /// <summary>Adds an objective, which studies name as <c>objective:NAME</c>.</summary>
    /// <typeparam name="T">The objective; made once, with the host's services.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">Its name.</param>
    public static IHtiTuneBuilder AddObjective<T>(this IHtiTuneBuilder builder, string name)
        where T : class, IStudyObjective
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.AddSingleton(new ObjectiveRegistration(name, services => ActivatorUtilities.GetServiceOrCreateInstance<T>(services)));
        return builder;
    }

    /// <summary>A mark: the hosted services are there.</summary>
    private sealed class HostedServicesAdded;
}
