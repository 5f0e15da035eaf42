namespace HtiTune.Server;

/// <summary><c>move</c>: copies all studies, keys and models from the configured SQLite file into an empty PostgreSQL database. No server may run meanwhile.</summary>
internal static class MoveVerb
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.LogToErrors();
        var options = builder.AddTuning();
        if ((builder.Configuration["to"] ?? builder.Configuration["HtiTune:MoveTo"]) is not { Length: > 0 } connection || options.Store.PostgreSql is { Length: > 0 })
        {
            await Console.Error.WriteLineAsync("move copies the configured SQLite file: give the connection string of an empty PostgreSQL database in HtiTune__MoveTo (or by --to, which others on the machine can read), and no HtiTune:Store:PostgreSql yet").ConfigureAwait(false);
            return 2;
        }

        using var host = builder.Build();
        var services = new ServiceCollection();
        services.AddLogging().AddHtiTune().UsePostgreSql(connection);
        var target = services.BuildServiceProvider();
        await using (target.ConfigureAwait(false))
        {
            var (from, to) = (host.Services.GetRequiredService<StoreDialect>(), target.GetRequiredService<StoreDialect>());
            await from.MigrateAsync(CancellationToken.None).ConfigureAwait(false);
            if ((await host.Services.GetRequiredService<OperationsStore>().ProcessesAsync(CancellationToken.None).ConfigureAwait(false)).Processes is [var process, ..])
            {
                await Console.Error.WriteLineAsync($"the store is in use by {process.Name}, seen at {DateTimeOffset.FromUnixTimeMilliseconds(process.SeenAt):u}: what it writes meanwhile would be lost; expected it to be stopped (one that was killed counts for {OperationsStore.GoneAfter.TotalSeconds} s)").ConfigureAwait(false);
                return 3;
            }

            await to.MigrateAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                foreach (var (table, rows) in await StoreCopy.CopyAsync(from, to, CancellationToken.None).ConfigureAwait(false))
                {
                    Console.Out.WriteLine($"{table}\t{rows}");
                }
            }
            catch (InvalidOperationException refusal)
            {
                await Console.Error.WriteLineAsync(refusal.Message).ConfigureAwait(false);
                return 3;
            }
        }

        await Console.Error.WriteLineAsync("Copied. Set HtiTune:Store:PostgreSql in the configuration of the server and of its workers; keep the SQLite file until you have seen your studies there.").ConfigureAwait(false);
        return 0;
    }
}
