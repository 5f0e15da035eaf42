using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace HtiTune.Server;

/// <summary>Studies.</summary>
internal static class StudyEndpoints
{
    private const string AskAgain = "202: it is being computed; ask for the same again after Retry-After, or when the stream of events tells answer.ready. "
        + "It is done once, however often it is asked for meanwhile.";

    internal static void Map(RouteGroupBuilder api, RequestSizeLimitAttribute upload)
    {
        var studies = api.MapGroup("/studies").WithTags("Studies");
        studies.MapPost("/", CreateAsync).RequireAuthorization(ApiEndpoints.Write)
            .WithMetadata(upload)
            .WithSummary("Begin a study").WithDescription("With the header Idempotency-Key, the same request made again returns the study that was begun first, "
                + "from every server of the store and as long as the study is kept; another request with the key of the same tenant is refused with 422. "
                + "As multipart/form-data: a field definition, and trainings made before as files anchors that are named by their λ, e.g. 0.25.npy.")
            .Accepts<CreateStudyRequest>("application/json", "multipart/form-data");
        studies.MapGet("/", ListAsync).RequireAuthorization(ApiEndpoints.Read).WithSummary("Studies, newest first; the next page is after the last id")
            .WithDescription("X-Total-Count has the number of all that match, on whichever page; Link the next page's address (rel=next), where there is one.");
        studies.MapGet("/{id:guid}", async (Guid id, HttpContext context, IStudyService service) =>
            Results.Json(await service.GetAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("One study");
        studies.MapPatch("/{id:guid}", async (Guid id, DescribeRequest body, HttpContext context, IStudyService service) =>
            Results.Json(await service.DescribeAsync(context.User.Tenant(), id, body.Tags, body.Notes, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Set a study's tags and notes")
            .WithDescription("{ \"tags\": [\"baseline\", \"team/vision\"], \"notes\": \"…\" }: at most 20 tags, kept in lower case, by which lists are filtered (?tag=), "
                + "and notes of at most 10,000 characters. What is not given stays as it is.");
        studies.MapDelete("/{id:guid}", async (Guid id, HttpContext context, IStudyService service) =>
        {
            await service.DeleteAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false);
            return Results.NoContent();
        }).RequireAuthorization(ApiEndpoints.Write).WithSummary("Delete a study that has ended");
        studies.MapPost("/{id:guid}/pause", (Guid id, HttpContext context, IStudyService service) =>
            DoneAsync(id, context, service, service.PauseAsync(context.User.Tenant(), id, context.RequestAborted)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Begin no further training");
        studies.MapPost("/{id:guid}/resume", (Guid id, HttpContext context, IStudyService service) =>
            DoneAsync(id, context, service, service.ResumeAsync(context.User.Tenant(), id, context.RequestAborted)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Go on");
        studies.MapPost("/{id:guid}/cancel", (Guid id, HttpContext context, IStudyService service, [FromBody] CancelRequest? body) =>
            DoneAsync(id, context, service, service.CancelAsync(context.User.Tenant(), id, body?.Reason, context.RequestAborted)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("End a study; what is trained stays");
        studies.MapPost("/{id:guid}/enqueue", (Guid id, EnqueueRequest body, HttpContext context, IStudyService service, LongAnswers answers) => OnceAsync(
            answers, context, service, id, $"enqueue {string.Join(' ', body.Lambdas ?? [])}; {string.Join("; ", body.Configurations ?? [])}",
            (tenant, token) => EnqueueAsync(service, tenant, id, body, token)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Have lambdas or configurations of one's own choice trained next")
            .WithDescription("{ \"lambdas\": [0.3, 0.5] }, or of several hyperparameters { \"configurations\": [{ \"lr\": 0.001, \"layers\": 2 }] }: in this order, "
                + "before what the tuner would choose, and of the trainings allowed. What is trained, under way or waiting is left out of added. "
                + AskAgain);
        studies.MapDelete("/{id:guid}/enqueue", (Guid id, HttpContext context, IStudyService service, LongAnswers answers) =>
            OnceAsync(answers, context, service, id, "clear", (tenant, token) => ClearedAsync(service, tenant, id, token)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Take out what waits to be trained next")
            .WithDescription("A training that was asked for already goes on. cleared is what was taken out as lambdas, of one hyperparameter; configurations is the same of any. " + AskAgain);
        studies.MapGet("/{id:guid}/trials", async (Guid id, HttpContext context, IStudyService service) =>
            Results.Json(await service.TrialsAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("Its trials");
        studies.MapPost("/{id:guid}/trials/{trial:int}/retry", async (Guid id, int trial, HttpContext context, IStudyService service) =>
        {
            await service.RetryAsync(context.User.Tenant(), id, trial, context.RequestAborted).ConfigureAwait(false);
            return Results.Accepted();
        }).RequireAuthorization(ApiEndpoints.Write).WithSummary("Queue a failed trial anew");
        studies.MapGet("/{id:guid}/trials/{trial:int}/outputs.npy", async (Guid id, int trial, HttpContext context, IStudyService service) =>
            Results.Bytes(await service.OutputsAsync(context.User.Tenant(), id, trial, context.RequestAborted).ConfigureAwait(false), "application/octet-stream", $"trial-{trial}.npy"))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("A training's outputs");
        studies.MapGet("/{id:guid}/attempts", async (Guid id, HttpContext context, IStudyService service, int? trial) =>
            Results.Json(await service.AttemptsAsync(context.User.Tenant(), id, trial, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("Attempts at its trials");
        studies.MapGet("/{id:guid}/attempts/{attempt:guid}/log", async (Guid id, Guid attempt, HttpContext context, IStudyService service) =>
            Results.Text(await service.LogAsync(context.User.Tenant(), id, attempt, context.RequestAborted).ConfigureAwait(false), "text/plain", Encoding.UTF8))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("End of an attempt's log");
        studies.MapGet("/{id:guid}/attempts/{attempt:guid}/values", async (Guid id, Guid attempt, HttpContext context, IStudyService service) =>
            Results.Json(await service.ValuesAsync(context.User.Tenant(), id, attempt, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("What an attempt measured on its way")
            .WithDescription("By step, as its worker told it when it renewed its lease. Of more than 1000 values every second one is kept.");
        studies.MapPost("/{id:guid}/attempts/{attempt:guid}/{how:regex(^(stop|kill)$)}", async (Guid id, Guid attempt, string how, HttpContext context, IStudyService service) =>
        {
            await service.EndAttemptAsync(context.User.Tenant(), id, attempt, how == "kill", context.RequestAborted).ConfigureAwait(false);
            return Results.Accepted();
        }).RequireAuthorization(ApiEndpoints.Write).WithSummary("Ask an attempt to end: gently (stop), or at once (kill)");
        studies.MapGet("/{id:guid}/curve", async (Guid id, HttpContext context, IStudyService service, LongAnswers answers) =>
        {
            var tenant = context.User.Tenant();
            var study = await service.GetAsync(tenant, id, context.RequestAborted).ConfigureAwait(false);
            return await answers.AnswerAsync(context, id, study.LastSequence, "curve", token => service.CurveAsync(tenant, id, token), curve => Results.Json(curve, HtiTuneJson.Api)).ConfigureAwait(false);
        }).RequireAuthorization(ApiEndpoints.Read).WithSummary("What is believed about the objective over λ")
            .WithDescription("202: it is being computed; ask again after Retry-After, or when the stream of events tells answer.ready. 204: nothing has a value yet.");
        studies.MapGet("/{id:guid}/outlook", async (Guid id, HttpContext context, IStudyService service, LongAnswers answers, int? trainings) =>
        {
            var (tenant, ahead) = (context.User.Tenant(), trainings ?? 10);
            var study = await service.GetAsync(tenant, id, context.RequestAborted).ConfigureAwait(false);
            return await answers.AnswerAsync(
                context, id, study.LastSequence, $"outlook {ahead}", token => service.OutlookAsync(tenant, id, ahead, token), outlook => Results.Json(outlook, HtiTuneJson.Api)).ConfigureAwait(false);
        }).RequireAuthorization(ApiEndpoints.Read).WithSummary("What further trainings are expected to gain, with no training")
            .WithDescription("gains[n - 1] is the expected gain over the best trained value of n further trainings, 1 to ?trainings= (10, at most 100); limit that of the best of all λ. "
                + "202: it is being computed; ask again after Retry-After. 204: nothing has a value yet.");
        studies.MapPost("/{id:guid}/predict", async (Guid id, PredictRequest body, HttpContext context, IStudyService service, LongAnswers answers) =>
        {
            var (tenant, asked) = (context.User.Tenant(), body.Configurations ?? []);
            var study = await service.GetAsync(tenant, id, context.RequestAborted).ConfigureAwait(false);
            var what = $"predict {body.Importances} {string.Join("; ", asked)}";
            return await answers.AnswerAsync(
                context, id, study.LastSequence, what, token => service.PredictAsync(tenant, id, asked, body.Importances, token), belief => Results.Json(belief, HtiTuneJson.Api)).ConfigureAwait(false);
        })
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("What is believed at any configuration, with no training")
            .WithDescription("{ \"configurations\": [{ \"lr\": 0.001, \"layers\": 2 }], \"importances\": true }: mean and 90 % interval of the objective at each, at most 1000, and how much hangs on each hyperparameter (Sobol indices). 202: it is being computed; ask again after Retry-After. 204: nothing has a value yet.");
        studies.MapGet("/{id:guid}/distribution", async (Guid id, double lambda, HttpContext context, IStudyService service) =>
            await service.DistributionAsync(context.User.Tenant(), id, lambda, context.RequestAborted).ConfigureAwait(false) is { } shown
                ? Results.Json(new DistributionBody(shown.Lambda, shown.Kind, shown.Columns, Matrices.Rows(shown.Outputs), shown.Trust), HtiTuneJson.Api)
                : Results.NoContent())
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("Outputs at any λ");
        studies.MapGet("/{id:guid}/preferences", async (Guid id, HttpContext context, IStudyService service) =>
            Results.Json(await service.PreferencesAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api))
            .RequireAuthorization(ApiEndpoints.Read).WithSummary("Its preferences, the first its definition's");
        studies.MapPost("/{id:guid}/preferences", (Guid id, PreferRequest body, HttpContext context, IStudyService service, LongAnswers answers) => OnceAsync(
            answers, context, service, id, $"preference {body.Goal} {body.MayTrain} {body.Objective}",
            (tenant, token) => service.PreferAsync(tenant, id, body.Objective, body.Goal, body.MayTrain, token)))
            .RequireAuthorization(ApiEndpoints.Write).WithSummary("Answer another objective from the same trainings")
            .WithDescription(AskAgain);
        studies.MapGet("/{id:guid}/events", EventEndpoint.SendAsync).RequireRateLimiting(RateLimits.Streams).RequireAuthorization(ApiEndpoints.Read)
            .WithSummary("Events as they come (server-sent events)").WithDescription("Goes on behind Last-Event-ID, or behind ?after=N. With ?follow=false it ends behind the last event.");
    }

    // The answer is an event of the study itself, so that what asks again is not told by the study's last event: the same words ask for the same.
    private static async Task<IResult> OnceAsync<T>(
        LongAnswers answers, HttpContext context, IStudyService service, Guid id, string what, Func<string?, CancellationToken, Task<T>> answer)
        where T : class
    {
        var tenant = context.User.Tenant();
        await service.GetAsync(tenant, id, context.RequestAborted).ConfigureAwait(false);
        return await answers.AnswerAsync(
            context, id, 0, what, async token => (T?)await answer(tenant, token).ConfigureAwait(false), done => Results.Json(done, HtiTuneJson.Api), isOnce: true).ConfigureAwait(false);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IStudyService service, string? state, string? search, string? tag, Guid? after, int? size)
    {
        var (tenant, query) = (context.User.Tenant(), new StudyQuery(StateOf(state), search, after, size ?? 50) { Tag = tag });
        var studies = await service.ListAsync(tenant, query, context.RequestAborted).ConfigureAwait(false);
        var total = after is null && studies.Count < query.Size ? studies.Count : await service.CountAsync(tenant, query, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers["X-Total-Count"] = total.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (studies.Count == query.Size)
        {
            var next = QueryString.Create([.. context.Request.Query.Where(pair => pair.Key != "after"), new("after", studies[^1].Id.ToString())]);
            context.Response.Headers.Link = $"<{context.Request.PathBase}{context.Request.Path}{next}>; rel=\"next\"";
        }

        return Results.Json(studies, HtiTuneJson.Api);
    }

    private static Task<EnqueuedLambdas> EnqueueAsync(IStudyService service, string? tenant, Guid id, EnqueueRequest body, CancellationToken cancellation) => (body.Lambdas, body.Configurations) switch
    {
        (not null, not null) => throw new StudyServiceException(StudyServiceError.Invalid, "lambdas and configurations are both given; expected one of them."),
        (_, { } configurations) => service.EnqueueAsync(tenant, id, configurations, cancellation),
        var (lambdas, _) => service.EnqueueAsync(tenant, id, lambdas ?? [], cancellation),
    };

    // The words of the API, however they are cased; the base library's own reader knows its names alone.
    private static StudyState? StateOf(string? word) => word is null ? null : Enum.GetValues<StudyState>().Select(state => (StudyState?)state)
        .FirstOrDefault(state => StudyJson.Word(state!.Value).Equals(word, StringComparison.OrdinalIgnoreCase))
        ?? throw new StudyServiceException(StudyServiceError.Invalid, $"state is '{word}'; expected {string.Join(", ", Enum.GetValues<StudyState>().Select(StudyJson.Word))}.");

    private static async Task<ClearedBody> ClearedAsync(IStudyService service, string? tenant, Guid id, CancellationToken cancellation)
    {
        var configurations = await service.ClearWaitingAsync(tenant, id, cancellation).ConfigureAwait(false);
        return new ClearedBody(EnqueuedLambdas.LambdasOf(configurations), configurations);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, StudyBeginnings beginnings, StudyStore store)
    {
        var tenant = context.User.OwnTenant();
        var (definition, anchors) = await StudyUpload.ReadAsync(context.Request).ConfigureAwait(false);
        var key = context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } given ? given : null;
        if (key is null || !await beginnings.IsBegunAsync(tenant, key, context.RequestAborted).ConfigureAwait(false))
        {
            await RequireRoomAsync(context, store).ConfigureAwait(false);
        }

        var study = await beginnings.BeginAsync(tenant, definition, anchors, key, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.Location = $"{context.Request.PathBase}/api/v1/studies/{study.Id}";
        return Results.Json(study, HtiTuneJson.Api, statusCode: StatusCodes.Status201Created);
    }

    private static async Task RequireRoomAsync(HttpContext context, StudyStore store)
    {
        if (context.Items.TryGetValue(typeof(ApiKeyRow), out var found) && found is ApiKeyRow { MaxStudies: > 0 } key
            && await store.CountAsync(context.User.OwnTenant(), StudyState.Active, context.RequestAborted).ConfigureAwait(false) >= key.MaxStudies)
        {
            throw new StudyServiceException(StudyServiceError.Limit, $"The tenant has {key.MaxStudies} active studies, as many as this key allows; end one first.");
        }
    }

    private static async Task<IResult> DoneAsync(Guid id, HttpContext context, IStudyService service, Task change)
    {
        await change.ConfigureAwait(false);
        return Results.Json(await service.GetAsync(context.User.Tenant(), id, context.RequestAborted).ConfigureAwait(false), HtiTuneJson.Api);
    }
}
