using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HtiTune.Hosting;

/// <summary>
/// Whether the service works. Unhealthy: requests cannot be served, for the store cannot be written. Degraded: something needs an operator, which the data say. Answers
/// within two seconds whatever the store does.
/// </summary>
internal sealed class ServiceHealth(ServiceInspection inspection) : IHealthCheck
{
    /// <summary>Name of the <see cref="ServiceCondition"/> in a report's data.</summary>
    internal const string Condition = "condition";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var condition = await inspection.LookAsync().ConfigureAwait(false);
        var words = condition.Faults.Count == 0 ? null : string.Join('\n', condition.Faults);
        return new HealthCheckResult(condition.Status, words, data: new Dictionary<string, object> { [Condition] = condition });
    }
}
