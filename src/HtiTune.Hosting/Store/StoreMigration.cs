using Microsoft.Extensions.Hosting;

namespace HtiTune.Hosting;

/// <summary>Brings the database to this version's model before anything works with it.</summary>
internal sealed class StoreMigration(StudyStore store) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => store.MigrateAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
