using System.Net;
using System.Net.Sockets;

namespace HtiTune.Server;

/// <summary>
/// Where a call may go: to a host that the operator lists, and there to an address that anybody could reach, or that the operator lists too. The address is looked at when it is
/// connected to, so that a name which changes its address meanwhile leads nowhere else.
/// </summary>
internal sealed class WebhookAddresses
{
    private readonly HashSet<string> _origins;
    private readonly List<IPNetwork> _private;

    public WebhookAddresses(WebhookOptions options)
    {
        _origins = [.. options.Hosts.Select(OriginOf).OfType<string>()];
        _private = [.. options.PrivateNetworks.Select(text => Proxies.NetworkOf(text)).OfType<IPNetwork>()];
    }

    /// <summary>Whether any call may be made.</summary>
    public bool IsAny => _origins.Count > 0;

    /// <summary>Scheme, host and port of an address, the scheme's own port left out; null where it is none of http or https.</summary>
    internal static string? OriginOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Authority).ToLowerInvariant() : null;

    /// <summary>What is wrong with an address; null where a call may go there.</summary>
    public string? FaultOf(string? address) =>
        address is null || OriginOf(address) is not { } origin || address.Length > 2000 || address.Contains('#', StringComparison.Ordinal)
            ? "it is no address of http or https; expected one of at most 2,000 characters, without a name, a password or a fragment"
        : _origins.Contains(origin) ? null
        : $"the host '{origin}' is none to which the operator lets webhooks go{(IsAny ? "" : ", for there are none")}; expected one of HtiTune:Webhooks:Hosts";

    /// <summary>Whether an address may be connected to.</summary>
    public bool MayReach(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsPublic(plain) || _private.Exists(network => network.Contains(plain));
    }

    /// <summary>Opens a connection to the first address of a host that may be connected to.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellation)
    {
        var found = await Dns.GetHostAddressesAsync(host.Host, cancellation).ConfigureAwait(false);
        var open = Array.FindAll(found, MayReach);
        if (open.Length == 0)
        {
            throw new HttpRequestException($"{host.Host} has no address to which webhooks may go.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, host.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is of the public internet: none of this machine, its networks, those between carriers, documentation, multicast, or a tunnel into any of them (RFC 6890).</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !address.IsIPv6LinkLocal && !address.IsIPv6SiteLocal && !address.IsIPv6Multicast && !address.IsIPv6Teredo && !address.IsIPv6UniqueLocal
                && !Array.Exists(s_reservedSix, network => network.Contains(address));
        }

        return !Array.Exists(s_reservedFour, network => network.Contains(address));
    }

    private static readonly IPNetwork[] s_reservedFour =
    [
        .. ((string[])["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"])
            .Select(text => IPNetwork.Parse(text)),
    ];

    // Unspecified and loopback, addresses of version 4 in another form, translation (NAT64), discard, documentation, 6to4.
    private static readonly IPNetwork[] s_reservedSix =
    [
        .. ((string[])["::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(text => IPNetwork.Parse(text)),
    ];
}
