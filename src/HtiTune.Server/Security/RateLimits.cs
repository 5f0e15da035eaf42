using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace HtiTune.Server;

/// <summary>So many requests a minute as a key may make; few for those without one.</summary>
internal static class RateLimits
{
    private const int AnonymousPerMinute = 600;

    /// <summary>Policy of what stays open: so many at a time a key.</summary>
    internal const string Streams = "streams";

    /// <summary>Policy of claims, which may wait: so many at a time a key.</summary>
    internal const string Claims = "claims";

    private const int MostStreams = 200;
    private const int MostClaims = 1000;

    internal static void Configure(RateLimiterOptions options)
    {
        options.AddPolicy(Streams, context => AtATime(context, MostStreams));
        options.AddPolicy(Claims, context => AtATime(context, MostClaims));
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return new ValueTask(Problems.WriteAsync(context.HttpContext, StatusCodes.Status429TooManyRequests, "More requests than this key may make in a minute; try again in some seconds."));
        };
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Items.TryGetValue(typeof(ApiKeyRow), out var found) && found is ApiKeyRow row
            ? RateLimitPartition.GetTokenBucketLimiter($"key {row.Id}", _ => Bucket(Math.Max(60, row.RequestsPerMinute)))
            : context.User.Identity is { IsAuthenticated: true }
                ? RateLimitPartition.GetNoLimiter("session")
                : RateLimitPartition.GetTokenBucketLimiter($"from {context.Connection.RemoteIpAddress}", _ => Bucket(AnonymousPerMinute)));
    }

    // A key's own, as everything that is limited: no key's streams shut another one's out.
    private static RateLimitPartition<string> AtATime(HttpContext context, int most) => RateLimitPartition.GetConcurrencyLimiter(
        context.Items.TryGetValue(typeof(ApiKeyRow), out var found) && found is ApiKeyRow row ? row.Id : "", _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 });

    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute, TokensPerPeriod = Math.Max(1, perMinute / 60), ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
    };
}
