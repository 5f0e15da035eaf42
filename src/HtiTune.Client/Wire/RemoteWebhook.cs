namespace HtiTune.Client;

/// <summary>An address that is told of what happens to a tenant's studies.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where calls go.</param>
/// <param name="Kinds">What it is told of: <c>study.ended</c>, <c>training.wanted</c>.</param>
/// <param name="Secret">Signs the calls (HMAC-SHA256 over id.timestamp.body); null but where it was just added.</param>
/// <param name="SentAt">When a call was last taken; null: none was.</param>
/// <param name="Error">Why the last call was not taken; null: it was, or none was made.</param>
public sealed record RemoteWebhook(Guid Id, string Url, IReadOnlyList<string> Kinds, string? Secret = null, DateTimeOffset? SentAt = null, string? Error = null);
