using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Hosting;

/// <summary>Adds to the tuning service of a host: its store, networks and objectives.</summary>
public interface IHtiTuneBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}

/// <summary>The only builder.</summary>
internal sealed class HtiTuneBuilder(IServiceCollection services) : IHtiTuneBuilder
{
    public IServiceCollection Services => services;
}
