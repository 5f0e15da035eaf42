using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Diagnostics;

namespace HtiTune.Client;

/// <summary>A client of HtiTune.Server. Safe to use from any thread.</summary>
/// <exception cref="HtiTuneException">Any method: the server refused, with its words, or was not reached.</exception>
public sealed partial class HtiTuneClient
{
    private const string Root = "api/v1";

    private static readonly TimeSpan s_reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    /// <summary>A client over an HTTP client that knows the server's address and carries the key, as <see cref="HtiTuneClientExtensions"/> makes it.</summary>
    /// <param name="http">The HTTP client.</param>
    public HtiTuneClient(HttpClient http) => _http = http ?? throw new ArgumentNullException(nameof(http));

    /// <summary>Begins a study.</summary>
    /// <param name="study">What it is to find.</param>
    /// <param name="idempotencyKey">The same key again gives the same study, and makes the request safe to repeat; null without.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<StudyView> CreateAsync(StudyDefinition study, string? idempotencyKey = null, CancellationToken cancellation = default) =>
        SendAsync<StudyView>(HttpMethod.Post, "studies", new { definition = study }, cancellation, idempotencyKey)!;

    /// <summary>Studies, newest first.</summary>
    public Task<IReadOnlyList<StudyView>> ListAsync(string? search = null, int size = 50, CancellationToken cancellation = default) => ListAsync(size, "search", search, cancellation);

    /// <summary>Studies with a tag, newest first.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="size">At most so many, 1 to 200.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<IReadOnlyList<StudyView>> ListTaggedAsync(string tag, int size = 50, CancellationToken cancellation = default) => ListAsync(size, "tag", tag, cancellation);

    private async Task<IReadOnlyList<StudyView>> ListAsync(int size, string key, string? value, CancellationToken cancellation) =>
        (await SendAsync<List<StudyView>>(HttpMethod.Get, $"studies?size={size}{(value is null ? "" : $"&{key}={Uri.EscapeDataString(value)}")}", null, cancellation).ConfigureAwait(false))!;

    /// <summary>Sets a study's tags and notes; null leaves what there is.</summary>
    /// <param name="study">The study.</param>
    /// <param name="tags">At most 20 words of 1 to 40 letters, digits, '-', '_', '.', ':' and '/', kept in lower case.</param>
    /// <param name="notes">At most 10,000 characters; "" for none.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<StudyView> DescribeAsync(Guid study, IReadOnlyList<string>? tags = null, string? notes = null, CancellationToken cancellation = default) =>
        SendAsync<StudyView>(HttpMethod.Patch, $"studies/{study}", new { tags, notes }, cancellation)!;

    /// <summary>Webhooks, without their secrets.</summary>
    public async Task<IReadOnlyList<Webhook>> WebhooksAsync(CancellationToken cancellation = default) =>
        (await SendAsync<List<Webhook>>(HttpMethod.Get, "webhooks", null, cancellation).ConfigureAwait(false))!;

    /// <summary>Has an address told of what happens.</summary>
    /// <param name="url">An address of a host that the server's operator lists.</param>
    /// <param name="kinds"><c>study.ended</c>, <c>training.wanted</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The webhook, with its secret, which is shown this once.</returns>
    public Task<Webhook> AddWebhookAsync(Uri url, IReadOnlyList<string> kinds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return SendAsync<Webhook>(HttpMethod.Post, "webhooks", new { url = url.OriginalString, kinds }, cancellation)!;
    }

    /// <summary>Deletes a webhook, with the calls that wait.</summary>
    public Task DeleteWebhookAsync(Guid webhook, CancellationToken cancellation = default) => SendAsync<object>(HttpMethod.Delete, $"webhooks/{webhook}", null, cancellation);

    /// <summary>One study.</summary>
    public Task<StudyView> GetAsync(Guid study, CancellationToken cancellation = default) => SendAsync<StudyView>(HttpMethod.Get, $"studies/{study}", null, cancellation)!;

    /// <summary>Pauses, resumes or cancels a study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="change"><c>pause</c>, <c>resume</c> or <c>cancel</c>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<StudyView> ChangeAsync(Guid study, string change, CancellationToken cancellation = default) =>
        SendAsync<StudyView>(HttpMethod.Post, $"studies/{study}/{change}", change == "cancel" ? new { } : null, cancellation)!;

    /// <summary>Deletes a study that has ended.</summary>
    public Task DeleteAsync(Guid study, CancellationToken cancellation = default) => SendAsync<object>(HttpMethod.Delete, $"studies/{study}", null, cancellation);

    /// <summary>Has λ of one's own choice trained next, in this order and before what the server would choose; they count as trainings allowed.</summary>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="lambdas">1 to 100 λ in the hyperparameter's range, in its own units.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<EnqueuedLambdas> EnqueueAsync(Guid study, IReadOnlyList<double> lambdas, CancellationToken cancellation = default) =>
        SendAsync<EnqueuedLambdas>(HttpMethod.Post, $"studies/{study}/enqueue", new { lambdas }, cancellation)!;

    /// <summary>Has configurations of one's own choice trained next, in this order, of studies of several hyperparameters or one.</summary>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="configurations">1 to 100 configurations.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<EnqueuedLambdas> EnqueueAsync(Guid study, IReadOnlyList<Configuration> configurations, CancellationToken cancellation = default) =>
        SendAsync<EnqueuedLambdas>(HttpMethod.Post, $"studies/{study}/enqueue", new { configurations }, cancellation)!;

    /// <summary>What is believed of the objective at some configurations, with no training; null where nothing has a value yet.</summary>
    /// <param name="study">The study.</param>
    /// <param name="configurations">At most 1000 configurations.</param>
    /// <param name="importances">Whether to tell how much hangs on each hyperparameter.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<StudyBelief?> PredictAsync(
        Guid study, IReadOnlyList<Configuration> configurations, bool importances = false, CancellationToken cancellation = default) =>
        SendAsync<StudyBelief>(HttpMethod.Post, $"studies/{study}/predict", new { configurations, importances }, cancellation);

    /// <summary>What further trainings are expected to gain over the best trained value, with no training; null where nothing has a value yet.</summary>
    /// <param name="study">A study that tunes one continuous hyperparameter.</param>
    /// <param name="trainings">Trainings to look ahead, 1 to 100.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<BudgetOutlook?> OutlookAsync(Guid study, int trainings = 10, CancellationToken cancellation = default) =>
        SendAsync<BudgetOutlook>(HttpMethod.Get, $"studies/{study}/outlook?trainings={trainings}", null, cancellation);

    /// <summary>Takes out what waits to be trained next; a training that was asked for already goes on.</summary>
    /// <param name="study">A study that is active or paused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What was taken out, in its order.</returns>
    public async Task<IReadOnlyList<double>> ClearEnqueuedAsync(Guid study, CancellationToken cancellation = default) =>
        (await SendAsync<ClearedEnqueued>(HttpMethod.Delete, $"studies/{study}/enqueue", null, cancellation).ConfigureAwait(false))!.Cleared;

    /// <summary>Its trials.</summary>
    public async Task<IReadOnlyList<TrialView>> TrialsAsync(Guid study, CancellationToken cancellation = default) =>
        (await SendAsync<List<TrialView>>(HttpMethod.Get, $"studies/{study}/trials", null, cancellation).ConfigureAwait(false))!;

    /// <summary>Attempts at its trials.</summary>
    public async Task<IReadOnlyList<AttemptView>> AttemptsAsync(Guid study, int? trial = null, CancellationToken cancellation = default) =>
        (await SendAsync<List<AttemptView>>(HttpMethod.Get, $"studies/{study}/attempts{(trial is { } number ? $"?trial={number}" : "")}", null, cancellation).ConfigureAwait(false))!;

    /// <summary>End of an attempt's log.</summary>
    public async Task<string> LogAsync(Guid study, Guid attempt, CancellationToken cancellation = default)
    {
        using var response = await RawAsync(new HttpRequestMessage(HttpMethod.Get, $"{Root}/studies/{study}/attempts/{attempt}/log"), cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A figure of a study.</summary>
    /// <param name="study">The study.</param>
    /// <param name="figure"><c>objective</c>, <c>history</c> or <c>distribution</c>, with the ending <c>.png</c> or <c>.svg</c>.</param>
    /// <param name="title">Its title; null without.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<byte[]> FigureAsync(Guid study, string figure, string? title = null, CancellationToken cancellation = default)
    {
        var query = title is null ? "" : $"?title={Uri.EscapeDataString(title)}";
        using var response = await RawAsync(new HttpRequestMessage(HttpMethod.Get, $"{Root}/studies/{study}/figures/{figure}{query}"), cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers another objective from the same trainings; with <paramref name="mayTrain"/> the study goes on with it.</summary>
    public Task<PreferenceResult> PreferAsync(Guid study, string objective, Goal goal = Goal.Minimize, int mayTrain = 0, CancellationToken cancellation = default) =>
        SendAsync<PreferenceResult>(HttpMethod.Post, $"studies/{study}/preferences", new { objective, goal, mayTrain }, cancellation)!;

    /// <summary>Samples a surrogate, or a study's newest: one row of outputs for each row of conditions.</summary>
    public async Task<float[][]> SampleAsync(Guid surrogate, double lambda, float[][] conditions, CancellationToken cancellation = default) =>
        (await SendAsync<Sampled>(HttpMethod.Post, $"surrogates/{surrogate}/sample", new { lambda, conditions }, cancellation).ConfigureAwait(false))!.Outputs;

    /// <summary>Draws from a surrogate without conditions.</summary>
    public async Task<float[][]> DrawAsync(Guid surrogate, double lambda, int rows, CancellationToken cancellation = default) =>
        (await SendAsync<Sampled>(HttpMethod.Post, $"surrogates/{surrogate}/sample", new { lambda, rows }, cancellation).ConfigureAwait(false))!.Outputs;

    /// <summary>
    /// Asks for a training; null where there is none now. A worker's slot that holds one gets it again; where it is of another study than the one asked for, the server
    /// refuses (409).
    /// </summary>
    public Task<ClaimedAttempt?> ClaimAsync(string worker, int slot = 0, Guid? study = null, CancellationToken cancellation = default) =>
        SendAsync<ClaimedAttempt>(HttpMethod.Post, "attempts/claim", new { worker, slot, study }, cancellation);

    /// <summary>Asks for a training, and waits at the server until there is one, at most so long; null where there was none in that time, or the study has ended.</summary>
    /// <param name="worker">The worker's name.</param>
    /// <param name="waitFor">How long to wait, at most 60 s and less than the HTTP client's own time limit.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="study">Only this study; null: any.</param>
    /// <param name="cancellation">Ends the wait; a training that was about to be handed out is given back.</param>
    public Task<ClaimedAttempt?> ClaimAsync(string worker, TimeSpan waitFor, int slot = 0, Guid? study = null, CancellationToken cancellation = default) =>
        SendAsync<ClaimedAttempt>(HttpMethod.Post, "attempts/claim", new { worker, slot, study, waitFor }, cancellation);

    /// <summary>Asks for a training, and to have it for a time without renewing the lease.</summary>
    internal Task<ClaimedAttempt?> ClaimAsync(string worker, int slot, Guid study, TimeSpan leaseFor) =>
        SendAsync<ClaimedAttempt>(HttpMethod.Post, "attempts/claim", new { worker, slot, study, leaseFor }, CancellationToken.None);

    /// <summary>Renews a lease for a time.</summary>
    internal Task<LeaseStatus> RenewAsync(ClaimedAttempt task, TimeSpan leaseFor) =>
        SendAsync<LeaseStatus>(HttpMethod.Post, $"attempts/{task.Attempt}/renew", new AttemptReport(task.Lease, LeaseFor: leaseFor), CancellationToken.None)!;

    /// <summary>Renews a lease.</summary>
    /// <param name="task">The training.</param>
    /// <param name="progress">The share that is done, 0 to 1.</param>
    /// <param name="logTail">The end of its log.</param>
    /// <param name="values">What it measured since the last renewal, at most 1000 values.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<LeaseStatus> RenewAsync(
        ClaimedAttempt task, double? progress = null, string? logTail = null, IReadOnlyList<IntermediateValue>? values = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return SendAsync<LeaseStatus>(HttpMethod.Post, $"attempts/{task.Attempt}/renew", new AttemptReport(task.Lease, progress, logTail, Values: values), cancellation)!;
    }

    /// <summary>What an attempt measured on its way, by step.</summary>
    /// <param name="study">The study.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IReadOnlyList<IntermediateValue>> ValuesAsync(Guid study, Guid attempt, CancellationToken cancellation = default) =>
        (await SendAsync<List<IntermediateValue>>(HttpMethod.Get, $"studies/{study}/attempts/{attempt}/values", null, cancellation).ConfigureAwait(false))!;

    /// <summary>Hands in a result; with <paramref name="nextFor"/>, a worker's name, the next training comes back with the answer.</summary>
    public Task<TellOutcome> TellAsync(ClaimedAttempt task, WorkResult outcome, string? nextFor = null, int slot = 0, Guid? study = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(outcome);
        return SendAsync<TellOutcome>(
            HttpMethod.Post, $"attempts/{task.Attempt}/tell", outcome with { Lease = task.Lease, Next = nextFor is null ? null : new WorkRequest(nextFor, slot, study) }, cancellation)!;
    }

    /// <summary>Trains for the server: claims, renews the lease while the delegate trains, tells, and goes on until the study has ended or there is a cancellation.</summary>
    /// <param name="worker">The worker's name.</param>
    /// <param name="train">
    /// Trains; an exception is told as a failure. Its token fires when the server wants the training ended. What it hands over takes the share that is done, and intermediate values
    /// (<see cref="IntermediateValueExtensions.Report"/>); both go out with the renewals of the lease.
    /// </param>
    /// <param name="study">Only this study; null: any.</param>
    /// <param name="poll">How long one question waits at the server for a training, at most 60 s; null: 30 s.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the loop; a training under way is given back.</param>
    public Task WorkAsync(
        string worker, Func<ClaimedAttempt, IProgress<double>, CancellationToken, Task<WorkResult>> train, Guid? study = null, TimeSpan? poll = null, TimeProvider? time = null,
        CancellationToken cancellation = default) => WorkAsync(worker, 0, train, study, poll ?? s_wait, time ?? TimeProvider.System, CancellationToken.None, cancellation);

    /// <summary>The same for one of several slots of a worker, which may also be asked to finish: what is under way comes to its end, and nothing more is begun.</summary>
    internal async Task WorkAsync(
        string worker, int slot, Func<ClaimedAttempt, IProgress<double>, CancellationToken, Task<WorkResult>> train, Guid? study, TimeSpan poll, TimeProvider time,
        CancellationToken finish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(finish, cancellation);
        ClaimedAttempt? task = null;
        while (!ending.IsCancellationRequested)
        {
            if (task is null)
            {
                try
                {
                    (task, var hasEnded) = await WaitForAsync(worker, slot, study, poll, time, ending.Token).ConfigureAwait(false);
                    if (hasEnded)
                    {
                        return;
                    }
                }
                catch (OperationCanceledException) when (finish.IsCancellationRequested)
                {
                    // Nothing was under way.
                }

                continue;
            }

            using var training = new TrainingInHand(this, task, time);
            var outcome = await training.RunAsync(train, cancellation).ConfigureAwait(false);
            var told = await TellAsync(task, outcome, ending.IsCancellationRequested ? null : worker, slot, study, CancellationToken.None).ConfigureAwait(false);
            task = told.Next;
        }
    }

    // The server answers when there is something to train; one that answers sooner with nothing is not asked again at once.
    private async Task<(ClaimedAttempt? Task, bool HasEnded)> WaitForAsync(string worker, int slot, Guid? study, TimeSpan wait, TimeProvider time, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        if (await ClaimAsync(worker, wait, slot, study, cancellation).ConfigureAwait(false) is { } task)
        {
            return (task, false);
        }

        if (study is { } id && (await GetAsync(id, cancellation).ConfigureAwait(false)).HasEnded)
        {
            return (null, true);
        }

        var left = wait - time.GetElapsedTime(begun);
        await Task.Delay(left <= TimeSpan.Zero ? TimeSpan.Zero : left < s_reconnect ? left : s_reconnect, time, cancellation).ConfigureAwait(false);
        return (null, false);
    }

    /// <summary>Events of a study as they come. A broken line is taken up where it broke.</summary>
    public async IAsyncEnumerable<StudyEvent> EventsAsync(Guid study, long after = 0, bool follow = true, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Root}/studies/{study}/events?after={after}&follow={(follow ? "true" : "false")}");
            using var response = await RawAsync(request, cancellation, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using var items = System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(items).ConfigureAwait(false))
            {
                after = long.Parse(items.Current.EventId ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                yield return new StudyEvent(after, null, items.Current.EventType, items.Current.Data);
            }

            if (!follow)
            {
                yield break;
            }

            await Task.Delay(s_reconnect, cancellation).ConfigureAwait(false);
        }

        // A line that breaks is as one that ends: where all is to be followed it is taken up behind the last event.
        async ValueTask<bool> NextAsync(IAsyncEnumerator<System.Net.ServerSentEvents.SseItem<string>> items)
        {
            try
            {
                return await items.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception problem) when (follow && problem is IOException or HttpRequestException)
            {
                return false;
            }
        }
    }
}
