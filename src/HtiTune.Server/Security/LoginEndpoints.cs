using System.Text;
using Microsoft.AspNetCore.Antiforgery;

namespace HtiTune.Server;

/// <summary>Log-in, by an API key or by <see cref="StartLink"/>, and log-out. There is no password, and none by default.</summary>
internal static class LoginEndpoints
{
    private const string Html = "text/html; charset=utf-8";

    internal static void Map(WebApplication app)
    {
        app.MapGet("/login", async (HttpContext context, Sessions sessions, StartLink link, IAntiforgery antiforgery, string? token, string? returnUrl) =>
        {
            if (token is not null && link.Open(token, context.Connection.RemoteIpAddress) is { } row)
            {
                await sessions.BeginAsync(context, row).ConfigureAwait(false);
                return Results.LocalRedirect("/");
            }

            var tokens = antiforgery.GetAndStoreTokens(context);
            return Results.Content(LoginPage.Html(tokens.FormFieldName, tokens.RequestToken!, Local(returnUrl), token is not null
                ? "The link is no longer valid: it holds once, for an hour after the server's start, on its own machine." : null), Html);
        }).AllowAnonymous().ExcludeFromDescription();

        app.MapPost("/login", async (HttpContext context, ApiKeys keys, Sessions sessions, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                return Results.LocalRedirect("/login");
            }

            var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
            if (await keys.FindAsync(form["key"].ToString().Trim(), context.RequestAborted).ConfigureAwait(false) is { } row)
            {
                await sessions.BeginAsync(context, row).ConfigureAwait(false);
                return Results.LocalRedirect(Local(form["returnUrl"]));
            }

            var tokens = antiforgery.GetAndStoreTokens(context);
            return Results.Content(
                LoginPage.Html(tokens.FormFieldName, tokens.RequestToken!, Local(form["returnUrl"]), "This key is not known, or was revoked."), Html, Encoding.UTF8, StatusCodes.Status401Unauthorized);
        }).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

        app.MapPost("/logout", async (HttpContext context, Sessions sessions, IAntiforgery antiforgery) =>
        {
            if (await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                await sessions.EndAsync(context).ConfigureAwait(false);
            }

            return Results.LocalRedirect("/login");
        }).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    // Only back to a page of this server.
    private static string Local(string? url) => url is { Length: > 0 } && url[0] == '/' && !(url.Length > 1 && url[1] is '/' or '\\') && !url.Any(char.IsControl) ? url : "/";
}
