namespace HtiTune.Service;

/// <summary>λ that a user wants trained next.</summary>
/// <param name="Added">Those of the request that were not trained, under way or waiting already.</param>
/// <param name="Waiting">All that wait now, the next first.</param>
public sealed record EnqueuedLambdas(IReadOnlyList<double> Added, IReadOnlyList<double> Waiting)
{
    /// <summary>Those of the request that were added, as configurations.</summary>
    public IReadOnlyList<Configuration> AddedConfigurations { get; init; } = [];

    /// <summary>All that wait now, as configurations.</summary>
    public IReadOnlyList<Configuration> WaitingConfigurations { get; init; } = [];

    /// <summary>The same of configurations; λ where there is one hyperparameter.</summary>
    /// <param name="added">Those of the request that were added.</param>
    /// <param name="waiting">All that wait now.</param>
    public static EnqueuedLambdas Of(IReadOnlyList<Configuration> added, IReadOnlyList<Configuration> waiting) =>
        new(LambdasOf(added), LambdasOf(waiting)) { AddedConfigurations = added, WaitingConfigurations = waiting };

    /// <summary>λ of configurations of one hyperparameter; nothing of others.</summary>
    /// <param name="configurations">The configurations.</param>
    public static IReadOnlyList<double> LambdasOf(IReadOnlyList<Configuration> configurations)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        return [.. configurations.Select(one => one.Lambda).Where(double.IsFinite)];
    }
}
