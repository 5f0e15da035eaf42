using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary>Knows a caller by the key in <c>Authorization: Bearer</c>.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    internal const string SchemeName = "ApiKey";
    internal const string TenantClaim = "tenant";
    internal const string ScopeClaim = "scope";
    internal const string KeyClaim = "key";
    private const string Bearer = "Bearer ";

    /// <summary>A caller as claims say it.</summary>
    internal static ClaimsPrincipal PrincipalOf(ApiKeyRow row, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, row.Name), new Claim(TenantClaim, row.Tenant), new Claim(KeyClaim, row.Id),
            .. row.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(scope => new Claim(ScopeClaim, scope)),
        ],
        scheme));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        if (await keys.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted).ConfigureAwait(false) is not { } row)
        {
            return AuthenticateResult.Fail("The key is not known.");
        }

        Context.Items[typeof(ApiKeyRow)] = row;
        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(row, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"HtiTune\"";
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "A valid key is needed: Authorization: Bearer hti_….");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, "The key's scopes do not allow this.");
}
