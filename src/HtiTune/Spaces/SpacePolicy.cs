using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Tunes several hyperparameters: what is trained first, and what the trainings say.</summary>
/// <remarks>It keeps nothing between calls: the same arguments give the same answers, to the last bit.</remarks>
/// <param name="space">The hyperparameters.</param>
/// <param name="options">How.</param>
/// <param name="streams">All chance.</param>
internal sealed class SpacePolicy(SearchSpace space, SpacePolicyOptions options, RandomStreams streams)
{
    private const int RandomPlaces = 512;

    private readonly SpaceCoordinates _coordinates = new(space, options.IsAllowed);

    /// <summary>How the plain belief is fitted.</summary>
    internal PlainSettings Settings { get; init; } = new();

    /// <summary>The first configurations, the middle where none is given and others far from each other: with those given as many as there are hyperparameters and two more.</summary>
    /// <param name="given">What is trained anyway.</param>
    internal IReadOnlyList<(Configuration Configuration, string Reason)> Initial(IReadOnlyList<Configuration> given)
    {
        var places = SpaceDesign.Places(_coordinates, [.. given.Select(_coordinates.Of)], streams);
        return [.. places.Select((u, i) => (_coordinates.At(u), $"initial: {given.Count + i + 1} of {given.Count + places.Count}"))];
    }

    /// <summary>A configuration far from all that is taken, where no belief tells more; null where every one is taken.</summary>
    /// <param name="taken">What is trained, or under way.</param>
    /// <param name="stream">Chance.</param>
    internal Configuration? Apart(IEnumerable<Configuration> taken, RandomStream stream)
    {
        var pool = _coordinates.Listed ?? Enumerable.Range(0, RandomPlaces).Select(_ => _coordinates.Random(stream));
        return SpaceDesign.Farthest(_coordinates, pool, [.. taken.Distinct().Select(one => _coordinates.Place(one))]) is { } u ? _coordinates.At(u) : null;
    }

    /// <summary>Where the hyperparameters' values lie.</summary>
    internal SpaceCoordinates Coordinates => _coordinates;

    /// <summary>What the trainings say; null while none has a value.</summary>
    /// <param name="trainings">The trainings, in their order.</param>
    /// <param name="objective">The value at outputs [n, D], less is better; an exception or NaN is no answer there. Null: only the values are used.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal SpaceAnalysis? Analyse(IReadOnlyList<TrainingEnded> trainings, Func<Matrix, double>? objective, CancellationToken cancellation = default) =>
        AnalyseAt(trainings, objective is null ? null : (outputs, _) => objective(outputs), cancellation);

    /// <summary>What the trainings say of an aim; null while none has all its measures.</summary>
    /// <param name="trainings">The trainings, in their order.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="measured">The measures of each training; null where one has none.</param>
    /// <param name="contexts">What outputs answer; null where only values serve.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal AimAnalysis? AnalyseAt(
        IReadOnlyList<TrainingEnded> trainings, AimMeasures measures, double[]?[] measured, Contexts? contexts, CancellationToken cancellation = default) =>
        Array.Exists(measured, values => values is not null)
            ? new AimAnalysis(_coordinates, measures, options, Settings, streams.Fork($"analysis {trainings.Count}"), trainings, measured, contexts, cancellation)
            : null;

    /// <summary>As <see cref="Analyse"/>, by an objective that may ask for the configuration beside its outputs.</summary>
    internal SpaceAnalysis? AnalyseAt(IReadOnlyList<TrainingEnded> trainings, SpaceObjective? objective, CancellationToken cancellation = default) =>
        trainings.Any(t => t.Value is { } value && double.IsFinite(value))
            ? new SpaceAnalysis(_coordinates, options, Settings, streams.Fork($"analysis {trainings.Count}"), trainings, objective, cancellation)
            : null;
}
