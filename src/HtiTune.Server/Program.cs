using HtiTune.External;
using HtiTune.Surrogates;
using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary>The server's program: <c>serve</c> (default), <c>worker</c>, <c>keys</c>, <c>move</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        TorchSurrogates.Register();
        return RunAsync(args);
    }

    private static async Task<int> RunAsync(string[] args)
    {
        // Commands are started through this program itself; see ChildLauncher.
        if (args is [ChildLauncher.Verb, ..])
        {
            return ChildLauncher.Run(args.AsSpan(1));
        }

        if (args.Any(word => word is "--help" or "-h") || args is ["help", ..])
        {
            return Help();
        }

        if (args.Contains("--version"))
        {
            Console.Out.WriteLine(ProcessPresence.Version);
            return 0;
        }

        try
        {
            return await (args switch
            {
                ["worker", ..] => WorkerVerb.RunAsync(args[1..]),
                ["keys", ..] => KeysVerb.RunAsync(args[1..]),
                ["move", ..] => MoveVerb.RunAsync(args[1..]),
                ["serve", ..] => ServeVerb.RunAsync(args[1..]),
                [var verb, ..] when !verb.StartsWith('-') => Task.FromResult(Unknown(verb)),
                _ => ServeVerb.RunAsync(args),
            }).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is StartException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            return 2;
        }
        catch (OperationCanceledException)
        {
            // Ended while it began.
            return 0;
        }
        catch (Exception problem) when (problem is StoreTooNewException or System.Data.Common.DbException or IOException or UnauthorizedAccessException or TimeoutException or InvalidOperationException
            or System.Net.Sockets.SocketException or System.Security.Cryptography.CryptographicException)
        {
            var cause = problem.InnerException is { } inner && !problem.Message.Contains(inner.Message, StringComparison.Ordinal) ? $" ({inner.Message})" : "";
            await Console.Error.WriteLineAsync($"{problem.Message}{cause}").ConfigureAwait(false);
            return 3;
        }
    }

    private static int Help()
    {
        Console.Out.WriteLine(
            """
            HtiTune.Server: tuning for a team – an API, a dashboard, workers on many machines.

              serve                 the API and the dashboard, on loopback unless configured otherwise (default)
              worker                trains, without API or dashboard
                --queues gpu,cpu      queues that it serves (default: default)
                --slots N             trainings at the same time (default: 1)
                --name NAME           its name as a worker (default: machine and process)
              keys add NAME         a new API key, shown once
                --tenant T            whose it is (default: default; * for operators)
                --scopes "read write" words of read, write, admin (default: read write)
              keys list             keys, without their secrets
              keys revoke ID        ends a key
              move                  copies everything from the SQLite file into an empty PostgreSQL database, whose connection string
                                    stands in the environment variable HtiTune__MoveTo

              --help, --version     this text; the version

            Settings come from appsettings.json, environment variables (HtiTune__Slots=2) and the command line (--HtiTune:Slots 2); see the README.
            """);
        return 0;
    }

    private static int Unknown(string verb)
    {
        Console.Error.WriteLine($"there is no verb '{verb}'; expected serve, worker, keys or move (HtiTune.Server --help)");
        return 2;
    }
}
