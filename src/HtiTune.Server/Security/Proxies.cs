using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace HtiTune.Server;

/// <summary>Behind a proxy the caller's address and scheme are what the proxy says, if the operator has named it; nobody else is believed.</summary>
internal static partial class Proxies
{
    private static readonly TimeSpan s_strict = TimeSpan.FromDays(180);

    internal static void Add(IServiceCollection services, ServerOptions options)
    {
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var text in options.Proxies)
            {
                if (IPAddress.TryParse(text, out var address))
                {
                    forwarded.KnownProxies.Add(address);
                }
                else
                {
                    forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(text));
                }
            }
        });
        services.AddHsts(hsts => hsts.MaxAge = s_strict);
    }

    internal static void Use(WebApplication app, ServerOptions options)
    {
        if (options.Proxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }
        else if (options.BehindProxy)
        {
            LogUnnamed(app.Logger);
        }

        // Sent over TLS alone, and not for loopback.
        app.UseHsts();
    }

    /// <summary>The network that a text names, of one where it is an address; null where it is neither.</summary>
    internal static System.Net.IPNetwork? NetworkOf(string text) =>
        IPAddress.TryParse(text, out var one) ? new System.Net.IPNetwork(one, 8 * one.GetAddressBytes().Length) : System.Net.IPNetwork.TryParse(text, out var network) ? network : null;

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning,
        Message = "HtiTune:BehindProxy is true and HtiTune:Proxies names none: all callers count as one, and cookies have no Secure. Name the proxy's address, as HtiTune__Proxies__0=10.0.0.5")]
    private static partial void LogUnnamed(ILogger logger);
}
