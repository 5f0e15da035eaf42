namespace HtiTune.Service;

/// <summary>A study as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Definition">What it is to find.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why, where a state needs a reason.</param>
/// <param name="TrainingsUsed">Trainings used, failed ones included.</param>
/// <param name="BestValue">Best value trained so far.</param>
/// <param name="Lambda">λ recommended so far, where one continuous hyperparameter is tuned.</param>
/// <param name="Trust">Trust ρ in the surrogate, 0 to 1.</param>
/// <param name="Result">The result of the last run; null before its end.</param>
/// <param name="SurrogateId">The newest surrogate; null before there is one.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When something last happened.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="LastSequence">Sequence number of its last event.</param>
public sealed record StudyView(
    Guid Id, string Tenant, StudyDefinition Definition, StudyState State, string? Reason, int TrainingsUsed, double? BestValue, double? Lambda, double? Trust,
    StudyResult? Result, Guid? SurrogateId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? EndedAt, long LastSequence)
{
    /// <summary>Whether nothing more will happen by itself.</summary>
    [JsonIgnore]
    public bool HasEnded => State is StudyState.Finished or StudyState.Cancelled or StudyState.Failed;

    /// <summary>The configuration recommended so far; null before there is one.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>Words by which studies are found again, in lower case and by name.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What people noted; null: nothing.</summary>
    public string? Notes { get; init; }

    /// <summary>Why nothing happens, though the study is active: nobody trains its network. Null: something does, or it was not looked at, as in lists.</summary>
    public string? WaitsFor { get; init; }
}
