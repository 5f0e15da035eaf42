namespace HtiTune.Hosting;

// Tables of running the service, beside those of studies. Times are milliseconds since 1970 UTC by the database's clock.

/// <summary>A log-in to the dashboard. It holds until it is ended, or its key is revoked.</summary>
internal sealed class SessionRow
{
    public required string Id { get; set; }

    /// <summary>Id of the key that opened it.</summary>
    public required string KeyId { get; set; }
    public long CreatedAt { get; set; }
    public long? EndedAt { get; set; }
}

/// <summary>A key that protects cookies and forms, as ASP.NET Core's data protection writes it; one ring for all servers of the store.</summary>
internal sealed class ProtectionKeyRow
{
    public required string Name { get; set; }
    public required string Xml { get; set; }
    public long CreatedAt { get; set; }
}

/// <summary>A process of the service that is there: it writes this row every few seconds, and deletes it when it stops.</summary>
internal sealed class ProcessRow
{
    /// <summary>Its name as a worker.</summary>
    public required string Name { get; set; }
    public required string Version { get; set; }

    /// <summary>Networks that it trains, as a list in JSON; empty where it does not train.</summary>
    public required string Networks { get; set; }

    /// <summary>Queues that it trains, apart by commas; empty where it does not train.</summary>
    public required string Queues { get; set; }
    public bool Advances { get; set; }
    public long StartedAt { get; set; }
    public long SeenAt { get; set; }
}
