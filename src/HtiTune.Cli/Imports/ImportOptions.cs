namespace HtiTune.Cli;

/// <summary>What the user says of runs that are imported.</summary>
/// <param name="LambdaColumn">Column of λ, or of several hyperparameters <c>lr=rate,layers=depth</c>; those that it does not name are found by their names.</param>
/// <param name="ValueColumn">Column of the value; null: by the names of other tools.</param>
/// <param name="StateColumn">Column of the state; null: by the names of other tools.</param>
/// <param name="Finished">States that mean finished; null: by the words of other tools.</param>
/// <param name="Pattern">Form of the files' names, with {lambda}; null: by the hyperparameter's name.</param>
internal sealed record ImportOptions(string? LambdaColumn, string? ValueColumn, string? StateColumn, IReadOnlyCollection<string>? Finished, string? Pattern);
