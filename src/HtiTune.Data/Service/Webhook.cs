namespace HtiTune.Service;

/// <summary>An address that is told of what happens to a tenant's studies.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Whose studies it is told of.</param>
/// <param name="Url">Where calls go.</param>
/// <param name="Kinds">What is told: <c>study.ended</c>, <c>training.wanted</c>.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="SentAt">When a call was last taken; null: none was.</param>
/// <param name="Error">Why the last call was not taken; null: it was, or none was made.</param>
/// <param name="FailedAt">When that was.</param>
public sealed record Webhook(
    Guid Id, string Tenant, string Url, IReadOnlyList<string> Kinds, DateTimeOffset CreatedAt, DateTimeOffset? SentAt = null, string? Error = null, DateTimeOffset? FailedAt = null)
{
    /// <summary>Signs the calls (HMAC-SHA256 over id.timestamp.body); null but where it was just added, the only time that it is shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }
}
