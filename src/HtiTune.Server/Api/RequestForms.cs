namespace HtiTune.Server;

/// <summary>Forms of a request that no endpoint sees: a HEAD is answered as the GET would be, without its body; a body that is compressed is told to be none that is taken here.</summary>
internal static class RequestForms
{
    internal static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        if (context.Request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            await Problems.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "The body is compressed, as Content-Encoding says; expected it as it is (identity).").ConfigureAwait(false);
        }

        // A stream of events has no end that could be waited for.
        else if (HttpMethods.IsHead(context.Request.Method) && context.Request.Path.Value?.EndsWith("/events", StringComparison.Ordinal) != true)
        {
            var body = context.Response.Body;
            (context.Request.Method, context.Response.Body) = (HttpMethods.Get, Stream.Null);
            try
            {
                await next(context).ConfigureAwait(false);
            }
            finally
            {
                (context.Request.Method, context.Response.Body) = (HttpMethods.Head, body);
            }
        }
        else
        {
            await next(context).ConfigureAwait(false);
        }
    });
}
