namespace HtiTune.Server;

/// <summary>Another preference.</summary>
internal sealed record PreferRequest(string Objective, Goal Goal = Goal.Minimize, int MayTrain = 0);

/// <summary>λ, or configurations, to be trained next, in this order.</summary>
internal sealed record EnqueueRequest(IReadOnlyList<double>? Lambdas = null, IReadOnlyList<HtiTune.Data.Configuration>? Configurations = null);

/// <summary>What is asked about a study's objective, with no training.</summary>
internal sealed record PredictRequest(IReadOnlyList<HtiTune.Data.Configuration>? Configurations = null, bool Importances = false);

/// <summary>What people write beside a study; a member that is not given stays as it is.</summary>
/// <param name="Tags">Words by which it is found again; [] for none.</param>
/// <param name="Notes">Text; "" for none.</param>
internal sealed record DescribeRequest(IReadOnlyList<string>? Tags = null, string? Notes = null);

/// <summary>Why a study is cancelled.</summary>
internal sealed record CancelRequest(string? Reason = null);

/// <summary>An API key to be made.</summary>
internal sealed record KeyRequest(string Name, string? Tenant = null, string Scopes = "read write");

/// <summary>A key that was made; the only time that it is shown.</summary>
internal sealed record KeyMade(string Id, string Key, string Tenant, string Scopes);

/// <summary>A key without its secret.</summary>
internal sealed record KeyShown(string Id, string Name, string Tenant, string Scopes, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>What was taken out of those that waited to be trained next.</summary>
/// <param name="Cleared">As λ, of one hyperparameter.</param>
/// <param name="Configurations">As configurations.</param>
internal sealed record ClearedBody(IReadOnlyList<double> Cleared, IReadOnlyList<HtiTune.Data.Configuration> Configurations);

/// <summary>Outputs of a surrogate, a row for each row of conditions. The document's form of what is written by hand.</summary>
internal sealed record SampleAnswer(double Lambda, IReadOnlyList<IReadOnlyList<float>> Outputs);

/// <summary>Outputs at one λ.</summary>
internal sealed record DistributionBody(double Lambda, DistributionKind Kind, IReadOnlyList<string> Columns, float[][] Outputs, double? Trust);
