using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Cli;

/// <summary>The options of verbs that can work with a tuning service in place of a folder.</summary>
internal sealed class ServerOptions
{
    internal const string KeyVariable = "HTITUNE_API_KEY";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"Address of an HtiTune.Server that keeps the study; the key comes from {KeyVariable} or --token-file. Your command trains here all the same.", HelpName = "URL",
    };

    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File with the server's key, for --server.", HelpName = "FILE" };

    private ServerOptions()
    {
    }

    /// <summary>Gives a command the options.</summary>
    internal static ServerOptions AddTo(Command command)
    {
        var options = new ServerOptions();
        command.Add(options._server);
        command.Add(options._tokenFile);
        return options;
    }

    /// <summary>A connection where a server was named; else null.</summary>
    /// <exception cref="CliException">Its address is wrong, or there is no key.</exception>
    internal ServerConnection? Open(ParseResult result) => result.GetValue(_server) is { } address ? ServerConnection.Open(address, result.GetValue(_tokenFile)) : null;
}

/// <summary>A client of a server for one command.</summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly ServiceProvider _services;

    private ServerConnection(Uri address, string key)
    {
        Address = address;
        _services = new ServiceCollection().AddHtiTuneClient(address, key).BuildServiceProvider();
        Client = _services.GetRequiredService<HtiTuneClient>();
    }

    internal Uri Address { get; }

    internal HtiTuneClient Client { get; }

    internal static ServerConnection Open(string address, string? tokenFile)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CliException("H001", $"--server is '{address}'; expected an address such as http://127.0.0.1:5210.", Advice.Help.For("tune"));
        }

        var key = (tokenFile is null ? Environment.GetEnvironmentVariable(ServerOptions.KeyVariable) : KeyOf(tokenFile))?.Trim();
        CliException.ThrowIf(string.IsNullOrEmpty(key),
            "H051", $"there is no key for {uri}; expected one in {ServerOptions.KeyVariable} or in the file of --token-file.", "HtiTune.Server keys add NAME makes one");

        if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            Terminal.Warn($"{uri} is not encrypted: the key can be read on its way; expected https");
        }

        return new ServerConnection(uri, key);
    }

    /// <summary>Asks the server, and turns what it refuses into words for who typed the command.</summary>
    internal static T Ask<T>(Func<Task<T>> ask)
    {
        try
        {
            return ask().GetAwaiter().GetResult();
        }
        catch (HtiTuneException problem)
        {
            throw Told(problem);
        }
    }

    internal static CliException Told(HtiTuneException problem) => problem.Status switch
    {
        null => new CliException("H050", problem.Message),
        >= System.Net.HttpStatusCode.InternalServerError => new CliException("H050", $"the server failed: {problem.Message}"),
        _ => new CliException("H051", $"the server refused: {problem.Message}"),
    };

    public void Dispose() => _services.Dispose();

    private static string KeyOf(string file)
    {
        CliException.ThrowIf(!File.Exists(file), "H003", $"there is no file {file}; expected one with the server's key.");

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
        {
            Terminal.Warn($"{file} can be read by others on this machine; chmod 600 {file}");
        }

        return File.ReadAllText(file);
    }
}
