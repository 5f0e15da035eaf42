namespace HtiTune.Server;

/// <summary><c>keys</c>: makes, lists and revokes API keys, at the store itself.</summary>
internal static class KeysVerb
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [.. args.SkipWhile(word => !word.StartsWith('-'))], ContentRootPath = AppContext.BaseDirectory });
        builder.LogToErrors();
        var options = builder.AddTuning();
        using var host = builder.Build();
        var store = host.Services.GetRequiredService<StudyStore>();
        await store.MigrateAsync(CancellationToken.None).ConfigureAwait(false);
        switch (args)
        {
            case ["add", var name, ..] when !name.StartsWith('-'):
                try
                {
                    var (key, row) = ApiKeys.Make(name, builder.Configuration["tenant"] ?? "default", builder.Configuration["scopes"] ?? "read write", options);
                    await store.AddKeyAsync(row, CancellationToken.None).ConfigureAwait(false);
                    Console.Out.WriteLine(key);
                    await Console.Error.WriteLineAsync($"key {row.Id} of tenant {row.Tenant} ({row.Scopes}); it is shown this once").ConfigureAwait(false);
                    return 0;
                }
                catch (FormatException problem)
                {
                    await Console.Error.WriteLineAsync(problem.Message).ConfigureAwait(false);
                    return 3;
                }

            case ["list", ..]:
                foreach (var key in await store.KeysAsync(null, CancellationToken.None).ConfigureAwait(false))
                {
                    Console.Out.WriteLine($"{key.Id}\t{key.Tenant}\t{key.Scopes}\t{key.Name}\t{(key.RevokedAt is null ? "valid" : "revoked")}");
                }

                return 0;

            case ["revoke", var id, ..]:
                if (await store.RevokeKeyAsync(id, CancellationToken.None).ConfigureAwait(false))
                {
                    return 0;
                }

                await Console.Error.WriteLineAsync($"there is no key '{id}'; see keys list").ConfigureAwait(false);
                return 3;

            default:
                await Console.Error.WriteLineAsync("keys takes: add NAME [--tenant T] [--scopes \"read write\"], list, revoke ID").ConfigureAwait(false);
                return 2;
        }
    }
}
