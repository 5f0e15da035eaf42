using System.Net;
using System.Security.Cryptography;
using System.Text;
using HtiTune.Hosting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace HtiTune.Server;

/// <summary>
/// The dashboard's log-in: by an API key, or by the link that the server prints at its start, which opens a session for an hour from this machine alone.
/// There is no password, and none by default.
/// </summary>
internal sealed class Sessions(TimeProvider time)
{
    private static readonly TimeSpan s_linkHolds = TimeSpan.FromHours(1);
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly long _started = time.GetTimestamp();

    /// <summary>The link to be printed.</summary>
    public string Link(string address) => $"{address.TrimEnd('/')}/login?token={_token}";

    /// <summary>Maps the log-in and log-out.</summary>
    public static void Map(WebApplication app)
    {
        app.MapGet("/login", async (HttpContext context, Sessions sessions, IAntiforgery antiforgery, string? token, string? returnUrl) =>
        {
            if (token is not null && sessions.Opens(token, context.Connection.RemoteIpAddress))
            {
                var row = new ApiKeyRow { Id = "link", Hash = "", Tenant = ApiKeys.Operators, Name = "this machine", Scopes = "read write admin" };
                await SignInAsync(context, row).ConfigureAwait(false);
                return Results.LocalRedirect("/");
            }

            var tokens = antiforgery.GetAndStoreTokens(context);
            return Results.Content(LoginPage.Html(tokens.FormFieldName, tokens.RequestToken!, Local(returnUrl), token is not null ? "The link is no longer valid: it holds for an hour after the server's start, on its own machine." : null), "text/html; charset=utf-8");
        }).AllowAnonymous().ExcludeFromDescription();

        app.MapPost("/login", async (HttpContext context, ApiKeys keys, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                return Results.LocalRedirect("/login");
            }

            var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            if (await keys.FindAsync(form["key"].ToString().Trim(), context.RequestAborted).ConfigureAwait(false) is { } row)
            {
                await SignInAsync(context, row).ConfigureAwait(false);
                return Results.LocalRedirect(Local(form["returnUrl"]));
            }

            var tokens = antiforgery.GetAndStoreTokens(context);
            return Results.Content(
                LoginPage.Html(tokens.FormFieldName, tokens.RequestToken!, Local(form["returnUrl"]), "This key is not known, or was revoked."), "text/html; charset=utf-8", Encoding.UTF8, StatusCodes.Status401Unauthorized);
        }).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

        app.MapPost("/logout", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            if (await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme).ConfigureAwait(false);
            }

            return Results.LocalRedirect("/login");
        }).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    private bool Opens(string token, IPAddress? from) =>
        from is not null && IPAddress.IsLoopback(from) && time.GetElapsedTime(_started) < s_linkHolds
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token));

    private static Task SignInAsync(HttpContext context, ApiKeyRow row) => context.SignInAsync(
        CookieAuthenticationDefaults.AuthenticationScheme, ApiKeyHandler.PrincipalOf(row, CookieAuthenticationDefaults.AuthenticationScheme));

    // Only back to a page of this server.
    private static string Local(string? url) => url is { Length: > 0 } && url[0] == '/' && !(url.Length > 1 && url[1] is '/' or '\\') && !url.Any(char.IsControl) ? url : "/";
}
