using HtiTune.External;
using HtiTune.Surrogates;

namespace HtiTune.Server;

/// <summary>The server's program: <c>serve</c> (default), <c>worker</c>, <c>keys</c>, <c>move</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        TorchSurrogates.Register();
        return RunAsync(args);
    }

    private static async Task<int> RunAsync(string[] args) => args switch
    {
        // Commands are started through this program itself; see ChildLauncher.
        [ChildLauncher.Verb, ..] => ChildLauncher.Run(args.AsSpan(1)),
        ["worker", ..] => await WorkerVerb.RunAsync(args[1..]).ConfigureAwait(false),
        ["keys", ..] => await KeysVerb.RunAsync(args[1..]).ConfigureAwait(false),
        ["move", ..] => await MoveVerb.RunAsync(args[1..]).ConfigureAwait(false),
        ["serve", ..] => await ServeVerb.RunAsync(args[1..]).ConfigureAwait(false),
        ["--help" or "-h" or "help", ..] => Help(),
        [var verb, ..] when !verb.StartsWith('-') => Unknown(verb),
        _ => await ServeVerb.RunAsync(args).ConfigureAwait(false),
    };

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
