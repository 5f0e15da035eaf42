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

/// <summary>An address that is told of what happens to a tenant's studies.</summary>
internal sealed class WebhookRow
{
    public Guid Id { get; set; }
    public required string Tenant { get; set; }
    public required string Url { get; set; }

    /// <summary>What it is told of, each kind between two commas.</summary>
    public required string Kinds { get; set; }

    /// <summary>Signs what is sent; it stands here as it is, for who signs must have it.</summary>
    public required string Secret { get; set; }
    public long CreatedAt { get; set; }
    public long? SentAt { get; set; }

    /// <summary>Why the last call that failed did; null: none has, or one was taken since.</summary>
    public string? Error { get; set; }
    public long? FailedAt { get; set; }
}

/// <summary>A call that is to be made: written with what it tells of, in one transaction, and deleted when it was taken or given up.</summary>
internal sealed class WebhookCallRow
{
    public Guid Id { get; set; }
    public Guid WebhookId { get; set; }
    public required string Kind { get; set; }
    public required string Body { get; set; }
    public long CreatedAt { get; set; }

    /// <summary>Not to be made before.</summary>
    public long NextAt { get; set; }
    public int Tries { get; set; }
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
