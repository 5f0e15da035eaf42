namespace HtiTune.Server;

/// <summary><c>worker</c>: trains, without API or dashboard.</summary>
internal static class WorkerVerb
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var queues = builder.Configuration["queues"];
        var options = builder.AddTuning(settings =>
        {
            settings.Advances = false;
            foreach (var queue in queues?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
            {
                settings.Queues.Add(queue);
            }

            if (int.TryParse(builder.Configuration["slots"], System.Globalization.CultureInfo.InvariantCulture, out var slots))
            {
                settings.Slots = slots;
            }

            settings.Worker = builder.Configuration["name"] ?? settings.Worker;
        });
        if (string.IsNullOrWhiteSpace(options.Store.PostgreSql))
        {
            await Console.Error.WriteLineAsync("a worker of its own shares PostgreSQL with the server; expected HtiTune:Store:PostgreSql (with SQLite the server trains by itself)").ConfigureAwait(false);
            return 2;
        }

        await builder.Build().RunAsync().ConfigureAwait(false);
        return 0;
    }
}
