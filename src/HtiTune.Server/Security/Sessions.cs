using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace HtiTune.Server;

/// <summary>
/// Sessions of the dashboard. Each has a row in the store, so that a log-out ends it, and a key's revocation all of the key's, on every server: a cookie alone opens
/// nothing. What was looked up holds for some seconds.
/// </summary>
internal sealed class Sessions(OperationsStore store, ApiKeys keys, TimeProvider time)
{
    internal const string SessionClaim = "session";

    /// <summary>How often what lasts (a page that is open, a stream of events) looks whether its key or session still holds.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(4);

    private const int Most = 10_000;
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private readonly ConcurrentDictionary<string, (bool Holds, long At)> _known = [];

    /// <summary>Opens a session for a key, and gives the browser its cookie.</summary>
    public async Task BeginAsync(HttpContext context, ApiKeyRow key)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await store.BeginSessionAsync(id, key.Id, context.RequestAborted).ConfigureAwait(false);
        var principal = ApiKeyHandler.PrincipalOf(key, Scheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(SessionClaim, id));
        await context.SignInAsync(Scheme, principal).ConfigureAwait(false);
    }

    /// <summary>Ends the session of a cookie, on every server.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if ((await context.AuthenticateAsync(Scheme).ConfigureAwait(false)).Principal?.FindFirstValue(SessionClaim) is { } id)
        {
            await store.EndSessionAsync(id, context.RequestAborted).ConfigureAwait(false);
            _known.TryRemove(id, out _);
        }

        await context.SignOutAsync(Scheme).ConfigureAwait(false);
    }

    /// <summary>Whether a caller may still do what the key or the cookie allowed: neither was the key revoked nor the session ended. False for who is nobody.</summary>
    public async ValueTask<bool> HoldsAsync(ClaimsPrincipal? caller, CancellationToken cancellation)
    {
        if (caller?.FindFirstValue(ApiKeyHandler.KeyClaim) is not { } key)
        {
            return false;
        }

        if (key != StartLink.KeyId && !await keys.IsValidAsync(key, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        return caller.Identity?.AuthenticationType != Scheme || caller.FindFirstValue(SessionClaim) is { } id && await IsOpenAsync(id, cancellation).ConfigureAwait(false);
    }

    /// <summary>Refuses the cookie of a session that has ended.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (!await context.HttpContext.RequestServices.GetRequiredService<Sessions>().HoldsAsync(context.Principal, context.HttpContext.RequestAborted).ConfigureAwait(false))
        {
            context.RejectPrincipal();
        }
    }

    private async ValueTask<bool> IsOpenAsync(string id, CancellationToken cancellation)
    {
        if (_known.TryGetValue(id, out var known) && (!known.Holds || time.GetElapsedTime(known.At) <= LookEvery))
        {
            return known.Holds;
        }

        var holds = await store.FindSessionAsync(id, cancellation).ConfigureAwait(false) is not null;
        if (_known.Count > Most)
        {
            _known.Clear();
        }

        _known[id] = (holds, time.GetTimestamp());
        return holds;
    }
}
