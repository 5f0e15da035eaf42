using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;

namespace HtiTune.Server;

/// <summary>What each address answers: its name for generated clients, the type of its answer, and how it refuses.</summary>
internal static partial class ApiResponses
{
    private const string Json = "application/json";
    private const string Binary = "application/octet-stream";
    private const string Prefix = "/api/v1";

    // How every address refuses; those with a body, a query or a parameter in their path refuse in further ways.
    private static readonly int[] s_refusals = [401, 403, 429, 500, 503];
    private static readonly int[] s_ofBodies = [400, 413, 415];

    private static readonly Dictionary<string, Answer> s_answers = new(StringComparer.Ordinal)
    {
        ["GET /version"] = new("getVersion", 200, typeof(VersionBody)),
        ["POST /studies"] = new("createStudy", 201, typeof(StudyView)) { Refusals = [.. s_ofBodies, 422] },
        ["GET /studies"] = new("listStudies", 200, typeof(IReadOnlyList<StudyView>)) { Refusals = [400] },
        ["GET /studies/{id}"] = new("getStudy", 200, typeof(StudyView)),
        ["PATCH /studies/{id}"] = new("describeStudy", 200, typeof(StudyView)) { Refusals = s_ofBodies },
        ["DELETE /studies/{id}"] = new("deleteStudy", 204, null) { Refusals = [409] },
        ["POST /studies/{id}/pause"] = new("pauseStudy", 200, typeof(StudyView)) { Refusals = [409] },
        ["POST /studies/{id}/resume"] = new("resumeStudy", 200, typeof(StudyView)) { Refusals = [409] },
        ["POST /studies/{id}/cancel"] = new("cancelStudy", 200, typeof(StudyView)) { Refusals = [.. s_ofBodies, 409] },
        ["POST /studies/{id}/enqueue"] = new("enqueueTrainings", 200, typeof(EnqueuedLambdas)) { IsLong = true, Refusals = [.. s_ofBodies, 409] },
        ["DELETE /studies/{id}/enqueue"] = new("clearEnqueued", 200, typeof(ClearedBody)) { IsLong = true, Refusals = [409] },
        ["GET /studies/{id}/trials"] = new("listTrials", 200, typeof(IReadOnlyList<TrialView>)),
        ["POST /studies/{id}/trials/{trial}/retry"] = new("retryTrial", 202, null) { Refusals = [409] },
        ["GET /studies/{id}/trials/{trial}/outputs.npy"] = new("getOutputs", 200, typeof(Stream), Binary),
        ["GET /studies/{id}/attempts"] = new("listAttempts", 200, typeof(IReadOnlyList<AttemptView>)) { Refusals = [400] },
        ["GET /studies/{id}/attempts/{attempt}/values"] = new("getValues", 200, typeof(IReadOnlyList<HtiTune.Data.IntermediateValue>)),
        ["GET /studies/{id}/attempts/{attempt}/log"] = new("getLog", 200, typeof(string), "text/plain"),
        ["POST /studies/{id}/attempts/{attempt}/{how}"] = new("endAttempt", 202, null) { Refusals = [409] },
        ["GET /studies/{id}/curve"] = new("getCurve", 200, typeof(StudyCurve)) { IsLong = true, Empty = 204, Refusals = [400, 409] },
        ["GET /studies/{id}/outlook"] = new("getOutlook", 200, typeof(HtiTune.Diagnostics.BudgetOutlook)) { IsLong = true, Empty = 204, Refusals = [400, 409] },
        ["POST /studies/{id}/predict"] = new("predict", 200, typeof(StudyBelief)) { IsLong = true, Empty = 204, Refusals = [.. s_ofBodies, 409] },
        ["GET /studies/{id}/distribution"] = new("getDistribution", 200, typeof(DistributionBody)) { Empty = 204, Refusals = [400] },
        ["GET /studies/{id}/preferences"] = new("listPreferences", 200, typeof(IReadOnlyList<PreferenceResult>)),
        ["POST /studies/{id}/preferences"] = new("prefer", 200, typeof(PreferenceResult)) { IsLong = true, Refusals = [.. s_ofBodies, 409] },
        ["GET /studies/{id}/events"] = new("streamEvents", 200, typeof(string), "text/event-stream") { Refusals = [400] },
        ["GET /studies/{id}/figures/{figure}.{format}"] = new("getFigure", 200, typeof(Stream), "image/png", "image/svg+xml") { IsLong = true, Refusals = [400, 409] },
        ["POST /attempts/claim"] = new("claim", 200, typeof(ClaimedAttempt)) { Empty = 204, Refusals = [.. s_ofBodies, 404, 409] },
        ["POST /attempts/{id}/renew"] = new("renew", 200, typeof(LeaseStatus)) { Refusals = s_ofBodies },
        ["POST /attempts/{id}/tell"] = new("tell", 200, typeof(TellOutcome)) { Refusals = [.. s_ofBodies, 409] },
        ["POST /surrogates/{id}/sample"] = new("sample", 200, typeof(SampleAnswer)) { Refusals = s_ofBodies },
        ["GET /surrogates/{id}.{format}"] = new("getSurrogate", 200, typeof(Stream), Binary) { IsLong = true, Refusals = [409] },
        ["GET /networks"] = new("listNetworks", 200, typeof(IReadOnlyList<string>)),
        ["GET /queues"] = new("listQueues", 200, typeof(IReadOnlyList<QueueView>)),
        ["GET /workers"] = new("listWorkers", 200, typeof(IReadOnlyList<WorkerView>)),
        ["POST /workers/{name}/reinstate"] = new("reinstateWorker", 204, null),
        ["POST /workers/{tenant}/{name}/reinstate"] = new("reinstateWorkerOfTenant", 204, null),
        ["GET /keys"] = new("listKeys", 200, typeof(IReadOnlyList<KeyShown>)),
        ["POST /keys"] = new("createKey", 201, typeof(KeyMade)) { Refusals = s_ofBodies },
        ["DELETE /keys/{id}"] = new("revokeKey", 204, null),
        ["GET /webhooks"] = new("listWebhooks", 200, typeof(IReadOnlyList<Webhook>)),
        ["POST /webhooks"] = new("addWebhook", 201, typeof(Webhook)) { Refusals = [.. s_ofBodies, 409] },
        ["DELETE /webhooks/{id}"] = new("deleteWebhook", 204, null),
        ["GET /health"] = new("getHealth", 200, typeof(HealthBody)) { Refusals = [404] },
    };

    /// <summary>Puts the answers to the addresses of a group; an address that is not listed above is a fault of the build, told at the start.</summary>
    internal static TBuilder WithAnswers<TBuilder>(this TBuilder addresses)
        where TBuilder : IEndpointConventionBuilder
    {
        addresses.Add(endpoint =>
        {
            var method = endpoint.Metadata.OfType<IHttpMethodMetadata>().Last().HttpMethods[0];
            var path = Constraint().Replace(((RouteEndpointBuilder)endpoint).RoutePattern.RawText!, "{$1}");
            path = (path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : path).TrimEnd('/');
            var answer = s_answers[$"{method} {path}"];
            endpoint.Metadata.Add(new EndpointNameMetadata(answer.Name));
            endpoint.Metadata.Add(answer.Body is { } body
                ? new ProducesResponseTypeMetadata(answer.Status, body, [.. answer.MediaTypes.DefaultIfEmpty(Json)])
                : new ProducesResponseTypeMetadata(answer.Status, typeof(void)));
            if (answer.IsLong)
            {
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(void)));
            }

            if (answer.Empty is { } empty)
            {
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(empty, typeof(void)));
            }

            foreach (var refusal in s_refusals.Concat(answer.Refusals).Concat(path.Contains('{', StringComparison.Ordinal) ? [404] : []).Distinct().Order())
            {
                endpoint.Metadata.Add(new ProducesResponseTypeMetadata(refusal, typeof(Problems.ProblemBody), ["application/problem+json"]));
            }
        });
        return addresses;
    }

    [GeneratedRegex(@"\{(\w+):[^}]*\}")]
    private static partial Regex Constraint();

    /// <param name="Name">The operation's name.</param>
    /// <param name="Status">What it answers when all is well.</param>
    /// <param name="Body">The answer's type; null: there is no body.</param>
    /// <param name="MediaTypes">Its media types; none: JSON.</param>
    private sealed record Answer(string Name, int Status, Type? Body, params string[] MediaTypes)
    {
        /// <summary>A second status, without a body, where there is nothing to answer yet.</summary>
        public int? Empty { get; init; }

        /// <summary>Whether it may have to be computed first: then 202, until it is there.</summary>
        public bool IsLong { get; init; }

        /// <summary>Refusals beside those that all have.</summary>
        public int[] Refusals { get; init; } = [];
    }
}
