namespace HtiTune.Server;

/// <summary>A study's events as they come (server-sent events), as long as the caller's key holds.</summary>
internal static class EventEndpoint
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    internal static async Task SendAsync(
        Guid id, HttpContext context, IStudyService service, Sessions sessions, LongAnswers answers, ServerTelemetry telemetry, TimeProvider time, IHostApplicationLifetime life, long? after, bool? follow)
    {
        using var open = telemetry.Stream();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        try
        {
            await SendAsync(id, context, service, sessions, answers, time, after, follow, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            // The stream ends with the server, which would wait for it; its reader comes back behind the last event.
        }
    }

    private static async Task SendAsync(
        Guid id, HttpContext context, IStudyService service, Sessions sessions, LongAnswers answers, TimeProvider time, long? after, bool? follow, CancellationToken cancellation)
    {
        var behind = long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var last) ? last : after ?? 0;
        await service.GetAsync(context.User.Tenant(), id, cancellation).ConfigureAwait(false);

        // A stream outlives a restart of the database.
        StorePatience.Limit(s_patience);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var events = service.EventsAsync(context.User.Tenant(), id, behind, follow ?? true, reading.Token).GetAsyncEnumerator(reading.Token);
        var looked = time.GetTimestamp();
        var ready = answers.NextReady(id);
        var next = Task.FromResult(true);
        try
        {
            await SendAllAsync().ConfigureAwait(false);
        }
        finally
        {
            // Nobody lets go of events that are still being read.
            await reading.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(next).ConfigureAwait(false);
        }

        async Task SendAllAsync()
        {
            while (true)
            {
                next = events.MoveNextAsync().AsTask();
                while (!next.IsCompleted)
                {
                    // A comment now and then tells proxies and readers that the line lives.
                    using var heard = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                    if (await Task.WhenAny(next, ready, Task.Delay(Sessions.LookEvery, time, heard.Token)).ConfigureAwait(false) != next)
                    {
                        await RequireAsync().ConfigureAwait(false);
                        await context.Response.WriteAsync(ready.IsCompleted ? Ready(await ready.ConfigureAwait(false)) : ":\n\n", cancellation).ConfigureAwait(false);
                        ready = ready.IsCompleted ? answers.NextReady(id) : ready;
                        await context.Response.Body.FlushAsync(cancellation).ConfigureAwait(false);
                    }

                    await heard.CancelAsync().ConfigureAwait(false);
                }

                if (!await next.ConfigureAwait(false))
                {
                    return;
                }

                if (time.GetElapsedTime(looked) > Sessions.LookEvery)
                {
                    await RequireAsync().ConfigureAwait(false);
                }

                var happened = events.Current;
                behind = happened.Sequence;
                await context.Response.WriteAsync($"id: {happened.Sequence}\nevent: {happened.Kind}\ndata: {EventWords.Of(happened)}\n\n", cancellation).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(cancellation).ConfigureAwait(false);
            }
        }

        // Of the stream alone: it has the number of the event before it, behind which a reader goes on.
        string Ready(string what) => $"id: {behind}\nevent: {LongAnswers.ReadyKind}\ndata: {System.Text.Json.JsonSerializer.Serialize(new { answer = what }, HtiTuneJson.Api)}\n\n";

        // Who may not read any more is cut off; trying again is answered with 401.
        async Task RequireAsync()
        {
            looked = time.GetTimestamp();
            if (!await sessions.HoldsAsync(context.User, cancellation).ConfigureAwait(false))
            {
                context.Abort();
                throw new OperationCanceledException("The key was revoked.", cancellation);
            }
        }
    }
}
