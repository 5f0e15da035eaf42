using System.Text.Json;
using HtiTune.Data;
using HtiTune.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace HtiTune.Server;

/// <summary>Every error is a problem document (RFC 9457) that says what was wrong and what is expected, and nothing of the inside.</summary>
internal static class Problems
{
    /// <summary>Writes a problem.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string detail)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemBody("about:blank", Title(status), status, detail, context.Request.Path), ApiJson.Options, "application/problem+json", context.RequestAborted);
    }

    /// <summary>Turns what was thrown, and bare status codes, into problems.</summary>
    internal static void Use(WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(context =>
        {
            var (status, detail) = Of(context.Features.Get<IExceptionHandlerFeature>()?.Error, context);
            return WriteAsync(context, status, detail);
        }));
        app.UseStatusCodePages(pages => IsPage(pages.HttpContext.Request)
            ? pages.HttpContext.Response.WriteAsync($"{pages.HttpContext.Response.StatusCode} {Title(pages.HttpContext.Response.StatusCode)}")
            : WriteAsync(pages.HttpContext, pages.HttpContext.Response.StatusCode, pages.HttpContext.Response.StatusCode switch
            {
                404 => "There is nothing at this address; /openapi/v1.json lists what there is.",
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
        BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, Words(json)),
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is larger than this address takes." : "The request could not be read: " + bad.Message),
        JsonException json => (StatusCodes.Status400BadRequest, Words(json)),
        DataFormatException data => (StatusCodes.Status400BadRequest, data.Message),
        InvalidDataException => (StatusCodes.Status413PayloadTooLarge, "The body is larger than this address takes."),
        OperationCanceledException when context.RequestAborted.IsCancellationRequested => (499, "The caller went away."),
        _ => (StatusCodes.Status500InternalServerError, $"Something went wrong in the server; its log has it under {context.TraceIdentifier}."),
    };

    // The path and the place are the caller's own; the rest of the message may name types of ours.
    private static string Words(JsonException problem) =>
        $"The body is not the JSON that is expected here: at {(string.IsNullOrEmpty(problem.Path) ? "$" : problem.Path)}, line {(problem.LineNumber ?? 0) + 1}; see /openapi/v1.json.";

    private static bool IsPage(HttpRequest request) => !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static string Title(int status) => status == 499 ? "Client Closed Request" : Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";

    /// <summary>A problem document.</summary>
    internal sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Instance);
}
