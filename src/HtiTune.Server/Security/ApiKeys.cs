using System.Security.Cryptography;
using System.Text;

namespace HtiTune.Server;

/// <summary>API keys <c>hti_ID_SECRET</c>: made, and known again. The store has the secret's hash only.</summary>
internal sealed class ApiKeys(StudyStore store, TimeProvider time)
{
    /// <summary>The tenant of operators, who see all.</summary>
    public const string Operators = "*";

    private const string Prefix = "hti_";
    private const int IdBytes = 6;
    private const int SecretBytes = 32;
    private const int Most = 10_000;
    // With the look of what lasts, a revocation is in force within ten seconds.
    private static readonly TimeSpan s_known = TimeSpan.FromSeconds(4);
    private static readonly string[] s_scopes = ["read", "write", "admin"];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (ApiKeyRow Row, long At)> _known = [];

    /// <summary>A new key, and its row.</summary>
    /// <exception cref="FormatException">Name, tenant or scopes are wrong.</exception>
    public static (string Key, ApiKeyRow Row) Make(string name, string tenant, string scopes, ServerOptions options)
    {
        string[] words = [.. scopes.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Distinct()];
        if (words.Length == 0 || words.Except(s_scopes).Any())
        {
            throw new FormatException($"the scopes are '{scopes}'; expected words of {string.Join(", ", s_scopes)}");
        }

        if (string.IsNullOrWhiteSpace(name) || name.Length > 100 || !PlainText.IsPlain(name))
        {
            throw new FormatException($"the name is blank, too long or has control characters; expected 1 to 100 characters, {PlainText.Expected}");
        }

        if (tenant != Operators && (tenant.Length is < 1 or > 60 || !tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            throw new FormatException($"the tenant is not a name; expected 1 to 60 letters, digits, '-', '_' or '.', or {Operators} for operators");
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return ($"{Prefix}{id}_{secret}", new ApiKeyRow
        {
            Id = id, Hash = Hash(secret), Tenant = tenant, Name = name, Scopes = string.Join(' ', words), RequestsPerMinute = options.RequestsPerMinute, MaxStudies = options.MaxStudies,
        });
    }

    /// <summary>The key's row, where the key is right and not revoked.</summary>
    public async ValueTask<ApiKeyRow?> FindAsync(string key, CancellationToken cancellation)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length != Prefix.Length + 2 * IdBytes + 1 + 2 * SecretBytes || key[Prefix.Length + 2 * IdBytes] != '_')
        {
            return null;
        }

        var id = key.Substring(Prefix.Length, 2 * IdBytes);
        if (!id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var isFresh = _known.TryGetValue(id, out var known) && time.GetElapsedTime(known.At) <= s_known;
        if (!isFresh)
        {
            if (await store.FindKeyAsync(id, cancellation).ConfigureAwait(false) is not { } row)
            {
                return null;
            }

            if (_known.Count > Most)
            {
                _known.Clear();
            }

            known = _known[id] = (row, time.GetTimestamp());
        }

        // In constant time, so that no answer's delay tells how much of a guess is right.
        var isRight = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(key[^(2 * SecretBytes)..])), Encoding.ASCII.GetBytes(known.Row.Hash));
        if (!isRight || known.Row.RevokedAt is not null)
        {
            return null;
        }

        if (!isFresh)
        {
            // Only who knows the secret uses the key.
            await store.KeyUsedAsync(id, cancellation).ConfigureAwait(false);
        }

        return known.Row;
    }

    /// <summary>Whether a key that was right once is still there, and not revoked.</summary>
    public async ValueTask<bool> IsValidAsync(string id, CancellationToken cancellation)
    {
        if (!_known.TryGetValue(id, out var known) || time.GetElapsedTime(known.At) > s_known)
        {
            if (await store.FindKeyAsync(id, cancellation).ConfigureAwait(false) is not { } row)
            {
                return false;
            }

            known = _known[id] = (row, time.GetTimestamp());
        }

        return known.Row.RevokedAt is null;
    }

    /// <summary>Forgets a key that was revoked here.</summary>
    public void Forget(string id) => _known.TryRemove(id, out _);

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}
