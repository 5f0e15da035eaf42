using System.Net;

namespace HtiTune.Server;

/// <summary>What a browser is shown where there is no page, or none for who asks: no script, nothing from elsewhere.</summary>
internal static class ErrorPage
{
    /// <summary>Writes the page for the answer's status.</summary>
    internal static Task WriteAsync(HttpContext context, string title)
    {
        var status = context.Response.StatusCode;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            Html(
                status.ToString(System.Globalization.CultureInfo.InvariantCulture),
                $"""
                    <h1>{(status == StatusCodes.Status404NotFound ? "There is no such page" : WebUtility.HtmlEncode(title))}</h1>
                    <div class="card">
                      <p>{status} {WebUtility.HtmlEncode(title)}</p>
                      <p><a href="/">All studies</a></p>
                    </div>
                """),
            context.RequestAborted);
    }

    /// <summary>A page that is not one of the dashboard's.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="main">What stands on it, as HTML.</param>
    internal static string Html(string title, string main) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>{title} – HtiTune</title>
          <link rel="icon" href="/favicon.svg" type="image/svg+xml">
          <link rel="stylesheet" href="/dashboard.css">
        </head>
        <body class="login">
          <main>
        {main}
          </main>
        </body>
        </html>
        """;
}
