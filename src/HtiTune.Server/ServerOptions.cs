namespace HtiTune.Server;

/// <summary>The section <c>HtiTune</c> of the server's configuration, beside <see cref="Hosting.HtiTuneOptions"/>.</summary>
internal sealed class ServerOptions
{
    /// <summary>Where studies are kept.</summary>
    public StoreOptions Store { get; set; } = new();

    /// <summary>Whether other addresses than loopback may be listened on without TLS, behind a proxy that has it.</summary>
    public bool BehindProxy { get; set; }

    /// <summary>Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses, or networks as 10.0.0.0/8.</summary>
    public IList<string> Proxies { get; } = [];

    /// <summary>Encrypts the keys of cookies in the store; without a path they stand there as they are.</summary>
    public CertificateOptions CookieCertificate { get; set; } = new();

    /// <summary>Whether a sample network and its study are offered.</summary>
    public bool Samples { get; set; } = true;

    /// <summary>Largest body of a request that creates a study, hands in outputs or samples a surrogate, bytes.</summary>
    /// <value>64 MiB; 64 KiB to 2 GiB less a byte, the most that a form's field may be.</value>
    public long MaxUpload { get; set; } = 64L << 20;

    /// <summary>Requests per minute of a new key.</summary>
    public int RequestsPerMinute { get; set; } = 600_000;

    /// <summary>Active studies of a new key's tenant.</summary>
    public int MaxStudies { get; set; } = 1_000;

    /// <summary>Where the server may send what happens.</summary>
    public WebhookOptions Webhooks { get; set; } = new();

    /// <summary>Who may scrape <c>/metrics</c>.</summary>
    public MetricsAccess Metrics { get; set; }

    /// <summary>Where traces and metrics are sent (OTLP); null: nowhere.</summary>
    public string? OtlpEndpoint { get; set; }
}

/// <summary>One of the two.</summary>
internal sealed class StoreOptions
{
    /// <summary>An SQLite file; empty: one in the user's data folder.</summary>
    public string? Sqlite { get; set; }

    /// <summary>A connection string of PostgreSQL; empty: SQLite.</summary>
    public string? PostgreSql { get; set; }
}

/// <summary>A certificate with its private key.</summary>
internal sealed class CertificateOptions
{
    /// <summary>A PKCS #12 file, or the certificate as PEM; empty: none.</summary>
    public string? Path { get; set; }

    /// <summary>The private key as PEM, where <see cref="Path"/> is PEM.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the PKCS #12 file.</summary>
    public string? Password { get; set; }
}
