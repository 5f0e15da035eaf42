namespace HtiTune.Server.Dashboard;

/// <summary>What the dashboard's pages let be taken out, under the session of who looks at them: as the API gives it under a key.</summary>
internal static class Downloads
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    internal static void Map(WebApplication app)
    {
        var files = app.MapGroup("/studies/{id:guid}").RequireAuthorization().ExcludeFromDescription();
        files.AddEndpointFilter(WaitAsync);
        files.MapGet("/trials.csv", TrialsAsync);
        files.MapGet("/trials/{trial:int}/outputs.npy", async (Guid id, int trial, HttpContext context, IStudyService service) =>
            Results.Bytes(await service.OutputsAsync(context.User.Tenant(), id, trial, context.RequestAborted).ConfigureAwait(false), "application/octet-stream", $"trial-{trial}.npy"));
        files.MapGet("/surrogate.{format:regex(^(hti|onnx)$)}", async (Guid id, string format, HttpContext context, IStudyService service) =>
        {
            var study = await service.GetAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false);
            var surrogate = study.SurrogateId ?? throw new StudyServiceException(StudyServiceError.NotFound, "The study has no surrogate, or not yet.");
            return Results.Bytes(
                await service.SurrogateFileAsync(context.User.Tenant(), surrogate, format == "onnx", context.RequestAborted).ConfigureAwait(false), "application/octet-stream", $"surrogate.{format}");
        });
        FigureEndpoints.MapFigure(files);
        app.MapGet("/htitune_client.py", () => Results.Stream(typeof(Downloads).Assembly.GetManifestResourceStream("htitune_client.py")!, "text/x-python; charset=utf-8", "htitune_client.py"))
            .RequireAuthorization().ExcludeFromDescription();
    }

    // A browser does not ask again for what is being computed: it waits, a second in each look.
    private static async ValueTask<object?> WaitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var time = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        var began = time.GetTimestamp();
        while (true)
        {
            var result = await next(context).ConfigureAwait(false);
            if (result is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status202Accepted })
            {
                return result;
            }

            context.HttpContext.Response.Headers.Remove("Retry-After");
            StudyServiceException.ThrowIf(time.GetElapsedTime(began) > s_patience,
                StudyServiceError.Conflict, "It is still being computed; ask for it again in a minute.");
        }
    }

    private static async Task<IResult> TrialsAsync(Guid id, int? pref, HttpContext context, IStudyService service)
    {
        var (tenant, cancellation) = (context.User.Tenant(), context.RequestAborted);
        var study = await service.GetAsync(tenant, id, cancellation).ConfigureAwait(false);
        var trials = await service.TrialsAsync(tenant, id, cancellation).ConfigureAwait(false);
        var attempts = await service.AttemptsAsync(tenant, id, null, cancellation).ConfigureAwait(false);
        var asked = await AskedVersion.ReadAsync(service, tenant, study, trials, pref, cancellation).ConfigureAwait(false);
        var columns = TrialLines.ColumnsOf(study.Definition);
        return Results.Bytes(TrialLines.Csv(TrialLines.Of(asked.Trials, attempts), columns), "text/csv; charset=utf-8", $"trials-{id:N}.csv");
    }
}
