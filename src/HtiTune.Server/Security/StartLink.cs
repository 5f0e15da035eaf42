using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace HtiTune.Server;

/// <summary>
/// The link that the server prints at its start: it opens one session, within an hour, from this machine alone. Behind a proxy there is none, for every visitor may seem to
/// come from the proxy's machine.
/// </summary>
internal sealed class StartLink(ServerOptions options, TimeProvider time)
{
    /// <summary>What stands for the key of a session that the link has opened.</summary>
    internal const string KeyId = "link";

    private static readonly TimeSpan s_holds = TimeSpan.FromHours(1);
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly long _started = time.GetTimestamp();
    private int _used;

    /// <summary>The link to be printed; null behind a proxy.</summary>
    public string? Address(string server) => options.BehindProxy ? null : $"{server.TrimEnd('/')}/login?token={_token}";

    /// <summary>The rights that the link gives, once; null where it does not hold.</summary>
    public ApiKeyRow? Open(string token, IPAddress? from) =>
        !options.BehindProxy && from is not null && IPAddress.IsLoopback(from) && time.GetElapsedTime(_started) < s_holds
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token)) && Interlocked.Exchange(ref _used, 1) == 0
            ? new ApiKeyRow { Id = KeyId, Hash = "", Tenant = ApiKeys.Operators, Name = "this machine", Scopes = "read write admin" }
            : null;
}
