using System.Net;

namespace HtiTune.Server;

/// <summary>The log-in page: no script, nothing from elsewhere.</summary>
internal static class LoginPage
{
    internal static string Html(string field, string antiforgery, string returnUrl, string? error) =>
        ErrorPage.Html("Log in", $"""
                <h1>HtiTune</h1>
                {(error is null ? "" : $"<p class=\"card error\" role=\"alert\">{WebUtility.HtmlEncode(error)}</p>")}
                <form method="post" action="/login" class="card">
                  <input type="hidden" name="{WebUtility.HtmlEncode(field)}" value="{WebUtility.HtmlEncode(antiforgery)}">
                  <input type="hidden" name="returnUrl" value="{WebUtility.HtmlEncode(returnUrl)}">
                  <label for="key">API key</label>
                  <input id="key" name="key" type="password" autocomplete="current-password" required autofocus spellcheck="false">
                  <button type="submit" class="primary">Log in</button>
                  <p class="hint">On the server's own machine, the link that it prints at its start opens the dashboard without a key.
                  A key is made by <code>HtiTune.Server keys add NAME</code>.</p>
                </form>
            """);
}
