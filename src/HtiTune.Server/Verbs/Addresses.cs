using System.Net;

namespace HtiTune.Server;

/// <summary>Where the server listens: where the configuration says so, else on loopback; never where others could reach it without TLS.</summary>
internal static class Addresses
{
    private const string Default = "http://127.0.0.1:5210";

    /// <summary>Sets the default address where none is configured, by ASP.NET Core's own settings too (<c>ASPNETCORE_URLS</c>, <c>ASPNETCORE_HTTP_PORTS</c>).</summary>
    internal static void Choose(WebApplicationBuilder builder, ServerOptions options)
    {
        var configuration = builder.Configuration;
        List<(string Place, string Url)> given =
        [
            .. Words(configuration["urls"]).Select(url => ("Urls", url)),
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => ($"Kestrel:Endpoints:{endpoint.Key}:Url", endpoint["Url"] ?? "")),
        ];
        if (given.Count == 0)
        {
            given = [.. Words(configuration["http_ports"]).Select(port => ("ASPNETCORE_HTTP_PORTS", $"http://*:{port}")), .. Words(configuration["https_ports"]).Select(port => ("ASPNETCORE_HTTPS_PORTS", $"https://*:{port}"))];
        }

        if (given.Count == 0)
        {
            builder.WebHost.UseUrls(Default);
        }

        if (!options.BehindProxy && given.Where(one => !IsSafe(one.Url)).ToList() is [var (place, url), ..])
        {
            throw new StartException($"{place} has {url}, which others could reach without TLS; expected https (with a certificate), a loopback address, or HtiTune:BehindProxy where a proxy has the TLS");
        }

        // As people read a path: from where they are.
        foreach (var (key, path) in configuration.GetSection("Kestrel").AsEnumerable().Where(pair => pair.Key.EndsWith("Path", StringComparison.OrdinalIgnoreCase) && pair.Value is { Length: > 0 } && File.Exists(pair.Value)))
        {
            configuration[key] = Path.GetFullPath(path!);
        }
    }

    private static string[] Words(string? text) => (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsSafe(string url)
    {
        if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var host = Uri.TryCreate(url.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed) ? parsed.Host : "";
        return host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
    }
}
