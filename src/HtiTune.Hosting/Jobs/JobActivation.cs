using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Hosting;

/// <summary>Makes the jobs' class from the host's services.</summary>
internal sealed class JobActivation(IServiceProvider services) : JobActivator
{
    public override object ActivateJob(Type jobType) => services.GetRequiredService(jobType);
}
