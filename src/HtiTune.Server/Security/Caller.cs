using System.Security.Claims;

namespace HtiTune.Server;

/// <summary>Who asks.</summary>
internal static class Caller
{
    /// <summary>The tenant whose studies may be seen; null for operators, who see all.</summary>
    public static string? Tenant(this ClaimsPrincipal user) => user.FindFirstValue(ApiKeyHandler.TenantClaim) switch
    {
        ApiKeys.Operators => null,
        { Length: > 0 } tenant => tenant,

        // Nobody's studies: never reached behind authorization.
        _ => "\0",
    };

    /// <summary>The tenant for what the caller creates.</summary>
    public static string OwnTenant(this ClaimsPrincipal user) => user.Tenant() ?? "default";

    public static bool Has(this ClaimsPrincipal user, string scope) => user.HasClaim(ApiKeyHandler.ScopeClaim, scope);
}
