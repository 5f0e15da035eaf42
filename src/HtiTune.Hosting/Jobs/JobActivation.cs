using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Hosting;

/// <summary>Takes who does a job from the host's services; they outlive it.</summary>
internal sealed class JobActivation(IServiceProvider services) : JobActivator
{
    public override JobActivatorScope BeginScope(JobActivatorContext context) => new Scope(services);

    private sealed class Scope(IServiceProvider services) : JobActivatorScope
    {
        public override object Resolve(Type type) => services.GetRequiredService(type);
    }
}
