namespace HtiTune.Server;

/// <summary>The section <c>HtiTune:Webhooks</c>: where the server may send what happens. Without hosts it sends nothing.</summary>
internal sealed class WebhookOptions
{
    /// <summary>Hosts that webhooks may name, each with its scheme and, where it is another than the scheme's, its port: <c>https://hooks.example.com</c>.</summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>Addresses that no one could reach from outside and that these hosts may have all the same, or networks of them as 10.0.0.0/8.</summary>
    public IList<string> PrivateNetworks { get; } = [];

    /// <summary>How long a host may take to answer.</summary>
    /// <value>10 s; above 0 and at most 1 min.</value>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before a call that failed is made again; doubled each further time, at most 1 h.</summary>
    /// <value>10 s; above 0.</value>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a call is made before it is given up.</summary>
    /// <value>12; 1 to 100.</value>
    public int Tries { get; set; } = 12;

    /// <summary>What is wrong with the settings.</summary>
    internal IEnumerable<string> Faults()
    {
        foreach (var host in Hosts.Where(host => WebhookAddresses.OriginOf(host) is not { } origin || !host.TrimEnd('/').Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"Webhooks:Hosts has '{host}'; expected scheme and host, as https://hooks.example.com or http://10.0.0.7:8080";
        }

        foreach (var network in PrivateNetworks.Where(network => Proxies.NetworkOf(network) is null))
        {
            yield return $"Webhooks:PrivateNetworks has '{network}'; expected an address, or a network as 10.0.0.0/8";
        }

        if (TimeLimit <= TimeSpan.Zero || TimeLimit > TimeSpan.FromMinutes(1))
        {
            yield return $"Webhooks:TimeLimit is {TimeLimit}; expected above 0 and at most 00:01:00";
        }

        if (Backoff <= TimeSpan.Zero)
        {
            yield return $"Webhooks:Backoff is {Backoff}; expected above 0";
        }

        if (Tries is < 1 or > 100)
        {
            yield return $"Webhooks:Tries is {Tries}; expected 1 to 100";
        }
    }
}
