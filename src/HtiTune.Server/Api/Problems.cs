using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace HtiTune.Server;

/// <summary>Every error is a problem document (RFC 9457) that says what was wrong and what is expected, and nothing of the inside.</summary>
internal static partial class Problems
{
    private const int LineLimit = 500;
    private const string RetryAfterSeconds = "5";

    /// <summary>Writes a problem.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string detail)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemBody("about:blank", Title(status), status, detail, context.Request.Path), HtiTuneJson.Api, "application/problem+json", context.RequestAborted);
    }

    /// <summary>Turns what was thrown, and bare status codes, into problems.</summary>
    internal static void Use(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems).FullName!);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // A refusal may say that something is not there, whether its words are sent or, as to HEAD, not.
            AllowStatusCode404Response = true,

            // A caller's fault is the caller's news: a line in the log, and no stack. Ours are logged whole.
            SuppressDiagnosticsCallback = thrown => Of(thrown.Exception, thrown.HttpContext).Status is not StatusCodes.Status500InternalServerError,
            ExceptionHandler = context =>
            {
                var (status, detail) = Of(context.Features.Get<IExceptionHandlerFeature>()?.Error, context);
                if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
                {
                    context.Response.Headers.RetryAfter = RetryAfterSeconds;
                }

                if (status == StatusCodes.Status503ServiceUnavailable)
                {
                    var (address, words) = (OneLine(context.Request.Path), OneLine(context.Features.Get<IExceptionHandlerFeature>()!.Error.Message));
                    LogAway(logger, context.Request.Method, address, words);
                }
                else if (status < StatusCodes.Status500InternalServerError)
                {
                    var (address, words) = (OneLine(context.Request.Path), OneLine(detail));
                    LogRefused(logger, context.Request.Method, address, status, words);
                }

                return WriteAsync(context, status, detail);
            },
        });
        app.UseStatusCodePages(pages => IsPage(pages.HttpContext.Request)
            ? ErrorPage.WriteAsync(pages.HttpContext, Title(pages.HttpContext.Response.StatusCode))
            : WriteAsync(pages.HttpContext, pages.HttpContext.Response.StatusCode, pages.HttpContext.Response.StatusCode switch
            {
                404 => "There is nothing at this address; /openapi/v1.json lists what there is.",
                413 => TooLarge(pages.HttpContext),
                405 => "The address does not take this method.",
                415 => "The body is of a type that is not taken here; expected application/json unless the document says otherwise.",
                var other => Title(other),
            }));
    }

    private static (int Status, string Detail) Of(Exception? error, HttpContext context) => error switch
    {
        StudyServiceException refused => (refused.Kind switch
        {
            StudyServiceError.NotFound => StatusCodes.Status404NotFound,
            StudyServiceError.Invalid => StatusCodes.Status400BadRequest,
            StudyServiceError.Conflict => StatusCodes.Status409Conflict,
            StudyServiceError.KeyReused => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status429TooManyRequests,
        }, refused.Message),
        StudyBusyException busy => (StatusCodes.Status503ServiceUnavailable, busy.Message),
        BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, ProblemWords.Of(json, context.Request.Path)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, TooLarge(context)),
        BadHttpRequestException bad => (bad.StatusCode, ProblemWords.Of(bad)),
        JsonException json => (StatusCodes.Status400BadRequest, ProblemWords.Of(json, context.Request.Path)),
        DataFormatException data => (StatusCodes.Status400BadRequest, data.Message),
        InvalidDataException { Message: var message } when message.Contains("count limit", StringComparison.OrdinalIgnoreCase) =>
            (StatusCodes.Status413PayloadTooLarge, $"The form has more parts than are taken; expected at most {StudyUpload.MostParts}."),
        InvalidDataException => (StatusCodes.Status413PayloadTooLarge, TooLarge(context)),
        StudyFault fault => (StatusCodes.Status409Conflict, fault.Reason),
        OperationCanceledException when context.RequestAborted.IsCancellationRequested => (499, "The caller went away."),
        _ when error is not null && context.RequestServices.GetRequiredService<StoreDialect>().IsAway(error) =>
            (StatusCodes.Status503ServiceUnavailable, "The store does not answer, or cannot be written now; nothing was changed, unless the answer alone was lost. Try the same again in some seconds."),
        _ => (StatusCodes.Status500InternalServerError, $"Something went wrong in the server; its log has it under {context.TraceIdentifier}."),
    };

    private static string TooLarge(HttpContext context)
    {
        var most = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        var setting = most == context.RequestServices.GetRequiredService<ServerOptions>().MaxUpload ? ", as HtiTune:MaxUpload has it" : "";
        return $"The body is {(context.Request.ContentLength is { } length ? $"of {length} bytes" : "larger than this address takes")}; expected at most {most} bytes{setting}.";
    }

    private static string OneLine(string text) =>
        string.Concat(text.Take(LineLimit).Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter)) + (text.Length > LineLimit ? "…" : "");

    private static bool IsPage(HttpRequest request) => !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static string Title(int status) => status == 499 ? "Client Closed Request" : Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "{Method} {Path}: {Status} {Detail}")]
    private static partial void LogRefused(ILogger logger, string method, string path, int status, string detail);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "{Method} {Path}: 503, for the store could not be used: {Problem}")]
    private static partial void LogAway(ILogger logger, string method, string path, string problem);

    /// <summary>A problem document.</summary>
    internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Instance);
}
